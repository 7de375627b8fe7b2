//! [`Change`]: what a cycle does to the rows of the result, gathered row by row of the input.

use std::borrow::Cow;
use std::ops::Range;

use crate::Result;
use crate::column::Ids;
use crate::graph::Cx;
use crate::rowset::RowSet;
use crate::types::Type;
use crate::vector::{Values, Vector};

/// Values of one row side by side: their positions, and the id of the first.
type Run = (Range<u64>, u64);

/// Rows of the result written together.
const BATCH: usize = 8192;

/// Rows that go, come and stay; of those that come, rows and positions are written as they gather.
#[derive(Default)]
pub(super) struct Change {
    /// The first of the two stored columns that are written.
    slot: usize,
    gone: Vec<Range<u64>>,
    come: Vec<Range<u64>>,
    stayed: Vec<Range<u64>>,
    /// Rows that get a place in the order, by the place of their row of the input and their position.
    placed: Vec<(u128, u64)>,
    /// Of the last rows that came, not written yet: the id of the first, and their rows and positions.
    first: u64,
    rows: Vec<i64>,
    positions: Vec<i64>,
}

impl Change {
    pub(super) fn new(slot: usize) -> Self {
        Change { slot, ..Change::default() }
    }

    pub(super) fn go(&mut self, runs: impl Iterator<Item = Run>) {
        self.gone.extend(runs.map(ids));
    }

    pub(super) fn go_all(&mut self, rows: &RowSet) {
        self.gone.extend(rows.runs());
    }

    /// Rows that stay; given the place of their row of the input, they take their places anew.
    pub(super) fn stay(&mut self, runs: impl Iterator<Item = Run>, place: Option<u64>) {
        for run in runs {
            self.place(&run, place);
            self.stayed.push(ids(run));
        }
    }

    /// Rows that come, for values of a row of the input.
    pub(super) fn come(
        &mut self,
        cx: &mut Cx<'_>,
        runs: impl Iterator<Item = Run>,
        row: u64,
        place: Option<u64>,
    ) -> Result<()> {
        for run in runs.filter(|(positions, _)| !positions.is_empty()) {
            self.place(&run, place);
            let (positions, first) = run;
            if first != self.first + self.rows.len() as u64 {
                self.flush(cx)?;
                self.first = first;
            }
            for position in positions.clone() {
                if self.rows.len() >= BATCH {
                    self.flush(cx)?;
                }
                self.rows.push(row as i64);
                self.positions.push(position as i64);
            }
            let ids = ids((positions, first));
            match self.come.last_mut() {
                Some(last) if last.end == ids.start => last.end = ids.end,
                _ => self.come.push(ids),
            }
        }
        Ok(())
    }

    fn place(&mut self, (positions, first): &Run, place: Option<u64>) {
        let Some(place) = place else { return };
        let key = |position| u128::from(place) << 64 | u128::from(position);
        self.placed.extend(positions.clone().zip(*first..).map(|(position, id)| (key(position), id)));
    }

    /// Writes what has gathered.
    pub(super) fn flush(&mut self, cx: &mut Cx<'_>) -> Result<()> {
        let ids = Ids::Range { start: self.first, len: self.rows.len() };
        self.first += self.rows.len() as u64;
        for (slot, values) in (self.slot..).zip([&mut self.rows, &mut self.positions]) {
            cx.write(slot, ids, &Vector::new(Type::I64, Values::I64(Cow::Borrowed(values)), None))?;
            values.clear();
        }
        Ok(())
    }

    /// The rows that go, come and stay.
    pub(super) fn sets(&mut self) -> (RowSet, RowSet, RowSet) {
        let set = |runs: &mut Vec<Range<u64>>| {
            runs.sort_unstable_by_key(|run| run.start);
            RowSet::from_runs(runs.drain(..))
        };
        (set(&mut self.gone), set(&mut self.come), set(&mut self.stayed))
    }

    /// The rows that get a place, in the order of their places.
    pub(super) fn placed(self) -> Vec<(u128, u64)> {
        let mut placed = self.placed;
        placed.sort_unstable();
        placed
    }
}

fn ids((positions, first): Run) -> Range<u64> {
    first..first + (positions.end - positions.start)
}
