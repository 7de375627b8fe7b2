//! What joins have in common whose rows are those of their left table.

use crate::graph::{Delta, Mask};
use crate::group::KeyTable;
use crate::op::matching::SlotSet;
use crate::rowset::RowSet;

/// The columns of the right table that a join puts behind those of the left one.
#[derive(Debug)]
pub(in crate::op) struct Added {
    /// Where they are in the right table.
    columns: Vec<usize>,
    /// Where the first of them is in the result.
    first: usize,
}

impl Added {
    pub(in crate::op) fn new(columns: Vec<usize>, first: usize) -> Self {
        Added { columns, first }
    }

    /// All of them, as a mask of the result.
    pub(in crate::op) fn all(&self) -> Mask {
        (self.first..self.first + self.columns.len()).collect()
    }

    /// The right rows that changed or were replaced, and the columns of the result in which left rows are modified that
    /// have taken them, though they take no others.
    pub(in crate::op) fn changes(&self, right: &Delta) -> impl Iterator<Item = (RowSet, Mask)> + use<> {
        let columns = self.columns.iter().enumerate();
        let changed = columns.filter(|&(_, &column)| right.mask.contains(column)).map(|(at, _)| self.first + at);
        let replaced = right.removed.intersect(&right.added);
        let changes = [(right.modified.clone(), changed.collect::<Mask>()), (replaced, self.all())];
        changes.into_iter().filter(|(rows, mask)| !(rows.is_empty() || mask.is_empty()))
    }
}

/// Adds what became of the left rows to what the right table did to them.
pub(in crate::op) fn pass_through(left: &Delta, delta: &mut Delta) {
    delta.removed = left.removed.clone();
    delta.added = left.added.clone();
    delta.modified.insert_all(&left.modified);
    delta.mask.insert_all(&left.mask);
}

/// The columns (input, position) whose values before a cycle are read, given those of either side.
pub(in crate::op) fn reads_old(left: &[usize], right: &[usize]) -> Vec<(usize, usize)> {
    let left = left.iter().map(|&column| (0, column));
    left.chain(right.iter().map(|&column| (1, column))).collect()
}

/// Gives back the slots of those keys that have no row any more: a long life does not grow by keys that are gone.
pub(in crate::op) fn release(keys: &mut KeyTable, vacated: &mut SlotSet, has_rows: impl Fn(u32) -> bool) {
    for slot in vacated.drain().filter(|&slot| !has_rows(slot)) {
        keys.remove(slot);
    }
}
