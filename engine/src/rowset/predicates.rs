//! Questions with a yes or no, and those about one id or position.

use std::ops::Range;

use super::cursor::Cursor;
use super::run_list::RunView;
use super::{Form, RowSet, run_algebra};

impl RowSet {
    /// Whether the id is in the set. O(log runs).
    pub fn contains(&self, id: u64) -> bool {
        match self.form() {
            Form::List(view) => view.contains(id),
            Form::Blocks(blocks) => blocks.contains(id),
        }
    }

    /// The id at a position, counted from 0 in ascending order; `None` past the end. O(log runs).
    pub fn select(&self, position: u64) -> Option<u64> {
        match self.form() {
            Form::List(view) => view.select(position),
            Form::Blocks(blocks) => blocks.select(position),
        }
    }

    /// The position of an id: `Ok` if it is in the set, otherwise `Err` with the position it would take. O(log runs).
    ///
    /// ```
    /// use headwater_engine::RowSet;
    /// let rows = RowSet::from_sorted(&[3, 7]);
    /// assert_eq!((rows.rank(7), rows.rank(5), rows.rank(9)), (Ok(1), Err(1), Err(2)));
    /// ```
    pub fn rank(&self, id: u64) -> Result<u64, u64> {
        match self.form() {
            Form::List(view) => view.rank(id),
            Form::Blocks(blocks) => blocks.rank(id),
        }
    }

    /// Whether the sets have an id in common. Stops at the first one.
    pub fn intersects(&self, other: &RowSet) -> bool {
        match (self.form(), other.form()) {
            (Form::List(a), Form::List(b)) => run_algebra::intersects(a, b),
            (Form::Blocks(a), Form::Blocks(b)) => a.intersects(b),
            (Form::Blocks(_), Form::List(list)) => meets(self, list),
            (Form::List(list), Form::Blocks(_)) => meets(other, list),
        }
    }

    /// Whether an id of the set lies in a half-open range. O(log runs).
    pub fn intersects_range(&self, ids: Range<u64>) -> bool {
        self.cursor().seek(ids.start).is_some_and(|id| id < ids.end)
    }

    /// Whether every id of the other set is in this one. Stops at the first one missing.
    pub fn contains_all(&self, other: &RowSet) -> bool {
        if other.len() > self.len() {
            return false;
        }
        match (self.form(), other.form()) {
            (Form::Blocks(a), Form::Blocks(b)) => a.contains_all(b),
            (Form::List(own), _) => run_algebra::contains_all(own, other.runs()),
            (Form::Blocks(_), Form::List(list)) => {
                let mut cursor = self.cursor();
                list.runs().all(|run| find_run(&mut cursor, run).is_some())
            }
        }
    }
}

/// Whether an id of the list is in a set of many runs.
fn meets(rows: &RowSet, list: RunView<'_>) -> bool {
    let mut cursor = rows.cursor();
    list.runs().any(|run| cursor.seek(run.start).is_some_and(|id| id < run.end))
}

/// The position of a run if all of it is in the cursor's set.
pub(super) fn find_run(cursor: &mut Cursor<'_>, run: Range<u64>) -> Option<u64> {
    let last = run.end - 1;
    let position = cursor.seek(run.start).filter(|&id| id == run.start).map(|_| cursor.position())?;
    let whole = run.start == last
        || cursor.seek(last).is_some_and(|id| id == last) && cursor.position() - position == last - run.start;
    whole.then_some(position)
}
