//! Arithmetic on timestamps, dates and durations, and the sums of decimals.

use std::ops::Range;

use super::super::ir::{BinaryOp, Expr, Node};
use super::convert::{as_decimal, widening};
use super::{Checker, Form, Typed};
use crate::Result;
use crate::types::Type;

impl Checker<'_> {
    /// `timestamp ± nanoseconds`, `timestamp - timestamp`, `date ± days`, `duration ± duration`, `duration * whole
    /// number`, `time - time`, `decimal ± decimal` of one scale; `None` if it is something else.
    pub(super) fn time_arithmetic(
        &self,
        op: BinaryOp,
        left: &Typed,
        right: &Typed,
        span: &Range<usize>,
    ) -> Result<Option<Typed>> {
        let plus_or_minus = matches!(op, BinaryOp::Add | BinaryOp::Subtract);
        if let Some(exact) = self.exact_arithmetic(op, left, right, span)? {
            return Ok(Some(exact));
        }
        if let Some(date) = self.calendar_arithmetic(op, left, right, span)? {
            return Ok(Some(date));
        }
        // A duration is an amount of nanoseconds.
        let nanos = |typed: &Typed| match typed.ty() {
            Type::Duration => self.fold(retyped(typed.expr.clone(), Type::I64)).map(Typed::fixed),
            _ => Ok(typed.clone()),
        };
        let (left, right) = (&nanos(left)?, &nanos(right)?);
        let (time, amount) = match (left.ty(), right.ty()) {
            (Type::Timestamp, Type::Timestamp) if op == BinaryOp::Subtract && !right.is_null() => {
                let pair = (retyped(left.expr.clone(), Type::I64), retyped(right.expr.clone(), Type::I64));
                return self.folded(Type::I64, Node::Binary(op, Box::new(pair)), span.clone()).map(Some);
            }
            (Type::Timestamp | Type::Date, _) if plus_or_minus => (left, right),
            (_, Type::Timestamp | Type::Date) if op == BinaryOp::Add => (right, left),
            _ => return Ok(None),
        };
        if let (Form::Quoted(content), Type::String) = (&amount.form, amount.ty()) {
            return Err(self
                .type_error(format!("'{content}' is not a duration of fixed length"), amount.span())
                .with_help("durations read 'PT1H30M', 'PT0.5S', 'P1D', 'P1W'; months and years have no fixed length"));
        }
        let physical = if time.ty() == Type::Date { Type::I32 } else { Type::I64 };
        let fits =
            amount.is_null() || matches!(amount.ty(), Type::I8 | Type::I16 | Type::I32) || amount.ty() == physical;
        if !fits {
            return Ok(None);
        }
        let Some(amount) = self.coerce(amount.clone(), physical)? else { return Ok(None) };
        let ty = time.ty();
        let pair = (retyped(time.expr.clone(), physical), amount);
        let sum = self.fold(Expr::new(physical, Node::Binary(op, Box::new(pair)), span.clone()))?;
        Ok(Some(Typed::fixed(self.fold(retyped(sum, ty))?)))
    }
}

impl Checker<'_> {
    /// Arithmetic on durations and decimals themselves.
    fn exact_arithmetic(
        &self,
        op: BinaryOp,
        left: &Typed,
        right: &Typed,
        span: &Range<usize>,
    ) -> Result<Option<Typed>> {
        let plus_or_minus = matches!(op, BinaryOp::Add | BinaryOp::Subtract);
        let (physical, ty, left, right) = match (left.ty(), right.ty()) {
            (Type::Duration, _) | (_, Type::Duration) if plus_or_minus => {
                let pair = self.coerce(left.clone(), Type::Duration)?.zip(self.coerce(right.clone(), Type::Duration)?);
                let Some((left, right)) = pair else { return Ok(None) };
                (Type::I64, Type::Duration, left, right)
            }
            (Type::Time, _) | (_, Type::Time) if op == BinaryOp::Subtract => {
                let pair = self.coerce(left.clone(), Type::Time)?.zip(self.coerce(right.clone(), Type::Time)?);
                let Some((left, right)) = pair else { return Ok(None) };
                (Type::I64, Type::Duration, left, right)
            }
            (Type::Duration, times) | (times, Type::Duration)
                if op == BinaryOp::Multiply && widening(times, Type::I64).is_some() =>
            {
                let whole = |typed: &Typed| match typed.ty() {
                    Type::Duration => Ok(typed.expr.clone()),
                    _ => self.cast_number(typed.expr.clone(), Type::I64),
                };
                (Type::I64, Type::Duration, whole(left)?, whole(right)?)
            }
            (ty @ Type::Decimal(_), _) | (_, ty @ Type::Decimal(_)) if plus_or_minus => {
                let side = |typed: &Typed| match typed.ty() == ty && !typed.is_null() {
                    true => Some(typed.expr.clone()),
                    false => as_decimal(typed, ty),
                };
                let Some((left, right)) = side(left).zip(side(right)) else { return Ok(None) };
                (ty, ty, left, right)
            }
            _ => return Ok(None),
        };
        let as_physical = |expr: Expr| if expr.ty == physical { expr } else { retyped(expr, physical) };
        let pair = (as_physical(left), as_physical(right));
        let result = self.fold(Expr::new(physical, Node::Binary(op, Box::new(pair)), span.clone()))?;
        Ok(Some(Typed::fixed(if ty == physical { result } else { self.fold(retyped(result, ty))? })))
    }
}

fn retyped(expr: Expr, ty: Type) -> Expr {
    let span = expr.span.clone();
    Expr::new(ty, Node::Retype(Box::new(expr)), span)
}
