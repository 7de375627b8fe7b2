//! The order of a table's rows, apart from their identity.
//!
//! A table is in order of id unless some operation gave it an order of its own. Then every row has a *label*, a number in
//! a stored column that nobody sees by name: of two rows the one with the smaller label comes first. Tables made of it
//! share that column as they share all others, so an order costs nothing downstream, and pins, old views and the delta
//! check know it already. A row that moves gets another label and is listed as modified, with ORDER in the mask.
//!
//! Labels compare; they do not count. Positions are found in an [`OrderIndex`], which only tables have that somebody asks
//! for positions.

pub(crate) mod bulk;
mod cells;
mod in_order;
mod index;
mod labels;
mod positions;
mod sort_keys;
mod stamps;
#[cfg(test)]
mod tests;
mod total;

pub(crate) use cells::Cells;
pub(crate) use in_order::InOrder;
pub(crate) use index::{OrderIndex, RowLabels};
pub(crate) use labels::Labels;
pub(crate) use positions::RowPositions;
pub(crate) use sort_keys::{Packed, SortKey, SortKeys};
pub(crate) use stamps::{STAMP_BITS, stamps};
pub(crate) use total::compare;

use crate::column::{Column, Ids, StoreRef, Stores, View, batches};
use crate::graph::NodeId;
use crate::rowset::RowSet;
use crate::types::Type;
use crate::{Error, ErrorKind, Result};

/// How the rows of a table are ordered. Cheap to copy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RowOrder {
    /// Where labels stand, by row id; without them a row's id is its label.
    labels: Option<StoreRef>,
    /// The row with the greatest label comes first.
    reversed: bool,
    /// The node that has an index of just these rows by their labels.
    index: Option<NodeId>,
    /// Where the numbers stand that formulas see as `k`; without them it is the id.
    numbers: Option<StoreRef>,
}

impl RowOrder {
    /// In order of id.
    pub(crate) const BY_ID: RowOrder = RowOrder { labels: None, reversed: false, index: None, numbers: None };

    /// The same rows in the order of labels that a node keeps, with an index of them.
    pub(crate) fn relabelled(self, labels: StoreRef) -> Self {
        RowOrder { labels: Some(labels), index: Some(labels.node), reversed: false, ..self }
    }

    /// The same order, of rows that `k` numbers otherwise.
    pub(crate) fn numbered_by(self, numbers: StoreRef) -> Self {
        RowOrder { numbers: Some(numbers), ..self }
    }

    /// Where the numbers stand that formulas see as `k`, if it is not the id.
    pub(crate) fn numbers(self) -> Option<StoreRef> {
        self.numbers
    }

    /// The other way round.
    pub(crate) fn reversed(self) -> Self {
        RowOrder { reversed: !self.reversed, ..self }
    }

    /// The order of the labels, whichever way round the rows are.
    pub(crate) fn of_labels(self) -> Self {
        RowOrder { reversed: false, ..self }
    }

    /// The same order of other rows.
    pub(crate) fn of_other_rows(self) -> Self {
        RowOrder { index: None, ..self }
    }

    /// The same order, with an index that `node` has.
    pub(crate) fn indexed_by(self, node: NodeId) -> Self {
        RowOrder { index: Some(node), ..self }
    }

    /// Whether rows ascend by id.
    pub(crate) fn is_by_id(self) -> bool {
        self.labels.is_none() && !self.reversed
    }

    /// Whether positions can be asked for: by id, the set of rows answers.
    pub(crate) fn has_positions(self) -> bool {
        self.labels.is_none() || self.index.is_some()
    }

    pub(crate) fn is_reversed(self) -> bool {
        self.reversed
    }

    pub(crate) fn index(self) -> Option<NodeId> {
        self.index
    }

    /// The column of labels.
    pub(crate) fn labels(self) -> Option<StoreRef> {
        self.labels
    }

    /// The columns that stand behind the visible ones, as far as there are any: labels and numbers.
    pub(crate) fn columns(self) -> impl Iterator<Item = Column> {
        self.labels.into_iter().chain(self.numbers).map(|at| Column::Stored { at, ty: Type::I64 })
    }

    /// One number a row: of two rows, the one with the smaller number comes first.
    pub(crate) fn places(self, stores: &dyn Stores, ids: Ids<'_>, view: View) -> Result<Vec<u64>> {
        let mut places: Vec<u64> = match self.labels {
            None => ids.iter().collect(),
            Some(at) => {
                let labels = crate::column::find(stores, at, view)?.read(ids, view);
                match (labels.native::<i64>(), labels.valid()) {
                    (Some(labels), None) => labels.iter().map(|&label| label as u64).collect(),
                    _ => return Err(Error::new(ErrorKind::Internal, "a row without a label in an ordered table")),
                }
            }
        };
        if self.reversed {
            places.iter_mut().for_each(|place| *place = !*place);
        }
        Ok(places)
    }

    /// The rows, first to last, each with its place.
    pub(crate) fn placed(self, stores: &dyn Stores, rows: &RowSet, view: View) -> Result<Vec<(u64, u64)>> {
        let mut placed: Vec<(u64, u64)> = Vec::with_capacity(rows.len() as usize);
        batches(rows, |ids| {
            placed.extend(self.places(stores, ids, view)?.into_iter().zip(ids.iter()));
            Ok::<_, Error>(())
        })?;
        if self.labels.is_some() {
            placed.sort_unstable();
        } else if self.reversed {
            placed.reverse();
        }
        Ok(placed)
    }

    /// The ids of the rows, first to last.
    pub(crate) fn sorted(self, stores: &dyn Stores, rows: &RowSet, view: View) -> Result<Vec<u64>> {
        if self.labels.is_none() {
            let mut ids = rows.to_vec();
            if self.reversed {
                ids.reverse();
            }
            return Ok(ids);
        }
        Ok(self.placed(stores, rows, view)?.into_iter().map(|(_, id)| id).collect())
    }
}
