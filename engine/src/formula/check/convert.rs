//! Conversions: what an expression may become where another type is wanted, and casts.

use std::ops::Range;

use super::super::ir::{Expr, Node};
use super::super::syntax::Quoted;
use super::{Checker, Form, Typed, constant};
use crate::types::{Decimal, Str, Type, Value};
use crate::{ErrorKind, Result};

/// How far `from` is from `to` when numbers widen: 0 for the same type, more for wider ones; `None` if it does not.
pub(super) fn widening(from: Type, to: Type) -> Option<usize> {
    const ORDER: [Type; 6] = [Type::I8, Type::I16, Type::I32, Type::I64, Type::F32, Type::F64];
    if from == to {
        return Some(0);
    }
    let place = |ty: Type| ORDER.iter().position(|&other| other == ty);
    let from = if from == Type::Char { 1 } else { place(from)? };
    let to = place(to)?;
    to.checked_sub(from).filter(|&steps| steps > 0)
}

/// The type two numbers have in common after promotion: at least `i32`.
pub(super) fn promoted(left: Type, right: Type) -> Option<Type> {
    if !left.is_numeric() || !right.is_numeric() {
        return None;
    }
    [Type::I32, Type::I64, Type::F32, Type::F64]
        .into_iter()
        .find(|&ty| widening(left, ty).is_some() && widening(right, ty).is_some())
}

impl Checker<'_> {
    /// The expression as type `to`, if it can become that without a cast: null, literals, widening numbers.
    pub(super) fn coerce(&self, typed: Typed, to: Type) -> Result<Option<Expr>> {
        let span = typed.span();
        if let Some(value) = reread(&typed, to) {
            return Ok(Some(Expr::new(to, Node::Constant(value), span)));
        }
        if typed.ty() == to && !typed.is_null() {
            return Ok(Some(typed.expr));
        }
        match widening(typed.ty(), to) {
            Some(_) if typed.ty().is_numeric() => Ok(Some(self.cast_number(typed.expr, to)?)),
            _ => Ok(None),
        }
    }

    /// A number as another type of number.
    pub(super) fn cast_number(&self, expr: Expr, to: Type) -> Result<Expr> {
        if expr.ty == to {
            return Ok(expr);
        }
        let span = expr.span.clone();
        self.fold(Expr::new(to, Node::Cast(Box::new(expr)), span))
    }

    /// `(type) operand`
    pub(super) fn cast(&self, to: Type, operand: Typed, span: Range<usize>) -> Result<Typed> {
        if let Some(value) = reread(&operand, to) {
            return Ok(Typed::fixed(Expr::new(to, Node::Constant(value), span)));
        }
        let from = operand.ty();
        if from == to && from != Type::Bool {
            return Ok(Typed::fixed(operand.expr));
        }
        if from.is_numeric() && to.is_numeric() {
            let mut expr = self.cast_number(operand.expr, to)?;
            expr.span = span;
            return Ok(Typed::fixed(expr));
        }
        match (from, to) {
            // Nanoseconds are what both are made of.
            (Type::Duration | Type::Time, Type::I64) | (Type::I64, Type::Duration) => {
                let node = Node::Retype(Box::new(operand.expr));
                return self.folded(to, node, span);
            }
            (from, Type::Duration) if widening(from, Type::I64).is_some() => {
                let nanos = self.cast_number(operand.expr, Type::I64)?;
                return self.folded(to, Node::Retype(Box::new(nanos)), span);
            }
            (Type::Decimal(_), Type::F64) => {
                return self.folded(to, Node::Cast(Box::new(operand.expr)), span);
            }
            _ => {}
        }
        let error = self.type_error(format!("{from} cannot be cast to {to}"), span);
        Err(match (from, to) {
            (_, Type::String) => error.with_help("String.valueOf(x), or concatenation: `` + x"),
            (Type::String, to) if to.is_numeric() => {
                let parse = match to {
                    Type::I8 => "parseByte",
                    Type::I16 => "parseShort",
                    Type::I32 => "parseInt",
                    Type::F32 => "parseFloat",
                    Type::F64 => "parseDouble",
                    _ => "parseLong",
                };
                error.with_help(format!("text becomes a number with {parse}(text)"))
            }
            (Type::String, Type::Timestamp) => error.with_help("text becomes a timestamp with parseInstant(text)"),
            (Type::String, Type::Date) => error.with_help("text becomes a date with parseLocalDate(text)"),
            (Type::Decimal(_), to) if to.is_numeric() => error.with_help(format!("by way of a float: ({to})(f64)x")),
            (Type::Timestamp, to) if to.is_numeric() => {
                error.with_help("epochNanos(t), epochMillis(t) and epochSeconds(t) give numbers")
            }
            (from, Type::Timestamp) if from.is_numeric() => {
                error.with_help("epochNanosToInstant(n) and its relatives give timestamps")
            }
            (Type::Timestamp, Type::Date) => error.with_help("toLocalDate(t, `UTC`) gives the date in a zone"),
            (Type::Date, Type::Timestamp) => error.with_help("toInstant(date, `UTC`) gives the midnight of a zone"),
            (Type::Bool, to) if to.is_numeric() => error.with_help("write condition ? 1 : 0"),
            (from, Type::Bool) if from.is_numeric() => error.with_help("write x != 0"),
            (Type::Bool, Type::Bool) => error.with_help("it is a bool already: leave the cast out"),
            _ => error,
        })
    }

    /// An expression that must be a condition.
    pub(super) fn as_bool(&self, typed: Typed, message: impl FnOnce() -> String, span: Range<usize>) -> Result<Expr> {
        let name = typed.type_name();
        if typed.ty() == Type::Bool && !typed.is_null() {
            return Ok(typed.expr);
        }
        if typed.is_null() {
            return Ok(Expr::new(Type::Bool, Node::Constant(Value::Null), span));
        }
        let error = self.error(ErrorKind::Type, format!("{}, not {name}", message()), span);
        Err(if typed.ty().is_numeric() { error.with_help("write x != 0") } else { error })
    }
}

/// The value of a null or quoted text, read as a type it may also have.
pub(super) fn reread(typed: &Typed, to: Type) -> Option<Value> {
    match &typed.form {
        Form::Fixed | Form::Literal => None,
        Form::Null => Some(Value::Null),
        Form::Quoted(content) => match (to, Quoted::read(content)) {
            (Type::String, Quoted::Char(_) | Quoted::Text(_)) => Some(Value::String(Str::from(content.as_str()))),
            // Functions and sums of nanoseconds take a duration that is written out.
            (Type::I64, Quoted::Duration(duration)) => Some(Value::I64(duration.nanos())),
            (Type::Decimal(scale), _) => Decimal::parse(content)?.rescaled(scale).map(Value::Decimal),
            (to, quoted) => Some(quoted.value()).filter(|value| value.ty() == Some(to)),
        },
    }
}

/// A constant as a decimal type, if it can be one exactly.
pub(super) fn as_decimal(typed: &Typed, to: Type) -> Option<Expr> {
    let Type::Decimal(scale) = to else { return None };
    let value = match (reread(typed, to), typed.expr.constant()?) {
        (Some(value), _) => value,
        // The shortest text of a float is the literal it was read from.
        (
            None,
            number @ (Value::I8(_) | Value::I16(_) | Value::I32(_) | Value::I64(_) | Value::F64(_) | Value::F32(_)),
        ) => Value::Decimal(Decimal::parse(&number.to_string())?.rescaled(scale)?),
        _ => return None,
    };
    Some(Expr::new(to, Node::Constant(value), typed.span()))
}

/// A text constant for a parameter that takes text, whatever the quotes made of it.
pub(super) fn quoted_text(typed: &Typed) -> Option<Expr> {
    match &typed.form {
        Form::Quoted(content) => Some(constant(Value::String(Str::from(content.as_str())), typed.span())),
        _ => None,
    }
}
