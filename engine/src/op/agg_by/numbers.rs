//! Columns of any numbers as those that are computed with.

use std::borrow::Cow;

use crate::types::units_to_f64;
use crate::vector::{Values, Vector};

/// The values as floats, those under nulls any.
pub(super) fn floats<'v>(vector: &'v Vector<'_>) -> Cow<'v, [f64]> {
    let scale = vector.ty().scale();
    match vector.values() {
        Values::F64(v) => Cow::Borrowed(v),
        Values::F32(v) => v.iter().map(|&v| f64::from(v)).collect(),
        Values::I128(v) => v.iter().map(|&v| units_to_f64(v, scale)).collect(),
        _ => integers(vector).iter().map(|&v| v as f64).collect(),
    }
}

/// The values of a column of integers, those under nulls any; zeros for a column of anything else.
pub(super) fn integers<'v>(vector: &'v Vector<'_>) -> Cow<'v, [i64]> {
    match vector.values() {
        Values::I64(v) => Cow::Borrowed(v),
        Values::I32(v) => v.iter().map(|&v| v.into()).collect(),
        Values::I16(v) => v.iter().map(|&v| v.into()).collect(),
        Values::I8(v) => v.iter().map(|&v| v.into()).collect(),
        Values::U16(v) => v.iter().map(|&v| v.into()).collect(),
        other => Cow::Owned(vec![0; other.len()]),
    }
}
