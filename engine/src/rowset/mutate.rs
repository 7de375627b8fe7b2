//! Changing a set in place. What a clone still holds is copied first, no more of it than the change touches.

use std::ops::Range;
use std::sync::Arc;

use super::build::{check, one};
use super::run_list::{RunList, Single};
use super::{Repr, RowSet};

impl RowSet {
    /// Adds an id; one that is there already is no change.
    ///
    /// # Panics
    /// If the id is above 2^63 - 1.
    pub fn insert(&mut self, id: u64) {
        self.insert_range(one(id));
    }

    /// Takes an id out and says whether it was there.
    pub fn remove(&mut self, id: u64) -> bool {
        let found = self.contains(id);
        if found {
            self.remove_all(&RowSet::single(id));
        }
        found
    }

    /// Adds the ids of a half-open range, some or all of which may be there already.
    ///
    /// # Panics
    /// If the range reaches above 2^63 - 1.
    pub fn insert_range(&mut self, ids: Range<u64>) {
        if ids.is_empty() {
            return;
        }
        check(&ids);
        let span = self.span();
        if span.is_empty() {
            *self = RowSet::range(ids);
        } else if ids.start >= span.end {
            self.append(ids);
        } else if ids.start <= span.start && ids.end >= span.end {
            *self = RowSet::range(ids);
        } else {
            self.insert_inside(ids);
        }
    }

    /// Adds the ids of a half-open range above the last id: the quick way to grow, O(1) amortised while no clone holds the set.
    ///
    /// # Panics
    /// If the range starts at or below the last id, or reaches above 2^63 - 1.
    pub fn append(&mut self, ids: Range<u64>) {
        if ids.is_empty() {
            return;
        }
        check(&ids);
        let end = self.span().end;
        assert!(ids.start >= end, "append starts at {}, at or below the last row id", ids.start);
        match &mut self.repr {
            Repr::Empty => *self = RowSet::range(ids),
            Repr::Range(single) if end == ids.start => *single = Single::new(single.view().start(0)..ids.end),
            Repr::Range(single) => {
                let mut list = RunList::from_view(single.view());
                list.push(ids);
                *self = RowSet::from_list(list);
            }
            Repr::Runs(list) => Arc::make_mut(list).push(ids),
        }
    }

    /// Adds every id of another set.
    pub fn insert_all(&mut self, other: &RowSet) {
        if other.is_contiguous() {
            self.insert_range(other.span());
        } else if self.is_empty() {
            *self = other.clone();
        } else if other.span().start >= self.span().end {
            other.runs().for_each(|run| self.append(run));
        } else {
            *self = self.union(other);
        }
    }

    /// Takes every id of another set out.
    pub fn remove_all(&mut self, other: &RowSet) {
        *self = self.minus(other);
    }

    fn insert_inside(&mut self, ids: Range<u64>) {
        match &mut self.repr {
            Repr::Runs(list) => {
                let view = list.view();
                // Runs that touch or overlap the new one are taken up in it.
                let from = view.find(ids.start.saturating_sub(1));
                let to = view.start_from(from, ids.end + 1);
                if to == from + 1 && view.start(from) <= ids.start && ids.end <= view.end(from) {
                    return;
                }
                let run = if from == to { ids } else { view.start(from).min(ids.start)..view.end(to - 1).max(ids.end) };
                Arc::make_mut(list).replace(from..to, [run, 0..0]);
                if list.view().count() == 1 {
                    *self = RowSet::range(self.span());
                }
            }
            _ => *self = self.union(&RowSet::range(ids)),
        }
    }
}

impl Extend<u64> for RowSet {
    /// Adds ids in any order.
    fn extend<I: IntoIterator<Item = u64>>(&mut self, ids: I) {
        self.insert_all(&ids.into_iter().collect());
    }
}
