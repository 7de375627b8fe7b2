//! Sources: what was fed, as rows.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use headwater_engine::{Flavour, Value};

use super::rows::{Cell, Identity, Row, Rows};
use crate::script::{Cells, KeyedChange, RING_ROWS};

/// A source and the rows it has after the changes so far.
#[derive(Clone, Debug)]
pub(crate) struct Fed {
    flavour: Flavour,
    /// The rows, in order.
    pub(crate) rows: Rows,
    /// The feed failed: these are its last rows.
    pub(crate) ended: bool,
    /// How many rows there ever were, for those that get their place by coming last.
    count: u64,
    /// How many rows each id named before.
    generations: BTreeMap<u64, u64>,
}

fn row(key: u64, generation: u64, cells: &[Value]) -> Row {
    let cells: Vec<Cell> = cells.iter().cloned().map(Ok).collect();
    Row { identity: Identity { key, generation }, cells: Rc::from(cells) }
}

impl Fed {
    /// A source with its first rows.
    pub(crate) fn new(flavour: Flavour, initial: &[Cells]) -> Self {
        let mut fed = Fed { flavour, rows: Rows::new(), ended: false, count: 0, generations: BTreeMap::new() };
        fed.append(initial);
        fed
    }

    /// Between two cycles: the rows of a blink table go.
    pub(crate) fn begin_cycle(&mut self) {
        if self.flavour == Flavour::Blink && !self.ended {
            self.rows.clear();
        }
    }

    /// Rows come in, after all others.
    pub(crate) fn append(&mut self, rows: &[Cells]) {
        for cells in rows {
            self.rows.push(row(self.count, 0, cells));
            self.count += 1;
        }
        if self.flavour == Flavour::Ring {
            self.rows.drain(..self.rows.len().saturating_sub(RING_ROWS as usize));
        }
    }

    /// The ids that are there.
    pub(crate) fn ids(&self) -> BTreeSet<u64> {
        self.rows.iter().map(|row| row.identity.key).collect()
    }

    /// Named rows change.
    pub(crate) fn change(&mut self, change: &KeyedChange) {
        let mut rows: BTreeMap<u64, Row> = self.rows.drain(..).map(|row| (row.identity.key, row)).collect();
        rows.retain(|id, _| !change.remove.contains(id));
        for (id, cells) in &change.add {
            let generation = self.generations.entry(*id).or_insert(0);
            *generation += 1;
            rows.insert(*id, row(*id, *generation, cells));
        }
        for (id, values) in &change.modify {
            if let Some(row) = rows.get_mut(id) {
                let mut cells = row.cells.to_vec();
                for (&column, value) in change.columns.iter().zip(values) {
                    cells[column] = Ok(value.clone());
                }
                row.cells = Rc::from(cells);
            }
        }
        self.rows = rows.into_values().collect();
    }
}
