//! Functions and methods of lists, their values by position, and lists written out.

use std::ops::Range;

use super::super::builtin::{self, Family, Takes};
use super::super::function::Call;
use super::super::ir::{Expr, Node};
use super::super::syntax::{Tree, TreeKind};
use super::convert::widening;
use super::{Checker, Typed};
use crate::types::Type;
use crate::{Error, Result};

impl Checker<'_> {
    /// `List[0]`; indexing of anything else is not to be had, but for [`Checker::nearby`].
    pub(super) fn index(&self, on: &Tree, at: &Tree, span: Range<usize>) -> Result<Typed> {
        if let TreeKind::Name(name) = &on.kind
            && let Some(column) = name.strip_suffix('_')
            && self.position(name).is_none()
            && self.position(column).is_some()
        {
            return Err(self.other_rows(column, span));
        }
        let value = self.tree(on)?;
        let Some(item) = item_of(&value) else {
            let error = self.type_error(format!("{} has no elements to index", value.type_name()), at.span.clone());
            return Err(if value.ty() == Type::String {
                error.with_help("text.charAt(n) is one character, text.substring(from, to) a part")
            } else {
                error
            });
        };
        let position = self.tree(at)?;
        let ty = position.type_name();
        let position = self.coerce(position, Type::I64)?.ok_or_else(|| {
            self.type_error(format!("a position in a list is a whole number, not {ty}"), at.span.clone())
        })?;
        self.call_of(&builtin::ELEMENT, "element", item, vec![value.expr, position], span)
    }

    /// `list.length`
    pub(super) fn length(&self, item: Type, list: Typed, span: Range<usize>) -> Result<Typed> {
        self.call_of(&builtin::LENGTH, "length", item, vec![list.expr], span)
    }

    /// `new long[]{1, 2}`
    pub(super) fn new_list(&self, item: Type, values: &[Tree], span: Range<usize>) -> Result<Typed> {
        let values = values.iter().map(|value| self.tree(value)).collect::<Result<Vec<Typed>>>()?;
        self.written_out(item, values, span)
    }

    fn written_out(&self, item: Type, values: Vec<Typed>, span: Range<usize>) -> Result<Typed> {
        let values = values.into_iter().map(|value| {
            let (from, at) = (value.type_name(), value.span());
            let is_number = value.ty().is_numeric() && item.is_numeric();
            self.fitted(value, item)?.ok_or_else(|| {
                let error = self.type_error(format!("a list of {item} holds no {from}"), at);
                if is_number { error.with_help(format!("cast it: ({item})x")) } else { error }
            })
        });
        let values = values.collect::<Result<Vec<Expr>>>()?;
        self.call_of(&builtin::ENLIST, "enlist", item, values, span)
    }

    /// `in(x, list)`
    pub(super) fn found_in_list(&self, value: Typed, list: Typed, item: Type, span: Range<usize>) -> Result<Typed> {
        let arguments = vec![value, list];
        self.of_lists(&builtin::CONTAINS, "in", item, arguments, span)
    }

    /// Calls a function of lists.
    pub(super) fn lists(
        &self,
        family: &Family,
        name: &str,
        mut arguments: Vec<Typed>,
        name_span: &Range<usize>,
        span: Range<usize>,
    ) -> Result<Typed> {
        let takes = family.takes.len();
        if family.gathers() && arguments.len() > takes && !arguments.iter().any(|value| item_of(value).is_some()) {
            let values = arguments.split_off(takes - 1);
            arguments.push(self.written_out(self.common(&values)?, values, span.clone())?);
        }
        if arguments.len() < takes || (arguments.len() > takes && !family.repeats) {
            let count = if takes == 1 { "one argument".to_owned() } else { format!("{takes} arguments") };
            let message = format!("{name} takes {count}, not {}", arguments.len());
            let error = self.type_error(message, name_span.clone());
            return Err(error.with_help(format!("it is called as {}", family.usage)));
        }
        let item = if family.takes.contains(&Takes::List) {
            let lists = arguments.iter().enumerate().filter(|(at, _)| takes_at(family, *at) == Takes::List);
            let items = lists.map(|(_, list)| item_of(list).ok_or_else(|| self.no_list(family, name, list)));
            items.collect::<Result<Vec<Type>>>()?.first().copied().unwrap_or(Type::I64)
        } else {
            let items = arguments.iter().enumerate().filter(|(at, _)| takes_at(family, *at) == Takes::Item);
            self.common(&items.map(|(_, item)| item.clone()).collect::<Vec<Typed>>())?
        };
        self.of_lists(family, name, item, arguments, span)
    }

    /// Calls a function of lists of `item`.
    fn of_lists(
        &self,
        family: &Family,
        name: &str,
        item: Type,
        arguments: Vec<Typed>,
        span: Range<usize>,
    ) -> Result<Typed> {
        let mut fitted = Vec::with_capacity(arguments.len());
        for (at, argument) in arguments.into_iter().enumerate() {
            let wanted = match takes_at(family, at) {
                Takes::List => Type::list_of(item),
                Takes::Item => item,
                Takes::Of(ty) => ty,
                Takes::Numbers => match item_of(&argument) {
                    Some(numbers) if numbers.is_numeric() => argument.ty(),
                    _ => return Err(self.no_list(family, name, &argument)),
                },
            };
            if wanted.item().is_some_and(|item| !family.admits.admits(item)) {
                return Err(self.no_list(family, name, &argument));
            }
            let (at, ty) = (argument.span(), argument.ty());
            let expr = self.fitted(argument.clone(), wanted)?;
            fitted.push(match expr {
                Some(expr) => expr,
                None if ty.item().is_some() || wanted.item().is_some() => {
                    return Err(self.type_error(format!("{name} takes {wanted} here, not {ty}"), at));
                }
                None => return Err(self.wrong_argument(name, &argument, wanted)),
            });
        }
        self.call_of(family, name, item, fitted, span)
    }

    fn call_of(
        &self,
        family: &Family,
        name: &str,
        item: Type,
        arguments: Vec<Expr>,
        span: Range<usize>,
    ) -> Result<Typed> {
        let parameters: Vec<Type> = arguments.iter().map(|argument| argument.ty).collect();
        let function = family.function(name, item, &parameters);
        self.folded(function.result, Node::Call(Call::new(function), arguments), span)
    }

    /// A value where `ty` is wanted; `None` if it cannot be that.
    fn fitted(&self, value: Typed, ty: Type) -> Result<Option<Expr>> {
        match super::convert::quoted_text(&value) {
            Some(text) if ty == Type::String => Ok(Some(text)),
            _ => self.coerce(value, ty),
        }
    }

    /// The type of a list of some values: the narrowest to which all widen.
    fn common(&self, values: &[Typed]) -> Result<Type> {
        let mut known = values.iter().filter(|value| !value.is_null());
        let Some(first) = known.next() else {
            let span = values.first().map_or(0..0, Typed::span);
            return Err(self
                .type_error("a list of nothing but null has no type", span)
                .with_help("cast one: (long)null"));
        };
        known.try_fold(first.ty(), |ty, value| {
            both(ty, value.ty()).ok_or_else(|| {
                let message = format!("a list holds values of one type, not {ty} and {}", value.type_name());
                self.type_error(message, value.span())
            })
        })
    }

    fn no_list(&self, family: &Family, name: &str, argument: &Typed) -> Error {
        let given = if argument.is_null() { "null".to_owned() } else { argument.ty().to_string() };
        let error = self.type_error(format!("{name} takes {}, not {given}", family.admits.lists()), argument.span());
        match item_of(argument) {
            Some(_) => error,
            None if argument.ty() == Type::String && matches!(name, "len" | "count") => {
                error.with_help("text.length() counts characters")
            }
            None if family.gathers() && family.takes.len() == 1 => {
                error.with_help(format!("group_by makes lists of columns; of several values: {name}(a, b)"))
            }
            None => error.with_help("group_by makes lists of columns; new long[]{a, b} is one of these values"),
        }
    }
}

/// What can be done with a list where a value is wanted.
pub(super) const OF_LISTS: &str =
    "one value of a list is list[0]; sum(list), avg(list), max(list) and their like make one of all";

fn takes_at(family: &Family, at: usize) -> Takes {
    family.takes[at.min(family.takes.len() - 1)]
}

/// What a list holds; `None` if it is none.
pub(super) fn item_of(value: &Typed) -> Option<Type> {
    value.ty().item().filter(|_| !value.is_null())
}

/// The narrowest type to which two widen.
fn both(a: Type, b: Type) -> Option<Type> {
    const NUMBERS: [Type; 6] = [Type::I8, Type::I16, Type::I32, Type::I64, Type::F32, Type::F64];
    if a == b {
        return Some(a);
    }
    NUMBERS.into_iter().find(|&ty| widening(a, ty).is_some() && widening(b, ty).is_some())
}
