//! Methods of text. Positions count UTF-16 units, as in Java.

use std::cmp::Ordering;

use super::Special;
use super::declare::Table;
use super::pattern::Pattern;
use super::regions::rest;
use crate::types::Str;

pub(super) fn declare(table: &mut Table) {
    table.section("Text");
    table.method("text.length()", "how many UTF-16 units it has").of(|text: Str| units(&text) as i32);
    table.method("text.isEmpty()", "whether it has no characters").of(|text: Str| text.is_empty());
    table.method("text.isBlank()", "whether it is nothing but white space").of(|text: Str| text.trim().is_empty());
    table.method("text.toUpperCase()", "in upper case").of(|text: Str| text.to_uppercase());
    table.method("text.toLowerCase()", "in lower case").of(|text: Str| text.to_lowercase());
    table
        .method("text.trim()", "without spaces and control characters at the ends")
        .of(|text: Str| Str::from(text.trim_matches(|c| c <= ' ')));
    table.method("text.strip()", "without white space at the ends").of(|text: Str| Str::from(text.trim()));
    table
        .method("text.stripLeading()", "without white space at the start")
        .of(|text: Str| Str::from(text.trim_start()));
    table.method("text.stripTrailing()", "without white space at the end").of(|text: Str| Str::from(text.trim_end()));
    table
        .method("text.startsWith(part)", "whether it starts with `part`, at a second argument if given")
        .of(|text: Str, part: Str| text.starts_with(&*part))
        .of(|text: Str, part: Str, at: i32| {
            at >= 0 && at as usize <= units(&text) && rest(&text, at).1.starts_with(&*part)
        });
    table
        .method("text.endsWith(part)", "whether it ends with `part`")
        .of(|text: Str, part: Str| text.ends_with(&*part));
    table.method("text.contains(part)", "whether it contains `part`").of(|text: Str, part: Str| text.contains(&*part));
    table.method("text.concat(other)", "both, joined").of(|text: Str, other: Str| format!("{text}{other}"));
    table.method("text.repeat(n)", "`n` times over; an error below 0 and above 1 MB").of(repeat);
    table
        .method("text.replace(part, by)", "with each `part` replaced; also characters")
        .of(|text: Str, part: Str, by: Str| text.replace(&*part, &by))
        .of(|text: Str, part: u16, by: u16| {
            String::from_utf16_lossy(
                &text.encode_utf16().map(|unit| if unit == part { by } else { unit }).collect::<Vec<_>>(),
            )
        });
    table.special("String.format(pattern, a, b, ..)", "the values in a pattern of `%d %x %o %f %e %s %c %b %n %%`, with flags `-0+ ,`, width and precision: `%-8.2f`; takes null", Special::Format);
    lists(table);
    places(table);
    comparisons(table);
    patterns(table);
}

fn lists(table: &mut Table) {
    table
        .method("text.toCharArray()", "its UTF-16 units, as a list")
        .of(|text: Str| text.encode_utf16().collect::<Vec<u16>>());
    table
        .method("text.chars()", "the numbers of its UTF-16 units, as a list")
        .of(|text: Str| text.encode_utf16().map(i32::from).collect::<Vec<i32>>());
    table
        .method(
            "text.split(pattern)",
            "the parts between matches of the regular expression, without empty ones at the end",
        )
        .of(|text: Str, pattern: Pattern| split(&text, &pattern));
}

/// The parts between matches. Nothing is split off the front by a match of no width, and text that does not match is
/// one part, even if it is empty.
fn split(text: &str, pattern: &Pattern) -> Vec<Str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for found in pattern.anywhere.find_iter(text).filter(|found| found.end() > 0) {
        parts.push(Str::from(&text[start..found.start()]));
        start = found.end();
    }
    if parts.is_empty() {
        return vec![Str::from(text)];
    }
    parts.push(Str::from(&text[start..]));
    while parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    parts
}

fn places(table: &mut Table) {
    table
        .method("text.indexOf(part)", "where `part` first is, from a second argument on; -1 if nowhere")
        .of(|text: Str, part: Str| text.find(&*part).map_or(-1, |at| units(&text[..at]) as i32))
        .of(|text: Str, part: Str, from: i32| {
            let (start, rest) = rest(&text, from);
            rest.find(&*part).map_or(-1, |at| units(&text[..start + at]) as i32)
        })
        .of(|text: Str, unit: u16| unit_at(&text, unit, 0))
        .of(unit_from);
    table
        .method("text.lastIndexOf(part)", "where `part` last is, at or before a second argument; -1 if nowhere")
        .of(|text: Str, part: Str| text.rfind(&*part).map_or(-1, |at| units(&text[..at]) as i32))
        .of(|text: Str, part: Str, from: i32| {
            let Ok(from) = usize::try_from(from) else { return -1 };
            let last = byte_at(&text, from).unwrap_or(text.len());
            let end = text.len().min(last + part.len());
            // What starts at or before `last` ends at or before `end`; `end` may lie inside a character.
            let end = (end..=text.len()).find(|&end| text.is_char_boundary(end)).unwrap_or(text.len());
            text[..end].rfind(&*part).map_or(-1, |at| units(&text[..at]) as i32)
        })
        .of(|text: Str, unit: u16| {
            let mut last = -1;
            for (at, other) in text.encode_utf16().enumerate() {
                if other == unit {
                    last = at as i32;
                }
            }
            last
        });
    table
        .method("text.substring(from, to)", "the part from `from` up to `to`, or the end; an error outside the text")
        .of(|text: Str, from: i32| substring(&text, from, None))
        .of(|text: Str, from: i32, to: i32| substring(&text, from, Some(to)));
    table.method("text.charAt(n)", "the UTF-16 unit at `n`; an error outside the text").of(|text: Str, at: i32| {
        let unit = usize::try_from(at).ok().and_then(|at| {
            if text.is_ascii() {
                text.as_bytes().get(at).map(|&byte| u16::from(byte))
            } else {
                text.encode_utf16().nth(at)
            }
        });
        unit.ok_or_else(|| outside(&text, at))
    });
}

fn unit_at(text: &str, unit: u16, from: usize) -> i32 {
    text.encode_utf16().skip(from).position(|other| other == unit).map_or(-1, |at| (from + at) as i32)
}

fn unit_from(text: Str, unit: u16, from: i32) -> i32 {
    unit_at(&text, unit, from.max(0) as usize)
}

fn comparisons(table: &mut Table) {
    table
        .method("text.equals(other)", "whether both are the same")
        .of(|text: Str, other: Option<Str>| other.is_some_and(|other| text == other));
    table
        .method("text.equalsIgnoreCase(other)", "whether both are the same but for case")
        .of(|text: Str, other: Option<Str>| other.is_some_and(|other| text.to_lowercase() == other.to_lowercase()));
    table
        .method(
            "text.compareTo(other)",
            "below 0, 0 or above 0: the distance at the first difference, else of the lengths",
        )
        .of(|text: Str, other: Str| difference(&text, &other));
    table
        .method("text.compareToIgnoreCase(other)", "as `compareTo`, but for case")
        .of(|text: Str, other: Str| difference(&text.to_lowercase(), &other.to_lowercase()));
}

fn patterns(table: &mut Table) {
    table
        .method("text.matches(pattern)", "whether all of it matches the regular expression")
        .of(|text: Str, pattern: Pattern| pattern.whole.is_match(&text));
    table.method("text.replaceAll(pattern, by)", "with every match replaced; `$1` is a group").of(
        |text: Str, pattern: Pattern, by: Str| {
            pattern.anywhere.replace_all(&text, replacement(&by).as_str()).into_owned()
        },
    );
    table.method("text.replaceFirst(pattern, by)", "with the first match replaced; `$1` is a group").of(
        |text: Str, pattern: Pattern, by: Str| pattern.anywhere.replace(&text, replacement(&by).as_str()).into_owned(),
    );
}

fn repeat(text: Str, count: i32) -> Result<String, String> {
    match usize::try_from(count) {
        Ok(count) if count.saturating_mul(text.len()) <= 1 << 20 => Ok(text.repeat(count)),
        _ => Err(format!("text of {} bytes repeated {count} times", text.len())),
    }
}

fn units(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

/// The byte at which the unit of that number starts; `None` outside the text and inside a character.
pub(super) fn byte_at(text: &str, unit: usize) -> Option<usize> {
    if text.is_ascii() {
        return (unit <= text.len()).then_some(unit);
    }
    let mut seen = 0;
    for (at, c) in text.char_indices() {
        match seen.cmp(&unit) {
            Ordering::Equal => return Some(at),
            Ordering::Greater => return None,
            Ordering::Less => seen += c.len_utf16(),
        }
    }
    (seen == unit).then_some(text.len())
}

pub(super) fn outside(text: &str, at: i32) -> String {
    format!("position {at} of a text of length {}", units(text))
}

fn substring(text: &Str, from: i32, to: Option<i32>) -> Result<Str, String> {
    let byte = |at: i32| usize::try_from(at).ok().and_then(|at| byte_at(text, at)).ok_or_else(|| outside(text, at));
    let start = byte(from)?;
    let end = to.map_or(Ok(text.len()), byte)?;
    text.get(start..end).map(Str::from).ok_or_else(|| format!("from position {from} to {}", to.unwrap_or_default()))
}

fn difference(a: &str, b: &str) -> i32 {
    for (x, y) in a.encode_utf16().zip(b.encode_utf16()) {
        if x != y {
            return i32::from(x) - i32::from(y);
        }
    }
    units(a) as i32 - units(b) as i32
}

/// A replacement as Java writes it (`$1`, `\$`) in the form the pattern library reads (`${1}`, `$$`).
fn replacement(by: &str) -> String {
    let mut out = String::with_capacity(by.len());
    let mut chars = by.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('$') => out.push_str("$$"),
                Some(other) => out.push(other),
                None => {}
            },
            '$' if chars.peek().is_some_and(char::is_ascii_digit) => {
                out.push_str("${");
                while let Some(digit) = chars.next_if(char::is_ascii_digit) {
                    out.push(digit);
                }
                out.push('}');
            }
            other => out.push(other),
        }
    }
    out
}
