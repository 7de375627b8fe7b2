//! aj and raj: every left row looks among the right rows of its key, which are sorted anew in each cycle.

use std::cmp::Ordering;
use std::collections::HashMap;

use headwater_engine::plan::{Definition, Nearest, Pair};
use headwater_engine::{Result as EngineResult, Value};

use super::join::{KeyPairs, Side};
use super::order::total;
use super::rows::{Cell, Fault, Key, Row, Rows};

/// The columns of an as-of join by position.
pub(super) struct AsOf {
    keys: KeyPairs,
    /// The stamps, as keys: read the same way.
    stamps: KeyPairs,
    nearest: Nearest,
    added: Vec<usize>,
}

impl AsOf {
    pub(super) fn new(
        on: &[Pair],
        stamp: &Pair,
        nearest: Nearest,
        add: &[Pair],
        (left, right): (&Definition, &Definition),
    ) -> EngineResult<Self> {
        let keys = KeyPairs::new(on, left, right)?;
        let stamps = KeyPairs::new(std::slice::from_ref(stamp), left, right)?;
        let mut added = keys.added(add, right)?;
        let theirs = right.require(&stamp.input)?;
        // Without columns that are named all are added, this one too.
        match stamp.output == stamp.input {
            true if add.is_empty() => added.retain(|&column| column != theirs),
            false if !added.contains(&theirs) => added.insert(0, theirs),
            _ => {}
        }
        Ok(AsOf { keys, stamps, nearest, added })
    }

    pub(super) fn apply(&self, left: &Rows, right: &Rows) -> Result<Rows, Fault> {
        let mut by_key: HashMap<Key, Vec<(Value, &Row)>> = HashMap::new();
        for row in right {
            let stamp = self.stamps.first(row, Side::Right)?;
            by_key.entry(self.keys.key(row, Side::Right)?).or_default().push((stamp, row));
        }
        by_key.values_mut().for_each(|rows| rows.sort_by(|(a, _), (b, _)| total(a, b)));
        let mut rows = Rows::new();
        for row in left {
            let stamp = self.stamps.first(row, Side::Left)?;
            let candidates = by_key.get(&self.keys.key(row, Side::Left)?).map_or(&[][..], Vec::as_slice);
            let fits = |(theirs, _): &(Value, &Row)| self.fits(total(theirs, &stamp));
            let taken = if self.nearest.is_backwards() {
                candidates.partition_point(fits).checked_sub(1)
            } else {
                Some(candidates.partition_point(|candidate| !fits(candidate)))
            };
            let taken = taken.and_then(|at| candidates.get(at));
            let nothing: Cell = Ok(Value::Null);
            let added = self.added.iter().map(|&column| taken.map_or(&nothing, |(_, row)| &row.cells[column]));
            rows.push(Row { identity: row.identity, cells: row.cells.iter().chain(added).cloned().collect() });
        }
        Ok(rows)
    }

    /// Whether a right row is on the right side, by how its stamp stands to the left one.
    fn fits(&self, theirs: Ordering) -> bool {
        match self.nearest {
            Nearest::AtOrBefore => theirs != Ordering::Greater,
            Nearest::Before => theirs == Ordering::Less,
            Nearest::AtOrAfter => theirs != Ordering::Less,
            Nearest::After => theirs == Ordering::Greater,
        }
    }
}
