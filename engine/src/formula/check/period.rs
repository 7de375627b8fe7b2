//! `date + 'P1M'`: years and months move a date along the calendar, where their length is known.

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use super::super::function::{Call, Function, IntoUserFunction};
use super::super::ir::{BinaryOp, Expr, Node};
use super::super::time::{Period, moved};
use super::{Checker, Form, Typed, constant};
use crate::Result;
use crate::types::{Date, Type, Value};

impl Checker<'_> {
    /// A date and a written period, added or subtracted; `None` if it is something else.
    pub(super) fn calendar_arithmetic(
        &self,
        op: BinaryOp,
        left: &Typed,
        right: &Typed,
        span: &Range<usize>,
    ) -> Result<Option<Typed>> {
        let (date, amount) = match (left.ty(), right.ty(), op) {
            (Type::Date, _, BinaryOp::Add | BinaryOp::Subtract) => (left, right),
            (_, Type::Date, BinaryOp::Add) => (right, left),
            _ => return Ok(None),
        };
        // A date beside a date is compared or subtracted, never moved.
        let (Form::Quoted(content), false) = (&amount.form, amount.ty() == Type::Date) else { return Ok(None) };
        let period = Period::parse(content).and_then(|period| match op {
            BinaryOp::Subtract => period.negated(),
            _ => Some(period),
        });
        let Some(Period { months, days }) = period else {
            return Err(self
                .type_error(format!("'{content}' is no number of days, months and years"), amount.span())
                .with_help("a date is moved by 'P1D', 'P2W', 'P1M', 'P1Y2M3D', or by a whole number of days"));
        };
        let whole = |value: i32| constant(Value::I32(value), amount.span());
        let arguments = vec![date.expr.clone(), whole(months), whole(days)];
        let call = Expr::new(Type::Date, Node::Call(Call::new(function()), arguments), span.clone());
        Ok(Some(Typed::fixed(self.fold(call)?)))
    }
}

/// A date so many months, then so many days later; null where the calendar ends.
fn function() -> Arc<Function> {
    static FUNCTION: LazyLock<Arc<Function>> = LazyLock::new(|| {
        let move_by = |date: Date, months: i32, days: i32| moved(date, Period { months, days });
        Arc::new(move_by.into_function("moveDate".into(), false))
    });
    FUNCTION.clone()
}
