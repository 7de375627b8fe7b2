//! The table of built-in functions and how it is filled.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::lists::Family;
use super::{Form, Special};
use crate::formula::function::{Function, IntoUserFunction};

/// Every built-in function, by name.
#[derive(Default)]
pub(super) struct Table {
    functions: BTreeMap<&'static str, Entry>,
    methods: BTreeMap<&'static str, Entry>,
    /// Functions of lists, some of which have the names of functions above.
    lists: BTreeMap<&'static str, Entry>,
    list_methods: BTreeMap<&'static str, Entry>,
    /// In the order of the page.
    sections: Vec<&'static str>,
}

/// One name: how it reads in the reference page, and what it means.
pub(super) struct Entry {
    pub(super) section: &'static str,
    /// `lowerBin(x, size)`
    pub(super) usage: &'static str,
    pub(super) doc: &'static str,
    kind: Kind,
}

enum Kind {
    Functions(Vec<Arc<Function>>),
    Variadic(Vec<Arc<Function>>),
    Special(Special),
    Lists(Family),
}

/// A name being declared.
pub(super) struct Declaration<'t> {
    name: &'static str,
    functions: &'t mut Vec<Arc<Function>>,
}

impl Table {
    /// What is declared from here on stands in that section of the reference page.
    pub(super) fn section(&mut self, title: &'static str) {
        self.sections.push(title);
    }

    fn entry(
        &mut self,
        method: bool,
        usage: &'static str,
        doc: &'static str,
        kind: Kind,
    ) -> (&'static str, &mut Entry) {
        let name = name_in(usage, method);
        let entry = Entry { section: self.sections.last().copied().unwrap_or_default(), usage, doc, kind };
        let entries = if method { &mut self.methods } else { &mut self.functions };
        (name, entries.entry(name).insert_entry(entry).into_mut())
    }

    /// A function; `usage` is how it is called.
    pub(super) fn function(&mut self, usage: &'static str, doc: &'static str) -> Declaration<'_> {
        self.declare(false, usage, doc, Kind::Functions(Vec::new()))
    }

    /// A method of text; `usage` is how it is called: `text.length()`.
    pub(super) fn method(&mut self, usage: &'static str, doc: &'static str) -> Declaration<'_> {
        self.declare(true, usage, doc, Kind::Functions(Vec::new()))
    }

    /// A function of two values that is called with two or more.
    pub(super) fn variadic(&mut self, usage: &'static str, doc: &'static str) -> Declaration<'_> {
        self.declare(false, usage, doc, Kind::Variadic(Vec::new()))
    }

    fn declare(&mut self, method: bool, usage: &'static str, doc: &'static str, kind: Kind) -> Declaration<'_> {
        let (name, entry) = self.entry(method, usage, doc, kind);
        let functions = match &mut entry.kind {
            Kind::Functions(functions) | Kind::Variadic(functions) => functions,
            Kind::Special(_) | Kind::Lists(_) => unreachable!("declare is called for functions with overloads"),
        };
        Declaration { name, functions }
    }

    /// A function that is part of the language.
    pub(super) fn special(&mut self, usage: &'static str, doc: &'static str, special: Special) {
        self.entry(false, usage, doc, Kind::Special(special));
    }

    /// A function of lists.
    pub(super) fn lists(&mut self, usage: &'static str, doc: &'static str, family: Family) {
        let entry = self.list_entry(usage, doc, family);
        self.lists.insert(name_in(usage, false), entry);
    }

    /// A method of lists.
    pub(super) fn lists_method(&mut self, usage: &'static str, doc: &'static str, family: Family) {
        let entry = self.list_entry(usage, doc, family);
        self.list_methods.insert(name_in(usage, true), entry);
    }

    fn list_entry(&self, usage: &'static str, doc: &'static str, family: Family) -> Entry {
        let kind = Kind::Lists(family.called(usage));
        Entry { section: self.sections.last().copied().unwrap_or_default(), usage, doc, kind }
    }

    pub(super) fn find(&self, name: &str, method: bool) -> Option<Form<'_>> {
        match &self.of(method).get(name)?.kind {
            Kind::Functions(functions) => Some(Form::Functions(functions)),
            Kind::Variadic(functions) => Some(Form::Variadic(functions)),
            Kind::Special(special) => Some(Form::Special(*special)),
            Kind::Lists(_) => None,
        }
    }

    /// The function (or, with `method`, the method) of lists of that name.
    pub(super) fn find_lists(&self, name: &str, method: bool) -> Option<&Family> {
        match &self.of_lists(method).get(name)?.kind {
            Kind::Lists(family) => Some(family),
            _ => None,
        }
    }

    fn of_lists(&self, methods: bool) -> &BTreeMap<&'static str, Entry> {
        if methods { &self.list_methods } else { &self.lists }
    }

    fn of(&self, methods: bool) -> &BTreeMap<&'static str, Entry> {
        if methods { &self.methods } else { &self.functions }
    }

    pub(super) fn names(&self, methods: bool) -> impl Iterator<Item = &'static str> + '_ {
        self.of(methods).keys().chain(self.of_lists(methods).keys()).copied()
    }

    pub(super) fn sections(&self) -> impl Iterator<Item = &'static str> {
        self.sections.iter().copied()
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        let of_lists = self.lists.values().chain(self.list_methods.values());
        self.functions.values().chain(self.methods.values()).chain(of_lists)
    }
}

/// The name in `text.length()` or `abs(x)`.
fn name_in(usage: &'static str, method: bool) -> &'static str {
    let written = usage.split('(').next().unwrap_or(usage);
    if method { written.rsplit('.').next().unwrap_or(written) } else { written }
}

impl Declaration<'_> {
    /// One way to call it, with the closure that does it.
    pub(super) fn of<A>(self, closure: impl IntoUserFunction<A>) -> Self {
        self.functions.push(Arc::new(closure.into_function(self.name.into(), false)));
        self
    }

    /// One way to call it, as it is.
    pub(super) fn one(self, function: Arc<Function>) -> Self {
        self.functions.push(function);
        self
    }

    /// As [`of`](Self::of), for what may give another result each time.
    pub(super) fn impure<A>(self, closure: impl IntoUserFunction<A>) -> Self {
        self.functions.push(Arc::new(Function { pure: false, ..closure.into_function(self.name.into(), false) }));
        self
    }
}

impl Entry {
    /// The overloads, if it has any.
    pub(super) fn functions(&self) -> &[Arc<Function>] {
        match &self.kind {
            Kind::Functions(functions) | Kind::Variadic(functions) => functions,
            Kind::Special(_) | Kind::Lists(_) => &[],
        }
    }

    /// The function of lists, if it is one.
    pub(super) fn family(&self) -> Option<&Family> {
        if let Kind::Lists(family) = &self.kind { Some(family) } else { None }
    }
}
