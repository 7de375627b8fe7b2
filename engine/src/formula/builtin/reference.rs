//! The reference page, written from the table.

use std::fmt::Write as _;

use super::TABLE;
use super::declare::Entry;
use crate::formula::function::NullRule;

/// What the page says before the functions.
const LANGUAGE: &str = include_str!("language.md");

/// docs/formulas.md
pub(crate) fn page() -> String {
    let mut out = LANGUAGE.to_owned();
    let entries: Vec<&Entry> = TABLE.entries().collect();
    for section in TABLE.sections() {
        // Writing to a String cannot fail.
        let _ = write!(out, "\n### {section}\n\n| call | result | |\n|---|---|---|\n");
        for entry in entries.iter().filter(|entry| entry.section == section) {
            let _ = writeln!(out, "| `{}` | {} | {}{} |", entry.usage, result(entry), entry.doc, notes(entry));
        }
    }
    out
}

fn result(entry: &Entry) -> String {
    if let Some(family) = entry.family() {
        return family.result_words();
    }
    let mut types: Vec<&str> = entry.functions().iter().map(|function| function.result.name()).collect();
    types.dedup();
    match types.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [.., "timestamp"] if types.len() > 6 => "that of the arguments".to_owned(),
        many if many.len() > 3 => "that of the arguments".to_owned(),
        many => many.join(" or "),
    }
}

fn notes(entry: &Entry) -> &'static str {
    let functions = entry.functions();
    if functions.iter().any(|function| !function.pure) {
        "; not pure: in `update` and `select` only"
    } else if functions.iter().any(|function| function.nulls == NullRule::Handles) {
        "; takes null"
    } else {
        ""
    }
}
