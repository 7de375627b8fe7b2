//! ungroup: a row for each value of the lists of a row, by which its other columns are repeated.

mod change;
mod extents;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::differ::differ;
use super::sort::{LABELS, take_out};
use super::{Built, InputShape, Operator, placed};
use crate::column::{Column, Element, Gathered, Ids, StoreRef, View, batches};
use crate::graph::{Cx, Delta, Mask, NodeId, Output, Update};
use crate::order::RowOrder;
use crate::plan::{Flavour, Uneven};
use crate::rowset::RowSet;
use crate::types::Type;
use crate::{Error, ErrorKind, Result};

use change::Change;
use extents::Extents;

/// State: which rows of the result stand for each row of the input, where that may be asked again. Stored columns: a
/// label where rows have an order of their own, the row of the input, the position in its lists.
struct Ungroup {
    lists: Vec<Lists>,
    list_mask: Mask,
    uneven: Uneven,
    extents: Extents,
    /// Rows of the input may change or come anywhere: rows of the result are ordered by labels. Else they come after
    /// all others.
    is_labelled: bool,
    /// Rows of the input may go.
    remembers: bool,
    passes: bool,
}

/// A column of lists.
struct Lists {
    name: Arc<str>,
    /// Its place, in the input as in the result.
    place: usize,
    lists: Column,
    /// The values.
    values: Column,
}

/// `places` are those of the columns of lists, at least one.
pub(super) fn build(places: &[usize], uneven: Uneven, input: &InputShape<'_>, node: NodeId) -> Built {
    let flavour = input.definition.flavour();
    let is_labelled = matches!(flavour, Flavour::AddOnly | Flavour::Keyed);
    let mut stored = vec![Type::I64; 2];
    if is_labelled {
        stored.insert(LABELS, Type::I64);
    }
    let (row, position) = (StoreRef { node, slot: stored.len() - 2 }, StoreRef { node, slot: stored.len() - 1 });
    let column = |(place, column): (usize, &Column)| match places.contains(&place) {
        true => Column::Element(Arc::new(Element::new(row, position, column.clone()))),
        false => Column::Gathered(Arc::new(Gathered { index: row, source: column.clone() })),
    };
    let columns: Vec<Column> = input.columns.iter().enumerate().map(column).collect();
    let list = |&place: &usize| Lists {
        name: input.definition.columns()[place].name.clone(),
        place,
        lists: input.columns[place].clone(),
        values: columns[place].clone(),
    };
    let op = Ungroup {
        lists: places.iter().map(list).collect(),
        list_mask: places.iter().copied().collect(),
        uneven,
        extents: Extents::default(),
        is_labelled,
        remembers: is_labelled || flavour == Flavour::Ring,
        passes: flavour == Flavour::Blink,
    };
    let order = match is_labelled {
        true => RowOrder::BY_ID.relabelled(StoreRef { node, slot: LABELS }),
        false => RowOrder::BY_ID,
    };
    Built { op: Box::new(op), columns, stored, order }
}

impl Operator for Ungroup {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let Delta { removed, added, modified, mask } = cx.input().delta;
        let mut change = Change::new(usize::from(self.is_labelled));
        if self.passes {
            change.go_all(cx.old_rows());
        }
        for row in removed.iter().filter(|_| self.remembers) {
            if let Some(extent) = self.extents.remove(row) {
                change.go(extent.ids(0..u64::MAX));
            }
        }
        batches(modified, |ids| self.follow(cx, ids, mask, &mut change))?;
        cx.in_order(0, added)?.batches(|ids| self.add(cx, ids, &mut change))?;
        change.flush(cx)?;

        let (gone, come, stayed) = change.sets();
        let (mut changed, mut shown) = self.other_values(cx, &stayed, mask)?;
        let others: Mask = mask.columns().filter(|&column| !self.list_mask.contains(column)).collect();
        if !others.is_empty() {
            changed = stayed.clone();
            shown.insert_all(&others);
        }
        if self.is_labelled {
            let rekeyed = if mask.has_order() { stayed } else { RowSet::new() };
            take_out(cx, &gone.union(&rekeyed))?;
            let moved = placed::put_in(cx, &change.placed(), false)?.minus(&come);
            shown.set_order(!moved.is_empty());
            changed.insert_all(&moved);
        }
        let delta = Delta { removed: gone, added: come, modified: changed, mask: shown };
        let rows = delta.apply(cx.old_rows());
        Ok(Update::new(delta.normalized(), rows))
    }

    fn reads_old(&self) -> Vec<(usize, usize)> {
        // What is compared with what it was.
        self.lists.iter().filter(|_| self.is_labelled).map(|lists| (0, lists.place)).collect()
    }

    fn bytes(&self) -> usize {
        self.extents.bytes()
    }

    fn validate(&self, output: &Output) -> Result<(), String> {
        if self.remembers { self.extents.validate(&output.rows) } else { Ok(()) }
    }
}

impl Ungroup {
    /// Follows rows of the input that stay: how many values they have now, and where.
    fn follow(&mut self, cx: &mut Cx<'_>, ids: Ids<'_>, mask: &Mask, change: &mut Change) -> Result<()> {
        let has_moved = mask.has_order();
        let lengths = match mask.intersects(&self.list_mask) {
            true => Some(self.lengths(cx, ids)?),
            false => None,
        };
        let places = match has_moved || lengths.is_some() {
            true => cx.input().order.places(cx, ids, View::New)?,
            false => vec![0; ids.len()],
        };
        for (at, row) in ids.iter().enumerate() {
            let before = self.extents.of(row).map_or(0, |extent| extent.used());
            let now = lengths.as_ref().map_or(before, |lengths| lengths[at]);
            if let Some(extent) = self.extents.of(row) {
                change.go(extent.ids(now..before));
            }
            if now != before {
                self.extents.resize(row, now);
            }
            let Some(extent) = self.extents.of(row) else { continue };
            change.stay(extent.ids(0..before.min(now)), has_moved.then_some(places[at]));
            change.come(cx, extent.ids(before..now), row, self.is_labelled.then_some(places[at]))?;
        }
        Ok(())
    }

    /// Puts in rows of the input, which come in their order.
    fn add(&mut self, cx: &mut Cx<'_>, ids: Ids<'_>, change: &mut Change) -> Result<()> {
        let lengths = self.lengths(cx, ids)?;
        let places = match self.is_labelled {
            true => cx.input().order.places(cx, ids, View::New)?,
            false => Vec::new(),
        };
        for (at, (row, values)) in ids.iter().zip(lengths).enumerate() {
            if !self.remembers {
                let first = self.extents.pass(values).start;
                change.come(cx, std::iter::once((0..values, first)), row, None)?;
                continue;
            }
            self.extents.add(row, values);
            if let Some(extent) = self.extents.of(row) {
                change.come(cx, extent.ids(0..values), row, places.get(at).copied())?;
            }
        }
        Ok(())
    }

    /// How many rows there are for each row of the input.
    fn lengths(&self, cx: &Cx<'_>, ids: Ids<'_>) -> Result<Vec<u64>> {
        let mut all: Vec<u64> = Vec::new();
        for (number, lists) in self.lists.iter().enumerate() {
            let lengths = lists.lists.list_lengths(cx, ids, View::New)?;
            if number == 0 {
                all = lengths.into_iter().map(|length| length as u64).collect();
                continue;
            }
            for (at, (length, known)) in lengths.into_iter().zip(&mut all).enumerate() {
                let length = length as u64;
                if length != *known && self.uneven == Uneven::Refused {
                    return Err(self.unequal(lists, length, *known).with_row(ids.get(at)));
                }
                *known = length.max(*known);
            }
        }
        Ok(all)
    }

    fn unequal(&self, lists: &Lists, length: u64, known: u64) -> Error {
        let first = &self.lists[0].name;
        let message = format!("the lists of a row are of {known} values in {first} and of {length} in {}", lists.name);
        Error::new(ErrorKind::Evaluation, message)
            .with_column(&*lists.name)
            .with_help("ungroup_with(.., Uneven::Filled) fills the shorter ones with nulls")
    }

    /// Which of the rows that stay have another value of a list, and in which columns.
    fn other_values(&self, cx: &Cx<'_>, stayed: &RowSet, mask: &Mask) -> Result<(RowSet, Mask)> {
        let (mut changed, mut columns) = (RowSet::new(), Mask::none());
        for lists in self.lists.iter().filter(|lists| mask.contains(lists.place)) {
            let mut other: Vec<u64> = Vec::new();
            batches(stayed, |ids| {
                let (before, now) = (cx.read(&lists.values, ids, View::Old)?, cx.read(&lists.values, ids, View::New)?);
                other.extend(differ(&before, &now).ones().map(|at| ids.get(at)));
                Ok::<_, Error>(())
            })?;
            if !other.is_empty() {
                columns.set(lists.place);
                changed.insert_all(&RowSet::from_sorted(&other));
            }
        }
        Ok((changed, columns))
    }
}
