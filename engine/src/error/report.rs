//! How an error reads: one line, or the whole report with a caret.

use std::error::Error as _;
use std::fmt::{self, Write as _};

use unicode_width::UnicodeWidthStr as _;

use super::{Error, Place};

/// `orders.filter, column Price, row 7: message`
pub(super) fn one_line(error: &Error, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let at = location(error);
    if !at.is_empty() {
        write!(f, "{at}: ")?;
    }
    f.write_str(&error.0.message)
}

fn location(error: &Error) -> String {
    let mut parts = Vec::new();
    match (error.table(), error.operator()) {
        (Some(table), Some(operator)) => parts.push(format!("{table}.{operator}")),
        (Some(table), None) => parts.push(table.to_owned()),
        (None, Some(operator)) => parts.push(operator.to_owned()),
        (None, None) => {}
    }
    if let Some(path) = error.path() {
        parts.push(path.to_owned());
    }
    if let Some(topic) = error.topic() {
        parts.push(format!("topic {topic}"));
    }
    if let Some(partition) = error.partition() {
        parts.push(format!("partition {partition}"));
    }
    if let Some(offset) = error.offset() {
        parts.push(format!("offset {offset}"));
    }
    if let Some(column) = error.column() {
        parts.push(format!("column {column}"));
    }
    if let Some(row) = error.row() {
        parts.push(format!("row {row}"));
    }
    parts.join(", ")
}

impl Error {
    /// The whole report: the message, for a formula the user's text with a caret, the help, the causes.
    pub fn report(&self) -> String {
        let mut out = self.to_string();
        if let Some(place) = self.place() {
            caret(&mut out, place);
        }
        if let Some(help) = self.help() {
            let _ = write!(out, "\n  help: {help}");
        }
        let mut cause = self.source();
        while let Some(error) = cause {
            let _ = write!(out, "\n  caused by: {error}");
            cause = error.source();
        }
        out
    }
}

/// Draws the line of the formula that holds the span, and carets under the span, counted in columns of a terminal.
fn caret(out: &mut String, place: &Place) {
    let text = &*place.text;
    let start = floor(text, place.span.start);
    let end = floor(text, place.span.end).max(start);
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let line = text[line_start..line_end].replace('\t', " ");
    let indent = text[line_start..start].width();
    let carets = text[start..end.min(line_end)].width().max(1);
    let _ = write!(out, "\n    {line}\n    {:indent$}{}", "", "^".repeat(carets));
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
