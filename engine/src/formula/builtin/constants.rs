//! Named constants.

use crate::formula::time::{DAY, HOUR, MINUTE, SECOND, WEEK};
use crate::types::{Type, Value};

/// The constant of that name. `MIN_` values are the least but one, as in the language this one follows.
pub(crate) fn constant(name: &str) -> Option<(Type, Value)> {
    let null = match name {
        "NULL_BOOLEAN" => Some(Type::Bool),
        "NULL_BYTE" => Some(Type::I8),
        "NULL_SHORT" => Some(Type::I16),
        "NULL_INT" => Some(Type::I32),
        "NULL_LONG" => Some(Type::I64),
        "NULL_FLOAT" => Some(Type::F32),
        "NULL_DOUBLE" => Some(Type::F64),
        "NULL_CHAR" => Some(Type::Char),
        _ => None,
    };
    if let Some(ty) = null {
        return Some((ty, Value::Null));
    }
    let value = match name {
        "MIN_BYTE" => Value::I8(-i8::MAX),
        "MAX_BYTE" => Value::I8(i8::MAX),
        "MIN_SHORT" => Value::I16(-i16::MAX),
        "MAX_SHORT" => Value::I16(i16::MAX),
        "MIN_INT" => Value::I32(-i32::MAX),
        "MAX_INT" => Value::I32(i32::MAX),
        "MIN_LONG" => Value::I64(-i64::MAX),
        "MAX_LONG" => Value::I64(i64::MAX),
        "MIN_FLOAT" | "NEG_INFINITY_FLOAT" => Value::F32(f32::NEG_INFINITY),
        "MAX_FLOAT" | "POS_INFINITY_FLOAT" => Value::F32(f32::INFINITY),
        "MIN_DOUBLE" | "NEG_INFINITY_DOUBLE" => Value::F64(f64::NEG_INFINITY),
        "MAX_DOUBLE" | "POS_INFINITY_DOUBLE" => Value::F64(f64::INFINITY),
        "MIN_POS_FLOAT" => Value::F32(f32::from_bits(1)),
        "MIN_POS_DOUBLE" => Value::F64(f64::from_bits(1)),
        "MAX_FINITE_FLOAT" => Value::F32(f32::MAX),
        "MIN_FINITE_FLOAT" => Value::F32(-f32::MAX),
        "MAX_FINITE_DOUBLE" => Value::F64(f64::MAX),
        "MIN_FINITE_DOUBLE" => Value::F64(-f64::MAX),
        "NAN_FLOAT" => Value::F32(f32::NAN),
        "NAN_DOUBLE" | "NaN" => Value::F64(f64::NAN),
        "PI" => Value::F64(std::f64::consts::PI),
        "E" => Value::F64(std::f64::consts::E),
        "MICRO" => Value::I64(1_000),
        "MILLI" => Value::I64(1_000_000),
        "SECOND" => Value::I64(SECOND),
        "MINUTE" => Value::I64(MINUTE),
        "HOUR" => Value::I64(HOUR),
        "DAY" => Value::I64(DAY),
        "WEEK" => Value::I64(WEEK),
        "YEAR_365" => Value::I64(365 * DAY),
        "YEAR_AVG" => Value::I64(31_556_952 * SECOND),
        _ => return None,
    };
    value.ty().map(|ty| (ty, value))
}
