//! join and the outer joins: every left row meets every right row, in each cycle anew.

use std::collections::HashMap;

use headwater_engine::plan::{Definition, Keep, Pair};
use headwater_engine::{Result as EngineResult, Value};

use super::join::{KeyPairs, Side};
use super::rows::{Cell, Fault, Identity, Key, Row, Rows};

/// A pair of rows under a key.
type Meeting = (Option<Identity>, Option<Identity>, Key);

/// The columns of a join by position, and the pairs there ever were.
pub(super) struct Pairs {
    keys: KeyPairs,
    /// The keys whose columns show either row's in a full outer join.
    shared: KeyPairs,
    added: Vec<usize>,
    keep: Keep,
    left_width: usize,
    met: HashMap<Meeting, u64>,
}

impl Pairs {
    pub(super) fn new(
        on: &[Pair],
        add: &[Pair],
        keep: Keep,
        left: &Definition,
        right: &Definition,
    ) -> EngineResult<Self> {
        let keys = KeyPairs::new(on, left, right)?;
        let shared = keys.named_alike(left, right);
        let added = if keep == Keep::All { &shared } else { &keys }.added(add, right)?;
        Ok(Pairs { keys, shared, added, keep, left_width: left.columns().len(), met: HashMap::new() })
    }

    pub(super) fn apply(&mut self, left: &Rows, right: &Rows) -> Result<Rows, Fault> {
        let by_key = self.keys.by_key(right)?;
        let mut rows = Rows::new();
        let mut used = std::collections::HashSet::new();
        for row in left {
            let key = self.keys.key(row, Side::Left)?;
            used.insert(key.clone());
            match by_key.get(&key) {
                Some(partners) => {
                    for partner in partners {
                        rows.push(self.pair(Some(row), Some(partner), key.clone())?);
                    }
                }
                None if self.keep != Keep::Matches => rows.push(self.pair(Some(row), None, key)?),
                None => {}
            }
        }
        if self.keep == Keep::All {
            for row in right {
                let key = self.keys.key(row, Side::Right)?;
                if !used.contains(&key) {
                    rows.push(self.pair(None, Some(row), key)?);
                }
            }
        }
        Ok(rows)
    }

    fn pair(&mut self, left: Option<&Row>, right: Option<&Row>, key: Key) -> Result<Row, Fault> {
        let next = self.met.len() as u64;
        let meeting = (left.map(|row| row.identity), right.map(|row| row.identity), key);
        let key = *self.met.entry(meeting).or_insert(next);
        let nothing: Cell = Ok(Value::Null);
        let mut cells: Vec<Cell> = match left {
            Some(row) => row.cells.to_vec(),
            None => vec![nothing.clone(); self.left_width],
        };
        if self.keep == Keep::All {
            self.shared.fill(&mut cells, left, right)?;
        }
        cells.extend(self.added.iter().map(|&column| right.map_or(nothing.clone(), |row| row.cells[column].clone())));
        Ok(Row { identity: Identity { key, generation: 0 }, cells: cells.into() })
    }
}
