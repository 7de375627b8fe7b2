//! Comparisons: null equals null and is less than all else, NaN is in no order.

use std::cmp::Ordering;

use headwater_engine::Value;
use headwater_engine::formula::ir::CompareOp;

use super::fault;
use crate::oracle::rows::Fault;

pub(super) fn holds(op: CompareOp, left: &Value, right: &Value) -> Result<bool, Fault> {
    let order = match (left, right) {
        (Value::Null, Value::Null) => Some(Ordering::Equal),
        (Value::Null, _) => Some(Ordering::Less),
        (_, Value::Null) => Some(Ordering::Greater),
        (left, right) => order(left, right)?,
    };
    Ok(match (op, order) {
        (CompareOp::NotEqual, None) => true,
        (_, None) => false,
        (CompareOp::Equal, Some(order)) => order.is_eq(),
        (CompareOp::NotEqual, Some(order)) => order.is_ne(),
        (CompareOp::Less, Some(order)) => order.is_lt(),
        (CompareOp::LessOrEqual, Some(order)) => order.is_le(),
        (CompareOp::Greater, Some(order)) => order.is_gt(),
        (CompareOp::GreaterOrEqual, Some(order)) => order.is_ge(),
    })
}

/// The order of two values of one type, or of an `i64` and an `f64`.
fn order(left: &Value, right: &Value) -> Result<Option<Ordering>, Fault> {
    Ok(match (left, right) {
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::I8(a), Value::I8(b)) => Some(a.cmp(b)),
        (Value::I16(a), Value::I16(b)) => Some(a.cmp(b)),
        (Value::I32(a), Value::I32(b)) => Some(a.cmp(b)),
        (Value::I64(a), Value::I64(b)) => Some(a.cmp(b)),
        (Value::Char(a), Value::Char(b)) => Some(a.cmp(b)),
        (Value::String(a), Value::String(b)) => Some(a.as_str().chars().cmp(b.as_str().chars())),
        (Value::Timestamp(a), Value::Timestamp(b)) => Some(a.nanos().cmp(&b.nanos())),
        (Value::Date(a), Value::Date(b)) => Some(a.days().cmp(&b.days())),
        (Value::Time(a), Value::Time(b)) => Some(a.nanos().cmp(&b.nanos())),
        (Value::Duration(a), Value::Duration(b)) => Some(a.nanos().cmp(&b.nanos())),
        (Value::Decimal(a), Value::Decimal(b)) if a.scale() == b.scale() => Some(a.units().cmp(&b.units())),
        (Value::F32(a), Value::F32(b)) => a.partial_cmp(b),
        (Value::F64(a), Value::F64(b)) => a.partial_cmp(b),
        (Value::I64(a), Value::F64(b)) => exact(*a, *b),
        (left, right) => return fault(&format!("{left:?} beside {right:?}")),
    })
}

/// A whole number and a float, by their exact values: the float's whole part first, then what is left of it.
fn exact(a: i64, b: f64) -> Option<Ordering> {
    if b.is_nan() {
        return None;
    }
    if b.is_infinite() || b.abs() >= 1e30 {
        return Some(if b > 0.0 { Ordering::Less } else { Ordering::Greater });
    }
    let whole = b.trunc() as i128;
    Some(i128::from(a).cmp(&whole).then(0.0_f64.total_cmp(&(b.fract() + 0.0))))
}

/// Equality as in a set of values: NaN is found by NaN.
pub(in crate::oracle) fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::F32(a), Value::F32(b)) => a == b || a.is_nan() && b.is_nan(),
        (Value::F64(a), Value::F64(b)) => a == b || a.is_nan() && b.is_nan(),
        (Value::List(a), Value::List(b)) => a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same(&a, &b)),
        (left, right) => left == right,
    }
}

/// The order that decides the least and the greatest value; the values are of one type, and none is null or NaN.
pub(in crate::oracle) fn rank(left: &Value, right: &Value) -> Ordering {
    order(left, right).ok().flatten().unwrap_or(Ordering::Equal)
}
