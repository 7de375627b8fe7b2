//! The typed form of a formula, which backends compile and the oracle walks.
//!
//! Everything is explicit here: promotions are [`Node::Cast`]s, both operands of an operator have one type, columns are
//! numbered inputs, constants are values. The meaning of a node is that of its documentation, whatever runs it:
//!
//! * null: an operator, cast or call with a null operand is null, unless its documentation says otherwise;
//! * integers wrap; floats are IEEE 754, never contracted;
//! * only what is asked for is computed: a branch of [`Node::Choose`] on the rows that choose it, a part of
//!   [`Node::All`] and [`Node::Any`] on the rows that the parts before it leave open. Only errors can tell.

mod cost;
mod display;
mod same;
mod set;
mod texts;

use std::ops::Range;
use std::sync::Arc;

pub use same::Numbering;
pub use set::ValueSet;

use super::function::Call;
use crate::types::{Type, Value};

/// A typed expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// The type of the value.
    pub ty: Type,
    /// What computes it.
    pub node: Node,
    /// The bytes of the formula's text it was written in, for errors of evaluation.
    pub span: Range<usize>,
}

/// What an [`Expr`] does.
#[derive(Clone, Debug)]
pub enum Node {
    /// A constant of the expression's type, or null.
    Constant(Value),
    /// Input number `n` of the program.
    Input(usize),
    /// The value's negation or complement; the operand has the expression's type.
    Unary(UnaryOp, Box<Expr>),
    /// Arithmetic: both operands have the expression's type.
    Binary(BinaryOp, Box<(Expr, Expr)>),
    /// A comparison: never null. Null equals null, and is less than everything else. The operands have one type, or
    /// are `I64` and `F64`, which compare by their exact values. NaN is unequal to and in no order with anything.
    Compare(CompareOp, Box<(Expr, Expr)>),
    /// Three-valued and: false if a part is false, else null if one is null, else true.
    All(Vec<Expr>),
    /// Three-valued or: true if a part is true, else null if one is null, else false.
    Any(Vec<Expr>),
    /// The second if the first (`Bool`) is true, the third if it is false; a null condition is an error of evaluation.
    Choose(Box<(Expr, Expr, Expr)>),
    /// Conversion between numeric types as Java casts: integers are cut, floats saturate and NaN becomes 0.
    Cast(Box<Expr>),
    /// The same physical value under another type: `I64` and `Timestamp` (nanoseconds), `I32` and `Date` (days).
    Retype(Box<Expr>),
    /// Whether the value is null; never null.
    IsNull(Box<Expr>),
    /// Whether the value is one of a set; never null.
    OneOf(Box<Expr>, Arc<ValueSet>),
    /// The parts' text, joined; never null: a null part reads `null`.
    Concat(Vec<Expr>),
    /// A function; nulls as [`Call::nulls`] says.
    Call(Call, Vec<Expr>),
}

/// Operators on one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `-x` of `I32`, `I64`, `F32`, `F64`; wrapping.
    Negate,
    /// `~x` of `I32`, `I64`.
    Complement,
    /// `!x` of `Bool`.
    Not,
}

/// Operators on two values of one type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `I32`, `I64`, `F32`, `F64`
    Add,
    /// `I32`, `I64`, `F32`, `F64`
    Subtract,
    /// `I32`, `I64`, `F32`, `F64`
    Multiply,
    /// `F32`, `F64` only: division is always floating.
    Divide,
    /// The sign of the left operand; an integer zero on the right is an error of evaluation.
    Remainder,
    /// `I32`, `I64`, `Bool`
    And,
    /// `I32`, `I64`, `Bool`
    Or,
    /// `I32`, `I64`, `Bool`
    Xor,
    /// `I32`, `I64`; as all shifts, by the lowest 5 or 6 bits of the right operand.
    ShiftLeft,
    /// `I32`, `I64`; keeps the sign.
    ShiftRight,
    /// `I32`, `I64`; fills with zeros.
    ShiftRightUnsigned,
}

/// Comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum CompareOp {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl CompareOp {
    /// The comparison with its operands exchanged.
    pub fn flipped(self) -> Self {
        match self {
            CompareOp::Equal | CompareOp::NotEqual => self,
            CompareOp::Less => CompareOp::Greater,
            CompareOp::LessOrEqual => CompareOp::GreaterOrEqual,
            CompareOp::Greater => CompareOp::Less,
            CompareOp::GreaterOrEqual => CompareOp::LessOrEqual,
        }
    }
}

impl Expr {
    /// A node of type `ty` that was written in `span`.
    pub(crate) fn new(ty: Type, node: Node, span: Range<usize>) -> Self {
        Expr { ty, node, span }
    }

    /// The constant, if the expression is one.
    pub fn constant(&self) -> Option<&Value> {
        match &self.node {
            Node::Constant(value) => Some(value),
            _ => None,
        }
    }

    /// The operands, left to right.
    pub fn operands(&self) -> Vec<&Expr> {
        match &self.node {
            Node::Constant(_) | Node::Input(_) => Vec::new(),
            Node::Unary(_, operand)
            | Node::Cast(operand)
            | Node::Retype(operand)
            | Node::IsNull(operand)
            | Node::OneOf(operand, _) => vec![operand],
            Node::Binary(_, pair) | Node::Compare(_, pair) => vec![&pair.0, &pair.1],
            Node::Choose(three) => vec![&three.0, &three.1, &three.2],
            Node::All(parts) | Node::Any(parts) | Node::Concat(parts) | Node::Call(_, parts) => parts.iter().collect(),
        }
    }

    /// The operands, to be replaced by expressions of the same types.
    pub fn operands_mut(&mut self) -> Vec<&mut Expr> {
        match &mut self.node {
            Node::Constant(_) | Node::Input(_) => Vec::new(),
            Node::Unary(_, operand)
            | Node::Cast(operand)
            | Node::Retype(operand)
            | Node::IsNull(operand)
            | Node::OneOf(operand, _) => vec![operand],
            Node::Binary(_, pair) | Node::Compare(_, pair) => vec![&mut pair.0, &mut pair.1],
            Node::Choose(three) => vec![&mut three.0, &mut three.1, &mut three.2],
            Node::All(parts) | Node::Any(parts) | Node::Concat(parts) | Node::Call(_, parts) => {
                parts.iter_mut().collect()
            }
        }
    }

    /// Whether operand number `at` is evaluated only on the rows that ask for it.
    pub(crate) fn asks_lazily(&self, at: usize) -> bool {
        at > 0 && matches!(self.node, Node::All(_) | Node::Any(_) | Node::Choose(_))
    }

    /// Whether evaluation can fail for a row.
    pub fn is_fallible(&self) -> bool {
        let fails_here = match &self.node {
            Node::Binary(BinaryOp::Remainder, pair) => self.ty.is_integer() && pair.1.constant().is_none_or(is_zero),
            Node::Choose(three) => three.0.is_nullable(),
            Node::Call(call, _) => call.is_fallible(),
            _ => false,
        };
        fails_here || self.operands().into_iter().any(Expr::is_fallible)
    }

    /// Whether the value can be null, given that every input can.
    pub fn is_nullable(&self) -> bool {
        match &self.node {
            Node::Constant(value) => value.is_null(),
            Node::Compare(..) | Node::IsNull(_) | Node::OneOf(..) | Node::Concat(_) => false,
            Node::Input(_) | Node::Call(..) => true,
            Node::Choose(three) => three.1.is_nullable() || three.2.is_nullable(),
            _ => self.operands().into_iter().any(Expr::is_nullable),
        }
    }

    /// Whether equal inputs always give equal values.
    pub fn is_pure(&self) -> bool {
        !matches!(&self.node, Node::Call(call, _) if !call.is_pure()) && self.operands().into_iter().all(Expr::is_pure)
    }

    /// How many operators, casts and calls it has.
    pub fn operators(&self) -> usize {
        let here = usize::from(!matches!(self.node, Node::Constant(_) | Node::Input(_)));
        here + self.operands().into_iter().map(Expr::operators).sum::<usize>()
    }

    /// Calls `visit` with the number and the type of every input it reads.
    pub(crate) fn visit_inputs(&mut self, visit: &mut impl FnMut(&mut usize, Type)) {
        if let Node::Input(input) = &mut self.node {
            visit(input, self.ty);
        }
        for operand in self.operands_mut() {
            operand.visit_inputs(visit);
        }
    }
}

fn is_zero(value: &Value) -> bool {
    matches!(value, Value::I32(0) | Value::I64(0) | Value::Null)
}
