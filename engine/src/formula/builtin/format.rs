//! `String.format`: text made of a pattern and values, as `printf` does it.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::formula::function::{Failure, Function, Kernel, NullRule, Parameter};
use crate::formula::interpret::append_text;
use crate::types::{Str, Type, Value};
use crate::vector::VectorBuilder;

/// Nothing is made wider, or given more digits.
const WIDEST: usize = 1_000;

/// A pattern, read.
#[derive(Debug)]
pub(crate) struct Pattern {
    pieces: Vec<Piece>,
}

#[derive(Debug)]
enum Piece {
    Text(String),
    Value { argument: usize, how: How },
}

/// What stands between `%` and the end of a conversion: `%-8.2f`.
#[derive(Clone, Debug, Default)]
struct How {
    /// Of `-0+ ,`, those given.
    flags: String,
    width: usize,
    precision: Option<usize>,
    conversion: char,
}

impl Pattern {
    /// A pattern for values of these types.
    pub(crate) fn read(text: &str, types: &[Type]) -> Result<Pattern, String> {
        let (mut pieces, mut plain, mut next) = (Vec::new(), String::new(), 0);
        let mut rest = text;
        while let Some(at) = rest.find('%') {
            plain.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            let mut given = None;
            if let Some((digits, behind)) = rest.split_once('$')
                && let Ok(number) = digits.parse::<usize>()
            {
                given = Some(number.checked_sub(1).ok_or("arguments are counted from 1: %1$s")?);
                rest = behind;
            }
            let how = How::read(&mut rest)?;
            match how.conversion {
                '%' => plain.push('%'),
                'n' => plain.push('\n'),
                _ => {
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                    let argument = given.unwrap_or(next);
                    next += usize::from(given.is_none());
                    pieces.push(Piece::Value { argument, how });
                }
            }
        }
        plain.push_str(rest);
        pieces.push(Piece::Text(plain));
        let pattern = Pattern { pieces };
        pattern.check(types)?;
        Ok(pattern)
    }

    /// That there are as many arguments as it asks for, of types that it can show.
    fn check(&self, types: &[Type]) -> Result<(), String> {
        for piece in &self.pieces {
            let Piece::Value { argument, how } = piece else { continue };
            let Some(&ty) = types.get(*argument) else {
                return Err(format!("the pattern asks for {} values, there are {}", argument + 1, types.len()));
            };
            if !how.shows(ty) {
                return Err(format!("%{} does not show {ty}; %s shows everything", how.conversion));
            }
        }
        Ok(())
    }

    fn show(&self, values: &[Value]) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Value { argument, how } => how.show(values.get(*argument).unwrap_or(&Value::Null), &mut out),
            }
        }
        out
    }
}

impl How {
    fn read(rest: &mut &str) -> Result<How, String> {
        let mut how = How::default();
        let digits = |rest: &mut &str| {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let (number, behind) = rest.split_at(end);
            *rest = behind;
            (!number.is_empty()).then(|| number.parse().ok().filter(|&n| n <= WIDEST).ok_or("more than 1000 digits"))
        };
        while let Some(flag) = rest.chars().next().filter(|c| "-0+ ,".contains(*c)) {
            how.flags.push(flag);
            *rest = &rest[1..];
        }
        how.width = digits(rest).transpose()?.unwrap_or(0);
        if let Some(behind) = rest.strip_prefix('.') {
            *rest = behind;
            how.precision = Some(digits(rest).transpose()?.ok_or("digits are missing behind the point")?);
        }
        let conversion = rest.chars().next().ok_or("a % at the end; %% is a percent sign")?;
        if !"dxXofeEsScb%n".contains(conversion) {
            return Err(format!("there is no %{conversion}; there are %d %x %o %f %e %s %c %b %n %%"));
        }
        *rest = &rest[conversion.len_utf8()..];
        how.conversion = conversion;
        Ok(how)
    }

    fn shows(&self, ty: Type) -> bool {
        match self.conversion {
            'd' | 'x' | 'X' | 'o' => ty.is_integer() && ty != Type::Char,
            'f' | 'e' | 'E' => ty.is_float(),
            'c' => ty.is_integer(),
            'b' => ty == Type::Bool,
            _ => true,
        }
    }

    fn show(&self, value: &Value, out: &mut String) {
        let (sign, digits) = self.parts(value);
        let zeros = self.flags.contains('0') && digits.starts_with(|c: char| c.is_ascii_hexdigit()) && !value.is_null();
        let missing = self.width.saturating_sub(sign.chars().count() + digits.chars().count());
        let (before, within, after) = match () {
            () if self.flags.contains('-') => (0, 0, missing),
            () if zeros => (0, missing, 0),
            () => (missing, 0, 0),
        };
        // Writing to a String cannot fail.
        let _ = write!(out, "{:before$}{sign}{:0<within$}{digits}{:after$}", "", "", "");
    }

    /// The sign, and what stands behind it.
    fn parts(&self, value: &Value) -> (&'static str, String) {
        let upper = self.conversion.is_ascii_uppercase();
        let plus = if self.flags.contains('+') {
            "+"
        } else if self.flags.contains(' ') {
            " "
        } else {
            ""
        };
        let signed = |negative: bool| if negative { "-" } else { plus };
        let (sign, text) = match (self.conversion, value, whole(value), floating(value)) {
            ('b', Value::Null, ..) => ("", "false".to_owned()),
            ('d', _, Some((value, _)), _) => (signed(value < 0), self.grouped(value.unsigned_abs().to_string())),
            ('x' | 'X', _, Some((_, bits)), _) => ("", format!("{bits:x}")),
            ('o', _, Some((_, bits)), _) => ("", format!("{bits:o}")),
            ('f', _, _, Some(number)) if number.is_finite() => {
                let precision = self.precision.unwrap_or(6);
                (signed(number.is_sign_negative()), self.grouped(format!("{:.precision$}", number.abs())))
            }
            ('e' | 'E', _, _, Some(number)) if number.is_finite() => {
                (signed(number.is_sign_negative()), scientific(number.abs(), self.precision.unwrap_or(6)))
            }
            ('c', Value::Char(unit), ..) => ("", String::from_utf16_lossy(&[*unit])),
            ('c', _, Some((code, _)), _) => {
                ("", u32::try_from(code).ok().and_then(char::from_u32).unwrap_or('\u{fffd}').into())
            }
            _ => {
                let mut text = String::new();
                append_text(&mut text, value);
                if self.conversion.eq_ignore_ascii_case(&'s')
                    && let Some(most) = self.precision
                {
                    text = text.chars().take(most).collect();
                }
                ("", text)
            }
        };
        (sign, if upper { text.to_uppercase() } else { text })
    }

    /// The digits before the point in groups of three, if that is wanted.
    fn grouped(&self, digits: String) -> String {
        if !self.flags.contains(',') {
            return digits;
        }
        let (before, behind) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
        let mut out = String::new();
        for (at, digit) in before.chars().enumerate() {
            if at > 0 && (before.len() - at).is_multiple_of(3) {
                out.push(',');
            }
            out.push(digit);
        }
        out + behind
    }
}

/// A whole number, and its bits in the width of its type.
fn whole(value: &Value) -> Option<(i64, u64)> {
    Some(match *value {
        Value::I8(v) => (v.into(), u64::from(v as u8)),
        Value::I16(v) => (v.into(), u64::from(v as u16)),
        Value::I32(v) => (v.into(), u64::from(v as u32)),
        Value::I64(v) => (v, v as u64),
        _ => return None,
    })
}

fn floating(value: &Value) -> Option<f64> {
    match *value {
        Value::F32(v) => Some(v.into()),
        Value::F64(v) => Some(v),
        _ => None,
    }
}

/// `1.500000e+03`: an exponent has a sign and two digits at least.
fn scientific(number: f64, precision: usize) -> String {
    let text = format!("{number:.precision$e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
    format!("{digits}e{sign}{exponent:0>2}")
}

/// `String.format(pattern, ..)` of values of these types.
pub(crate) fn format(types: Vec<Type>) -> Arc<Function> {
    let parameters = std::iter::once(Type::String).chain(types.iter().copied());
    let parameters = parameters.map(|ty| Parameter { ty, validate: |_| Ok(()) }).collect();
    let kernel: Box<Kernel> = Box::new(move |operands, rows| {
        let mut out = VectorBuilder::with_capacity(Type::String, rows);
        let mut last: Option<(Str, Pattern)> = None;
        for row in 0..rows {
            let Value::String(text) = operands[0].value(row) else {
                out.push_null();
                continue;
            };
            let pattern = match last.take().filter(|(known, _)| *known == text) {
                Some((_, pattern)) => pattern,
                None => Pattern::read(&text, &types).map_err(|reason| Failure { row, reason })?,
            };
            let values: Vec<Value> = operands[1..].iter().map(|operand| operand.value(row)).collect();
            out.push_str(&pattern.show(&values));
            last = Some((text, pattern));
        }
        Ok(out.finish())
    });
    Arc::new(Function {
        name: "String.format".into(),
        parameters,
        result: Type::String,
        nulls: NullRule::Handles,
        pure: true,
        fallible: true,
        user: false,
        kernel,
    })
}
