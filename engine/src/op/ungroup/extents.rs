//! [`Extents`]: which ids of the result stand for the values of a row of the input.

use std::collections::HashMap;
use std::ops::Range;

use crate::rowset::RowSet;

/// The ids of rows that may go or grow: growth takes ids at the end of all, so nothing moves.
#[derive(Debug, Default)]
pub(super) struct Extents {
    rows: HashMap<u64, Extent, foldhash::fast::FixedState>,
    next: u64,
    /// Extents beyond the first of each row.
    more: usize,
}

/// The ids of a row. Those it no longer uses stay its own.
#[derive(Debug)]
pub(super) struct Extent {
    used: u64,
    first: Range<u64>,
    more: Vec<Range<u64>>,
}

impl Extent {
    /// How many values the row has.
    pub(super) fn used(&self) -> u64 {
        self.used
    }

    /// The ids of the values at some positions, as far as there are any: positions, and the id of the first.
    pub(super) fn ids(&self, positions: Range<u64>) -> impl Iterator<Item = (Range<u64>, u64)> + '_ {
        let mut end = 0;
        let all = std::iter::once(&self.first).chain(&self.more).map(move |ids| {
            let start = end;
            end += ids.end - ids.start;
            (start..end, ids.start)
        });
        let wanted = positions.start..positions.end.min(self.used);
        all.filter_map(move |(here, id)| {
            let (start, end) = (here.start.max(wanted.start), here.end.min(wanted.end));
            (start < end).then(|| (start..end, id + (start - here.start)))
        })
    }
}

impl Extents {
    /// Takes ids for the values of a row that is not remembered.
    pub(super) fn pass(&mut self, values: u64) -> Range<u64> {
        let start = self.next;
        self.next += values;
        start..self.next
    }

    /// Gives ids to the values of a new row.
    pub(super) fn add(&mut self, row: u64, values: u64) {
        let first = self.pass(values);
        self.rows.insert(row, Extent { used: values, first, more: Vec::new() });
    }

    /// Forgets a row.
    pub(super) fn remove(&mut self, row: u64) -> Option<Extent> {
        let extent = self.rows.remove(&row);
        self.more -= extent.as_ref().map_or(0, |extent| extent.more.len());
        extent
    }

    pub(super) fn of(&self, row: u64) -> Option<&Extent> {
        self.rows.get(&row)
    }

    /// Gives a row more or fewer values; it keeps the ids of those at the same positions.
    pub(super) fn resize(&mut self, row: u64, values: u64) {
        let Some(extent) = self.rows.get_mut(&row) else { return };
        let room = |ids: &Range<u64>| ids.end - ids.start;
        let has: u64 = room(&extent.first) + extent.more.iter().map(room).sum::<u64>();
        extent.used = values;
        if values > has {
            // As many again: a row that grows for long has few extents.
            let more = (values - has).max(has);
            extent.more.push(self.next..self.next + more);
            self.next += more;
            self.more += 1;
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.rows.capacity() * size_of::<(u64, Extent)>() + self.more * size_of::<Range<u64>>()
    }

    /// Checks that the values of all rows are the rows of the result.
    pub(super) fn validate(&self, rows: &RowSet) -> Result<(), String> {
        let ids = self.rows.values().flat_map(|extent| extent.ids(0..u64::MAX));
        let mut runs: Vec<Range<u64>> = ids.map(|(positions, id)| id..id + (positions.end - positions.start)).collect();
        runs.sort_unstable_by_key(|run| run.start);
        if runs.windows(2).any(|pair| pair[0].end > pair[1].start) || runs.last().is_some_and(|run| run.end > self.next)
        {
            return Err("an id that stands for two values, or was not given yet".to_owned());
        }
        let all = RowSet::from_runs(runs);
        if &all == rows { Ok(()) } else { Err(format!("values with the ids {all} give rows {rows}")) }
    }
}
