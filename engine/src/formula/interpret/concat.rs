//! Text joined from values of any type.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::operand::Operand;
use crate::types::{Str, Type, Value};
use crate::vector::{Values, Vector};

pub(super) fn run<'v>(parts: &[Operand<'_, 'v>], rows: usize) -> Vector<'v> {
    let parts: Vec<Part<'_, 'v>> = parts.iter().map(Part::of).collect();
    let mut buffer = String::new();
    let mut texts = Vec::with_capacity(rows);
    for row in 0..rows {
        buffer.clear();
        for part in &parts {
            match part {
                Part::Fixed(text) => buffer.push_str(text),
                Part::Texts(texts) => buffer.push_str(&texts[row]),
                Part::Any(vector) => append_text(&mut buffer, &vector.value(row)),
            }
        }
        texts.push(Str::from(buffer.as_str()));
    }
    Vector::new(Type::String, Values::Str(Cow::Owned(texts)), None)
}

enum Part<'p, 'v> {
    Fixed(String),
    /// Text without nulls.
    Texts(&'p [Str]),
    Any(&'p Vector<'v>),
}

impl<'p, 'v> Part<'p, 'v> {
    fn of(operand: &'p Operand<'_, 'v>) -> Self {
        let vector = match operand {
            Operand::Owned(vector) => vector,
            Operand::Shared(vector) => *vector,
            Operand::Scalar(constant) => {
                let mut text = String::new();
                append_text(&mut text, &constant.value);
                return Part::Fixed(text);
            }
        };
        match vector.strings() {
            Some(texts) if vector.valid().is_none() => Part::Texts(texts),
            _ => Part::Any(vector),
        }
    }
}

/// Appends a value as text concatenation shows it. Floats read as in Java: `1.0`, `1.5E10`, `Infinity`.
pub(crate) fn append_text(out: &mut String, value: &Value) {
    match value {
        Value::F32(value) => append_float(out, f64::from(*value), || format!("{value:e}")),
        Value::F64(value) => append_float(out, *value, || format!("{value:e}")),
        // Writing to a String cannot fail.
        value => drop(write!(out, "{value}")),
    }
}

fn append_float(out: &mut String, value: f64, scientific: impl FnOnce() -> String) {
    if !value.is_finite() {
        let sign = if value < 0.0 { "-" } else { "" };
        out.push_str(if value.is_nan() { "NaN" } else { sign });
        out.push_str(if value.is_nan() { "" } else { "Infinity" });
        return;
    }
    // The shortest digits that read back as the same number, of which only the layout is Java's.
    let shortest = scientific();
    let (digits, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let point_at = |at: usize| {
        let (whole, fraction) = digits.split_at(at.min(digits.len()));
        let zeros = "0".repeat(at.saturating_sub(digits.len()));
        format!("{whole}{zeros}.{}", if fraction.is_empty() { "0" } else { fraction })
    };
    out.push_str(sign);
    if value == 0.0 {
        out.push_str("0.0");
    } else if (0..7).contains(&exponent) {
        out.push_str(&point_at(exponent as usize + 1));
    } else if (-3..0).contains(&exponent) {
        out.push_str("0.");
        out.push_str(&"0".repeat((-exponent - 1) as usize));
        out.push_str(&digits);
    } else {
        out.push_str(&point_at(1));
        out.push('E');
        out.push_str(&exponent.to_string());
    }
}
