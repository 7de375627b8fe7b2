//! Text as numbers and booleans.

use super::declare::Table;
use crate::types::Str;

pub(super) fn declare(table: &mut Table) {
    table.section("Parsing");
    macro_rules! integer {
        ($($usage:literal $ty:ident;)*) => {$(
            table
                .function($usage, "text as a whole number, in a second argument's radix; anything else is an error")
                .of(|text: Str| text.parse::<$ty>().map_err(|_| not_a_number(&text)))
                .of(|text: Str, radix: i32| match u32::try_from(radix) {
                    Ok(radix @ 2..=36) => $ty::from_str_radix(&text, radix).map_err(|_| not_a_number(&text)),
                    _ => Err(format!("a radix is 2 to 36, not {radix}")),
                });
        )*};
    }
    integer! {
        "parseByte(text)" i8;
        "parseShort(text)" i16;
        "parseInt(text)" i32;
        "parseLong(text)" i64;
    }
    table
        .function(
            "parseUnsignedInt(text)",
            "text as a whole number without a sign, of 32 bits that may read as below 0",
        )
        .of(|text: Str| text.parse::<u32>().map(|value| value as i32).map_err(|_| not_a_number(&text)));
    table
        .function(
            "parseUnsignedLong(text)",
            "text as a whole number without a sign, of 64 bits that may read as below 0",
        )
        .of(|text: Str| text.parse::<u64>().map(|value| value as i64).map_err(|_| not_a_number(&text)));
    table
        .function("parseFloat(text)", "text as an `f32`; anything else is an error")
        .of(|text: Str| float(&text).map(|value: f32| value));
    table
        .function("parseDouble(text)", "text as an `f64`; anything else is an error")
        .of(|text: Str| float(&text).map(|value: f64| value));
    table
        .function("parseBoolean(text)", "whether the text is `true`, in any case")
        .of(|text: Str| text.eq_ignore_ascii_case("true"));
}

fn not_a_number(text: &str) -> String {
    format!("{text:?} is not such a number")
}

/// Reads a floating number; of the words for what is not finite, only those that formulas print.
fn float<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    let trimmed = text.trim();
    let word = trimmed.trim_start_matches(['+', '-']);
    if word.starts_with(|c: char| c.is_ascii_alphabetic()) && !matches!(word, "NaN" | "Infinity") {
        return Err(not_a_number(text));
    }
    trimmed.trim_end_matches(['d', 'f', 'D', 'F']).parse().map_err(|_| not_a_number(text))
}
