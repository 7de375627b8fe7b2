//! The built-in functions, declared once: name, arguments, result, null rule and what they do, from which the checker,
//! the interpreter and the reference page (docs/formulas.md) all read.

mod basic;
mod constants;
mod declare;
mod each;
mod fields;
mod floats;
mod format;
mod lists;
mod numeric;
mod parse;
mod pattern;
mod random;
mod reference;
mod regions;
mod text;
mod times;
mod wall;
mod zone;

use std::sync::{Arc, LazyLock};

use super::function::Function;
use crate::types::Type;

pub(crate) use basic::{contains, lower_case};
pub(crate) use constants::constant;
use declare::Table;
pub(crate) use format::{Pattern, format};
pub(crate) use lists::{Family, Takes};
pub(crate) use reference::page;
pub(crate) use times::today;

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
    Format,
    Cast(Type),
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table::default();
    basic::declare(&mut table);
    numeric::declare(&mut table);
    floats::declare(&mut table);
    random::declare(&mut table);
    text::declare(&mut table);
    regions::declare(&mut table);
    parse::declare(&mut table);
    times::declare(&mut table);
    wall::declare(&mut table);
    fields::declare(&mut table);
    lists::declare(&mut table);
    table
});

/// The function (or, with `method`, the method) of that name.
pub(crate) fn find(name: &str, method: bool) -> Option<Form<'static>> {
    TABLE.find(name, method)
}

/// The function (or, with `method`, the method) of lists of that name; `sortObj` is `sort`.
pub(crate) fn find_lists(name: &str, method: bool) -> Option<&'static Family> {
    let plain = name.strip_suffix("Obj").filter(|_| !method);
    TABLE.find_lists(name, method).or_else(|| TABLE.find_lists(plain?, false))
}

/// `list[n]`
pub(crate) static ELEMENT: LazyLock<Family> = LazyLock::new(lists::element);

/// `list.length`
pub(crate) static LENGTH: LazyLock<Family> = LazyLock::new(lists::length);

/// `new long[]{a, b}`
pub(crate) static ENLIST: LazyLock<Family> = LazyLock::new(lists::enlist);

/// `in(x, list)`
pub(crate) static CONTAINS: LazyLock<Family> = LazyLock::new(lists::contains);

/// Whether there is a built-in function of that name.
pub(crate) fn is_builtin(name: &str) -> bool {
    find(name, false).is_some() || find_lists(name, false).is_some()
}

/// The names of the functions, or of the methods.
pub(crate) fn names(methods: bool) -> impl Iterator<Item = &'static str> {
    TABLE.names(methods)
}
