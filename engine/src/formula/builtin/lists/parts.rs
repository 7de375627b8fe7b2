//! Values and parts of a list, and lists put together.

use super::element::Element;
use super::family::{Admits, Family, Gives, Takes};
use super::kernel::{Found, Made, NOTHING, Row, concatenated, list, picked, picked_one, value};
use super::order;
use crate::formula::builtin::declare::Table;
use crate::types::{List, Str, Type};

/// A list may not be made longer than this out of less.
const LONGEST_MADE: usize = 1 << 20;

pub(super) fn declare(table: &mut Table) {
    let all = Admits::All;
    let one = &[Takes::List];
    table.lists(
        "len(list)",
        "how many values there are, nulls too",
        Family::new(all, one, Gives::One(Type::I64), |_, ty| value(ty, len)),
    );
    table.lists(
        "first(list)",
        "the first value",
        Family::new(all, one, Gives::Item, |_, ty| picked_one(ty, 0, |_| Some(0))),
    );
    table.lists(
        "last(list)",
        "the last value",
        Family::new(all, one, Gives::Item, |_, ty| picked_one(ty, 0, |row| row.list(0)?.len().checked_sub(1))),
    );
    table.lists(
        "nth(n, list)",
        "value `n`, from 0; null where there is none",
        Family::new(all, &[Takes::Of(Type::I64), Takes::List], Gives::Item, |_, ty| {
            picked_one(ty, 1, |row| usize::try_from(row.cell::<i64>(0)?).ok())
        }),
    );
    table.lists(
        "reverse(list)",
        "the last value first",
        Family::new(all, one, Gives::ItemList, |_, ty| picked(ty, reversed)),
    );
    table.lists(
        "forwardFill(list)",
        "each null as the last value before it",
        Family::new(all, one, Gives::ItemList, |_, ty| picked(ty, order::forward_fill)),
    );
    table.lists(
        "repeat(x, n)",
        "a list of `n` times `x`",
        Family::new(
            Admits::Ordered,
            &[Takes::Item, Takes::Of(Type::I64)],
            Gives::ItemList,
            |item, ty| by_element!(item, T => list(ty, repeated::<T>)),
        )
        .fallible(),
    );
    table.lists(
        "concat(list, list, ..)",
        "the values of all lists",
        Family::new(all, one, Gives::ItemList, |_, ty| concatenated(ty)).repeating(),
    );
    table.lists("enlist(a, b, ..)", "a list of the arguments, as `new long[]{a, b}` is", enlist());
    let join = &[Takes::Of(Type::String), Takes::List];
    let doc = "texts with `separator` between them; null reads `null`";
    table.lists(
        "String.join(separator, list)",
        doc,
        Family::new(Admits::Texts, join, Gives::One(Type::String), |_, ty| value(ty, join_texts)),
    );
    table.lists_method("list.size()", "as `len`", Family::new(all, one, Gives::One(Type::I64), |_, ty| value(ty, len)));
    table.lists_method(
        "list.count()",
        "as `len`",
        Family::new(all, one, Gives::One(Type::I64), |_, ty| value(ty, len)),
    );
    table.lists_method(
        "list.isEmpty()",
        "whether there are no values",
        Family::new(all, one, Gives::One(Type::Bool), |_, ty| value(ty, |row| Ok(row.list(0).map(List::is_empty)))),
    );
    table.lists_method("list.get(n)", "`list[n]`", element());
    let from_to = &[Takes::List, Takes::Of(Type::I64), Takes::Of(Type::I64)];
    let doc = "values `from` up to, but not with, `to`; null where there are none";
    table.lists_method(
        "list.subVector(from, to)",
        doc,
        Family::new(all, from_to, Gives::ItemList, |_, ty| picked(ty, part)).fallible(),
    );
    let doc = "the values at these positions; null where there are none";
    table.lists_method(
        "list.subVectorByPositions(positions)",
        doc,
        Family::new(all, &[Takes::List, Takes::Numbers], Gives::ItemList, |_, ty| picked(ty, at_positions)),
    );
}

/// `list[n]`: null where the list has no such value.
pub(in super::super) fn element() -> Family {
    Family::new(Admits::All, &[Takes::List, Takes::Of(Type::I64)], Gives::Item, |_, ty| {
        picked_one(ty, 0, |row| usize::try_from(row.cell::<i64>(1)?).ok())
    })
}

/// `list.length`
pub(in super::super) fn length() -> Family {
    Family::new(Admits::All, &[Takes::List], Gives::One(Type::I32), |_, ty| {
        value(ty, |row| Ok(row.list(0).map(|list| list.len() as i32)))
    })
}

/// A list of its arguments.
pub(in super::super) fn enlist() -> Family {
    let kernel = |item, ty| by_element!(item, T => list(ty, enlisted::<T>));
    Family::new(Admits::Ordered, &[Takes::Item], Gives::ItemList, kernel).repeating()
}

/// Whether a list has a value.
pub(in super::super) fn contains() -> Family {
    Family::new(
        Admits::Ordered,
        &[Takes::Item, Takes::List],
        Gives::One(Type::Bool),
        |item, ty| by_element!(item, T => value(ty, order::contains::<T>)),
    )
}

fn len(row: &Row<'_>) -> Found<i64> {
    Ok(row.list(0).map(|list| list.len() as i64))
}

fn reversed(row: &Row<'_>, picks: &mut Vec<u32>) -> Found<()> {
    Ok(row.list(0).map(|list| picks.extend((0..list.len() as u32).rev())))
}

fn enlisted<T: Element>(row: &Row<'_>, made: &mut Made<T>) -> Found<()> {
    (0..row.arguments()).for_each(|argument| made.push(row.cell(argument)));
    Ok(Some(()))
}

fn repeated<T: Element>(row: &Row<'_>, made: &mut Made<T>) -> Found<()> {
    let (value, Some(times)) = (row.cell::<T>(0), row.cell::<i64>(1)) else { return Ok(None) };
    let times = within_limit(times)?;
    (0..times).for_each(|_| made.push(value.clone()));
    Ok(Some(()))
}

fn join_texts(row: &Row<'_>) -> Found<Str> {
    let (Some(separator), Some(items)) = (row.cell::<Str>(0), row.items::<Str>(1)) else { return Ok(None) };
    let texts: Vec<&str> = items.iter().map(|item| item.map_or("null", Str::as_str)).collect();
    Ok(Some(Str::from(texts.join(&separator))))
}

fn within_limit(count: i64) -> Result<usize, String> {
    match usize::try_from(count) {
        Ok(count) if count <= LONGEST_MADE => Ok(count),
        _ => Err(format!("a list of {count} values; there may be 0 to {LONGEST_MADE}")),
    }
}

fn part(row: &Row<'_>, picks: &mut Vec<u32>) -> Found<()> {
    let (Some(list), Some(from), Some(to)) = (row.list(0), row.cell::<i64>(1), row.cell::<i64>(2)) else {
        return Ok(None);
    };
    if from < 0 || to > list.len() as i64 {
        within_limit(to.saturating_sub(from))?;
    } else if from > to {
        return Err(format!("values {from} up to {to}"));
    }
    picks.extend((from..to).map(|at| position(list, at)));
    Ok(Some(()))
}

fn at_positions(row: &Row<'_>, picks: &mut Vec<u32>) -> Found<()> {
    let (Some(list), Some(positions)) = (row.list(0), row.doubles(1)) else { return Ok(None) };
    picks.extend(positions.iter().map(|at| at.map_or(NOTHING, |&at| position(list, at as i64))));
    Ok(Some(()))
}

/// A position in a list; [`NOTHING`] where it has none.
fn position(list: &List, at: i64) -> u32 {
    if (0..list.len() as i64).contains(&at) { at as u32 } else { NOTHING }
}
