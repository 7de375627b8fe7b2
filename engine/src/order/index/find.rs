//! From positions to rows and back.

use std::cmp::Ordering;
use std::ops::{Range, RangeInclusive};

use super::{At, Leaf, OrderIndex, Twig};

impl OrderIndex {
    /// The ids at a range of positions; what lies past the end is left out.
    pub(crate) fn ids(&self, positions: Range<u64>) -> Vec<u64> {
        let count = positions.end.min(self.rows).saturating_sub(positions.start) as usize;
        let mut ids = Vec::with_capacity(count);
        let Some((start, mut slot)) = self.at_position(positions.start) else { return ids };
        let mut at = Some(start);
        while let (Some(here), true) = (at, ids.len() < count) {
            let these = &self.leaf(here).ids[slot..];
            ids.extend_from_slice(&these[..these.len().min(count - ids.len())]);
            (at, slot) = (self.after(here), 0);
        }
        ids
    }

    /// Calls `each` with the ids of the rows whose keys lie in a range, first to last.
    pub(crate) fn for_each_of(&self, keys: RangeInclusive<u128>, mut each: impl FnMut(u64)) {
        if self.rows == 0 {
            return;
        }
        // Rows of the first key may begin in the leaf before that which starts with it.
        let start = self.leaf_of_key(*keys.start(), &mut |_| Ordering::Less);
        let mut at = Some(start);
        while let Some(here) = at {
            let leaf = self.leaf(here);
            let first = leaf.keys.partition_point(|key| key < keys.start());
            for (key, &id) in leaf.keys[first..].iter().zip(&leaf.ids[first..]) {
                if key > keys.end() {
                    return;
                }
                each(id);
            }
            at = self.after(here);
        }
    }

    /// The leaf and the place in it of a position.
    fn at_position(&self, position: u64) -> Option<(At, usize)> {
        let mut left = position;
        let branch = skip(&self.branches, &mut left)?;
        let leaf = skip(&self.branches[branch].node.leaves, &mut left)?;
        Some((At { branch, leaf }, left as usize))
    }

    /// How many rows have a label below this one; `label_of` tells those of rows in the index.
    pub(crate) fn rank(&self, label: u64, label_of: impl Fn(u64) -> u64) -> u64 {
        let Some(at) = self.leaf_of_label(label) else { return 0 };
        let before: u64 = self.branches[..at.branch].iter().map(|branch| branch.rows).sum();
        let leaves = &self.branches[at.branch].node.leaves[..at.leaf];
        let before = before + leaves.iter().map(|leaf| leaf.rows).sum::<u64>();
        before + self.leaf(at).ids.partition_point(|&id| label_of(id) < label) as u64
    }

    /// The leaf in which a label has its place; `None` while there are no leaves, or if it comes before all.
    pub(super) fn leaf_of_label(&self, label: u64) -> Option<At> {
        let branch = self.branches.partition_point(|branch| branch.label <= label).checked_sub(1)?;
        let leaves = &self.branches[branch].node.leaves;
        let leaf = leaves.partition_point(|leaf| leaf.label <= label).saturating_sub(1);
        Some(At { branch, leaf })
    }

    /// The leaf in which a new row has its place: the last one that does not start behind it. `compare` tells how the
    /// new row stands to a row of the same key.
    pub(super) fn leaf_of_key(&self, key: u128, compare: &mut impl FnMut(u64) -> Ordering) -> At {
        let starts_before = |start: u128, leaf: &Leaf, compare: &mut dyn FnMut(u64) -> Ordering| match start.cmp(&key) {
            Ordering::Equal => compare(leaf.ids[0]) != Ordering::Less,
            order => order == Ordering::Less,
        };
        let branch = self
            .branches
            .partition_point(|branch| starts_before(branch.key, &branch.node.leaves[0].node, compare))
            .saturating_sub(1);
        let leaves = &self.branches[branch].node.leaves;
        let leaf = leaves.partition_point(|leaf| starts_before(leaf.key, &leaf.node, compare)).saturating_sub(1);
        At { branch, leaf }
    }
}

/// The part in which a position lies; `left` becomes the position in it.
fn skip<T>(parts: &[Twig<T>], left: &mut u64) -> Option<usize> {
    parts.iter().position(|part| {
        let here = *left < part.rows;
        if !here {
            *left -= part.rows;
        }
        here
    })
}
