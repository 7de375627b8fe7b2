//! Methods that compare parts of a text, and the numbers a text is known by.

use super::declare::Table;
use super::text::{byte_at, outside};
use crate::types::Str;

pub(super) fn declare(table: &mut Table) {
    table
        .method(
            "text.regionMatches(at, other, from, n)",
            "whether `n` units from `at` are those of `other` from `from`; first argument true: but for case",
        )
        .of(|text: Str, at: i32, other: Str, from: i32, n: i32| same(&text, at, &other, from, n, u32::from))
        .of(|text: Str, ignore_case: bool, at: i32, other: Str, from: i32, n: i32| {
            same(&text, at, &other, from, n, if ignore_case { fold } else { u32::from })
        });
    table.method("text.contentEquals(other)", "whether both are the same").of(|text: Str, other: Str| text == other);
    table.method("text.codePointAt(n)", "the number of the character at `n`; an error outside the text").of(
        |text: Str, at: i32| {
            let mut units = usize::try_from(at).ok().into_iter().flat_map(|at| text.encode_utf16().skip(at)).take(2);
            let first = units.next().ok_or_else(|| outside(&text, at))?;
            let pair = char::decode_utf16([first].into_iter().chain(units)).next();
            // The second half of a pair stands for itself.
            Ok::<i32, String>(pair.and_then(Result::ok).map_or(i32::from(first), |c| u32::from(c) as i32))
        },
    );
    table
        .method("text.hashCode()", "a number that equal texts share, as in Java")
        .of(|text: Str| text.encode_utf16().fold(0_i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(unit.into())));
    table.method("text.toString()", "the text itself").of(|text: Str| text);
}

/// Whether `n` units of both are the same; a part that lies outside one of them is no part.
fn same(text: &str, at: i32, other: &str, from: i32, n: i32, key: fn(u16) -> u32) -> bool {
    let Ok(n) = usize::try_from(n) else { return at >= 0 && from >= 0 };
    let part = |text: &str, at: i32| -> Option<Vec<u32>> {
        let units: Vec<u32> = text.encode_utf16().skip(usize::try_from(at).ok()?).take(n).map(key).collect();
        (units.len() == n).then_some(units)
    };
    part(text, at).is_some_and(|part_of_text| part(other, from).is_some_and(|other| part_of_text == other))
}

/// One unit, whatever its case.
fn fold(unit: u16) -> u32 {
    let upper = char::from_u32(unit.into()).and_then(|c| c.to_uppercase().next());
    upper.and_then(|c| c.to_lowercase().next()).map_or(unit.into(), u32::from)
}

/// The rest of a text from a unit on, and the byte it starts at: all of it from before the start, nothing from behind
/// the end.
pub(super) fn rest(text: &str, from: i32) -> (usize, &str) {
    let start = byte_at(text, from.max(0) as usize).unwrap_or(text.len());
    (start, &text[start..])
}
