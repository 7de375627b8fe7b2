//! The built-in functions, declared once: name, arguments, result, null rule and what they do, from which the checker,
//! the interpreter and the reference page (docs/formulas.md) all read.

mod basic;
mod constants;
mod declare;
mod each;
mod fields;
mod lists;
mod numeric;
mod parse;
mod pattern;
mod reference;
mod text;
mod times;
mod zone;

use std::sync::{Arc, LazyLock};

use super::function::Function;
use crate::types::Type;

pub(crate) use basic::{contains, lower_case};
pub(crate) use constants::constant;
use declare::Table;
pub(crate) use lists::{element, len};
pub(crate) use reference::page;

/// What a name means when it is called.
#[derive(Clone, Copy)]
pub(crate) enum Form<'t> {
    /// One of these, by the types of the arguments.
    Functions(&'t [Arc<Function>]),
    /// One of these on the first two arguments, then on the result and the third, and so on.
    Variadic(&'t [Arc<Function>]),
    /// Part of the language.
    Special(Special),
}

/// Functions that are operators by another name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Special {
    IsNull,
    In,
    And,
    Or,
    Not,
    ValueOf,
    Cast(Type),
    Len,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table::default();
    basic::declare(&mut table);
    numeric::declare(&mut table);
    text::declare(&mut table);
    parse::declare(&mut table);
    times::declare(&mut table);
    fields::declare(&mut table);
    lists::declare(&mut table);
    table
});

/// The function (or, with `method`, the method) of that name.
pub(crate) fn find(name: &str, method: bool) -> Option<Form<'static>> {
    TABLE.find(name, method)
}

/// Whether there is a built-in function of that name.
pub(crate) fn is_builtin(name: &str) -> bool {
    find(name, false).is_some()
}

/// The names of the functions, or of the methods.
pub(crate) fn names(methods: bool) -> impl Iterator<Item = &'static str> {
    TABLE.names(methods)
}
