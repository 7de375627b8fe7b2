//! Numbers that ascend with the values of a column, for those types whose values fit: what rows are found by as of.

use crate::vector::{Values, Vector};

/// Bits of a stamp: those of a value, and one more for null.
pub(crate) const STAMP_BITS: u32 = 65;

/// The stamp of each value: null comes first, NaN last, and the two zeros are one. Text and decimals have none: all are 0.
pub(crate) fn stamps(values: &Vector<'_>) -> Vec<u128> {
    const SIGN: u64 = 1 << 63;
    let integer = |value: i64| value as u64 ^ SIGN;
    let float = |value: f64| {
        // All NaN are one, and so are the zeros.
        let bits = if value.is_nan() { f64::NAN.to_bits() & !SIGN } else { (value + 0.0).to_bits() };
        if bits & SIGN != 0 { !bits } else { bits | SIGN }
    };
    let valid = |at: usize, stamp: u64| if values.is_valid(at) { u128::from(stamp) + 1 } else { 0 };
    fn each<T: Copy>(values: &[T], stamp: impl Fn(T) -> u64, valid: impl Fn(usize, u64) -> u128) -> Vec<u128> {
        values.iter().enumerate().map(|(at, &value)| valid(at, stamp(value))).collect()
    }
    match values.values() {
        Values::Bool(values) => (0..values.len()).map(|at| valid(at, values.get(at).into())).collect(),
        Values::I8(values) => each(values, |value| integer(value.into()), valid),
        Values::I16(values) => each(values, |value| integer(value.into()), valid),
        Values::I32(values) => each(values, |value| integer(value.into()), valid),
        Values::I64(values) => each(values, integer, valid),
        Values::U16(values) => each(values, u64::from, valid),
        Values::F32(values) => each(values, |value| float(value.into()), valid),
        Values::F64(values) => each(values, float, valid),
        _ => vec![0; values.len()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Type, Value};

    #[test]
    fn stamps_ascend_as_values_do() {
        let ascending = |ty: Type, values: Vec<Value>| {
            let stamps = stamps(&Vector::from_values(ty, values).expect("values"));
            assert!(stamps.is_sorted_by(|a, b| a < b) && stamps.iter().all(|stamp| stamp >> STAMP_BITS == 0), "{ty}");
        };
        ascending(Type::I64, vec![Value::Null, i64::MIN.into(), (i64::MIN + 1).into(), 0_i64.into(), i64::MAX.into()]);
        ascending(Type::Bool, vec![Value::Null, false.into(), true.into()]);
        ascending(Type::I8, vec![Value::Null, Value::I8(-128), Value::I8(0), Value::I8(127)]);
        let floats = [f64::NEG_INFINITY, f64::MIN, -1e-300, 0.0, 1e-300, f64::MAX, f64::INFINITY, f64::NAN];
        ascending(Type::F64, std::iter::once(Value::Null).chain(floats.map(Value::F64)).collect());
        let zeros = Vector::from(vec![0.0, -0.0, f64::NAN, -f64::NAN]);
        assert_eq!(stamps(&zeros)[0], stamps(&zeros)[1]);
        assert_eq!(stamps(&zeros)[2], stamps(&zeros)[3]);
    }
}
