//! Regular expressions as arguments: compiled once, refused when the formula is checked.

use std::cell::RefCell;
use std::collections::HashMap;

use regex::Regex;

use crate::formula::function::{Argument, Cell, Column, Operand};
use crate::types::{Str, Type, Value};
use crate::vector::Values;

/// A pattern, ready to search and to match whole texts.
#[derive(Clone)]
pub(super) struct Pattern {
    pub(super) anywhere: Regex,
    pub(super) whole: Regex,
}

/// How many compiled patterns a thread keeps; beyond that all are forgotten.
const KEPT: usize = 64;

thread_local! {
    static COMPILED: RefCell<HashMap<Str, Pattern>> = RefCell::default();
}

impl Pattern {
    fn of(text: &Str) -> Result<Pattern, String> {
        COMPILED.with_borrow_mut(|compiled| {
            if let Some(pattern) = compiled.get(text) {
                return Ok(pattern.clone());
            }
            let compile =
                |text: &str| Regex::new(text).map_err(|error| format!("a pattern that does not compile: {error}"));
            let pattern = Pattern { anywhere: compile(text)?, whole: compile(&format!("^(?:{text})$"))? };
            if compiled.len() == KEPT {
                compiled.clear();
            }
            compiled.insert(text.clone(), pattern.clone());
            Ok(pattern)
        })
    }
}

/// A column of patterns: compiled once where all rows have the same.
pub(super) enum Patterns<'a> {
    Same(Result<Pattern, String>),
    Each(Column<'a, Str>),
}

impl Cell for Pattern {
    const TYPE: Type = Type::String;
    type Column<'a> = Patterns<'a>;
    type Growing = ();
    fn column<'a>(operand: &Operand<'a>, rows: usize) -> Patterns<'a> {
        match operand {
            Operand::Scalar(Value::String(text)) => Patterns::Same(Pattern::of(text)),
            operand => Patterns::Each(Str::column(operand, rows)),
        }
    }
    fn read(column: &Patterns<'_>, row: usize) -> Result<Self, String> {
        match column {
            Patterns::Same(pattern) => pattern.clone(),
            Patterns::Each(texts) => Pattern::of(&Str::read(texts, row)?),
        }
    }
    fn growing(_rows: usize) {}
    fn push(_growing: &mut (), _cell: Option<Self>) {}
    fn finish(_growing: ()) -> Values<'static> {
        Values::empty(Type::String)
    }
    fn validate(value: &Value) -> Result<(), String> {
        match value {
            Value::String(text) => Pattern::of(text).map(drop),
            _ => Ok(()),
        }
    }
}

impl Argument for Pattern {
    type Cell = Pattern;
    const NULLABLE: bool = false;
    fn from_cell(cell: Option<Pattern>) -> Option<Self> {
        cell
    }
}
