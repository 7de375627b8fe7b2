//! [`RowPositions`]: which row is the n-th of a table, however it is ordered.

use std::ops::Range;

use super::{OrderIndex, RowOrder};
use crate::column::{StoreRef, Stored, Stores, View};
use crate::rowset::RowSet;
use crate::{Error, ErrorKind, Result};

/// The rows of a table by position, as they are now.
#[derive(Clone, Copy)]
pub(crate) struct RowPositions<'a> {
    rows: &'a RowSet,
    /// The index and the labels in it; by id, the set of rows is its own index.
    index: Option<(&'a OrderIndex, &'a Stored)>,
    reversed: bool,
}

impl<'a> RowPositions<'a> {
    /// # Errors
    /// [`ErrorKind::Internal`] if the order has no index.
    pub(crate) fn new(order: RowOrder, rows: &'a RowSet, stores: &'a dyn Stores) -> Result<Self> {
        let reversed = order.is_reversed();
        let Some(at) = order.labels() else { return Ok(RowPositions { rows, index: None, reversed }) };
        let index = order.index().and_then(|node| Some((stores.index(node)?, labels(stores, at)?)));
        match index {
            Some((found, _)) if found.len() == rows.len() => Ok(RowPositions { rows, index, reversed }),
            _ => Err(Error::new(ErrorKind::Internal, "positions of a table that has no index of its order")),
        }
    }

    pub(crate) fn len(self) -> u64 {
        self.rows.len()
    }

    /// The ids at a range of positions, in that order; what lies past the end is left out.
    pub(crate) fn ids(self, positions: Range<u64>) -> Vec<u64> {
        let upright = self.counted_upright(positions);
        let mut ids = match self.index {
            Some((index, _)) => index.ids(upright),
            None => self.rows.slice_positions(upright).to_vec(),
        };
        if self.reversed {
            ids.reverse();
        }
        ids
    }

    /// The same as a set.
    pub(crate) fn rows(self, positions: Range<u64>) -> RowSet {
        match self.index {
            Some(_) => RowSet::from_unsorted(self.ids(positions)),
            None => self.rows.slice_positions(self.counted_upright(positions)),
        }
    }

    /// Positions, cut where the table ends, as they are counted when it is not reversed.
    fn counted_upright(self, positions: Range<u64>) -> Range<u64> {
        let end = positions.end.min(self.len());
        let start = positions.start.min(end);
        if self.reversed { self.len() - end..self.len() - start } else { start..end }
    }

    /// How many rows come before a place, whether a row is there or not.
    pub(crate) fn rank(self, place: u64) -> u64 {
        let label = if self.reversed { !place } else { place };
        // Reversed, those that come before are those with a greater label.
        let bound = if self.reversed { label.saturating_add(1) } else { label };
        let below = match self.index {
            Some((index, labels)) => index.rank(bound, |id| labels.label(id)),
            None => self.rows.rank(bound).unwrap_or_else(|below| below),
        };
        if self.reversed { self.len() - below } else { below }
    }
}

/// The column of labels.
fn labels(stores: &dyn Stores, at: StoreRef) -> Option<&Stored> {
    stores.stored(at, View::New)
}
