//! Constants as a formula writes them.

use crate::types::Value;

/// The literal that reads as just this value; `None` where there is none.
pub(super) fn written(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        // Without its sign the least value would be of the next larger type.
        Value::I32(value) if *value != i32::MIN => value.to_string(),
        Value::I64(value) if *value != i64::MIN => format!("{value}L"),
        Value::F64(value) if value.is_finite() => format!("{value:?}"),
        Value::F32(value) if value.is_finite() => format!("{value:?}f"),
        Value::String(value) => text(value.as_str()),
        Value::Date(value) => format!("'{value}'"),
        _ => return None,
    })
}

pub(super) fn is_negative(value: &Value) -> bool {
    written(value).is_some_and(|written| written.starts_with('-'))
}

/// Text between backticks.
pub(super) fn text(content: &str) -> String {
    let mut out = String::with_capacity(content.len() + 2);
    out.push('`');
    for c in content.chars() {
        match c {
            '`' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out.push('`');
    out
}
