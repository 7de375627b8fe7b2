//! What a program is made of.

use std::ops::Range;
use std::sync::Arc;

use super::cpu::Cpu;
use crate::Error;
use crate::formula::function::Call;
use crate::formula::ir::{BinaryOp, CompareOp, UnaryOp, ValueSet};
use crate::types::{Type, Value};
use crate::vector::Vector;

/// A program: steps in order, and where the result is.
#[derive(Debug)]
pub(super) struct Code {
    pub(super) steps: Vec<Step>,
    pub(super) result: Source,
    pub(super) ty: Type,
    /// What its loops run on.
    pub(super) cpu: Cpu,
}

/// One kernel and what it reads; its result is known by its place in the list.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) kernel: Kernel,
    pub(super) sources: Vec<Source>,
    /// The type of the result.
    pub(super) ty: Type,
    pub(super) span: Range<usize>,
}

/// Where a kernel reads from.
#[derive(Debug)]
pub(super) enum Source {
    Input(usize),
    /// The result of a step; `last` when nothing reads it afterwards.
    Step {
        step: usize,
        last: bool,
    },
    Constant(Constant),
}

impl Source {
    /// The step whose result it is.
    pub(super) fn step(&self) -> Option<usize> {
        if let Source::Step { step, .. } = self { Some(*step) } else { None }
    }
}

/// A constant, as a value and as a vector of one.
#[derive(Debug)]
pub(super) struct Constant {
    pub(super) ty: Type,
    pub(super) value: Value,
    pub(super) vector: Vector<'static>,
}

#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "a program has a handful of these, and they are not moved")]
pub(super) enum Kernel {
    Unary(UnaryOp),
    Binary(BinaryOp),
    /// `a * b + c` or `a * b - c` in one pass, rounded twice.
    MultiplyThen(Then),
    Compare(CompareOp),
    All,
    Any,
    /// `All` and `Any` whose parts may fail: each on the rows the parts before it left open.
    Lazily {
        /// The value that decides: false for `All`, true for `Any`.
        decides: bool,
        parts: Vec<Code>,
    },
    Choose,
    /// `Choose` whose branches may fail: each on its own rows.
    ChooseLazily {
        yes: Box<Code>,
        no: Box<Code>,
    },
    Cast,
    Retype,
    IsNull,
    OneOf(Arc<ValueSet>),
    Concat,
    Call(Call),
}

/// What is done with a product.
#[derive(Clone, Copy, Debug)]
pub(super) enum Then {
    Add,
    Subtract,
}

/// An error of evaluation and the place in the formula.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) error: Error,
    pub(super) span: Range<usize>,
}

impl Fault {
    pub(super) fn located(self, text: &Arc<str>) -> Error {
        self.error.with_place(text.clone(), self.span)
    }
}
