//! Walking a set by runs or by ids.

use std::iter::FusedIterator;
use std::ops::Range;

use super::RowSet;
use super::run_list::RunView;

/// The maximal runs of a set in ascending order; see [`RowSet::runs`].
#[derive(Clone)]
pub struct Runs<'a> {
    view: RunView<'a>,
    at: Range<usize>,
    clip: Range<u64>,
}

impl Runs<'_> {
    fn run(&self, i: usize) -> Range<u64> {
        let run = self.view.run(i);
        run.start.max(self.clip.start)..run.end.min(self.clip.end)
    }
}

impl Iterator for Runs<'_> {
    type Item = Range<u64>;

    fn next(&mut self) -> Option<Range<u64>> {
        self.at.next().map(|i| self.run(i))
    }
}

impl DoubleEndedIterator for Runs<'_> {
    fn next_back(&mut self) -> Option<Range<u64>> {
        self.at.next_back().map(|i| self.run(i))
    }
}

impl FusedIterator for Runs<'_> {}

/// The ids of a set in ascending order; see [`RowSet::iter`].
#[derive(Clone)]
pub struct Ids<'a> {
    runs: Runs<'a>,
    front: Range<u64>,
    back: Range<u64>,
}

impl Iterator for Ids<'_> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        if let Some(id) = self.front.next() {
            return Some(id);
        }
        match self.runs.next() {
            Some(run) => {
                self.front = run;
                self.front.next()
            }
            None => self.back.next(),
        }
    }

    fn fold<B, F: FnMut(B, u64) -> B>(self, init: B, mut f: F) -> B {
        let init = self.front.fold(init, &mut f);
        let init = self.runs.fold(init, |acc, run| run.fold(acc, &mut f));
        self.back.fold(init, f)
    }
}

impl DoubleEndedIterator for Ids<'_> {
    fn next_back(&mut self) -> Option<u64> {
        if let Some(id) = self.back.next_back() {
            return Some(id);
        }
        match self.runs.next_back() {
            Some(run) => {
                self.back = run;
                self.back.next_back()
            }
            None => self.front.next_back(),
        }
    }
}

impl FusedIterator for Ids<'_> {}

impl RowSet {
    /// The maximal runs of adjacent ids, ascending, as half-open ranges.
    pub fn runs(&self) -> Runs<'_> {
        let view = self.view();
        Runs { view, at: 0..view.count(), clip: 0..u64::MAX }
    }

    /// The runs of the ids that lie in a range, cut at its borders.
    ///
    /// ```
    /// use headwater_engine::RowSet;
    /// let rows = RowSet::from_runs([0..10, 20..30]);
    /// assert_eq!(rows.runs_in(5..22).collect::<Vec<_>>(), [5..10, 20..22]);
    /// ```
    pub fn runs_in(&self, ids: Range<u64>) -> Runs<'_> {
        let view = self.view();
        let from = view.find(ids.start);
        let to = if ids.is_empty() { from } else { view.start_from(from, ids.end) };
        Runs { view, at: from..to, clip: ids }
    }

    /// The ids, ascending.
    pub fn iter(&self) -> Ids<'_> {
        Ids { runs: self.runs(), front: 0..0, back: 0..0 }
    }

    /// The ids, ascending, as a vector. O(ids).
    pub fn to_vec(&self) -> Vec<u64> {
        let mut ids = Vec::with_capacity(self.len() as usize);
        self.runs().for_each(|run| ids.extend(run));
        ids
    }
}

impl<'a> IntoIterator for &'a RowSet {
    type Item = u64;
    type IntoIter = Ids<'a>;

    fn into_iter(self) -> Ids<'a> {
        self.iter()
    }
}
