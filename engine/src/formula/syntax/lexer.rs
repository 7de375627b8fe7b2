//! The lexer: the text as tokens with the bytes they were read from.

use std::ops::Range;
use std::sync::Arc;

use super::number::number;
use crate::types::Value;
use crate::{Error, ErrorKind, Result};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Number(Value),
    /// Digits too many for `i64` by one: allowed only behind a minus.
    SmallestLong,
    /// Text between backticks.
    Text(String),
    /// Text between single quotes.
    Quoted(String),
    Identifier(String),
    Symbol(&'static str),
    End,
}

#[derive(Clone, Debug)]
pub(super) struct Lexeme {
    pub(super) token: Token,
    pub(super) span: Range<usize>,
}

/// Longest first, so that `>>>` is not read as `>` three times.
const SYMBOLS: [&str; 35] = [
    ">>>", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "->", "::", "+", "-", "*", "/", "%", "<", ">", "=", "!",
    "&", "|", "^", "~", "?", ":", "(", ")", "[", "]", "{", "}", ",", ".", ";",
];

pub(super) fn tokens(text: &Arc<str>) -> Result<Vec<Lexeme>> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let start = at;
        let token = if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        } else if c.is_ascii_digit() || (c == '.' && text[at + 1..].starts_with(|c: char| c.is_ascii_digit())) {
            at = end_of_number(text, at);
            number(&text[start..at]).map_err(|error| error.with_place(text.clone(), start..at))?
        } else if c.is_alphabetic() || c == '_' || c == '$' {
            at += text[at..].find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).unwrap_or(text.len() - at);
            Token::Identifier(text[start..at].to_owned())
        } else if c == '`' || c == '\'' {
            let (content, end) = delimited(text, at, c)?;
            at = end;
            if c == '`' { Token::Text(content) } else { Token::Quoted(content) }
        } else if c == '"' {
            return Err(Error::new(ErrorKind::Syntax, "text is written between backticks, not double quotes")
                .with_help("write `text`; 'text' in single quotes is a character or a time")
                .with_place(text.clone(), start..start + 1));
        } else if let Some(symbol) = SYMBOLS.iter().find(|symbol| text[at..].starts_with(**symbol)) {
            at += symbol.len();
            Token::Symbol(symbol)
        } else {
            return Err(Error::new(ErrorKind::Syntax, format!("the character {c:?} means nothing here"))
                .with_place(text.clone(), start..start + c.len_utf8()));
        };
        out.push(Lexeme { token, span: start..at });
    }
    out.push(Lexeme { token: Token::End, span: text.len()..text.len() });
    Ok(out)
}

/// The end of the number that starts at `start`: digits, letters, points, and a sign behind an exponent.
fn end_of_number(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let hex = text[start..].starts_with("0x") || text[start..].starts_with("0X");
    let exponents = if hex { b"pP" } else { b"eE" };
    let mut at = start;
    while at < bytes.len() {
        let byte = bytes[at];
        let sign = matches!(byte, b'+' | b'-') && at > start && exponents.contains(&bytes[at - 1]);
        // `1.method()` is no number, but `1..5` and `1.5` are read on, so that the message shows all of it.
        let goes_on = |next: u8| !next.is_ascii_alphabetic() || next == b'e' || (hex && next.is_ascii_hexdigit());
        let point = byte == b'.' && bytes.get(at + 1).is_none_or(|&next| goes_on(next));
        if !(byte.is_ascii_alphanumeric() || byte == b'_' || point || sign) {
            break;
        }
        at += 1;
    }
    at
}

/// The content of the text that starts with `quote` at `start`, escapes resolved, and the byte behind it.
fn delimited(text: &Arc<str>, start: usize, quote: char) -> Result<(String, usize)> {
    let mut out = String::new();
    let mut chars = text[start + 1..].char_indices();
    while let Some((offset, c)) = chars.next() {
        let at = start + 1 + offset;
        if c == quote {
            return Ok((out, at + 1));
        }
        if c != '\\' {
            out.push(c);
            continue;
        }
        let wrong = |end: usize| {
            Error::new(ErrorKind::Syntax, "an escape that does not exist")
                .with_help("the escapes are \\n \\r \\t \\\\ \\` \\' \\\" and \\u with four hex digits; a backslash itself is \\\\")
                .with_place(text.clone(), at..end)
        };
        match chars.next() {
            Some((_, 'n')) => out.push('\n'),
            Some((_, 'r')) => out.push('\r'),
            Some((_, 't')) => out.push('\t'),
            Some((_, same @ ('\\' | '`' | '\'' | '"'))) => out.push(same),
            Some((_, 'u')) => {
                let digits = text.get(at + 2..at + 6).ok_or_else(|| wrong(at + 2))?;
                let code =
                    u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).ok_or_else(|| wrong(at + 6))?;
                out.push(code);
                chars.nth(3);
            }
            Some((_, other)) => return Err(wrong(at + 1 + other.len_utf8())),
            None => break,
        }
    }
    Err(Error::new(ErrorKind::Syntax, format!("the text that starts here has no closing {quote}"))
        .with_place(text.clone(), start..text.len()))
}
