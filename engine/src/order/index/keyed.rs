//! Rows told apart by their keys alone, each of which is another one: such an index needs no labels.

use std::cmp::Ordering;

use super::{At, OrderIndex, RowLabels};

/// What stands for labels where nobody asks for them.
fn unlabelled(_: u64) -> u64 {
    0
}

impl OrderIndex {
    /// Puts rows in, which ascend by key.
    pub(crate) fn insert_keyed(&mut self, rows: &[(u128, u64)]) {
        self.insert(rows, |_, a, b| a.cmp(&b), &mut RowLabels::given(&unlabelled));
    }

    /// Takes rows out, which ascend by key. A row that is not there is given back as the error.
    pub(crate) fn remove_keyed(&mut self, gone: &[(u128, u64)]) -> Result<(), u64> {
        let leaf_of = |index: &Self, key| (index.rows > 0).then(|| index.leaf_of_key(key, &mut |_| Ordering::Equal));
        self.take_out(gone, leaf_of, |twig| twig.key, &RowLabels::given(&unlabelled))
    }

    /// Keys and ids of the rows behind a key, first to last.
    pub(crate) fn on_from(&self, key: u128) -> impl Iterator<Item = (u128, u64)> + '_ {
        let leaves = std::iter::successors(self.behind(key), |&(at, _)| self.after(at).map(|next| (next, 0)));
        leaves.flat_map(|(at, slot)| {
            let leaf = self.leaf(at);
            leaf.keys[slot..].iter().copied().zip(leaf.ids[slot..].iter().copied())
        })
    }

    /// Keys and ids of the rows up to a key, last to first.
    pub(crate) fn back_from(&self, key: u128) -> impl Iterator<Item = (u128, u64)> + '_ {
        let before = |&(at, _): &(At, usize)| self.before(at).map(|before| (before, self.leaf(before).ids.len()));
        std::iter::successors(self.behind(key), before).flat_map(|(at, slot)| {
            let leaf = self.leaf(at);
            leaf.keys[..slot].iter().copied().zip(leaf.ids[..slot].iter().copied()).rev()
        })
    }

    /// The leaf a key belongs to, and where in it the rows behind the key begin.
    fn behind(&self, key: u128) -> Option<(At, usize)> {
        if self.rows == 0 {
            return None;
        }
        let at = self.leaf_of_key(key, &mut |_| Ordering::Equal);
        Some((at, self.leaf(at).keys.partition_point(|&other| other <= key)))
    }

    /// Checks that keys ascend and that all rows are counted.
    pub(crate) fn validate_keyed(&self) -> Result<(), String> {
        if self.rows == 0 {
            return Ok(());
        }
        let keys: Vec<u128> = self.back_from(u128::MAX).map(|(key, _)| key).collect();
        match keys.is_sorted_by(|later, key| later > key) {
            true if keys.len() as u64 == self.rows => Ok(()),
            true => Err(format!("{} rows, counted {}", keys.len(), self.rows)),
            false => Err("keys that do not ascend".to_owned()),
        }
    }
}
