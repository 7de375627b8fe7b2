//! What goes by the order of the values of a list, and by which of them are equal.

use std::cmp::Ordering;
use std::collections::HashSet;

use foldhash::fast::FixedState;

use super::element::Element;
use super::family::{Admits, Family, Gives, Takes};
use super::items::Items;
use super::kernel::{Found, Made, NOTHING, Row, list, picked, picked_one, value};
use crate::formula::builtin::declare::Table;
use crate::types::Type;

pub(super) fn declare(table: &mut Table) {
    let ordered = Admits::Ordered;
    let one = &[Takes::List];
    let place = Gives::One(Type::I64);
    table.lists("min(list)", "the least value; NaN if there is one", Family::new(ordered, one, Gives::Item, |item, ty| {
        by_element!(item, T => picked_one(ty, 0, |row| extreme::<T>(row, Ordering::Less).map(|found| found.at)))
    }));
    table.lists("max(list)", "the greatest value; NaN if there is one", Family::new(ordered, one, Gives::Item, |item, ty| {
        by_element!(item, T => picked_one(ty, 0, |row| extreme::<T>(row, Ordering::Greater).map(|found| found.at)))
    }));
    table.lists("indexOfMin(list)", "where the first of the least values is; null if there is NaN", Family::new(ordered, one, place, |item, ty| {
        by_element!(item, T => value(ty, |row| Ok(extreme::<T>(row, Ordering::Less).and_then(Extreme::position))))
    }));
    table.lists("indexOfMax(list)", "where the first of the greatest values is; null if there is NaN", Family::new(ordered, one, place, |item, ty| {
        by_element!(item, T => value(ty, |row| Ok(extreme::<T>(row, Ordering::Greater).and_then(Extreme::position))))
    }));
    table.lists(
        "firstIndexOf(x, list)",
        "where `x` is first; null if it is not there",
        Family::new(
            ordered,
            &[Takes::Item, Takes::List],
            place,
            |item, ty| by_element!(item, T => value(ty, first_index_of::<T>)),
        ),
    );
    table.lists(
        "sort(list)",
        "sorted: null, then values, then NaN",
        Family::new(
            ordered,
            one,
            Gives::ItemList,
            |item, ty| by_element!(item, T => picked(ty, |row, picks| sorted::<T>(row, picks, false))),
        ),
    );
    table.lists(
        "sortDescending(list)",
        "sorted the other way round: NaN, then values, then null",
        Family::new(
            ordered,
            one,
            Gives::ItemList,
            |item, ty| by_element!(item, T => picked(ty, |row, picks| sorted::<T>(row, picks, true))),
        ),
    );
    table.lists(
        "rank(list)",
        "the positions of the values in the order of `sort`",
        Family::new(
            ordered,
            one,
            Gives::List(Type::I32),
            |item, ty| by_element!(item, T => list(ty, |row, made| ranks::<T>(row, made, false))),
        ),
    );
    table.lists(
        "rankDescending(list)",
        "the positions of the values in the order of `sortDescending`",
        Family::new(
            ordered,
            one,
            Gives::List(Type::I32),
            |item, ty| by_element!(item, T => list(ty, |row, made| ranks::<T>(row, made, true))),
        ),
    );
    table.lists(
        "distinct(list)",
        "each value once, in order of first appearance, null left out; all NaN are one",
        Family::new(ordered, one, Gives::ItemList, |item, ty| by_element!(item, T => picked(ty, distinct::<T>))),
    );
    table.lists(
        "binSearchIndex(list, x)",
        "of a sorted list, where the last value is that is not above `x`; -1 if there is none",
        Family::new(
            ordered,
            &[Takes::List, Takes::Item],
            place,
            |item, ty| by_element!(item, T => value(ty, last_not_above::<T>)),
        ),
    );
}

/// The best value of a list, or its first NaN.
struct Extreme {
    at: usize,
    is_nan: bool,
}

impl Extreme {
    fn position(self) -> Option<i64> {
        (!self.is_nan).then_some(self.at as i64)
    }
}

fn extreme<T: Element>(row: &Row<'_>, wanted: Ordering) -> Option<Extreme> {
    let items = row.items::<T>(0)?;
    let mut best: Option<(usize, &T)> = None;
    for (at, item) in items.iter().enumerate() {
        let Some(item) = item else { continue };
        if item.is_nan() {
            return Some(Extreme { at, is_nan: true });
        }
        if best.is_none_or(|(_, best)| item.compare(best) == wanted) {
            best = Some((at, item));
        }
    }
    best.map(|(at, _)| Extreme { at, is_nan: false })
}

/// How two items are sorted, null first.
fn compare<T: Element>(a: Option<&T>, b: Option<&T>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => a.compare(b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

/// The positions of items as they are sorted; of equal ones the one in front stays in front.
fn order<T: Element>(items: &Items<'_, T>, descending: bool) -> Vec<u32> {
    let mut order: Vec<u32> = (0..items.len() as u32).collect();
    order.sort_by(|&a, &b| {
        let ascending = compare(items.get(a as usize), items.get(b as usize));
        if descending { ascending.reverse() } else { ascending }
    });
    order
}

fn sorted<T: Element>(row: &Row<'_>, picks: &mut Vec<u32>, descending: bool) -> Found<()> {
    Ok(row.items::<T>(0).map(|items| picks.extend(order(&items, descending))))
}

fn ranks<T: Element>(row: &Row<'_>, made: &mut Made<i32>, descending: bool) -> Found<()> {
    Ok(row.items::<T>(0).map(|items| order(&items, descending).into_iter().for_each(|at| made.push(Some(at as i32)))))
}

fn distinct<T: Element>(row: &Row<'_>, picks: &mut Vec<u32>) -> Found<()> {
    let Some(items) = row.items::<T>(0) else { return Ok(None) };
    let mut seen: HashSet<T::Key, FixedState> = HashSet::default();
    for (at, item) in items.iter().enumerate() {
        if item.is_some_and(|item| seen.insert(item.key())) {
            picks.push(at as u32);
        }
    }
    Ok(Some(()))
}

pub(super) fn count_distinct<T: Element>(row: &Row<'_>) -> Found<i64> {
    let Some(items) = row.items::<T>(0) else { return Ok(None) };
    let mut seen: HashSet<T::Key, FixedState> = HashSet::default();
    items.each(|item| {
        seen.insert(item.key());
    });
    Ok(Some(seen.len() as i64))
}

fn first_index_of<T: Element>(row: &Row<'_>) -> Found<i64> {
    let (wanted, Some(items)) = (row.cell::<T>(0), row.items::<T>(1)) else { return Ok(None) };
    Ok(items.iter().position(|item| same(item, wanted.as_ref())).map(|at| at as i64))
}

/// Whether a list has a value; null is one, and NaN is found by NaN.
pub(super) fn contains<T: Element>(row: &Row<'_>) -> Found<bool> {
    Ok(row.list(1).is_some().then_some(first_index_of::<T>(row)?.is_some()))
}

fn same<T: Element>(a: Option<&T>, b: Option<&T>) -> bool {
    a.map(T::key) == b.map(T::key)
}

fn last_not_above<T: Element>(row: &Row<'_>) -> Found<i64> {
    let (Some(items), wanted) = (row.items::<T>(0), row.cell::<T>(1)) else { return Ok(None) };
    let (mut low, mut high) = (0, items.len());
    while low < high {
        let middle = low + (high - low) / 2;
        if compare(items.get(middle), wanted.as_ref()).is_gt() { high = middle } else { low = middle + 1 }
    }
    Ok(Some(low as i64 - 1))
}

/// The positions of items, nulls replaced by what is last before them.
pub(super) fn forward_fill(row: &Row<'_>, picks: &mut Vec<u32>) -> Found<()> {
    let Some(list) = row.list(0) else { return Ok(None) };
    let mut last = NOTHING;
    for at in 0..list.len() {
        if list.is_valid(at) {
            last = at as u32;
        }
        picks.push(last);
    }
    Ok(Some(()))
}
