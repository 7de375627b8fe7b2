//! One cell as text.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::types::{Type, Value};

/// What stands for null: no value of any type prints so, an empty or literal "null" text least of all.
pub(super) const NULL: &str = "∅";

/// Columns of a terminal a text cell may take in a table of `width`: less in a narrow one, so that others fit too.
pub(super) fn longest_text(width: usize) -> usize {
    (width / 4).clamp(12, 48)
}

/// The text of a cell: one line, cut where text is longer than `longest`.
///
/// Floats keep a fraction or exponent, so that they are told from integers; timestamps are ISO 8601 in UTC.
pub(super) fn text(value: &Value, longest: usize) -> String {
    match value {
        Value::Null => NULL.to_owned(),
        Value::String(text) => cut(&one_line(text), longest),
        Value::Char(_) => one_line(&value.to_string()),
        // Every value takes a column at least: no more of them are written than could be shown.
        Value::List(list) if list.len() > longest => cut(&one_line(&list.part(0..longest).to_string()), longest),
        Value::List(list) => cut(&one_line(&list.to_string()), longest),
        other => other.to_string(),
    }
}

/// Whether cells of the type are read from the right: numbers.
pub(super) fn is_right_aligned(ty: Type) -> bool {
    ty.is_numeric() && ty != Type::Char
}

/// Control characters as escapes, so that a cell stays on its line.
fn one_line(text: &str) -> String {
    if text.chars().any(char::is_control) {
        text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect()
    } else {
        text.to_owned()
    }
}

/// The first columns of a text that is wider, with `…` for the rest.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

/// A count with its thousands apart: `999,990`.
fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count of things: `1 row`, `2,000 rows`.
pub(crate) fn counted(number: u64, what: &str) -> String {
    format!("{} {what}{}", count(number), if number == 1 { "" } else { "s" })
}
