//! The order of cells when rows are sorted: null, then values, then NaN; the two zeros are one.

use std::cmp::Ordering;

use crate::types::Value;

/// How one cell stands to another of the same type.
pub(crate) fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Less,
        (_, Value::Null) => Ordering::Greater,
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::I8(a), Value::I8(b)) => a.cmp(b),
        (Value::I16(a), Value::I16(b)) => a.cmp(b),
        (Value::I32(a), Value::I32(b)) => a.cmp(b),
        (Value::I64(a), Value::I64(b)) => a.cmp(b),
        (Value::F32(a), Value::F32(b)) => float(f64::from(*a), f64::from(*b)),
        (Value::F64(a), Value::F64(b)) => float(*a, *b),
        (Value::Char(a), Value::Char(b)) => a.cmp(b),
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::Timestamp(a), Value::Timestamp(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Time(a), Value::Time(b)) => a.cmp(b),
        (Value::Duration(a), Value::Duration(b)) => a.cmp(b),
        (Value::Decimal(a), Value::Decimal(b)) => a.units().cmp(&b.units()),
        // Cells of one column are of one type.
        _ => Ordering::Equal,
    }
}

/// Without an order there is a NaN, which is above what is none.
fn float(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}
