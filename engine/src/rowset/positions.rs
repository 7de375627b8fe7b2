//! From ids to positions and back, and cutting by either.

use std::ops::Range;

use super::predicates::find_run;
use super::run_list::RunList;
use super::{Form, RowSet, RowSetBuilder};

impl RowSet {
    /// The positions in this set of the ids of a subset.
    ///
    /// # Panics
    /// If an id of the subset is not in this set.
    ///
    /// ```
    /// use headwater_engine::RowSet;
    /// let rows = RowSet::from_runs([100..110, 200..210]);
    /// let positions = rows.invert(&RowSet::from_runs([105..110, 200..203]));
    /// assert_eq!(positions.to_string(), "{5-12}");
    /// assert_eq!(rows.select_all(&positions).to_string(), "{105-109,200-202}");
    /// ```
    pub fn invert(&self, subset: &RowSet) -> RowSet {
        let mut positions = RowSetBuilder::new();
        let mut cursor = self.cursor();
        for run in subset.runs() {
            match find_run(&mut cursor, run.clone()) {
                Some(position) => positions.push_range(position..position + (run.end - run.start)),
                None => {
                    panic!("row ids {}-{} of the subset are not all in the set to invert by", run.start, run.end - 1)
                }
            }
        }
        positions.finish()
    }

    /// The ids at a set of positions.
    ///
    /// # Panics
    /// If a position is not below the length.
    pub fn select_all(&self, positions: &RowSet) -> RowSet {
        assert!(positions.span().end <= self.len(), "position {} of {} rows", positions.span().end - 1, self.len());
        match self.form() {
            _ if positions.is_contiguous() => self.slice_positions(positions.span()),
            Form::List(view) => {
                let mut ids = RunList::default();
                positions.runs().fold(0, |from, run| view.select_run(from, run, &mut ids));
                RowSet::from_list(ids)
            }
            Form::Blocks(blocks) => {
                let mut ids = RowSetBuilder::new();
                positions.runs().fold(0, |from, run| blocks.select_run(from, run, |run| ids.push_range(run)));
                ids.finish()
            }
        }
    }

    /// The ids at a half-open range of positions; what lies past the end is left out.
    pub fn slice_positions(&self, positions: Range<u64>) -> RowSet {
        let positions = positions.start..positions.end.min(self.len());
        if positions.is_empty() {
            return RowSet::new();
        }
        if positions == (0..self.len()) {
            return self.clone();
        }
        match self.form() {
            Form::List(view) => {
                let mut ids = RunList::default();
                view.select_run(view.find_position(positions.start), positions, &mut ids);
                RowSet::from_list(ids)
            }
            Form::Blocks(blocks) => RowSet::from_blocks(blocks.slice(positions)),
        }
    }

    /// The ids that lie in a half-open range.
    pub fn slice_ids(&self, ids: Range<u64>) -> RowSet {
        if ids.is_empty() {
            return RowSet::new();
        }
        let from = self.rank(ids.start).unwrap_or_else(|insert| insert);
        let to = self.rank(ids.end).unwrap_or_else(|insert| insert);
        self.slice_positions(from..to)
    }

    /// Cuts the set, in order, into at most `parts` sets of near equal length (they differ by one at most); none is empty.
    ///
    /// ```
    /// use headwater_engine::RowSet;
    /// let parts = RowSet::range(0..10).split(3);
    /// assert_eq!(parts.iter().map(RowSet::len).collect::<Vec<_>>(), [3, 3, 4]);
    /// ```
    pub fn split(&self, parts: usize) -> Vec<RowSet> {
        let parts = (parts.max(1) as u64).min(self.len());
        let border = |i: u64| (u128::from(self.len()) * u128::from(i) / u128::from(parts)) as u64;
        (0..parts).map(|i| self.slice_positions(border(i)..border(i + 1))).collect()
    }
}
