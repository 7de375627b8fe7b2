//! The steps of an update, in the order they are taken.

use std::borrow::Cow;
use std::sync::Arc;

use super::{ROWS, RangeJoin};
use crate::column::{Ids, View, batches};
use crate::graph::{Cx, Delta, InputView, Mask, Update};
use crate::group::NO_SLOT;
use crate::op::differ::differ;
use crate::op::matching::{SlotSet, known};
use crate::op::stamped::{Line, Located, key};
use crate::rowset::RowSet;
use crate::types::{List, Type};
use crate::vector::{Bits, Values, Vector};
use crate::{Error, ErrorKind, Result};

impl RangeJoin {
    pub(super) fn change(&mut self, cx: &mut Cx<'_>, left: &InputView<'_>, right: &InputView<'_>) -> Result<Update> {
        let Delta { removed, added, modified, mask } = left.delta;
        let is_hit = self.left.is_hit(mask) || mask.contains(self.high_position);
        let rekeyed = if is_hit { modified.clone() } else { RowSet::new() };
        let touched = self.update_right(cx, right)?;
        self.retract_left(cx, &removed.union(&rekeyed))?;
        let mut delta = self.follow(cx, &touched, right.delta)?;
        self.write(cx, &rekeyed, true)?;
        self.write(cx, added, true)?;
        self.release();
        if !rekeyed.is_empty() {
            delta.mask.insert_all(&self.all_lists());
        }
        delta.removed = removed.clone();
        delta.added = added.clone();
        delta.modified.insert_all(modified);
        delta.mask.insert_all(mask);
        Ok(Update::new(delta, left.new.clone()))
    }

    /// Takes the right rows' changes into their lines; the keys whose lines changed.
    fn update_right(&mut self, cx: &Cx<'_>, right: &InputView<'_>) -> Result<SlotSet> {
        let Delta { removed, added, modified, mask } = right.delta;
        let is_hit = self.right.is_hit(mask) || self.by_place && mask.has_order();
        let rekeyed = if is_hit { modified.clone() } else { RowSet::new() };
        let (mut touched, mut located) = (SlotSet::default(), Located::default());
        batches(&removed.union(&rekeyed), |ids| {
            self.right.locate(cx, &mut self.keys, ids, View::Old, &mut located)?;
            for (at, place) in right.order.places(cx, ids, View::Old)?.into_iter().enumerate() {
                let slot = known(located.slots[at])?;
                if !self.right_rows.remove(slot, key(located.stamps[at], place)) {
                    let message = "a row that is not where its value says";
                    return Err(Error::new(ErrorKind::Internal, message).with_row(ids.get(at)));
                }
                touched.insert(slot);
                self.vacated.insert(slot);
            }
            Ok(())
        })?;
        for rows in [&rekeyed, added] {
            batches(rows, |ids| {
                self.right.place(cx, &mut self.keys, ids, &mut located)?;
                for (at, place) in right.order.places(cx, ids, View::New)?.into_iter().enumerate() {
                    let slot = located.slots[at];
                    self.right_rows.insert(slot, key(located.stamps[at], place), ids.get(at));
                    touched.insert(slot);
                }
                Ok::<_, Error>(())
            })?;
        }
        Ok(touched)
    }

    /// Takes left rows that go, or get another key or range, out of the lists by key.
    fn retract_left(&mut self, cx: &Cx<'_>, gone: &RowSet) -> Result<()> {
        let Some(rows) = &mut self.left_rows else { return Ok(()) };
        let (mut losing, mut located) = (SlotSet::default(), Located::default());
        batches(gone, |ids| {
            self.left.locate(cx, &mut self.keys, ids, View::Old, &mut located)?;
            for &slot in &located.slots {
                losing.insert(known(slot)?);
            }
            Ok::<_, Error>(())
        })?;
        for slot in losing.drain() {
            rows.retract(slot, gone);
            self.vacated.insert(slot);
        }
        Ok(())
    }

    /// Has the left rows that stayed follow what became of the right rows: the rows and columns that changed by that. It
    /// is called while the lists by key hold those rows and no other.
    fn follow(&mut self, cx: &mut Cx<'_>, touched: &SlotSet, right: &Delta) -> Result<Delta> {
        let Some(rows) = &self.left_rows else { return Ok(Delta::default()) };
        let mut concerned = Vec::new();
        touched.slots().iter().for_each(|&slot| rows.get(slot).for_each(|id| concerned.push(id)));
        let mut delta =
            Delta { modified: self.write(cx, &RowSet::from_unsorted(concerned), false)?, ..Delta::default() };
        if !delta.modified.is_empty() {
            delta.mask = self.all_lists();
        }
        let replaced = right.removed.intersect(&right.added);
        let places = self.listed.iter().enumerate();
        let changed = places.filter(|&(_, &column)| right.mask.contains(column)).map(|(at, _)| self.first_list + at);
        for (rows, mask) in [(&right.modified, changed.collect::<Mask>()), (&replaced, self.all_lists())] {
            if rows.is_empty() || mask.is_empty() {
                continue;
            }
            let followers = self.followers(cx, rows)?;
            if !followers.is_empty() {
                delta.modified.insert_all(&followers);
                delta.mask.insert_all(&mask);
            }
        }
        Ok(delta)
    }

    /// The left rows that have one of these right rows in their lists.
    fn followers(&mut self, cx: &Cx<'_>, rows: &RowSet) -> Result<RowSet> {
        let (mut slots, mut located) = (SlotSet::default(), Located::default());
        batches(rows, |ids| {
            self.right.locate(cx, &mut self.keys, ids, View::New, &mut located)?;
            located.slots.iter().for_each(|&slot| {
                slots.insert(slot);
            });
            Ok::<_, Error>(())
        })?;
        let mut concerned = Vec::new();
        if let Some(rows) = &self.left_rows {
            slots.slots().iter().for_each(|&slot| rows.get(slot).for_each(|id| concerned.push(id)));
        }
        let mut followers = Vec::new();
        batches(&RowSet::from_unsorted(concerned), |ids| {
            let lists = cx.own(ROWS, ids, View::New);
            for (at, list) in lists.lists().unwrap_or_default().iter().enumerate() {
                let has_any = list.iter().any(|id| matches!(id, crate::Value::I64(id) if rows.contains(id as u64)));
                if lists.is_valid(at) && has_any {
                    followers.push(ids.get(at));
                }
            }
            Ok::<_, Error>(())
        })?;
        Ok(RowSet::from_sorted(&followers))
    }

    /// Writes which right rows some left rows have. Rows that `come` are put into the lists by key; of others only those
    /// are written, and given, that have other right rows than before.
    fn write(&mut self, cx: &mut Cx<'_>, rows: &RowSet, come: bool) -> Result<RowSet> {
        let (mut written, mut located) = (Vec::new(), Located::default());
        let nobody = Line::default();
        batches(rows, |ids| {
            match &mut self.left_rows {
                Some(lists) if come => {
                    self.left.place(cx, &mut self.keys, ids, &mut located)?;
                    located.slots.iter().zip(ids.iter()).for_each(|(&slot, id)| lists.push(slot, id));
                }
                _ => self.left.locate(cx, &mut self.keys, ids, View::New, &mut located)?,
            }
            let highs = self.left.stamps_of(cx, &self.high, ids)?;
            let lows = located.stamps.iter().zip(highs);
            let found = lows.zip(&located.slots).map(|((&low, high), &slot)| {
                let line = if slot == NO_SLOT { &nobody } else { self.right_rows.get(slot) };
                self.ends.rows(line, low, high)
            });
            let found = listed(found.collect());
            if come {
                return cx.write(ROWS, ids, &found);
            }
            let others = differ(&cx.own(ROWS, ids, View::New), &found);
            let places: Vec<u32> = others.ones().map(|at| at as u32).collect();
            let changed: Vec<u64> = places.iter().map(|&at| ids.get(at as usize)).collect();
            cx.write(ROWS, Ids::List(&changed), &found.take(&places))?;
            written.extend(changed);
            Ok(())
        })?;
        if let Some(lists) = &mut self.left_rows {
            lists.settle();
        }
        Ok(RowSet::from_sorted(&written))
    }

    /// Gives back the slots of keys that neither side has any more.
    fn release(&mut self) {
        for slot in self.vacated.drain() {
            let has_left = self.left_rows.as_ref().is_some_and(|rows| !rows.is_empty(slot));
            if !has_left && self.right_rows.get(slot).is_empty() {
                self.keys.remove(slot);
            }
        }
    }
}

/// Lists of ids as a column: those of a batch share one vector.
fn listed(found: Vec<Option<Vec<i64>>>) -> Vector<'static> {
    let valid = found.iter().any(Option::is_none).then(|| Bits::from_fn(found.len(), |at| found[at].is_some()));
    let ids: Vec<i64> = found.iter().flatten().flatten().copied().collect();
    let ids = Arc::new(Vector::from(ids));
    let mut from = 0;
    let lists = found.iter().map(|rows| {
        let start = from;
        from += rows.as_ref().map_or(0, Vec::len);
        if start == from { List::default() } else { List::of(ids.clone(), start..from) }
    });
    let lists: Vec<List> = lists.collect();
    Vector::new(Type::list_of(Type::I64), Values::List(Cow::Owned(lists)), valid)
}
