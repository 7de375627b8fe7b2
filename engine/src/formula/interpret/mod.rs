//! The vector interpreter: a typed expression as a flat program of kernels over vectors.
//!
//! A program is a list of steps; each step has one kernel, reads inputs, constants and the results of earlier steps, and
//! leaves one result. A result nobody else reads is handed over, so that the next kernel writes in place. Validity is
//! worked out a word at a time beside the values; value loops do not look at it. The loops that are hot are compiled for
//! several levels of instructions ([`Cpu`]).

mod arithmetic;
mod blend;
mod cast;
mod code;
mod compare;
mod compile;
mod concat;
mod cpu;
mod divisor;
mod lazy;
mod logic;
mod one_of;
mod operand;
mod run;
mod unary;

use std::sync::Arc;

use super::checked::Checked;
use super::{FormulaBackend, Program};
use crate::vector::{Bits, Vector};
use crate::{Error, ErrorKind, Result};
use code::Code;
pub(crate) use concat::append_text;
pub use cpu::Cpu;

/// The interpreter: always there, and the measure for every other backend.
#[derive(Clone, Copy, Debug, Default)]
pub struct Interpreter;

impl FormulaBackend for Interpreter {
    fn name(&self) -> &'static str {
        "interpreter"
    }

    fn compile(&self, checked: &Checked) -> Result<Arc<dyn Program>> {
        Ok(self.compile_for(checked, Cpu::chosen()?))
    }
}

impl Interpreter {
    /// As [`FormulaBackend::compile`], for the instructions of `cpu` instead of those chosen for the process.
    pub fn compile_for(&self, checked: &Checked, cpu: Cpu) -> Arc<dyn Program> {
        Arc::new(Interpreted { code: Code::compile(checked.expr(), cpu), text: checked.shared_text() })
    }
}

#[derive(Debug)]
struct Interpreted {
    code: Code,
    text: Arc<str>,
}

impl Program for Interpreted {
    fn evaluate<'v>(&self, inputs: &[Vector<'v>], rows: usize) -> Result<Vector<'v>> {
        self.code.run(inputs, rows).map_err(|fault| fault.located(&self.text))
    }

    fn matches(&self, inputs: &[Vector<'_>], rows: usize) -> Result<Bits> {
        let vector = self.evaluate(inputs, rows)?;
        let (_, values, valid) = vector.into_parts();
        match (values, valid) {
            (crate::vector::Values::Bool(bits), None) => Ok(bits),
            (crate::vector::Values::Bool(bits), Some(valid)) => Ok(bits.and(&valid)),
            _ => Err(Error::new(ErrorKind::Internal, "a condition that is not of type bool")),
        }
    }
}

/// Evaluates an expression without inputs.
pub(crate) fn evaluate_constant(expr: &super::ir::Expr) -> Result<crate::types::Value> {
    match Code::compile(expr, Cpu::BASELINE).run(&[], 1) {
        Ok(vector) => Ok(vector.value(0)),
        Err(fault) => Err(fault.error),
    }
}
