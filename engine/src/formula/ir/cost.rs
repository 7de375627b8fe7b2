//! What evaluating an expression costs: which of two things is done first, and whether one is done once for several.

use super::{BinaryOp, Expr, Node};
use crate::types::Type;

/// Lists longer than this are searched, not compared one by one.
const SHORT: usize = 8;

impl Expr {
    /// About what a row costs on the interpreter, in tenths of a nanosecond, but for reading its columns. The weights are
    /// estimates: they tell the cheap from the dear, no more.
    pub(crate) fn cost(&self) -> u32 {
        let here = match &self.node {
            Node::Constant(_) | Node::Input(_) | Node::Retype(_) => 0,
            Node::Unary(..) | Node::Cast(_) | Node::IsNull(_) => 3,
            Node::Binary(BinaryOp::Remainder, _) => 20,
            Node::Binary(BinaryOp::Divide, _) => 5,
            Node::Binary(..) => plain(self.ty),
            Node::Compare(_, pair) => plain(pair.0.ty),
            Node::All(parts) | Node::Any(parts) => parts.len() as u32,
            Node::Choose(_) => 2 * plain(self.ty),
            Node::OneOf(operand, set) => match set.values().len() {
                few @ 0..=SHORT if operand.ty != Type::String => 3 * few as u32,
                _ => 100,
            },
            Node::Concat(parts) => 200 * parts.len() as u32,
            Node::Call(call, _) if call.is_user() => 300,
            Node::Call(call, _) => {
                let is_plain = |ty: Type| !matches!(ty, Type::String | Type::List(_));
                if is_plain(call.result()) && call.parameters().all(is_plain) { 50 } else { 300 }
            }
        };
        self.operands().into_iter().map(Expr::cost).fold(here, u32::saturating_add)
    }
}

/// What one step on values of a type costs.
fn plain(ty: Type) -> u32 {
    match ty {
        Type::String => 50,
        Type::List(_) => 300,
        Type::Decimal(_) => 20,
        _ => 3,
    }
}
