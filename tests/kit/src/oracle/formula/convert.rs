//! Conversions between types, and values as text.

use headwater_engine::{Date, TimeDelta, Timestamp, Type, Value};

use super::fault;
use crate::oracle::rows::Fault;

/// Between numbers, as Java casts: integers are cut, floats saturate, NaN becomes 0, and a float becomes a small
/// integer by way of `i32`.
pub(in crate::oracle) fn cast(value: &Value, to: Type) -> Result<Value, Fault> {
    let whole = |v: i64| {
        Ok(match to {
            Type::I8 => Value::I8(v as i8),
            Type::I16 => Value::I16(v as i16),
            Type::I32 => Value::I32(v as i32),
            Type::I64 => Value::I64(v),
            Type::Char => Value::Char(v as u16),
            Type::F32 => Value::F32(v as f32),
            Type::F64 => Value::F64(v as f64),
            to => return fault(&format!("a number as {to}")),
        })
    };
    let fraction = |v: f64| {
        Ok(match to {
            Type::I8 => Value::I8(v as i32 as i8),
            Type::I16 => Value::I16(v as i32 as i16),
            Type::Char => Value::Char(v as i32 as u16),
            Type::I32 => Value::I32(v as i32),
            Type::I64 => Value::I64(v as i64),
            Type::F32 => Value::F32(v as f32),
            Type::F64 => Value::F64(v),
            to => return fault(&format!("a number as {to}")),
        })
    };
    match *value {
        Value::Null => Ok(Value::Null),
        Value::I8(v) => whole(v.into()),
        Value::I16(v) => whole(v.into()),
        Value::I32(v) => whole(v.into()),
        Value::I64(v) => whole(v),
        Value::Char(v) => whole(v.into()),
        Value::F32(v) => fraction(v.into()),
        Value::F64(v) => fraction(v),
        // The nearest float to what it reads as.
        Value::Decimal(v) if to == Type::F64 => match v.to_string().parse() {
            Ok(float) => Ok(Value::F64(float)),
            Err(_) => fault(&format!("{v} as a float")),
        },
        ref other => fault(&format!("{other:?} as {to}")),
    }
}

/// The same number under another name.
pub(super) fn retype(value: Value, to: Type) -> Result<Value, Fault> {
    Ok(match (value, to) {
        (Value::Null, _) => Value::Null,
        (Value::Timestamp(v), Type::I64) => Value::I64(v.nanos()),
        (Value::I64(v), Type::Timestamp) => Value::Timestamp(Timestamp::from_nanos(v)),
        (Value::Time(v), Type::I64) => Value::I64(v.nanos()),
        (Value::Duration(v), Type::I64) => Value::I64(v.nanos()),
        (Value::I64(v), Type::Duration) => Value::Duration(TimeDelta::from_nanos(v)),
        (Value::Date(v), Type::I32) => Value::I32(v.days()),
        (Value::I32(v), Type::Date) => Value::Date(Date::from_days(v)),
        (value, to) => return fault(&format!("{value:?} retyped as {to}")),
    })
}

/// A value as a part of text. The scripts join text, integers and nulls only.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::String(v) => v.as_str().to_owned(),
        Value::Char(v) => char::from_u32((*v).into()).map_or_else(|| format!("\\u{v:04x}"), String::from),
        Value::I8(v) => v.to_string(),
        Value::I16(v) => v.to_string(),
        Value::I32(v) => v.to_string(),
        Value::I64(v) => v.to_string(),
        other => format!("{other}"),
    }
}
