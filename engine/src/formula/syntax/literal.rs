//! Type names, names that need no quotes, and what stands between single quotes.

use crate::types::{Date, Str, Time, TimeDelta, Timestamp, Type, Value};

/// The type a cast names: Headwater's own names and those of Java; the outer `None` if there is no such type,
/// the inner one for `Object`, which leaves everything as it is.
pub(super) fn type_named(name: &str) -> Option<Option<Type>> {
    Some(Some(match name {
        "bool" | "boolean" | "Boolean" => Type::Bool,
        "i8" | "byte" | "Byte" => Type::I8,
        "i16" | "short" | "Short" => Type::I16,
        "i32" | "int" | "Integer" => Type::I32,
        "i64" | "long" | "Long" => Type::I64,
        "f32" | "float" | "Float" => Type::F32,
        "f64" | "double" | "Double" => Type::F64,
        "char" | "Character" => Type::Char,
        "string" | "String" => Type::String,
        "timestamp" | "Instant" => Type::Timestamp,
        "date" | "LocalDate" => Type::Date,
        "time" | "LocalTime" => Type::Time,
        "duration" | "Duration" => Type::Duration,
        "Object" => return Some(None),
        _ => return None,
    }))
}

/// Whether `name` can be written in a formula as it is; any other name needs ``col(`name`)``.
pub(crate) fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_' || c == '$')
        && chars.all(|c| c.is_alphanumeric() || c == '_' || c == '$')
        && !matches!(name, "true" | "false" | "null" | "in" | "not" | "i" | "ii" | "k")
}

/// What stands between single quotes, read by itself: `'x'`, `'2024-01-15T12:00:00 ET'`, `'2024-01-15'`, `'12:30'`,
/// `'PT1H'`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Quoted {
    Char(u16),
    Timestamp(Timestamp),
    Date(Date),
    Time(Time),
    Duration(TimeDelta),
    Text(Str),
}

impl Quoted {
    pub(crate) fn read(content: &str) -> Quoted {
        let mut units = content.encode_utf16();
        if let (Some(unit), None) = (units.next(), units.next()) {
            return Quoted::Char(unit);
        }
        if let Some(timestamp) = crate::formula::time::parse_timestamp(content) {
            return Quoted::Timestamp(timestamp);
        }
        if let Some(date) = Date::parse(content) {
            return Quoted::Date(date);
        }
        if let Some(time) = Time::parse(content) {
            return Quoted::Time(time);
        }
        match crate::formula::time::parse_duration(content) {
            Some(nanos) => Quoted::Duration(TimeDelta::from_nanos(nanos)),
            None => Quoted::Text(Str::from(content)),
        }
    }

    pub(crate) fn value(self) -> Value {
        match self {
            Quoted::Char(unit) => Value::Char(unit),
            Quoted::Timestamp(timestamp) => Value::Timestamp(timestamp),
            Quoted::Date(date) => Value::Date(date),
            Quoted::Time(time) => Value::Time(time),
            Quoted::Duration(duration) => Value::Duration(duration),
            Quoted::Text(text) => Value::String(text),
        }
    }
}
