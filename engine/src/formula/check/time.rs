//! Arithmetic on timestamps and dates.

use std::ops::Range;

use super::super::ir::{BinaryOp, Expr, Node};
use super::{Checker, Form, Typed};
use crate::Result;
use crate::types::Type;

impl Checker<'_> {
    /// `timestamp ± nanoseconds`, `timestamp - timestamp`, `date ± days`; `None` if it is something else.
    pub(super) fn time_arithmetic(
        &self,
        op: BinaryOp,
        left: &Typed,
        right: &Typed,
        span: &Range<usize>,
    ) -> Result<Option<Typed>> {
        let plus_or_minus = matches!(op, BinaryOp::Add | BinaryOp::Subtract);
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

fn retyped(expr: Expr, ty: Type) -> Expr {
    let span = expr.span.clone();
    Expr::new(ty, Node::Retype(Box::new(expr)), span)
}
