//! Union, intersection, difference: first the cases that need no merge, then the merge of the two forms at hand.

use std::sync::Arc;

use super::blocks::{Intersect, Minus, Op, Union, Xor, combine_blocks};
use super::run_list::{RunList, RunView};
use super::{Form, Repr, RowSet, run_algebra};

impl RowSet {
    /// The ids of either set.
    pub fn union(&self, other: &RowSet) -> RowSet {
        if other.is_empty() || self.is_same(other) || self.is_range_over(other) {
            return self.clone();
        }
        if self.is_empty() || other.is_range_over(self) {
            return other.clone();
        }
        self.combine::<Union>(other, run_algebra::union)
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
        self.combine::<Intersect>(other, run_algebra::intersect)
    }

    /// The ids of this set that are not in the other.
    pub fn minus(&self, other: &RowSet) -> RowSet {
        if self.is_apart(other) {
            return self.clone();
        }
        if self.is_same(other) || other.is_range_over(self) {
            return RowSet::new();
        }
        self.combine::<Minus>(other, run_algebra::minus)
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
        self.combine::<Xor>(other, run_algebra::xor)
    }

    /// Merges lists with `merge`, anything else as blocks.
    fn combine<O: Op>(&self, other: &RowSet, merge: fn(RunView<'_>, RunView<'_>) -> RunList) -> RowSet {
        match (self.form(), other.form()) {
            (Form::List(a), Form::List(b)) => RowSet::from_list(merge(a, b)),
            _ => RowSet::from_blocks(combine_blocks::<O>(&self.in_blocks(), &other.in_blocks())),
        }
    }

    /// Whether both share their storage, so that they are equal without a look inside.
    pub(super) fn is_same(&self, other: &RowSet) -> bool {
        match (&self.repr, &other.repr) {
            (Repr::Runs(a), Repr::Runs(b)) => Arc::ptr_eq(a, b),
            (Repr::Blocks(a), Repr::Blocks(b)) => Arc::ptr_eq(a, b),
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
