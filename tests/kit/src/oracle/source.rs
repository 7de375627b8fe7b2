//! Sources: what was fed, as rows.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use headwater_engine::Value;

use super::rows::{Cell, Identity, Key, Row, Rows};
use crate::script::{Cells, KeyedChange, Supply};

/// A source and the rows it has after the changes so far.
#[derive(Clone, Debug)]
pub(crate) struct Fed {
    supply: Supply,
    /// The rows, in order.
    pub(crate) rows: Rows,
    /// The feed failed: these are its last rows.
    pub(crate) ended: bool,
    /// How many rows there ever were, for those that get their place by coming last.
    count: u64,
    /// The newest timestamp that ever came, of those that count.
    newest: Option<i64>,
    /// Of rows put in by key, the place of each.
    places: HashMap<Key, u64>,
    /// How many rows each id named before.
    generations: BTreeMap<u64, u64>,
}

fn row(key: u64, generation: u64, cells: &[Value]) -> Row {
    let cells: Vec<Cell> = cells.iter().cloned().map(Ok).collect();
    Row { identity: Identity { key, generation }, cells: Rc::from(cells) }
}

impl Fed {
    /// A source with its first rows.
    pub(crate) fn new(supply: &Supply, initial: &[Cells]) -> Self {
        let supply = supply.clone();
        let mut fed = Fed {
            supply,
            rows: Rows::new(),
            ended: false,
            count: 0,
            newest: None,
            places: HashMap::new(),
            generations: BTreeMap::new(),
        };
        fed.append(initial);
        fed
    }

    /// Between two cycles: the rows of a blink table go.
    pub(crate) fn begin_cycle(&mut self) {
        if self.supply == Supply::Blink && !self.ended {
            self.rows.clear();
        }
    }

    /// Rows come in, after all others.
    pub(crate) fn append(&mut self, rows: &[Cells]) {
        for cells in rows {
            self.push(cells);
        }
        let stamp = |cell: &Value| if let Value::Timestamp(stamp) = cell { Some(stamp.nanos()) } else { None };
        let gone = match self.supply {
            Supply::Newest(count) => self.rows.len().saturating_sub(count as usize),
            Supply::Recent { column, nanos } => {
                self.newest = self.newest.max(rows.iter().filter_map(|cells| stamp(&cells[column])).max());
                // Rows go in the order they came: the first one that is young enough keeps all behind it.
                let cutoff = self.newest.map(|newest| newest.saturating_sub(nanos));
                let is_young = |row: &Row| {
                    let stamp = row.cells[column].as_ref().ok().and_then(stamp);
                    cutoff.is_none_or(|cutoff| stamp.is_some_and(|stamp| stamp >= cutoff))
                };
                self.rows.iter().position(is_young).unwrap_or(self.rows.len())
            }
            _ => 0,
        };
        self.rows.drain(..gone);
    }

    fn push(&mut self, cells: &[Value]) {
        self.rows.push(row(self.count, 0, cells));
        self.count += 1;
    }

    /// Rows are put in by key: one that is there takes the other cells, and keeps its place and its key as it came.
    pub(crate) fn upsert(&mut self, rows: &[Cells]) {
        let Supply::ByKey(keys) = self.supply.clone() else { return };
        for cells in rows {
            let next = self.count;
            let place = *self.places.entry(Key::of(keys.iter().map(|&key| &cells[key]))).or_insert(next);
            if place == next {
                self.push(cells);
            } else if let Ok(at) = self.rows.binary_search_by_key(&place, |row| row.identity.key) {
                let old = self.rows[at].cells.clone();
                let cell = |at: usize| if keys.contains(&at) { old[at].clone() } else { Ok(cells[at].clone()) };
                self.rows[at].cells = (0..cells.len()).map(cell).collect();
            }
        }
    }

    /// The rows of keys go.
    pub(crate) fn delete(&mut self, keys: &[Cells]) {
        let gone: BTreeSet<u64> = keys.iter().filter_map(|key| self.places.remove(&Key::of(key))).collect();
        self.rows.retain(|row| !gone.contains(&row.identity.key));
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
