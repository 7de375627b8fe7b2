//! [`InOrder`]: rows to be read one after the other, in the order of their table.

use super::RowOrder;
use crate::Result;
use crate::column::{Ids, Stores, View, batches};
use crate::rowset::RowSet;
use crate::vector::VECTOR_ROWS;

/// Rows in the order of their table: by id as a set, which is read by ranges, else as a list.
pub(crate) enum InOrder {
    Set(RowSet),
    List(Vec<u64>),
}

impl InOrder {
    pub(crate) fn new(order: RowOrder, stores: &dyn Stores, rows: &RowSet, view: View) -> Result<Self> {
        if order.is_by_id() {
            return Ok(InOrder::Set(rows.clone()));
        }
        order.sorted(stores, rows, view).map(InOrder::List)
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            InOrder::Set(rows) => rows.len() as usize,
            InOrder::List(ids) => ids.len(),
        }
    }

    /// The same rows in pieces of as many as are worth a thread, one after the other.
    pub(crate) fn pieces(self, rows: usize) -> Vec<InOrder> {
        match self {
            InOrder::Set(set) => {
                let starts = (0..set.len()).step_by(rows);
                starts.map(|start| InOrder::Set(set.slice_positions(start..start + rows as u64))).collect()
            }
            InOrder::List(ids) => ids.chunks(rows).map(|ids| InOrder::List(ids.to_vec())).collect(),
        }
    }

    /// All ids, first to last.
    pub(crate) fn into_ids(self) -> Vec<u64> {
        match self {
            InOrder::Set(rows) => rows.to_vec(),
            InOrder::List(ids) => ids,
        }
    }

    /// Calls `each` with batches of the rows, first to last.
    pub(crate) fn batches<E>(&self, mut each: impl FnMut(Ids<'_>) -> Result<(), E>) -> Result<(), E> {
        match self {
            InOrder::Set(rows) => batches(rows, each),
            InOrder::List(ids) => ids.chunks(VECTOR_ROWS).try_for_each(|ids| each(Ids::List(ids))),
        }
    }
}
