//! [`InOrder`]: rows to be read one after the other, in the order of their table.

use std::ops::Range;

use super::RowOrder;
use crate::Result;
use crate::column::{Ids, Stores, View, batches, batches_of, is_scattered};
use crate::rowset::RowSet;
use crate::vector::VECTOR_ROWS;

/// Rows in the order of their table: by id as a range or a set, else as a list.
#[derive(Debug)]
pub(crate) enum InOrder {
    Range(Range<u64>),
    Set(RowSet),
    List(Vec<u64>),
}

impl InOrder {
    pub(crate) fn new(order: RowOrder, stores: &dyn Stores, rows: &RowSet, view: View) -> Result<Self> {
        if order.is_by_id() {
            return Ok(InOrder::by_id(rows.clone()));
        }
        order.sorted(stores, rows, view).map(InOrder::List)
    }

    /// Rows that are in order of id.
    pub(crate) fn by_id(rows: RowSet) -> Self {
        match (rows.first(), rows.is_contiguous()) {
            (Some(first), true) => InOrder::Range(first..first + rows.len()),
            _ => InOrder::Set(rows),
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            InOrder::Range(range) => (range.end - range.start) as usize,
            InOrder::Set(rows) => rows.len() as usize,
            InOrder::List(ids) => ids.len(),
        }
    }

    /// The id of the row at a position.
    pub(crate) fn get(&self, at: usize) -> u64 {
        match self {
            InOrder::Range(start) => start.start + at as u64,
            InOrder::Set(rows) => rows.select(at as u64).unwrap_or_default(),
            InOrder::List(ids) => ids[at],
        }
    }

    /// The ids at a range of positions; what lies past the end is left out.
    pub(crate) fn slice(&self, positions: Range<u64>) -> Vec<u64> {
        let end = (positions.end as usize).min(self.len());
        let start = (positions.start as usize).min(end);
        match self {
            InOrder::Range(range) => (range.start + start as u64..range.start + end as u64).collect(),
            InOrder::Set(rows) => rows.slice_positions(start as u64..end as u64).to_vec(),
            InOrder::List(ids) => ids[start..end].to_vec(),
        }
    }

    /// The same rows, which are a list where they are no range.
    pub(crate) fn into_listed(self) -> Self {
        match self {
            InOrder::Set(rows) => InOrder::List(rows.to_vec()),
            other => other,
        }
    }

    /// The same rows in pieces of as many as are worth a thread, one after the other.
    pub(crate) fn pieces(&self, rows: usize) -> Vec<InOrder> {
        match self {
            InOrder::Range(range) => {
                let starts = range.clone().step_by(rows);
                starts.map(|start| InOrder::Range(start..range.end.min(start + rows as u64))).collect()
            }
            InOrder::Set(set) => {
                let starts = (0..set.len()).step_by(rows);
                starts.map(|start| InOrder::Set(set.slice_positions(start..start + rows as u64))).collect()
            }
            InOrder::List(ids) => ids.chunks(rows).map(|ids| InOrder::List(ids.to_vec())).collect(),
        }
    }

    /// Calls `each` with batches of the rows, first to last.
    pub(crate) fn batches<E>(&self, mut each: impl FnMut(Ids<'_>) -> Result<(), E>) -> Result<(), E> {
        match self {
            InOrder::Range(range) => batches(&RowSet::range(range.clone()), each),
            InOrder::Set(rows) => batches(rows, each),
            InOrder::List(ids) => ids.chunks(VECTOR_ROWS).try_for_each(|ids| each(Ids::List(ids))),
        }
    }

    /// As [`InOrder::batches`], with rows side by side in ranges of at most `range`, and those here and there in lists of
    /// at most `most`, all of a piece of a set if most of it is such.
    pub(crate) fn large_batches<E>(
        &self,
        range: usize,
        most: usize,
        mut each: impl FnMut(Ids<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            InOrder::List(ids) => ids.chunks(most).try_for_each(|ids| each(Ids::List(ids))),
            InOrder::Set(_) => self.pieces(most).iter().try_for_each(|piece| match piece {
                InOrder::Set(rows) if is_scattered(rows) => each(Ids::List(&rows.to_vec())),
                piece => piece.batches(&mut each),
            }),
            InOrder::Range(rows) => batches_of(range, &RowSet::range(rows.clone()), each),
        }
    }
}
