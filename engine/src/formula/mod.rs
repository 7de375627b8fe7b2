//! The formula language: `text → lex → parse → AST → check → typed expression → backend`.

use std::sync::Arc;

use crate::plan::ColumnDef;
use crate::types::{Type, Value};
use crate::vector::{Bits, Vector};
use crate::{Error, Result};

/// A formula as the user gave it: text, and the variables bound to it.
///
/// ```
/// use headwater_engine::formula;
/// let recent = formula("secs(Timestamp) >= since").bind("since", 1_700_000_000_i64);
/// assert_eq!(recent.text(), "secs(Timestamp) >= since");
/// ```
#[derive(Clone, Debug)]
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

    /// The bound variables, in order of binding.
    pub fn variables(&self) -> &[(Arc<str>, Value)] {
        &self.variables
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
    /// The value for each row. An error carries the position of the row in the vectors ([`Error::row`]).
    fn evaluate<'v>(&self, inputs: &[Vector<'v>], rows: usize) -> Result<Vector<'v>>;

    /// For a condition: the rows where it is true (null is not true).
    fn matches(&self, inputs: &[Vector<'_>], rows: usize) -> Result<Bits>;
}

/// What turns checked formulas into programs: the interpreter here, the JIT downstream.
pub trait FormulaBackend: Send + Sync + std::fmt::Debug {
    /// The name shown by `explain()`.
    fn name(&self) -> &'static str;

    /// Compiles a checked formula.
    fn compile(&self, checked: &Checked) -> Result<Arc<dyn Program>>;
}

/// stub
#[derive(Clone, Debug)]
pub struct Checked {}
impl Checked {
    pub fn ty(&self) -> Type {
        Type::I64
    }
    pub fn inputs(&self) -> &[usize] {
        &[]
    }
    pub fn input_types(&self) -> &[Type] {
        &[]
    }
    pub fn is_pure(&self) -> bool {
        true
    }
    pub fn as_column(&self) -> Option<usize> {
        None
    }
    pub fn text(&self) -> &str {
        ""
    }
    pub fn split_conjunction(&self) -> Vec<Checked> {
        vec![]
    }
}
#[derive(Clone, Debug, Default)]
pub struct FunctionRegistry {}
impl FunctionRegistry {
    pub fn register<A>(&mut self, _n: &str, _f: impl IntoUserFunction<A>) -> Result<()> {
        Ok(())
    }
    pub fn register_impure<A>(&mut self, _n: &str, _f: impl IntoUserFunction<A>) -> Result<()> {
        Ok(())
    }
}
pub trait IntoUserFunction<A> {}
#[derive(Debug)]
pub struct Interpreter;
impl FormulaBackend for Interpreter {
    fn name(&self) -> &'static str {
        "x"
    }
    fn compile(&self, _c: &Checked) -> Result<Arc<dyn Program>> {
        Err(Error::new(crate::ErrorKind::Internal, "not yet"))
    }
}
pub fn check_condition(_formula: &Formula, _scope: Scope<'_>) -> Result<Checked> {
    Ok(Checked {})
}
pub fn check_assignment(_formula: &Formula, _scope: Scope<'_>) -> Result<(Arc<str>, Checked)> {
    Ok(("x".into(), Checked {}))
}
impl From<&str> for Formula {
    fn from(t: &str) -> Self {
        formula(t)
    }
}
impl From<String> for Formula {
    fn from(t: String) -> Self {
        formula(t)
    }
}
impl From<&String> for Formula {
    fn from(t: &String) -> Self {
        formula(t.as_str())
    }
}
