//! The formula language: `text → lex → parse → AST → check → typed expression → backend`.

mod builtin;
mod check;
mod checked;
mod expression;
mod function;
mod interpret;
pub mod ir;
mod share;
mod standing;
mod syntax;
pub(crate) mod time;

use std::sync::Arc;

use crate::Result;
use crate::plan::ColumnDef;
use crate::types::Value;
use crate::vector::{Bits, Vector};

pub use check::{check_assignment, check_condition, check_expression};
pub use checked::Checked;
pub use expression::{Expression, Then, When, call, col, lit, when};
pub use function::{
    Argument, Call, Cell, FunctionRegistry, IntoUserFunction, IntoVectorFunction, NullRule, Output, VectorOutput,
};
pub use interpret::{Cpu, Interpreter};
pub(crate) use share::{Shared, share};
pub(crate) use standing::{asked_by_assignment, asked_by_condition};

/// A formula as the user gave it: text, and the variables bound to it.
///
/// ```
/// use headwater_engine::formula;
/// let recent = formula("secs(Timestamp) >= since").bind("since", 1_700_000_000_i64);
/// assert_eq!(recent.text(), "secs(Timestamp) >= since");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Formula {
    text: Arc<str>,
    variables: Vec<(Arc<str>, Value)>,
}

/// A formula from text; variables come in by [`Formula::bind`].
pub fn formula(text: impl Into<Arc<str>>) -> Formula {
    Formula { text: text.into(), variables: Vec::new() }
}

impl Formula {
    /// The same formula with the variable `name` standing for `value`; a later binding of a name wins.
    pub fn bind(mut self, name: impl Into<Arc<str>>, value: impl Into<Value>) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// The text as given.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn shared_text(&self) -> Arc<str> {
        self.text.clone()
    }

    /// The bound variables, in order of binding.
    pub fn variables(&self) -> &[(Arc<str>, Value)] {
        &self.variables
    }
}

impl From<&str> for Formula {
    fn from(text: &str) -> Self {
        formula(text)
    }
}

impl From<String> for Formula {
    fn from(text: String) -> Self {
        formula(text)
    }
}

impl From<&String> for Formula {
    fn from(text: &String) -> Self {
        formula(text.as_str())
    }
}

/// What a formula may name: the columns in scope (variables come with the formula) and the functions.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The columns; a checked formula names its inputs by position here.
    pub columns: &'a [ColumnDef],
    /// Built-in and user functions.
    pub functions: &'a FunctionRegistry,
}

/// A formula compiled by a backend: a pure function of vectors (unless it calls an impure function).
///
/// Inputs come in the order of [`Checked::inputs`], all `rows` long, of the types the formula was checked against.
pub trait Program: Send + Sync + std::fmt::Debug {
    /// The value for each row. An error carries the position of the row in the vectors ([`crate::Error::row`]).
    fn evaluate<'v>(&self, inputs: &[Vector<'v>], rows: usize) -> Result<Vector<'v>>;

    /// For a condition: the rows where it is true (null is not true).
    fn matches(&self, inputs: &[Vector<'_>], rows: usize) -> Result<Bits>;

    /// What runs it now, and why, for `explain()`; `None` if there is no more to say than the backend's name.
    fn explain(&self) -> Option<String> {
        None
    }
}

/// What turns checked formulas into programs: the interpreter here, the JIT downstream.
pub trait FormulaBackend: Send + Sync + std::fmt::Debug {
    /// The name shown by `explain()`.
    fn name(&self) -> &'static str;

    /// Compiles a checked formula.
    fn compile(&self, checked: &Checked) -> Result<Arc<dyn Program>>;
}

#[cfg(test)]
mod tests;
