//! [`Cursor`]: a walk that jumps.

use super::RowSet;
use super::run_list::RunView;

/// A place in a [`RowSet`] that moves forward only. Jumps gallop: their cost grows with the logarithm of the distance.
///
/// It stands before the first id at first; as an iterator it yields the ids from where it stands.
///
/// ```
/// use headwater_engine::RowSet;
/// let rows = RowSet::from_runs([0..10, 20..30]);
/// let mut cursor = rows.cursor();
/// assert_eq!(cursor.seek(15), Some(20));
/// assert_eq!(cursor.position(), 10);
/// assert_eq!(cursor.next(), Some(20));
/// assert_eq!(cursor.next(), Some(21));
/// ```
#[derive(Clone)]
pub struct Cursor<'a> {
    view: RunView<'a>,
    run: usize,
    /// Ids of the run already passed.
    passed: u64,
}

impl Cursor<'_> {
    /// Moves to the first id at or above `id`, never back, and gives it; `None` at the end of the set.
    pub fn seek(&mut self, id: u64) -> Option<u64> {
        let run = self.view.find_from(self.run, id);
        if run != self.run {
            self.run = run;
            self.passed = 0;
        }
        if run < self.view.count() {
            self.passed = self.passed.max(id.saturating_sub(self.view.start(run)));
        }
        self.peek()
    }

    /// The id it stands at; `None` at the end of the set.
    pub fn peek(&self) -> Option<u64> {
        (self.run < self.view.count()).then(|| self.view.start(self.run) + self.passed)
    }

    /// The position of the id it stands at; the length at the end of the set.
    pub fn position(&self) -> u64 {
        self.view.cum[self.run] + self.passed
    }
}

impl Iterator for Cursor<'_> {
    type Item = u64;

    /// The id it stands at, moving past it.
    fn next(&mut self) -> Option<u64> {
        let id = self.peek()?;
        self.passed += 1;
        if id + 1 == self.view.end(self.run) {
            self.run += 1;
            self.passed = 0;
        }
        Some(id)
    }
}

impl RowSet {
    /// A cursor before the first id.
    pub fn cursor(&self) -> Cursor<'_> {
        Cursor { view: self.view(), run: 0, passed: 0 }
    }
}
