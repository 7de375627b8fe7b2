//! Union, intersection, difference: first the cases that need no merge, then the merge of the two forms at hand.

use super::{Repr, RowSet, run_algebra};
use std::sync::Arc;

impl RowSet {
    /// The ids of either set.
    pub fn union(&self, other: &RowSet) -> RowSet {
        if other.is_empty() || self.is_same(other) || self.is_range_over(other) {
            return self.clone();
        }
        if self.is_empty() || other.is_range_over(self) {
            return other.clone();
        }
        RowSet::from_list(run_algebra::union(self.view(), other.view()))
    }

    /// The ids of both sets.
    pub fn intersect(&self, other: &RowSet) -> RowSet {
        if self.is_same(other) || other.is_range_over(self) {
            return self.clone();
        }
        if self.is_range_over(other) {
            return other.clone();
        }
        if self.is_apart(other) {
            return RowSet::new();
        }
        if other.is_contiguous() {
            return self.slice_ids(other.span());
        }
        if self.is_contiguous() {
            return other.slice_ids(self.span());
        }
        RowSet::from_list(run_algebra::intersect(self.view(), other.view()))
    }

    /// The ids of this set that are not in the other.
    pub fn minus(&self, other: &RowSet) -> RowSet {
        if self.is_apart(other) {
            return self.clone();
        }
        if self.is_same(other) || other.is_range_over(self) {
            return RowSet::new();
        }
        RowSet::from_list(run_algebra::minus(self.view(), other.view()))
    }

    /// The ids of exactly one of the two sets.
    ///
    /// ```
    /// use headwater_engine::RowSet;
    /// assert_eq!(RowSet::range(0..10).xor(&RowSet::range(5..15)).to_string(), "{0-4,10-14}");
    /// ```
    pub fn xor(&self, other: &RowSet) -> RowSet {
        if self.is_same(other) {
            return RowSet::new();
        }
        if self.is_apart(other) {
            return self.union(other);
        }
        self.minus(other).union(&other.minus(self))
    }

    /// Whether both share their storage, so that they are equal without a look inside.
    pub(super) fn is_same(&self, other: &RowSet) -> bool {
        match (&self.repr, &other.repr) {
            (Repr::Runs(a), Repr::Runs(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }

    /// Whether this set is one range that holds all of the other.
    fn is_range_over(&self, other: &RowSet) -> bool {
        let (own, theirs) = (self.span(), other.span());
        self.is_contiguous() && own.start <= theirs.start && theirs.end <= own.end
    }

    /// Whether no id of one lies between the first and the last of the other.
    fn is_apart(&self, other: &RowSet) -> bool {
        let (own, theirs) = (self.span(), other.span());
        own.end <= theirs.start || theirs.end <= own.start
    }
}
