//! head, tail, slice: the rows at some positions.

use std::ops::Range;

use super::{Built, InputShape, Operator};
use crate::column::{Column, Ids, StoreRef, View};
use crate::graph::{Cx, Delta, NodeId, Update};
use crate::order::RowOrder;
use crate::plan::{Flavour, Window};
use crate::rowset::RowSet;
use crate::vector::VECTOR_ROWS;
use crate::{Error, ErrorKind, Result};

/// Rows of a table that keeps them: columns are shared.
struct Part {
    window: Window,
    /// The places of the first and the last row, where rows have an order of their own.
    bounds: Option<(u64, u64)>,
}

/// Rows of all that ever passed through a blink table: they are copied before they go.
struct Passed {
    window: Window,
    columns: Vec<Column>,
    /// The id of the next row.
    next: u64,
}

pub(super) fn build(window: Window, input: &InputShape<'_>, node: NodeId) -> Built {
    let op = Box::new(Part { window, bounds: None });
    if input.definition.flavour() != Flavour::Blink {
        return Built { op, columns: input.columns.to_vec(), stored: Vec::new(), order: input.order.of_other_rows() };
    }
    let stored: Vec<_> = input.columns.iter().map(Column::ty).collect();
    let at = |slot| StoreRef { node, slot };
    let columns = stored.iter().enumerate().map(|(slot, &ty)| Column::Stored { at: at(slot), ty }).collect();
    let op = Box::new(Passed { window, columns: input.columns.to_vec(), next: 0 });
    Built { op, columns, stored, order: RowOrder::BY_ID }
}

impl Operator for Part {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let input = cx.input();
        let positions = self.window.positions(input.new.len());
        let new = match input.order.labels() {
            Some(_) => self.follow(cx, positions)?,
            None => cx.positions(0)?.rows(positions),
        };
        Ok(Update::new(shown(input.delta, cx.old_rows(), &new), new))
    }
}

impl Part {
    /// The rows at some positions of an ordered table, made of those that were there: what changed, and what the two
    /// ends passed by.
    fn follow(&mut self, cx: &Cx<'_>, positions: Range<u64>) -> Result<RowSet> {
        let input = cx.input();
        let place_at = |at: u64| -> Result<u64> { Ok(places(cx, &cx.positions(0)?.ids(at..at + 1))?[0]) };
        let bounds = match positions.is_empty() {
            true => None,
            false => Some((place_at(positions.start)?, place_at(positions.end - 1)?)),
        };
        let before = std::mem::replace(&mut self.bounds, bounds);
        let (Some((low, high)), Some((old_low, old_high))) = (bounds, before) else {
            return Ok(cx.positions(0)?.rows(positions));
        };
        if high < old_low || old_high < low {
            return Ok(cx.positions(0)?.rows(positions));
        }
        let moved = input.delta.moved();
        let mut rows = cx.old_rows().minus(&input.delta.removed).minus(&moved);
        rows.remove_all(&walk_back(cx, positions.start, |place| place >= old_low)?);
        rows.remove_all(&walk_on(cx, positions.end, |place| place <= old_high)?);
        rows.insert_all(&walk_on(cx, positions.start, |place| place < old_low)?);
        rows.insert_all(&walk_back(cx, positions.end, |place| place > old_high)?);
        let came = input.order.placed(cx, &input.delta.added.union(&moved), View::New)?;
        let inside = came.into_iter().filter(|(place, _)| (low..=high).contains(place));
        rows.insert_all(&RowSet::from_unsorted(inside.map(|(_, id)| id).collect()));
        if rows.len() == positions.end - positions.start {
            return Ok(rows);
        }
        Err(Error::new(ErrorKind::Internal, "a part of a table that has lost count of its rows"))
    }
}

fn places(cx: &Cx<'_>, ids: &[u64]) -> Result<Vec<u64>> {
    cx.input().order.places(cx, Ids::List(ids), View::New)
}

/// Rows looked at together on a walk; mostly the first of them is the last one wanted.
const STRIDE: u64 = 16;

/// The rows from a position on, as long as their places are wanted.
fn walk_on(cx: &Cx<'_>, from: u64, wanted: impl Fn(u64) -> bool) -> Result<RowSet> {
    let (mut walked, mut at) = (Vec::new(), from);
    loop {
        let ids = cx.positions(0)?.ids(at..at + STRIDE);
        let count = places(cx, &ids)?.into_iter().take_while(|&place| wanted(place)).count();
        walked.extend_from_slice(&ids[..count]);
        at += STRIDE;
        if (count as u64) < STRIDE {
            return Ok(RowSet::from_unsorted(walked));
        }
    }
}

/// The rows before a position, back as long as their places are wanted.
fn walk_back(cx: &Cx<'_>, before: u64, wanted: impl Fn(u64) -> bool) -> Result<RowSet> {
    let (mut walked, mut end) = (Vec::new(), before);
    loop {
        let ids = cx.positions(0)?.ids(end.saturating_sub(STRIDE)..end);
        let count = places(cx, &ids)?.into_iter().rev().take_while(|&place| wanted(place)).count();
        walked.extend_from_slice(&ids[ids.len() - count..]);
        end = end.saturating_sub(STRIDE);
        if count < ids.len() || end == 0 {
            return Ok(RowSet::from_unsorted(walked));
        }
    }
}

/// What becomes of a part of a table that shows the rows `old` before a delta and `new` after it.
pub(super) fn shown(delta: &Delta, old: &RowSet, new: &RowSet) -> Delta {
    let Delta { removed, added, modified, mask } = delta;
    // A row that was replaced is another one in the same place.
    let delta = Delta {
        removed: old.minus(new).union(&removed.intersect(old)),
        added: new.minus(old).union(&added.intersect(new)),
        modified: modified.intersect(&old.intersect(new)),
        mask: mask.clone(),
    };
    delta.normalized()
}

impl Operator for Passed {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let input = cx.input();
        let there = cx.old_rows().clone();
        let (wanted, is_first) = match self.window {
            Window::First(rows) => (rows - there.len(), true),
            Window::Last(rows) => (rows, false),
            _ => (0, true),
        };
        let came = input.delta.added.len();
        let wanted = if is_first { 0..wanted } else { came.saturating_sub(wanted)..came };
        let ids = cx.positions(0)?.ids(wanted);
        let first = self.next;
        for ids in ids.chunks(VECTOR_ROWS) {
            let to = Ids::Range { start: self.next, len: ids.len() };
            for (slot, column) in self.columns.iter().enumerate() {
                let values = cx.read(column, Ids::List(ids), View::New)?.into_owned();
                cx.write(slot, to, &values)?;
            }
            self.next += ids.len() as u64;
        }
        let added = RowSet::range(first..self.next);
        let too_many = match self.window {
            Window::Last(rows) => (there.len() + added.len()).saturating_sub(rows),
            _ => 0,
        };
        let delta = Delta { removed: there.slice_positions(0..too_many), added, ..Delta::default() };
        let rows = delta.apply(&there);
        Ok(Update::new(delta, rows))
    }
}
