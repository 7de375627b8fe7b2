//! How a typed expression reads in `explain()` and tests: `add.f64(mul.f64($0, 2.0), 1.0)`.

use std::fmt;

use super::{BinaryOp, CompareOp, Expr, Node, UnaryOp};
use crate::types::{Type, Value};

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ty = self.ty;
        match &self.node {
            Node::Constant(value) => constant(f, value),
            Node::Input(input) => write!(f, "${input}"),
            Node::Unary(op, operand) => {
                let name = match op {
                    UnaryOp::Negate => "neg",
                    UnaryOp::Complement => "complement",
                    UnaryOp::Not => "not",
                };
                call(f, name, Some(ty), [&**operand])
            }
            Node::Binary(op, pair) => call(f, op.name(), Some(ty), [&pair.0, &pair.1]),
            Node::Compare(op, pair) => call(f, op.name(), Some(pair.0.ty), [&pair.0, &pair.1]),
            Node::All(parts) => call(f, "all", None, parts),
            Node::Any(parts) => call(f, "any", None, parts),
            Node::Choose(three) => call(f, "choose", Some(ty), [&three.0, &three.1, &three.2]),
            Node::Cast(operand) => call(f, &format!("cast.{}", operand.ty), Some(ty), [&**operand]),
            Node::Retype(operand) => call(f, &format!("retype.{}", operand.ty), Some(ty), [&**operand]),
            Node::IsNull(operand) => call(f, "is_null", Some(operand.ty), [&**operand]),
            Node::OneOf(operand, set) => {
                write!(f, "one_of.{}({operand}; ", set.ty())?;
                for (index, value) in set.values().iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { ", " })?;
                    constant(f, value)?;
                }
                if set.has_null() {
                    f.write_str(if set.values().is_empty() { "null" } else { ", null" })?;
                }
                f.write_str(")")
            }
            Node::Concat(parts) => call(f, "concat", None, parts),
            Node::Call(function, arguments) => call(f, function.name(), None, arguments),
        }
    }
}

fn constant(f: &mut fmt::Formatter<'_>, value: &Value) -> fmt::Result {
    match value {
        Value::String(text) => write!(f, "`{text}`"),
        Value::Char(_) | Value::Timestamp(_) | Value::Date(_) => write!(f, "'{value}'"),
        value => write!(f, "{value}"),
    }
}

fn call<'e>(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    ty: Option<Type>,
    operands: impl IntoIterator<Item = &'e Expr>,
) -> fmt::Result {
    f.write_str(name)?;
    if let Some(ty) = ty {
        write!(f, ".{ty}")?;
    }
    f.write_str("(")?;
    for (index, operand) in operands.into_iter().enumerate() {
        write!(f, "{}{operand}", if index == 0 { "" } else { ", " })?;
    }
    f.write_str(")")
}

impl BinaryOp {
    fn name(self) -> &'static str {
        match self {
            BinaryOp::Add => "add",
            BinaryOp::Subtract => "sub",
            BinaryOp::Multiply => "mul",
            BinaryOp::Divide => "div",
            BinaryOp::Remainder => "rem",
            BinaryOp::And => "and",
            BinaryOp::Or => "or",
            BinaryOp::Xor => "xor",
            BinaryOp::ShiftLeft => "shl",
            BinaryOp::ShiftRight => "shr",
            BinaryOp::ShiftRightUnsigned => "ushr",
        }
    }
}

impl CompareOp {
    fn name(self) -> &'static str {
        match self {
            CompareOp::Equal => "eq",
            CompareOp::NotEqual => "ne",
            CompareOp::Less => "lt",
            CompareOp::LessOrEqual => "le",
            CompareOp::Greater => "gt",
            CompareOp::GreaterOrEqual => "ge",
        }
    }
}
