//! Rows put in and taken out, many at a time, first to last.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use super::ahead::AHEAD;
use super::{At, BRANCH, Branch, LEAF, Leaf, OrderIndex, Run, Twig, filled};
use crate::order::labels::Labels;
use crate::pool::ALONE;

/// The labels of rows while places are made: those that stand in the column, and those that rows get now.
pub(crate) struct RowLabels<'a> {
    standing: &'a dyn Fn(u64) -> u64,
    /// `None` where rows bring their labels with them.
    made: Option<HashMap<u64, u64, foldhash::fast::FixedState>>,
}

impl<'a> RowLabels<'a> {
    /// Rows have the labels that `standing` tells.
    pub(crate) fn given(standing: &'a dyn Fn(u64) -> u64) -> Self {
        RowLabels { standing, made: None }
    }

    /// Rows that are put in get labels; `standing` tells those of the others.
    pub(crate) fn made(standing: &'a dyn Fn(u64) -> u64) -> Self {
        RowLabels { standing, made: Some(HashMap::default()) }
    }

    pub(super) fn get(&self, id: u64) -> u64 {
        let made = self.made.as_ref().and_then(|made| made.get(&id)).copied();
        made.unwrap_or_else(|| (self.standing)(id))
    }

    /// The labels made, by id.
    pub(crate) fn finish(self) -> Vec<(u64, u64)> {
        let mut made: Vec<(u64, u64)> = self.made.into_iter().flatten().collect();
        made.sort_unstable();
        made
    }
}

impl OrderIndex {
    /// Takes rows out, found by their labels. A row that is not there is given back as the error.
    pub(crate) fn remove(&mut self, mut gone: Vec<(u64, u64)>, labels: &RowLabels<'_>) -> Result<(), u64> {
        gone.sort_unstable();
        self.take_out(&gone, OrderIndex::leaf_of_label, |twig| twig.label, labels)
    }

    /// Takes rows out that ascend by what they are found by: a leaf has those up to what the next one starts with.
    pub(super) fn take_out<K: Copy + Ord>(
        &mut self,
        gone: &[(K, u64)],
        leaf_of: impl Fn(&Self, K) -> Option<At>,
        start: impl Fn(&Twig<Leaf>) -> K,
        labels: &RowLabels<'_>,
    ) -> Result<(), u64> {
        let mut small = Vec::new();
        let mut rest = gone;
        while let Some(&(found_by, id)) = rest.first() {
            let at = leaf_of(self, found_by).ok_or(id)?;
            let end = self.after(at).map(|next| start(self.twig(next)));
            let (here, later) = rest.split_at(rest.partition_point(|&(by, _)| end.is_none_or(|end| by < end)));
            let Leaf { ids, keys } = self.leaf_mut(at);
            let first = ids.first().copied();
            for &(_, id) in here {
                let slot = ids.iter().position(|&other| other == id).ok_or(id)?;
                ids.remove(slot);
                keys.remove(slot);
            }
            let (left, starts_anew) = (ids.len(), ids.first() != first.as_ref());
            self.count(at, starts_anew, labels);
            if left <= LEAF / 4 {
                small.push(at.branch);
            }
            rest = later;
        }
        self.join_small(small);
        Ok(())
    }

    /// Puts rows in, which ascend by key and by `compare`: given a key, how a new row of it stands to another.
    pub(crate) fn insert(
        &mut self,
        rows: &[(u128, u64)],
        mut compare: impl FnMut(u128, u64, u64) -> Ordering,
        labels: &mut RowLabels<'_>,
    ) {
        let mut rest = rows;
        if self.rows == 0 && !rest.is_empty() {
            let fresh = Labels::fresh(rest.len() as u64);
            if let Some(made) = &mut labels.made {
                made.extend(rest.iter().enumerate().map(|(at, &(_, id))| (id, fresh.get(at as u64))));
            }
            let label_of: Vec<u64> = rest.iter().map(|&(_, id)| labels.get(id)).collect();
            *self = OrderIndex::build(rest.len(), |at| rest[at], |at| label_of[at as usize], &ALONE);
            return;
        }
        let mut seen = 0;
        while let Some(&(key, id)) = rest.first() {
            if rest.len() <= rows.len() - seen {
                let next = &rest[..rest.len().min(AHEAD)];
                if next.len() > 1 {
                    self.look_ahead(next, labels);
                }
                seen = rows.len() - rest.len() + next.len();
            }
            let at = self.leaf_of_key(key, &mut |other| compare(key, id, other));
            let end = self.after(at).map(|next| (self.twig(next).key, self.leaf(next).ids[0]));
            let is_here = |&(key, id): &(u128, u64)| {
                end.is_none_or(|(end, first)| key.cmp(&end).then_with(|| compare(key, id, first)) == Ordering::Less)
            };
            let (here, later) = rest.split_at(rest.partition_point(is_here).clamp(1, LEAF));
            let runs = self.leaf_mut(at).merge(here, &mut compare);
            let starts_anew = runs.first().is_some_and(|run| run.start == 0);
            if labels.made.is_some() {
                self.label(at, runs, labels);
            }
            self.count(at, starts_anew, labels);
            self.split(at, labels);
            rest = later;
        }
    }

    fn twig(&self, at: At) -> &Twig<Leaf> {
        &self.branches[at.branch].node.leaves[at.leaf]
    }

    /// Counts a leaf again, and says anew what it starts with if that is another row.
    fn count(&mut self, at: At, starts_anew: bool, labels: &RowLabels<'_>) {
        let branch = &mut self.branches[at.branch];
        let node = Arc::make_mut(&mut branch.node);
        let twig = &mut node.leaves[at.leaf];
        let before = std::mem::replace(&mut twig.rows, twig.node.ids.len() as u64);
        let rows = twig.rows;
        if let (true, Some(&key), Some(&id)) = (starts_anew, twig.node.keys.first(), twig.node.ids.first()) {
            (twig.key, twig.label) = (key, labels.get(id));
        }
        branch.rows = branch.rows + rows - before;
        (branch.key, branch.label) = (node.leaves[0].key, node.leaves[0].label);
        self.rows = self.rows + rows - before;
    }

    /// Gives labels to the new rows of a leaf.
    fn label(&mut self, at: At, runs: Vec<Run>, labels: &mut RowLabels<'_>) {
        for (number, run) in runs.iter().enumerate() {
            let (before, after) = (self.row_before(at, run.start), self.row_after(at, run.end - 1));
            let label = |(leaf, slot): (At, usize)| labels.get(self.leaf(leaf).ids[slot]);
            // How far the row beyond is; one that is new too has no label yet.
            let is_new = |row| runs.get(number + 1).is_some_and(|next| (at, next.start) == row);
            let reach = |row: Option<(At, usize)>, beyond: Option<(At, usize)>| match (row, beyond) {
                (Some(row), Some(beyond)) if !is_new(beyond) => label(row).abs_diff(label(beyond)),
                _ => u64::MAX,
            };
            let is_before_closer = || {
                let beyond_before = before.and_then(|(leaf, slot)| self.row_before(leaf, slot));
                let beyond_after = after.and_then(|(leaf, slot)| self.row_after(leaf, slot));
                reach(before, beyond_before) <= reach(after, beyond_after)
            };
            let count = run.len() as u64;
            let made = Labels::between(before.map(label), after.map(label), count, self.rows, is_before_closer);
            let Some(made) = made else {
                self.space_anew(at, labels);
                return;
            };
            for (index, slot) in run.clone().enumerate() {
                let id = self.leaf(at).ids[slot];
                labels.made.get_or_insert_default().insert(id, made.get(index as u64));
            }
        }
    }

    /// Gives all rows round a leaf other labels, of as many leaves as it takes to find room.
    fn space_anew(&mut self, at: At, labels: &mut RowLabels<'_>) {
        let (mut first, mut last, mut leaves) = (at, at, 1);
        loop {
            let before = self.before(first).and_then(|leaf| self.leaf(leaf).ids.last()).map(|&id| labels.get(id));
            let after = self.after(last).and_then(|leaf| self.leaf(leaf).ids.first()).map(|&id| labels.get(id));
            let ids: Vec<u64> = self.leaves(first, last).flat_map(|leaf| self.leaf(leaf).ids.iter().copied()).collect();
            if let Some(made) = Labels::spread(before, after, ids.len() as u64, leaves, self.rows) {
                let anew = ids.into_iter().enumerate().map(|(index, id)| (id, made.get(index as u64)));
                labels.made.get_or_insert_default().extend(anew);
                break;
            }
            for _ in 0..leaves {
                first = self.before(first).unwrap_or(first);
                last = self.after(last).unwrap_or(last);
            }
            leaves *= 2;
        }
        let anew: Vec<At> = self.leaves(first, last).collect();
        anew.into_iter().for_each(|leaf| self.count(leaf, true, labels));
    }

    /// The leaves from one to another, both included.
    fn leaves(&self, first: At, last: At) -> impl Iterator<Item = At> + '_ {
        std::iter::successors(Some(first), |&leaf| self.after(leaf)).take_while(move |&leaf| leaf <= last)
    }

    fn row_before(&self, at: At, slot: usize) -> Option<(At, usize)> {
        match slot {
            0 => self.before(at).map(|leaf| (leaf, self.leaf(leaf).ids.len() - 1)),
            _ => Some((at, slot - 1)),
        }
    }

    fn row_after(&self, at: At, slot: usize) -> Option<(At, usize)> {
        if slot + 1 < self.leaf(at).ids.len() { Some((at, slot + 1)) } else { self.after(at).map(|leaf| (leaf, 0)) }
    }

    /// Cuts a leaf that has too many rows, and its branch if that gets too many leaves.
    fn split(&mut self, At { branch, leaf }: At, labels: &RowLabels<'_>) {
        let twig = &mut self.branches[branch];
        if twig.node.leaves[leaf].node.ids.len() <= LEAF {
            return;
        }
        let leaves = &mut Arc::make_mut(&mut twig.node).leaves;
        let Leaf { ids, keys } = &*leaves[leaf].node;
        let part = ids.len().div_ceil(ids.len().div_ceil(filled(LEAF)));
        let parts: Vec<Twig<Leaf>> = ids
            .chunks(part)
            .zip(keys.chunks(part))
            .map(|(ids, keys)| Twig {
                key: keys[0],
                label: labels.get(ids[0]),
                rows: ids.len() as u64,
                node: Leaf { ids: ids.to_vec(), keys: keys.to_vec() }.into(),
            })
            .collect();
        leaves.splice(leaf..=leaf, parts);
        if leaves.len() > BRANCH {
            let second = leaves.split_off(leaves.len() / 2);
            let rows: u64 = second.iter().map(|leaf| leaf.rows).sum();
            twig.rows -= rows;
            let (key, label) = (second[0].key, second[0].label);
            let second = Twig { key, label, rows, node: Branch { leaves: second }.into() };
            self.branches.insert(branch + 1, second);
        }
    }

    /// Puts together leaves of some branches, and branches, that have become small.
    fn join_small(&mut self, mut branches: Vec<usize>) {
        branches.dedup();
        for &branch in &branches {
            let leaves = &mut Arc::make_mut(&mut self.branches[branch].node).leaves;
            join(leaves, |last, next| {
                let fits = last.rows.min(next.rows) <= LEAF as u64 / 4 && last.rows + next.rows <= LEAF as u64 * 3 / 4;
                if fits {
                    let leaf = Arc::make_mut(&mut last.node);
                    leaf.ids.extend_from_slice(&next.node.ids);
                    leaf.keys.extend_from_slice(&next.node.keys);
                }
                fits
            });
            let start = leaves.first().map(|first| (first.key, first.label));
            if let Some(start) = start {
                (self.branches[branch].key, self.branches[branch].label) = start;
            }
        }
        if !branches.is_empty() {
            join(&mut self.branches, |last, next| {
                let fits = last.node.leaves.len() + next.node.leaves.len() <= BRANCH / 2;
                if fits {
                    Arc::make_mut(&mut last.node).leaves.extend_from_slice(&next.node.leaves);
                }
                fits
            });
        }
    }
}

/// Drops parts without rows, and puts neighbours together as `put` does it, if it does.
fn join<T>(parts: &mut Vec<Twig<T>>, mut put: impl FnMut(&mut Twig<T>, &Twig<T>) -> bool) {
    parts.retain(|part| part.rows > 0);
    parts.dedup_by(|next, last| {
        let joined = put(last, next);
        if joined {
            last.rows += next.rows;
        }
        joined
    });
}

impl Leaf {
    /// Puts rows in, in their order; where the new ones are then.
    fn merge(&mut self, rows: &[(u128, u64)], compare: &mut impl FnMut(u128, u64, u64) -> Ordering) -> Vec<Run> {
        // Mostly a leaf gets one row of a cycle: then only what stands behind it moves.
        if let &[(key, id)] = rows {
            let at = self.place(0, key, id, compare);
            self.ids.insert(at, id);
            self.keys.insert(at, key);
            return std::iter::once(at..at + 1).collect();
        }
        let total = self.ids.len() + rows.len();
        let (mut ids, mut keys) = (Vec::with_capacity(total.max(LEAF)), Vec::with_capacity(total.max(LEAF)));
        let mut runs: Vec<Run> = Vec::new();
        let mut from = 0;
        for &(key, id) in rows {
            // New rows ascend, so each has its place behind that of the last.
            let to = self.place(from, key, id, compare);
            ids.extend_from_slice(&self.ids[from..to]);
            keys.extend_from_slice(&self.keys[from..to]);
            match runs.last_mut().filter(|run| run.end == ids.len()) {
                Some(run) => run.end += 1,
                None => runs.push(ids.len()..ids.len() + 1),
            }
            ids.push(id);
            keys.push(key);
            from = to;
        }
        ids.extend_from_slice(&self.ids[from..]);
        keys.extend_from_slice(&self.keys[from..]);
        *self = Leaf { ids, keys };
        runs
    }

    /// Where a new row has its place, which is not before `from`.
    fn place(&self, from: usize, key: u128, id: u64, compare: &mut impl FnMut(u128, u64, u64) -> Ordering) -> usize {
        let (mut low, mut high) = (from, self.ids.len());
        while low < high {
            let middle = (low + high) / 2;
            let is_before = match self.keys[middle].cmp(&key) {
                Ordering::Equal => compare(key, id, self.ids[middle]) == Ordering::Greater,
                order => order == Ordering::Less,
            };
            if is_before { low = middle + 1 } else { high = middle }
        }
        low
    }
}
