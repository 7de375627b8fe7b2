//! Operators on numbers, and what they mean on text, times and booleans.

use std::ops::Range;

use super::super::ir::{BinaryOp, Expr, Node, UnaryOp};
use super::super::syntax::{Operator, Prefix};
use super::convert::promoted;
use super::lists::{OF_LISTS, item_of};
use super::{Checker, Form, Typed};
use crate::types::{Type, Value};
use crate::{Error, Result};

impl Checker<'_> {
    pub(super) fn binary(
        &self,
        operator: Operator,
        at: &Range<usize>,
        left: Typed,
        right: Typed,
        span: Range<usize>,
    ) -> Result<Typed> {
        let op = match operator {
            Operator::Add => BinaryOp::Add,
            Operator::Subtract => BinaryOp::Subtract,
            Operator::Multiply => BinaryOp::Multiply,
            Operator::Divide => BinaryOp::Divide,
            Operator::Remainder => BinaryOp::Remainder,
            Operator::ShiftLeft => BinaryOp::ShiftLeft,
            Operator::ShiftRight => BinaryOp::ShiftRight,
            Operator::ShiftRightUnsigned => BinaryOp::ShiftRightUnsigned,
            Operator::And => BinaryOp::And,
            Operator::Or => BinaryOp::Or,
            Operator::Xor => BinaryOp::Xor,
            comparison => return self.comparison(comparison, at, left, right, span),
        };
        if let Some(result) = self.time_arithmetic(op, &left, &right, &span)? {
            return Ok(result);
        }
        if op == BinaryOp::Add && (is_text(&left) || is_text(&right)) {
            return self.concatenation(left, right, span);
        }
        self.numbers(op, operator, at, left, right, span)
    }

    fn numbers(
        &self,
        op: BinaryOp,
        operator: Operator,
        at: &Range<usize>,
        left: Typed,
        right: Typed,
        span: Range<usize>,
    ) -> Result<Typed> {
        // A bare null takes the type of the other side.
        let left_ty = if left.is_null() { right.ty() } else { left.ty() };
        let right_ty = if right.is_null() { left_ty } else { right.ty() };
        let both_null = left.is_null() && right.is_null();
        let bitwise = matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Xor);
        let shift = matches!(op, BinaryOp::ShiftLeft | BinaryOp::ShiftRight | BinaryOp::ShiftRightUnsigned);
        let ty = match (promoted(left_ty, right_ty), op) {
            _ if both_null => None,
            (None, _) if bitwise && left_ty == Type::Bool && right_ty == Type::Bool => Some(Type::Bool),
            // The left operand alone says how wide a shift is.
            (Some(ty), _) if shift && !ty.is_float() => promoted(left_ty, left_ty),
            (Some(ty), _) if bitwise || shift => Some(ty).filter(|ty| !ty.is_float()),
            (Some(_), BinaryOp::Divide) => Some(quotient(left_ty, right_ty)),
            (ty, _) => ty,
        };
        let Some(ty) = ty else { return Err(self.no_operator(operator, at, &left, &right)) };
        let (left, right) = (self.number(left, ty)?, self.number(right, ty)?);
        self.folded(ty, Node::Binary(op, Box::new((left, right))), span)
    }

    fn number(&self, typed: Typed, ty: Type) -> Result<Expr> {
        if typed.is_null() {
            return Ok(Expr::new(ty, Node::Constant(Value::Null), typed.span()));
        }
        self.cast_number(typed.expr, ty)
    }

    fn concatenation(&self, left: Typed, right: Typed, span: Range<usize>) -> Result<Typed> {
        let mut parts = match left.expr.node {
            Node::Concat(parts) => parts,
            _ => vec![self.part(left)],
        };
        parts.push(self.part(right));
        self.folded(Type::String, Node::Concat(parts), span)
    }

    /// A part of a concatenation; quoted text reads as it was written.
    fn part(&self, typed: Typed) -> Expr {
        super::convert::quoted_text(&typed).unwrap_or(typed.expr)
    }

    fn no_operator(&self, operator: Operator, at: &Range<usize>, left: &Typed, right: &Typed) -> Error {
        let symbol = operator.symbol();
        let message = format!("{symbol} does not apply to {} and {}", left.type_name(), right.type_name());
        let error = self.type_error(message, at.clone());
        let text = left.ty() == Type::String || right.ty() == Type::String;
        let number = left.ty().is_numeric() || right.ty().is_numeric();
        let boolean = left.ty() == Type::Bool || right.ty() == Type::Bool;
        let floating = left.ty().is_float() || right.ty().is_float();
        match operator {
            _ if item_of(left).or(item_of(right)).is_some() => error.with_help(OF_LISTS),
            _ if text && number => error.with_help("text becomes a number with parseLong(text) or parseDouble(text)"),
            Operator::Add if left.ty() == Type::Timestamp && right.ty() == Type::Timestamp => {
                error.with_help("a duration is added: t + 'PT1H'; two timestamps can only be subtracted")
            }
            Operator::And | Operator::Or | Operator::Xor if floating && !text => {
                error.with_help("cast the floating number first: (i64)x")
            }
            Operator::And if boolean || text => error.with_help("conditions combine with &&"),
            Operator::Or if boolean || text => error.with_help("conditions combine with ||"),
            Operator::ShiftLeft | Operator::ShiftRight | Operator::ShiftRightUnsigned if floating => {
                error.with_help("cast the floating number first: (i64)x")
            }
            _ if matches!(left.ty(), Type::Decimal(_)) || matches!(right.ty(), Type::Decimal(_)) => {
                error.with_help("decimals of one scale are added and subtracted; anything else as floats: (f64)x")
            }
            _ if boolean && number => error.with_help("make the condition a number: condition ? 1 : 0"),
            _ => error,
        }
    }

    pub(super) fn prefix(&self, prefix: Prefix, operand: Typed, span: Range<usize>) -> Result<Typed> {
        let ty = operand.ty();
        let op = match prefix {
            Prefix::Not if ty == Type::Bool || operand.is_null() => {
                let expr = self.as_bool(operand, String::new, span.clone())?;
                return self.folded(Type::Bool, Node::Unary(UnaryOp::Not, Box::new(expr)), span);
            }
            Prefix::Minus | Prefix::Plus if ty.is_numeric() => UnaryOp::Negate,
            Prefix::Complement if ty.is_integer() => UnaryOp::Complement,
            _ => {
                let message = format!("{} does not apply to {}", prefix.symbol(), operand.type_name());
                let error = self.type_error(message, span.start..span.start + 1);
                return Err(match prefix {
                    Prefix::Not if ty.is_numeric() => error.with_help("write x == 0"),
                    Prefix::Minus if ty == Type::Bool => error.with_help("write !condition"),
                    Prefix::Complement if ty.is_float() => error.with_help("cast the floating number first: ~(i64)x"),
                    _ => error,
                });
            }
        };
        let wide = promoted(ty, ty).unwrap_or(ty);
        let expr = self.cast_number(operand.expr, wide)?;
        if prefix == Prefix::Plus {
            return Ok(Typed::fixed(expr));
        }
        self.folded(wide, Node::Unary(op, Box::new(expr)), span)
    }
}

/// Division is always floating: `f64`, but `f32` where the divisor is one and the dividend is no `f64`.
fn quotient(left: Type, right: Type) -> Type {
    match (left, right) {
        (Type::F64, _) => Type::F64,
        (_, Type::F32) => Type::F32,
        _ => Type::F64,
    }
}

fn is_text(typed: &Typed) -> bool {
    typed.ty() == Type::String && typed.form != Form::Null
}
