//! Questions with a yes or no, and those about one id or position.

use std::ops::Range;

use super::{RowSet, run_algebra};

impl RowSet {
    /// Whether the id is in the set. O(log runs).
    pub fn contains(&self, id: u64) -> bool {
        self.view().contains(id)
    }

    /// The id at a position, counted from 0 in ascending order; `None` past the end. O(log runs).
    pub fn select(&self, position: u64) -> Option<u64> {
        self.view().select(position)
    }

    /// The position of an id: `Ok` if it is in the set, otherwise `Err` with the position it would take. O(log runs).
    ///
    /// ```
    /// use headwater_engine::RowSet;
    /// let rows = RowSet::from_sorted(&[3, 7]);
    /// assert_eq!((rows.rank(7), rows.rank(5), rows.rank(9)), (Ok(1), Err(1), Err(2)));
    /// ```
    pub fn rank(&self, id: u64) -> Result<u64, u64> {
        self.view().rank(id)
    }

    /// Whether the sets have an id in common. Stops at the first one.
    pub fn intersects(&self, other: &RowSet) -> bool {
        run_algebra::intersects(self.view(), other.view())
    }

    /// Whether an id of the set lies in a half-open range. O(log runs).
    pub fn intersects_range(&self, ids: Range<u64>) -> bool {
        let view = self.view();
        let i = view.find(ids.start);
        i < view.count() && !ids.is_empty() && view.start(i) < ids.end
    }

    /// Whether every id of the other set is in this one. Stops at the first one missing.
    pub fn contains_all(&self, other: &RowSet) -> bool {
        other.len() <= self.len() && run_algebra::contains_all(self.view(), other.view())
    }
}
