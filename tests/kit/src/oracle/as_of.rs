//! aj and raj: every left row looks at all right rows of its key, in each cycle anew.

use std::cmp::Ordering;

use headwater_engine::plan::{Definition, Nearest, Pair};
use headwater_engine::{Result as EngineResult, Value};

use super::join::{KeyPairs, Side};
use super::order::total;
use super::rows::{Cell, Fault, Row, Rows};

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
        let added = keys.added(add, right)?;
        Ok(AsOf { keys, stamps, nearest, added })
    }

    pub(super) fn apply(&self, left: &Rows, right: &Rows) -> Result<Rows, Fault> {
        let by_key = self.keys.by_key(right)?;
        let stamps = right.iter().map(|row| Ok((row.identity, self.stamps.first(row, Side::Right)?)));
        let stamps: std::collections::HashMap<_, Value> = stamps.collect::<Result<_, Fault>>()?;
        let mut rows = Rows::new();
        for row in left {
            let stamp = self.stamps.first(row, Side::Left)?;
            let mut taken: Option<(&Row, &Value)> = None;
            for &candidate in by_key.get(&self.keys.key(row, Side::Left)?).into_iter().flatten() {
                let theirs = &stamps[&candidate.identity];
                let better = |than: &Value| match (self.nearest.is_backwards(), total(theirs, than)) {
                    (true, order) => order != Ordering::Less,
                    (false, order) => order == Ordering::Less,
                };
                if self.fits(total(theirs, &stamp)) && taken.is_none_or(|(_, than)| better(than)) {
                    taken = Some((candidate, theirs));
                }
            }
            let nothing: Cell = Ok(Value::Null);
            let added = self.added.iter().map(|&column| taken.map_or(&nothing, |(row, _)| &row.cells[column]));
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
