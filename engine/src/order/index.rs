//! [`OrderIndex`]: the rows of a table in their order, counted, so that positions are found and places are made.

mod ahead;
mod change;
mod find;
mod keyed;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

pub(crate) use change::RowLabels;

use crate::pool::Pool;

/// Rows in a leaf at most.
const LEAF: usize = 128;

/// Leaves in a branch at most: few, because the first change under a branch that a pin holds copies its leaves' places.
const BRANCH: usize = 16;

/// Rows in their order: leaves of ids, in branches, in one root, with the rows counted at each step.
///
/// Beside each id stands a *key* that ascends with the order: what is sorted by, as far as it fits, or the row's label. A
/// clone shares all; changing copies what is shared on the way to the leaf.
#[derive(Clone, Debug, Default)]
pub(crate) struct OrderIndex {
    branches: Vec<Twig<Branch>>,
    rows: u64,
}

/// A part of the tree, and what is known of it from outside.
#[derive(Clone, Debug)]
struct Twig<T> {
    node: Arc<T>,
    /// The key of the first row.
    key: u128,
    /// The label of the first row.
    label: u64,
    rows: u64,
}

#[derive(Clone, Debug, Default)]
struct Branch {
    leaves: Vec<Twig<Leaf>>,
}

#[derive(Clone, Debug, Default)]
struct Leaf {
    ids: Vec<u64>,
    /// One an id; none where the order never changes.
    keys: Vec<u128>,
}

/// Where a leaf is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct At {
    branch: usize,
    leaf: usize,
}

impl OrderIndex {
    /// Rows in their order: the keys and ids that stand at their places, and the labels they are given.
    pub(crate) fn build(
        rows: usize,
        row: impl Fn(usize) -> (u128, u64) + Sync,
        label: impl Fn(u64) -> u64 + Sync,
        pool: &Pool,
    ) -> Self {
        let leaf = |places: Run| {
            let (keys, ids) = places.map(&row).unzip();
            Leaf { ids, keys }
        };
        OrderIndex::of_leaves(rows, leaf, label, pool)
    }

    /// Rows in an order that never changes: no key is ever compared with theirs.
    pub(crate) fn still(
        rows: usize,
        id: impl Fn(usize) -> u64 + Sync,
        label: impl Fn(u64) -> u64 + Sync,
        pool: &Pool,
    ) -> Self {
        OrderIndex::of_leaves(rows, |places| Leaf { ids: places.map(&id).collect(), keys: Vec::new() }, label, pool)
    }

    fn of_leaves(
        rows: usize,
        leaf: impl Fn(Run) -> Leaf + Sync,
        label: impl Fn(u64) -> u64 + Sync,
        pool: &Pool,
    ) -> Self {
        let twig = |places: Run| {
            let (first, rows) = (places.start as u64, places.len() as u64);
            let node = leaf(places);
            Twig { key: node.keys.first().copied().unwrap_or_default(), label: label(first), rows, node: node.into() }
        };
        let branch = |places: Run| {
            let rows = places.len() as u64;
            let leaves: Vec<Twig<Leaf>> = cut(places, filled(LEAF)).map(&twig).collect();
            Twig { key: leaves[0].key, label: leaves[0].label, rows, node: Branch { leaves }.into() }
        };
        let branches = |places: Run| cut(places, filled(BRANCH) * filled(LEAF)).map(&branch).collect::<Vec<_>>();
        let shares: Vec<Run> = cut(0..rows, BRANCH * filled(BRANCH) * filled(LEAF)).collect();
        let branches = pool.map(shares, branches).into_iter().flatten().collect();
        OrderIndex { branches, rows: rows as u64 }
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> u64 {
        self.rows
    }

    pub(crate) fn clear(&mut self) {
        *self = OrderIndex::default();
    }

    /// Bytes held, shared or not, as if every leaf had room for all the rows it may get: counted by branches, since it is
    /// asked for in every cycle of a session with a memory limit.
    pub(crate) fn bytes(&self) -> usize {
        let has_keys = self.branches.first().is_some_and(|first| !first.node.leaves[0].node.keys.is_empty());
        let row = size_of::<u64>() + if has_keys { size_of::<u128>() } else { 0 };
        let branch = |branch: &Twig<Branch>| {
            let leaves = &branch.node.leaves;
            leaves.capacity() * size_of::<Twig<Leaf>>() + leaves.len() * (size_of::<Leaf>() + LEAF * row)
        };
        self.branches.capacity() * size_of::<Twig<Branch>>() + self.branches.iter().map(branch).sum::<usize>()
    }

    fn leaf(&self, at: At) -> &Leaf {
        &self.branches[at.branch].node.leaves[at.leaf].node
    }

    fn leaf_mut(&mut self, at: At) -> &mut Leaf {
        Arc::make_mut(&mut Arc::make_mut(&mut self.branches[at.branch].node).leaves[at.leaf].node)
    }

    /// The leaf before another.
    fn before(&self, at: At) -> Option<At> {
        match at {
            At { branch, leaf } if leaf > 0 => Some(At { branch, leaf: leaf - 1 }),
            At { branch: 0, .. } => None,
            At { branch, .. } => Some(At { branch: branch - 1, leaf: self.branches[branch - 1].node.leaves.len() - 1 }),
        }
    }

    /// The leaf after another.
    fn after(&self, at: At) -> Option<At> {
        let At { branch, leaf } = at;
        if leaf + 1 < self.branches[branch].node.leaves.len() {
            return Some(At { branch, leaf: leaf + 1 });
        }
        (branch + 1 < self.branches.len()).then_some(At { branch: branch + 1, leaf: 0 })
    }

    /// Checks the structure, and against the labels of its rows.
    pub(crate) fn validate(&self, label_of: impl Fn(u64) -> Option<u64>) -> Result<(), String> {
        let mut last: Option<(u128, u64)> = None;
        let mut total = 0;
        for branch in &self.branches {
            let mut rows = 0;
            let leaves = &branch.node.leaves;
            let first = leaves.first().ok_or("a branch without leaves")?;
            if leaves.len() > BRANCH || branch.key != first.key || branch.label != first.label {
                return Err("a branch that is too large or does not start as its first leaf does".into());
            }
            for leaf in leaves {
                let Leaf { ids, keys } = &*leaf.node;
                if ids.is_empty()
                    || ids.len() > LEAF
                    || (ids.len() != keys.len() && !keys.is_empty())
                    || leaf.rows != ids.len() as u64
                {
                    return Err(format!("a leaf of {} ids and {} keys, counted {}", ids.len(), keys.len(), leaf.rows));
                }
                if last.is_some_and(|(key, label)| leaf.key < key || leaf.label <= label) {
                    return Err("a leaf that starts before the last one ends".into());
                }
                for (at, &id) in ids.iter().enumerate() {
                    let key = keys.get(at).copied().unwrap_or_default();
                    let label = label_of(id).ok_or_else(|| format!("row {id} has no label"))?;
                    if at == 0 && (leaf.key != key || leaf.label != label) {
                        return Err(format!("a leaf that does not start as its first row {id} does"));
                    }
                    if last.is_some_and(|(last_key, last_label)| key < last_key || label <= last_label) {
                        return Err(format!("row {id} has key {key} and label {label} after {last:?}"));
                    }
                    last = Some((key, label));
                }
                rows += leaf.rows;
            }
            if rows != branch.rows {
                return Err(format!("a branch of {rows} rows counts {}", branch.rows));
            }
            total += rows;
        }
        if total == self.rows { Ok(()) } else { Err(format!("{total} rows, counted {}", self.rows)) }
    }
}

/// Of so many rows or leaves, those there are when the tree is built: some more find room.
fn filled(most: usize) -> usize {
    most * 3 / 4
}

/// Cuts places into parts of `most`.
fn cut(places: Run, most: usize) -> impl Iterator<Item = Run> {
    let end = places.end;
    places.step_by(most).map(move |start| start..end.min(start + most))
}

/// Places one after the other.
type Run = Range<usize>;
