//! The steps of an update, in the order they are taken.

use super::listed::listed;
use super::{ROWS, RangeJoin};
use crate::column::{Ids, View, batches};
use crate::graph::{Cx, Delta, InputView, Update};
use crate::op::differ::differ;
use crate::op::matching::{known, pass_through, release};
use crate::op::stamped::{Located, Stamp, Touched};
use crate::rowset::RowSet;
use crate::{Error, ErrorKind, Result};

impl<S: Stamp> RangeJoin<S> {
    pub(super) fn change(&mut self, cx: &mut Cx<'_>, left: &InputView<'_>, right: &InputView<'_>) -> Result<Update> {
        let Delta { removed, added, modified, mask } = left.delta;
        let is_hit = self.left.is_hit(mask) || mask.contains(self.high_position);
        let rekeyed = if is_hit { modified.clone() } else { RowSet::new() };
        let track = self.lefts.is_some();
        let touched = self.right.change(cx, &mut self.keys, right.delta, &mut self.vacated, track)?;
        self.retract_left(cx, &removed.union(&rekeyed))?;
        let mut delta = self.follow(cx, &touched, right.delta)?;
        self.insert_left(cx, &rekeyed)?;
        self.insert_left(cx, added)?;
        let RangeJoin { keys, lefts, right: rights, vacated, .. } = self;
        release(keys, vacated, |slot| {
            !rights.get(slot).is_empty() || lefts.as_ref().is_some_and(|lefts| !lefts.is_empty(slot))
        });
        if !rekeyed.is_empty() {
            delta.mask.insert_all(&self.lists.all());
        }
        pass_through(left.delta, &mut delta);
        Ok(Update::new(delta, left.new.clone()))
    }

    /// Takes left rows that go, or get another key or range, from among those by key.
    fn retract_left(&mut self, cx: &Cx<'_>, gone: &RowSet) -> Result<()> {
        let RangeJoin { keys, left, lefts: Some(lefts), vacated, .. } = self else { return Ok(()) };
        let mut located = Located::default();
        batches(gone, |ids| {
            left.locate(cx, keys, ids, View::Old, &mut located)?;
            for ((&slot, low), id) in located.slots.iter().zip(&located.stamps).zip(ids.iter()) {
                if !lefts.remove(known(slot)?, low, id) {
                    let message = "a row that is not where its range says";
                    return Err(Error::new(ErrorKind::Internal, message).with_row(id));
                }
                vacated.insert(slot);
            }
            Ok(())
        })
    }

    /// Has the left rows that stayed follow what became of the right rows: the rows and columns that changed by that. It
    /// is called while those rows are by key, and no other.
    fn follow(&mut self, cx: &mut Cx<'_>, touched: &Touched<S>, right: &Delta) -> Result<Delta> {
        let RangeJoin { keys, left, high, lefts: Some(lefts), right: rights, ends, lists, .. } = self else {
            return Ok(Delta::default());
        };
        let mut concerned = Vec::new();
        lefts.for_each_of(touched, rights, ends, |id| concerned.push(id));
        let (mut written, mut located) = (Vec::new(), Located::default());
        batches(&RowSet::from_unsorted(concerned), |ids| {
            left.locate(cx, keys, ids, View::New, &mut located)?;
            let highs = left.stamps_of(cx, high, ids, View::New)?;
            let rows = located.slots.iter().zip(&located.stamps).zip(&highs);
            let found = listed(rows.map(|((&slot, low), high)| ends.rows(rights.get(slot), low, high)).collect());
            let others = differ(&cx.own(ROWS, ids, View::New), &found);
            let places: Vec<u32> = others.ones().map(|at| at as u32).collect();
            let changed: Vec<u64> = places.iter().map(|&at| ids.get(at as usize)).collect();
            cx.write(ROWS, Ids::List(&changed), &found.take(&places))?;
            written.extend(changed);
            Ok::<_, Error>(())
        })?;
        let mut delta = Delta::default();
        delta.modify(&RowSet::from_sorted(&written), &lists.all());
        for (rows, mask) in self.lists.changes(right) {
            let followers = self.followers(cx, &rows)?;
            delta.modify(&followers, &mask);
        }
        Ok(delta)
    }

    /// The left rows that have one of these right rows in their lists.
    fn followers(&mut self, cx: &Cx<'_>, rows: &RowSet) -> Result<RowSet> {
        let RangeJoin { keys, left, high, lefts: Some(lefts), right, ends, .. } = self else {
            return Ok(RowSet::new());
        };
        let mut touched = Touched::new();
        right.locate(cx, keys, rows, |slot, stamp, _| touched.push((slot, stamp.clone())))?;
        touched.sort_unstable();
        touched.dedup();
        let (mut concerned, mut followers, mut located) = (Vec::new(), Vec::new(), Located::default());
        lefts.for_each_of(&touched, right, ends, |id| concerned.push(id));
        batches(&RowSet::from_unsorted(concerned), |ids| {
            left.locate(cx, keys, ids, View::New, &mut located)?;
            let highs = left.stamps_of(cx, high, ids, View::New)?;
            let rows = located.slots.iter().zip(&located.stamps).zip(&highs).zip(ids.iter());
            followers.extend(rows.filter_map(|(((&slot, low), high), id)| {
                let (from, to) = ends.find(right.get(slot), low, high)?;
                // The first of those touched that lies in the range, if any.
                let first = touched.partition_point(|(of, stamp)| (*of, stamp.back()) <= (slot, from.clone()));
                let (of, stamp) = touched.get(first)?;
                (*of == slot && to.is_none_or(|to| stamp.front() < to)).then_some(id)
            }));
            Ok::<_, Error>(())
        })?;
        Ok(RowSet::from_sorted(&followers))
    }

    /// Writes which right rows the left rows have that are new, or have a new key or range.
    fn insert_left(&mut self, cx: &mut Cx<'_>, rows: &RowSet) -> Result<()> {
        let RangeJoin { keys, left, high, lefts, right, ends, .. } = self;
        let mut located = Located::default();
        batches(rows, |ids| {
            let highs = left.stamps_of(cx, high, ids, View::New)?;
            match lefts {
                None => left.locate(cx, keys, ids, View::New, &mut located)?,
                Some(lefts) => {
                    left.place(cx, keys, ids, &mut located)?;
                    let rows = located.slots.iter().zip(&located.stamps).zip(&highs).zip(ids.iter());
                    rows.for_each(|(((&slot, low), high), id)| lefts.insert(slot, low, high.clone(), id));
                }
            }
            let rows = located.slots.iter().zip(&located.stamps).zip(&highs);
            let found = listed(rows.map(|((&slot, low), high)| ends.rows(right.get(slot), low, high)).collect());
            cx.write(ROWS, ids, &found)
        })
    }
}
