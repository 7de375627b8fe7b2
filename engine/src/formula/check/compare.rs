//! Comparisons.

use std::ops::Range;

use super::super::ir::{CompareOp, Expr, Node, UnaryOp};
use super::super::syntax::Operator;
use super::convert::{as_decimal, widening};
use super::{Checker, Form, Typed, constant};
use crate::types::{Type, Value};
use crate::{Error, Result};

impl Checker<'_> {
    pub(super) fn comparison(
        &self,
        operator: Operator,
        at: &Range<usize>,
        left: Typed,
        right: Typed,
        span: Range<usize>,
    ) -> Result<Typed> {
        let op = match operator {
            Operator::Equal => CompareOp::Equal,
            Operator::NotEqual => CompareOp::NotEqual,
            Operator::Less => CompareOp::Less,
            Operator::LessOrEqual => CompareOp::LessOrEqual,
            Operator::Greater => CompareOp::Greater,
            _ => CompareOp::GreaterOrEqual,
        };
        let equality = matches!(op, CompareOp::Equal | CompareOp::NotEqual);
        if left.is_null() != right.is_null() && equality {
            let value = if left.is_null() { right.expr } else { left.expr };
            let is_null = self.folded(Type::Bool, Node::IsNull(Box::new(value)), span.clone())?;
            return if op == CompareOp::Equal { Ok(is_null) } else { self.not(is_null.expr, span) };
        }
        if let (Type::List(_), _) | (_, Type::List(_)) = (left.ty(), right.ty()) {
            let error = self.type_error("a list as a whole is compared with null only", at.clone());
            return Err(error.with_help("compare its values: L[0], or its length: L.size()"));
        }
        match self.same_type(op, at, &left, &right)? {
            Some((op, left, right)) => self.folded(Type::Bool, Node::Compare(op, Box::new((left, right))), span),
            // Values of types that have nothing in common are never equal.
            None if equality && never_equal(&left, &right) => {
                Ok(Typed::fixed(constant(Value::Bool(op == CompareOp::NotEqual), span)))
            }
            None => Err(self.incomparable(at, &left, &right)),
        }
    }

    fn not(&self, expr: Expr, span: Range<usize>) -> Result<Typed> {
        self.folded(Type::Bool, Node::Unary(UnaryOp::Not, Box::new(expr)), span)
    }

    /// The operands as one type (or `I64` and `F64`, in this order), and the operator to match.
    fn same_type(
        &self,
        op: CompareOp,
        at: &Range<usize>,
        left: &Typed,
        right: &Typed,
    ) -> Result<Option<(CompareOp, Expr, Expr)>> {
        let (left_ty, right_ty) = (left.ty(), right.ty());
        if left.is_null() || right.is_null() {
            let ty = if left.is_null() { right_ty } else { left_ty };
            if left.is_null() && right.is_null() || !(ty.is_numeric() || ty == Type::Bool) {
                let left = self.coerce(left.clone(), ty)?;
                return Ok(left.zip(self.coerce(right.clone(), ty)?).map(|(left, right)| (op, left, right)));
            }
            let error = self.type_error(format!("{ty} and null cannot be put in order"), at.clone());
            return Err(error.with_help("test for null with isNull(x) or x == null"));
        }
        if left_ty == right_ty {
            return Ok(Some((op, left.expr.clone(), right.expr.clone())));
        }
        if left_ty.is_numeric() && right_ty.is_numeric() {
            return self.same_number(op, left.expr.clone(), right.expr.clone()).map(Some);
        }
        if let (Type::Decimal(_), Type::Decimal(_)) | (Type::Decimal(_), _) | (_, Type::Decimal(_)) =
            (left_ty, right_ty)
        {
            return self.same_decimal(op, left, right);
        }
        if let Some(right) = self.coerce(right.clone(), left_ty)? {
            return Ok(Some((op, left.expr.clone(), right)));
        }
        Ok(self.coerce(left.clone(), right_ty)?.map(|left| (op, left, right.expr.clone())))
    }

    /// A decimal and a literal, at the scale of the decimal where that is exact, otherwise both as floats.
    fn same_decimal(&self, op: CompareOp, left: &Typed, right: &Typed) -> Result<Option<(CompareOp, Expr, Expr)>> {
        if let Some(right) = as_decimal(right, left.ty()) {
            return Ok(Some((op, left.expr.clone(), right)));
        }
        if let Some(left) = as_decimal(left, right.ty()) {
            return Ok(Some((op, left, right.expr.clone())));
        }
        let (decimal, other) = if matches!(left.ty(), Type::Decimal(_)) { (left, right) } else { (right, left) };
        if !other.ty().is_numeric() {
            return Ok(None);
        }
        let span = decimal.span();
        let float = self.fold(Expr::new(Type::F64, Node::Cast(Box::new(decimal.expr.clone())), span))?;
        let other = self.cast_number(other.expr.clone(), Type::F64)?;
        let op = if std::ptr::eq(decimal, left) { op } else { op.flipped() };
        Ok(Some((op, float, other)))
    }

    /// Numbers as a type in which they compare by their exact values.
    fn same_number(&self, op: CompareOp, left: Expr, right: Expr) -> Result<(CompareOp, Expr, Expr)> {
        // A constant that is exact in the type of the other side is compared there: the column needs no cast.
        if let Some(exact) = right.constant().and_then(|value| exactly(value, left.ty)) {
            let right = constant(exact, right.span);
            return Ok((op, left, right));
        }
        if let Some(exact) = left.constant().and_then(|value| exactly(value, right.ty)) {
            let left = constant(exact, left.span);
            return Ok((op, left, right));
        }
        let ty = match (left.ty, right.ty) {
            (Type::I64, ty) if ty.is_float() => {
                return Ok((op, left, self.cast_number(right, Type::F64)?));
            }
            (ty, Type::I64) if ty.is_float() => {
                return Ok((op.flipped(), right, self.cast_number(left, Type::F64)?));
            }
            (left, right) if left.is_float() || right.is_float() => Type::F64,
            (left, right) if widening(left, right).is_some() => right,
            (left, right) if widening(right, left).is_some() => left,
            _ => Type::I32,
        };
        Ok((op, self.cast_number(left, ty)?, self.cast_number(right, ty)?))
    }

    fn incomparable(&self, at: &Range<usize>, left: &Typed, right: &Typed) -> Error {
        let message = format!("{} and {} cannot be compared", left.type_name(), right.type_name());
        let error = self.type_error(message, at.clone());
        let (text, other) = if left.ty() == Type::String { (left, right) } else { (right, left) };
        if text.ty() == Type::String {
            return match (&text.form, other.ty()) {
                (Form::Quoted(content), Type::Timestamp) => {
                    error.with_help(format!("'{content}' is not a timestamp; one reads '2026-08-01T09:30:00Z' or '2026-08-01T09:30 ET'"))
                }
                (Form::Quoted(content), Type::Date) => {
                    error.with_help(format!("'{content}' is not a date; one reads '2026-08-01'"))
                }
                (_, Type::Timestamp) => error.with_help("a timestamp stands in single quotes: '2026-08-01T09:30:00Z'; text becomes one with parseInstant(text)"),
                (_, Type::Date) => error.with_help("a date stands in single quotes: '2026-08-01'; text becomes one with parseLocalDate(text), and text is compared with text: `2026-08-01`"),
                (_, Type::Time) => error.with_help("a time stands in single quotes: '09:30:00'"),
                (_, Type::Duration) => error.with_help("a duration stands in single quotes: 'PT1H30M'"),
                (_, Type::Decimal(_)) => error.with_help("a decimal compares with a number, as it is written: 12.50"),
                (_, ty) if ty.is_numeric() => error.with_help("text becomes a number with parseLong(text) or parseDouble(text)"),
                _ => error,
            };
        }
        match (left.ty(), right.ty()) {
            (Type::Timestamp, Type::Date) | (Type::Date, Type::Timestamp) => error.with_help(
                "a timestamp has a time and a zone: '2026-08-01T00:00:00Z'; its date is toLocalDate(t, `UTC`)",
            ),
            (Type::Timestamp, ty) | (ty, Type::Timestamp) if ty.is_numeric() => {
                error.with_help("compare epochNanos(t), epochMillis(t) or epochSeconds(t) with a number")
            }
            (Type::Duration, ty) | (ty, Type::Duration) if ty.is_numeric() => {
                error.with_help("a duration stands in single quotes: 'PT1H30M'; (i64)d gives its nanoseconds")
            }
            (Type::Decimal(_), Type::Decimal(_)) => error.with_help("as floats: (f64)a < (f64)b"),
            (Type::Bool, ty) | (ty, Type::Bool) if ty.is_numeric() => {
                error.with_help("conditions compare with true and false")
            }
            _ => error,
        }
    }
}

/// Text beside a character, a boolean or, unless one is a literal (which must be a slip), a number.
fn never_equal(left: &Typed, right: &Typed) -> bool {
    let other = match (left.ty(), right.ty()) {
        (Type::String, other) | (other, Type::String) => other,
        _ => return false,
    };
    let fixed = left.form == Form::Fixed && right.form == Form::Fixed;
    matches!(other, Type::Char | Type::Bool) || (fixed && other.is_numeric())
}

/// A numeric constant as a value of another numeric type, if that changes nothing about it.
pub(super) fn exactly(value: &Value, to: Type) -> Option<Value> {
    let whole = |value: i64| {
        Some(match to {
            Type::I8 => Value::I8(value.try_into().ok()?),
            Type::I16 => Value::I16(value.try_into().ok()?),
            Type::I32 => Value::I32(value.try_into().ok()?),
            Type::I64 => Value::I64(value),
            Type::F32 if value.unsigned_abs() <= 1 << 24 => Value::F32(value as f32),
            Type::F64 if value.unsigned_abs() <= 1 << 53 => Value::F64(value as f64),
            _ => return None,
        })
    };
    match *value {
        Value::I8(value) => whole(value.into()),
        Value::I16(value) => whole(value.into()),
        Value::I32(value) => whole(value.into()),
        Value::I64(value) => whole(value),
        Value::F32(value) => exact_float(value.into(), to, whole),
        Value::F64(value) => exact_float(value, to, whole),
        _ => None,
    }
}

fn exact_float(value: f64, to: Type, whole: impl Fn(i64) -> Option<Value>) -> Option<Value> {
    match to {
        Type::F64 => Some(Value::F64(value)),
        Type::F32 => (f64::from(value as f32) == value || value.is_nan()).then_some(Value::F32(value as f32)),
        _ => (value.fract() == 0.0 && value.abs() < 9e18).then(|| whole(value as i64))?,
    }
}
