//! Functions: what a formula may call, whether built in or the user's own, in one form.

mod argument;
mod cell;
mod closure;
mod lists;
mod registry;
mod scaled;
mod vectorised;

use std::fmt;
use std::sync::Arc;

pub use argument::{Argument, Output};
pub use cell::Cell;
pub(crate) use cell::{Column, Operand};
pub use closure::IntoUserFunction;
pub use registry::FunctionRegistry;
pub use vectorised::{IntoVectorFunction, VectorOutput};

use crate::types::{Type, Value};
use crate::vector::Vector;
use crate::{Error, ErrorKind, Result};

/// What a function makes of null arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NullRule {
    /// The function is not called: null in, null out.
    Propagates,
    /// At least one argument may be null when the function is called.
    Handles,
}

/// One way to call a function: the types it takes and gives, and what it does.
pub(crate) struct Function {
    pub(crate) name: Arc<str>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) result: Type,
    pub(crate) nulls: NullRule,
    pub(crate) pure: bool,
    pub(crate) fallible: bool,
    pub(crate) user: bool,
    pub(crate) kernel: Box<Kernel>,
}

/// Runs a function over vectors; a failure is the row and the reason.
pub(crate) type Kernel = dyn Fn(&[Operand<'_>], usize) -> Result<Vector<'static>, Failure> + Send + Sync;

/// Why and where a function failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) row: usize,
    pub(crate) reason: String,
}

/// What a function takes at one place.
pub(crate) struct Parameter {
    pub(crate) ty: Type,
    /// Whether a constant will do, known when the formula is checked (a zone that does not exist will not).
    pub(crate) validate: fn(&Value) -> Result<(), String>,
}

impl Function {
    /// `name(i64, string)`
    pub(crate) fn signature(&self) -> String {
        let parameters: Vec<&str> = self.parameters.iter().map(|parameter| parameter.ty.name()).collect();
        format!("{}({})", self.name, parameters.join(", "))
    }
}

/// A call of a function in a typed expression.
#[derive(Clone)]
pub struct Call(Arc<Function>);

impl Call {
    pub(crate) fn new(function: Arc<Function>) -> Self {
        Call(function)
    }

    /// The function's name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The types of the arguments.
    pub fn parameters(&self) -> impl ExactSizeIterator<Item = Type> + '_ {
        self.0.parameters.iter().map(|parameter| parameter.ty)
    }

    /// The type of the result.
    pub fn result(&self) -> Type {
        self.0.result
    }

    /// Where the function is in memory: calls of one function say the same.
    pub(crate) fn place(&self) -> usize {
        Arc::as_ptr(&self.0) as usize
    }

    /// What it makes of null arguments.
    pub fn nulls(&self) -> NullRule {
        self.0.nulls
    }

    /// Whether equal arguments always give equal results.
    pub fn is_pure(&self) -> bool {
        self.0.pure
    }

    /// Whether a call can fail.
    pub fn is_fallible(&self) -> bool {
        self.0.fallible
    }

    /// Whether it is a function of the user's own, not a built-in one.
    pub fn is_user(&self) -> bool {
        self.0.user
    }

    /// Calls the function on one row of values.
    ///
    /// # Errors
    /// What the function reports; [`ErrorKind::Internal`] if the arguments are not of the parameters' types.
    pub fn call(&self, arguments: &[Value]) -> Result<Value> {
        let operands: Option<Vec<Operand<'_>>> = arguments
            .iter()
            .zip(self.parameters())
            .map(|(value, ty)| (value.is_null() || value.ty() == Some(ty)).then_some(Operand::Scalar(value)))
            .collect();
        match operands {
            Some(operands) if operands.len() == self.0.parameters.len() => Ok(self.run(&operands, 1)?.value(0)),
            _ => Err(Error::new(ErrorKind::Internal, format!("{} called with the wrong arguments", self.name()))),
        }
    }

    /// Calls the function on vectors.
    pub(crate) fn run(&self, operands: &[Operand<'_>], rows: usize) -> Result<Vector<'static>> {
        (self.0.kernel)(operands, rows).map_err(|failure| {
            let (kind, message) = if self.0.user {
                (ErrorKind::UserFunction, format!("the function {} failed: {}", self.name(), failure.reason))
            } else {
                (ErrorKind::Evaluation, format!("{}: {}", self.name(), failure.reason))
            };
            Error::new(kind, message).with_row(failure.row as u64)
        })
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {}", self.0.signature(), self.0.result)
    }
}
