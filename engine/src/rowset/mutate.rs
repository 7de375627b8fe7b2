//! Changing a set in place. What a clone still holds is copied first, no more of it than the change touches.

use std::ops::Range;
use std::sync::Arc;

use super::blocks::{FEWEST_IN_BLOCKS, MOST_GROWN, Minus, Op, Union};
use super::build::{check, one};
use super::run_list::{RunList, Single};
use super::{Form, Repr, RowSet};

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
            Repr::Runs(list) => {
                Arc::make_mut(list).push(ids);
                self.relist();
            }
            Repr::Blocks(blocks) => Arc::make_mut(blocks).append(std::iter::once(ids)),
        }
    }

    /// Adds every id of another set.
    pub fn insert_all(&mut self, other: &RowSet) {
        if other.is_contiguous() {
            self.insert_range(other.span());
        } else if other.span().start < self.span().end {
            self.insert_among(other);
        } else {
            self.append_all(other);
        }
    }

    /// Takes every id of another set out.
    pub fn remove_all(&mut self, other: &RowSet) {
        if !self.update::<Minus>(other) {
            *self = self.minus(other);
        }
    }

    /// Adds the ids of another set, all above the last.
    fn append_all(&mut self, other: &RowSet) {
        match &mut self.repr {
            Repr::Empty => *self = other.clone(),
            Repr::Blocks(blocks) => Arc::make_mut(blocks).append(other.runs()),
            Repr::Runs(list) => match other.form() {
                Form::List(view) => {
                    Arc::make_mut(list).push_stretch(view, 0, view.count());
                    self.relist();
                }
                Form::Blocks(_) => *self = self.union(other),
            },
            Repr::Range(_) => *self = self.union(other),
        }
    }

    fn insert_among(&mut self, other: &RowSet) {
        if !self.update::<Union>(other) {
            *self = self.union(other);
        }
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
                Arc::make_mut(list).replace(from..to, run);
                self.relist();
            }
            _ => self.insert_among(&RowSet::range(ids)),
        }
    }

    /// Brings a list of runs that was changed in place into another form, if their number now calls for it.
    fn relist(&mut self) {
        if let Repr::Runs(list) = &mut self.repr
            && !(2..=MOST_GROWN).contains(&list.view().count())
        {
            *self = RowSet::from_list(std::mem::take(Arc::make_mut(list)));
        }
    }

    /// Changes the blocks that `other` touches where they are, if they are few of many and nothing else holds them. Copying the others
    /// is cheap for each, but not if there are thousands.
    fn update<O: Op>(&mut self, other: &RowSet) -> bool {
        let Repr::Blocks(blocks) = &mut self.repr else { return false };
        let Some(blocks) = Arc::get_mut(blocks) else { return false };
        if other.is_empty() || !blocks.update::<O>(&other.in_blocks()) {
            return false;
        }
        if blocks.count_runs(FEWEST_IN_BLOCKS) < FEWEST_IN_BLOCKS {
            *self = RowSet::from_list(blocks.to_list());
        }
        true
    }
}

impl Extend<u64> for RowSet {
    /// Adds ids in any order.
    fn extend<I: IntoIterator<Item = u64>>(&mut self, ids: I) {
        self.insert_all(&ids.into_iter().collect());
    }
}
