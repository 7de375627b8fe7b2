//! Random changes of sources, cycle by cycle.
//!
//! A change names rows whatever became of them before: what does not apply (a removal of a row that is not there) is
//! left out when the script runs. So any part of a script is a script, and shrinking is leaving things out.

use std::collections::BTreeSet;

use headwater_engine::{Flavour, Value};

use super::random::Random;
use super::source::{Source, Supply};
use super::values::cell;

/// A row with all its cells.
pub type Cells = Vec<Value>;

/// What happens to a source between two cycles.
#[derive(Clone, Debug)]
pub enum Change {
    /// Rows for a feed, or the rows of a static table.
    Append(Vec<Cells>),
    /// Rows of a table of named rows: removed, then added, then modified in some columns.
    Keyed(KeyedChange),
    /// Rows put in by key.
    Upsert(Vec<Cells>),
    /// Keys whose rows go.
    Delete(Vec<Cells>),
    /// The feed fails after what it was given.
    Fail,
}

/// A change of a table of named rows.
#[derive(Clone, Debug, Default)]
pub struct KeyedChange {
    /// Rows removed.
    pub remove: BTreeSet<u64>,
    /// Rows added, in order of id; one that is removed in the same change is replaced.
    pub add: Vec<(u64, Cells)>,
    /// The columns modified.
    pub columns: Vec<usize>,
    /// Rows modified, in order of id: their new cells in those columns.
    pub modify: Vec<(u64, Cells)>,
}

impl KeyedChange {
    /// Leaves out what cannot be done to the rows that are there, and does the rest to them.
    pub fn settle(&self, present: &mut BTreeSet<u64>) -> KeyedChange {
        let remove: BTreeSet<u64> = self.remove.intersection(present).copied().collect();
        present.retain(|id| !remove.contains(id));
        let modify = self.modify.iter().filter(|(id, _)| present.contains(id)).cloned().collect();
        let add: Vec<_> = self.add.iter().filter(|(id, _)| !present.contains(id)).cloned().collect();
        present.extend(add.iter().map(|(id, _)| *id));
        KeyedChange { remove, add, columns: self.columns.clone(), modify }
    }
}

/// How much happens in a script.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// Rows of a lively cycle.
    pub(super) rows: usize,
    /// Ids that named rows have, so that they meet again.
    pub(super) ids: u64,
}

/// What happens to `source` before one cycle: often nothing, often little, sometimes everything at once.
pub(super) fn changes(random: &mut Random, source: &Source, pace: Pace, may_fail: bool) -> Vec<Change> {
    let mood = random.below(0..10);
    if mood < 2 || source.supply == Supply::Still {
        return Vec::new();
    }
    let rows = match mood {
        2..=6 => random.below(0..pace.rows.min(12) + 1),
        7 | 8 => random.below(0..pace.rows + 1),
        _ => pace.rows,
    };
    let several = 1 + usize::from(random.one_in(5));
    let mut changes: Vec<Change> = (0..several)
        .map(|_| match &source.supply {
            Supply::Named => Change::Keyed(keyed(random, source, pace, rows)),
            Supply::ByKey(keys) if random.one_in(4) => {
                let rows = rows_of(random, source, rows);
                Change::Delete(rows.iter().map(|row| keys.iter().map(|&key| row[key].clone()).collect()).collect())
            }
            Supply::ByKey(_) => Change::Upsert(rows_of(random, source, rows)),
            _ => Change::Append(rows_of(random, source, rows)),
        })
        .collect();
    if may_fail && source.flavour() != Flavour::Keyed && random.one_in(100) {
        changes.push(Change::Fail);
    }
    changes
}

/// Rows of random cells.
pub(super) fn rows_of(random: &mut Random, source: &Source, rows: usize) -> Vec<Cells> {
    (0..rows).map(|_| row(random, source)).collect()
}

fn row(random: &mut Random, source: &Source) -> Cells {
    source.columns.iter().map(|column| cell(random, column.ty, column.spread)).collect()
}

fn keyed(random: &mut Random, source: &Source, pace: Pace, rows: usize) -> KeyedChange {
    let mut change = KeyedChange::default();
    if random.one_in(40) {
        // Everything goes, and perhaps some of it comes back at once.
        change.remove = (0..pace.ids).collect();
    }
    // Neighbouring ids in some changes, scattered ones in others.
    let runs = random.one_in(2);
    let ids = |random: &mut Random, count: usize| -> BTreeSet<u64> {
        let from = random.bits() % pace.ids;
        (0..count as u64).map(|at| if runs { (from + at) % pace.ids } else { random.bits() % pace.ids }).collect()
    };
    match random.below(0..4) {
        0 => change.remove.extend(ids(random, rows)),
        1 => {
            let replaced = ids(random, rows / 2);
            change.add = replaced.iter().map(|&id| (id, row(random, source))).collect();
            change.remove.extend(replaced);
        }
        _ => {}
    }
    if change.add.is_empty() {
        let added = ids(random, rows);
        change.add = added.into_iter().map(|id| (id, row(random, source))).collect();
    }
    if random.one_in(2) {
        change.columns = (0..source.columns.len()).filter(|_| random.one_in(3)).collect();
        if !change.columns.is_empty() {
            let modified = ids(random, rows);
            change.modify = modified
                .into_iter()
                .map(|id| {
                    let cells = change.columns.iter().map(|&column| &source.columns[column]);
                    (id, cells.map(|column| cell(random, column.ty, column.spread)).collect())
                })
                .collect();
        }
    }
    change
}
