//! Looking ahead: what several rows are about to be compared with is read together, so that the waits for memory overlap.

use std::array;
use std::hint::black_box;

use super::{OrderIndex, RowLabels, Twig};

/// Rows that are looked at together.
pub(super) const AHEAD: usize = 16;

impl OrderIndex {
    /// Reads what putting in these rows, at most [`AHEAD`] of them, will read. Nothing depends on it but time: where
    /// keys are equal, it may look at a neighbour of the right place.
    ///
    /// Each step is taken for all rows before the next one: loads of different rows do not wait for each other.
    pub(super) fn look_ahead(&self, rows: &[(u128, u64)], labels: &RowLabels<'_>) {
        let Some(&(last, _)) = rows.last() else { return };
        let keys: [u128; AHEAD] = array::from_fn(|n| rows.get(n).map_or(last, |&(key, _)| key));
        let branches = keys.map(|key| &*self.branches[last_not_after(&self.branches, key)].node);
        let twigs: [&Twig<_>; AHEAD] = array::from_fn(|n| {
            let leaves = &branches[n].leaves;
            &leaves[last_not_after(leaves, keys[n])]
        });
        let leaves = twigs.map(|twig| &*twig.node);
        let slots: [usize; AHEAD] = array::from_fn(|n| leaves[n].keys.partition_point(|&key| key < keys[n]));
        let neighbours: [[Option<&u64>; 2]; AHEAD] = array::from_fn(|n| {
            let ids = &leaves[n].ids;
            [ids.get(slots[n].wrapping_sub(1)), ids.get(slots[n])]
        });
        black_box(neighbours.map(|ids| ids.map(|id| id.map_or(0, |&id| labels.get(id)))));
    }
}

/// The last part that does not start behind a key.
fn last_not_after<T>(parts: &[Twig<T>], key: u128) -> usize {
    parts.partition_point(|part| part.key <= key).saturating_sub(1)
}
