//! Literal numbers: `1`, `1_000`, `0x1F`, `0b101`, `017`, `10L`, `1.5`, `1e3`, `1.5f`, `2d`, `0x1.8p3`.

use super::lexer::Token;
use crate::types::Value;
use crate::{Error, ErrorKind, Result};

/// Reads a number as a formula writes it.
pub(super) fn number(raw: &str) -> Result<Token> {
    if !underscores_part_digits(raw) {
        return Err(bad(raw).with_help("an underscore stands between two digits: 1_000"));
    }
    let text: String = raw.chars().filter(|&c| c != '_').collect::<String>().to_ascii_lowercase();
    if let Some(digits) = text.strip_prefix("0x") {
        if digits.contains('p') {
            return hexadecimal_float(digits).ok_or_else(|| bad(raw)).and_then(|value| finite(value, raw));
        }
        return bits(digits, 16, raw);
    }
    if let Some(digits) = text.strip_prefix("0b") {
        return bits(digits, 2, raw);
    }
    let (digits, long) = match text.strip_suffix('l') {
        Some(digits) => (digits, true),
        None => (&*text, false),
    };
    if digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.is_empty() {
        return decimal(digits, long, raw);
    }
    let value = match (text.strip_suffix('f'), text.strip_suffix('d')) {
        (Some(float), _) => float.parse().map(Value::F32),
        (_, Some(double)) => double.parse().map(Value::F64),
        _ => text.parse().map(Value::F64),
    };
    finite(value.map_err(|_| bad(raw))?, raw)
}

fn bad(raw: &str) -> Error {
    Error::new(ErrorKind::Syntax, format!("{raw} is not a number"))
}

fn too_wide(raw: &str) -> Error {
    Error::new(ErrorKind::Syntax, format!("the number {raw} does not fit into 64 bits"))
}

fn underscores_part_digits(raw: &str) -> bool {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_hexdigit() || c == '_');
    let mut before = None;
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '_' && !(digit(before) && digit(chars.peek().copied())) {
            return false;
        }
        before = Some(c);
    }
    true
}

/// An integer literal is an `i32` if it fits, as in Java, unless it is marked as long.
fn integer(value: i64, long: bool) -> Token {
    Token::Number(match i32::try_from(value) {
        Ok(small) if !long => Value::I32(small),
        _ => Value::I64(value),
    })
}

/// Whole numbers; a zero in front makes them octal, as it does in Java.
fn decimal(digits: &str, long: bool, raw: &str) -> Result<Token> {
    if digits.len() > 1 && digits.starts_with('0') {
        return i64::from_str_radix(digits, 8).map(|value| integer(value, long)).map_err(|_| {
            let error = bad(raw).with_help(format!(
                "a zero in front makes a number octal; the decimal one is {}",
                digits.trim_start_matches('0')
            ));
            if digits.contains(['8', '9']) { error } else { too_wide(raw) }
        });
    }
    match digits.parse() {
        Ok(value) => Ok(integer(value, long)),
        Err(_) if digits == "9223372036854775808" => Ok(Token::SmallestLong),
        Err(_) => Err(too_wide(raw).with_help(format!("write {digits}.0 for a floating number"))),
    }
}

/// Whole numbers of radix 16 and 2. Marked as long, all 64 bits may be written, the highest of which is the sign.
fn bits(digits: &str, radix: u32, raw: &str) -> Result<Token> {
    let (digits, long) = match digits.strip_suffix('l') {
        Some(digits) => (digits, true),
        None => (digits, false),
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return Err(bad(raw));
    }
    let value = u64::from_str_radix(digits, radix).map_err(|_| too_wide(raw))?;
    match i64::try_from(value) {
        Ok(value) => Ok(integer(value, long)),
        Err(_) if long => Ok(Token::Number(Value::I64(value.cast_signed()))),
        Err(_) => Err(too_wide(raw).with_help(format!("write {raw}L for the i64 of these bits, which is negative"))),
    }
}

/// That a literal is none of those that a float has no room for.
fn finite(value: Value, raw: &str) -> Result<Token> {
    let (infinite, zero) = match value {
        Value::F32(value) => (value.is_infinite(), value == 0.0),
        Value::F64(value) => (value.is_infinite(), value == 0.0),
        _ => (false, false),
    };
    let lower = raw.to_ascii_lowercase();
    let exponent = if lower.starts_with("0x") { 'p' } else { 'e' };
    let mantissa = lower.split(exponent).next().unwrap_or_default().trim_start_matches("0x");
    if infinite || (zero && mantissa.contains(|c: char| c.is_ascii_hexdigit() && !matches!(c, '0' | 'f' | 'd'))) {
        let size = if infinite { "large" } else { "small" };
        return Err(Error::new(ErrorKind::Syntax, format!("the number {raw} is too {size} for {}", type_of(&value))));
    }
    Ok(Token::Number(value))
}

fn type_of(value: &Value) -> &'static str {
    if matches!(value, Value::F32(_)) { "f32" } else { "f64" }
}

/// What stands behind `0x`, in lower case: `1.8p3`, `.8p-1f`.
fn hexadecimal_float(text: &str) -> Option<Value> {
    let (mantissa, exponent) = text.split_once('p')?;
    let (exponent, single) = match exponent.strip_suffix('f') {
        Some(exponent) => (exponent, true),
        None => (exponent.strip_suffix('d').unwrap_or(exponent), false),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    // Exponents beyond these are as good as infinite.
    let exponent = exponent.parse::<i64>().ok()?.clamp(-1_000_000, 1_000_000);
    let mut exponent = exponent - 4 * i64::try_from(fraction.len()).ok()?;
    let mut bits: u64 = 0;
    for digit in whole.chars().chain(fraction.chars()) {
        let digit = u64::from(digit.to_digit(16)?);
        if bits >> 59 == 0 {
            bits = bits << 4 | digit;
        } else {
            // What has no room tells only whether there was anything: it decides ties.
            bits |= u64::from(digit != 0);
            exponent += 4;
        }
    }
    Some(if single {
        Value::F32(rounded(bits, exponent, 24, -149) as f32)
    } else {
        Value::F64(rounded(bits, exponent, 53, -1074))
    })
}

/// `bits * 2^exponent`, rounded once, to the nearest and of two to the even number of so many bits, none of which
/// is worth less than `2^least`.
fn rounded(bits: u64, exponent: i64, precision: i64, least: i64) -> f64 {
    if bits == 0 {
        return 0.0;
    }
    let length = 64 - i64::from(bits.leading_zeros());
    let last = (exponent + length - precision).max(least);
    let cut = last - exponent;
    let kept = match cut {
        ..=0 => return scaled(bits, exponent),
        1..=63 => {
            let (kept, rest, half) = (bits >> cut, bits & ((1 << cut) - 1), 1 << (cut - 1));
            kept + u64::from(rest > half || (rest == half && kept & 1 == 1))
        }
        64 => u64::from(bits > 1 << 63),
        _ => 0,
    };
    scaled(kept, last)
}

/// `bits * 2^exponent`, which is a float: in two steps, neither of which rounds.
fn scaled(bits: u64, exponent: i64) -> f64 {
    let exponent = exponent.clamp(-1200, 1100) as i32;
    let half = exponent / 2;
    bits as f64 * 2_f64.powi(half) * 2_f64.powi(exponent - half)
}

#[cfg(test)]
mod tests {
    use super::{Token, number};
    use crate::types::Value;

    #[track_caller]
    fn read(raw: &str) -> Value {
        match number(raw) {
            Ok(Token::Number(value)) => value,
            other => panic!("{raw} is read as {other:?}"),
        }
    }

    #[test]
    fn whole_numbers_of_every_radix() {
        for (raw, value) in [("0", 0), ("1_000", 1000), ("0x1F", 31), ("0b1_01", 5), ("017", 15), ("0_17", 15)] {
            assert_eq!(read(raw), Value::I32(value), "{raw}");
        }
        for (raw, value) in [("10L", 10), ("3000000000", 3_000_000_000), ("0xFFFFFFFF", 0xFFFF_FFFF), ("07L", 7)] {
            assert_eq!(read(raw), Value::I64(value), "{raw}");
        }
        assert_eq!(read("0xFFFFFFFFFFFFFFFFL"), Value::I64(-1));
        for raw in ["09", "1_", "1__", "0x_1", "0xL", "0b2", "0xFFFFFFFFFFFFFFFF", "0x1FFFFFFFFFFFFFFFFL", "1_.5"] {
            assert!(number(raw).is_err(), "{raw}");
        }
    }

    #[test]
    fn floats_are_rounded_once() {
        for (raw, value) in [
            ("0x1.8p3", 12.0),
            ("0x.8P-1", 0.25),
            ("0x1p-1074", 5e-324),
            ("0x0.8p-1073", 5e-324),
            ("0x1.fffffffffffffp1023", f64::MAX),
            ("0x1.00000000000008p0", 1.0),
            ("0x1.000000000000080000000000000001p0", 1.0 + f64::EPSILON),
            ("0x1.00000000000018p0d", 1.0 + 2.0 * f64::EPSILON),
            ("1e3", 1000.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("0e9", 0.0),
        ] {
            assert_eq!(read(raw), Value::F64(value), "{raw}");
        }
        for (raw, value) in
            [("1.5f", 1.5), ("0x1p-149f", f32::from_bits(1)), ("0x1.0000010000001p0f", 1.0 + f32::EPSILON)]
        {
            assert_eq!(read(raw), Value::F32(value), "{raw}");
        }
        for raw in ["1e400", "1e-400", "1e40f", "0x1p1024", "0x1p-1080", "0xp3", "0x1p", "1e", "1x"] {
            assert!(number(raw).is_err(), "{raw}");
        }
    }
}
