//! [`Delta`]: what a cycle did to a table, and how two deltas in a row are one.

use crate::rowset::RowSet;

/// Which columns of modified rows may have changed, and whether rows may have moved: ORDER.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mask {
    words: Vec<u64>,
    order: bool,
}

impl Mask {
    pub(crate) fn none() -> Self {
        Mask::default()
    }

    pub(crate) fn set(&mut self, column: usize) {
        if self.words.len() <= column / 64 {
            self.words.resize(column / 64 + 1, 0);
        }
        self.words[column / 64] |= 1 << (column % 64);
    }

    pub(crate) fn contains(&self, column: usize) -> bool {
        self.words.get(column / 64).is_some_and(|word| word >> (column % 64) & 1 == 1)
    }

    /// Says that rows may have moved.
    pub(crate) fn set_order(&mut self, moved: bool) {
        self.order = moved;
    }

    /// Whether rows may have moved.
    pub(crate) fn has_order(&self) -> bool {
        self.order
    }

    pub(crate) fn intersects(&self, other: &Mask) -> bool {
        self.words.iter().zip(&other.words).any(|(a, b)| a & b != 0)
    }

    pub(crate) fn is_empty(&self) -> bool {
        !self.order && self.words.iter().all(|&word| word == 0)
    }

    pub(crate) fn insert_all(&mut self, other: &Mask) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
        self.order |= other.order;
    }

    /// The columns of the mask, ascending.
    pub(crate) fn columns(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.words.len() * 64).filter(|&column| self.contains(column))
    }
}

impl FromIterator<usize> for Mask {
    fn from_iter<I: IntoIterator<Item = usize>>(columns: I) -> Self {
        let mut mask = Mask::none();
        for column in columns {
            mask.set(column);
        }
        mask
    }
}

/// What a cycle did to a table.
///
/// removed ⊆ old; added ⊆ new; modified ⊆ old ∩ new, disjoint from both; new = (old − removed) ∪ added. A row in
/// removed and added was *replaced*. A column outside the mask has equal values before and after on every
/// modified row; a row in no set is unchanged; the mask is empty exactly when nothing is modified. Of two rows in no
/// set the one in front stays in front; a row that moved is modified, with ORDER in the mask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Delta {
    pub(crate) removed: RowSet,
    pub(crate) added: RowSet,
    pub(crate) modified: RowSet,
    pub(crate) mask: Mask,
}

impl Delta {
    pub(crate) fn is_empty(&self) -> bool {
        self.removed.is_empty() && self.added.is_empty() && self.modified.is_empty()
    }

    /// Rows in all three sets: what following it costs.
    pub(crate) fn rows(&self) -> u64 {
        self.removed.len() + self.added.len() + self.modified.len()
    }

    /// Adds rows that are modified in the columns of a mask.
    pub(crate) fn modify(&mut self, rows: &RowSet, mask: &Mask) {
        if !rows.is_empty() {
            self.modified.insert_all(rows);
            self.mask.insert_all(mask);
        }
    }

    /// The rows that stayed and may stand elsewhere now.
    pub(crate) fn moved(&self) -> RowSet {
        if self.mask.has_order() { self.modified.clone() } else { RowSet::new() }
    }

    /// The rows after this delta, given those before.
    pub(crate) fn apply(&self, old: &RowSet) -> RowSet {
        let mut new = old.clone();
        new.remove_all(&self.removed);
        new.insert_all(&self.added);
        new
    }

    /// An empty mask where nothing is modified, as the contract wants it.
    pub(crate) fn normalized(mut self) -> Self {
        if self.modified.is_empty() {
            self.mask = Mask::none();
        }
        self
    }

    /// This delta and then `next`, as one.
    pub(crate) fn then(&self, next: &Delta) -> Delta {
        let removed = self.removed.union(&next.removed.minus(&self.added));
        let added = self.added.minus(&next.removed).union(&next.added);
        let modified = self.modified.union(&next.modified).minus(&removed).minus(&added);
        let mut mask = self.mask.clone();
        mask.insert_all(&next.mask);
        Delta { removed, added, modified, mask }.normalized()
    }
}
