//! Literals: numbers, type names, and what stands between single quotes.

use super::lexer::Token;
use crate::types::{Date, Str, Timestamp, Type, Value};
use crate::{Error, ErrorKind, Result};

/// Reads a number: `1`, `1_000`, `0x1F`, `0b101`, `10L`, `1.5`, `1e3`, `1.5f`, `2d`.
pub(super) fn number(raw: &str) -> Result<Token> {
    let text: String = raw.chars().filter(|&c| c != '_').collect();
    let lower = text.to_ascii_lowercase();
    let (digits, long) = match lower.strip_suffix('l') {
        Some(digits) => (digits, true),
        None => (lower.as_str(), false),
    };
    for (prefix, radix) in [("0x", 16), ("0b", 2)] {
        if let Some(digits) = digits.strip_prefix(prefix) {
            let value = i64::from_str_radix(digits, radix).map_err(|_| bad(raw))?;
            return Ok(Token::Number(integer(value, long)));
        }
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return match digits.parse() {
            Ok(value) => Ok(Token::Number(integer(value, long))),
            Err(_) if digits == "9223372036854775808" => Ok(Token::SmallestLong),
            Err(_) => Err(Error::new(ErrorKind::Syntax, format!("the number {raw} does not fit into 64 bits"))
                .with_help(format!("write {digits}.0 for a floating number"))),
        };
    }
    let value = match (lower.strip_suffix('f'), lower.strip_suffix('d')) {
        (Some(float), _) => float.parse().map(Value::F32),
        (_, Some(double)) => double.parse().map(Value::F64),
        _ => lower.parse().map(Value::F64),
    };
    value.map(Token::Number).map_err(|_| bad(raw))
}

fn bad(raw: &str) -> Error {
    Error::new(ErrorKind::Syntax, format!("{raw} is not a number"))
}

/// An integer literal is an `i32` if it fits, as in Java, unless it is marked as long.
fn integer(value: i64, long: bool) -> Value {
    match i32::try_from(value) {
        Ok(small) if !long => Value::I32(small),
        _ => Value::I64(value),
    }
}

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

/// What stands between single quotes, read by itself: `'x'`, `'2024-01-15T12:00:00 ET'`, `'2024-01-15'`, `'PT1H'`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Quoted {
    Char(u16),
    Timestamp(Timestamp),
    Date(Date),
    /// Nanoseconds.
    Duration(i64),
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
        match crate::formula::time::parse_duration(content) {
            Some(nanos) => Quoted::Duration(nanos),
            None => Quoted::Text(Str::from(content)),
        }
    }

    pub(crate) fn value(self) -> Value {
        match self {
            Quoted::Char(unit) => Value::Char(unit),
            Quoted::Timestamp(timestamp) => Value::Timestamp(timestamp),
            Quoted::Date(date) => Value::Date(date),
            Quoted::Duration(nanos) => Value::I64(nanos),
            Quoted::Text(text) => Value::String(text),
        }
    }
}
