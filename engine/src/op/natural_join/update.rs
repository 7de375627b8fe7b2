//! The steps of an update, in the order they are taken.

use super::NaturalJoin;
use super::broken::broken;
use super::rule::Choice;
use crate::column::{Ids, View, batches};
use crate::graph::{Cx, Delta, InputView};
use crate::op::matching::known;
use crate::rowset::RowSet;
use crate::{Error, Result};

impl NaturalJoin {
    /// Takes the right rows' changes into the lists by key. With `track`, remembers what the keys concerned gave
    /// before, which matters only if there are left rows to follow.
    pub(super) fn update_right(&mut self, cx: &Cx<'_>, right: &InputView<'_>, track: bool) -> Result<()> {
        let Delta { removed, added, modified, mask } = right.delta;
        let is_hit = self.right.is_hit(mask) || self.by_place && mask.has_order();
        let rekeyed = if is_hit { modified.clone() } else { RowSet::new() };
        let gone = removed.union(&rekeyed);
        batches(&gone, |ids| {
            let keys = self.right.read(cx, ids, View::Old)?;
            self.keys.locate(&keys, ids.len(), &mut self.work.slots);
            for at in 0..self.work.slots.len() {
                let slot = self.work.slots[at];
                known(slot)?;
                if self.work.touched.insert(slot) {
                    let before = self.chosen_before(cx, slot)?;
                    self.work.before.push(before);
                }
            }
            Ok::<_, Error>(())
        })?;
        for &slot in self.work.touched.slots() {
            self.right_rows.retract(slot, &gone);
            if self.right_rows.is_empty(slot) {
                self.work.vacated.insert(slot);
            }
        }
        if right.old.is_empty() && self.rule.expects_distinct_keys() {
            self.keys.reserve(added.len() as usize);
        }
        for rows in [&rekeyed, added] {
            batches(rows, |ids| {
                let keys = self.right.read(cx, ids, View::New)?;
                self.keys.place(&keys, ids.len(), &mut self.work.slots)?;
                for at in 0..self.work.slots.len() {
                    let slot = self.work.slots[at];
                    if track && self.work.touched.insert(slot) {
                        let before = self.chosen_before(cx, slot)?;
                        self.work.before.push(before);
                    }
                    self.right_rows.push(slot, ids.get(at));
                }
                Ok::<_, Error>(())
            })?;
        }
        self.right_rows.settle();
        Ok(())
    }

    /// Takes left rows that go, or get another key, out of the lists by key.
    pub(super) fn retract_left(&mut self, cx: &Cx<'_>, gone: &RowSet) -> Result<()> {
        let Some(lists) = &mut self.left_rows else { return Ok(()) };
        batches(gone, |ids| {
            let keys = self.left.read(cx, ids, View::Old)?;
            self.keys.locate(&keys, ids.len(), &mut self.work.slots);
            for &slot in &self.work.slots {
                known(slot)?;
                self.work.left_behind.insert(slot);
            }
            Ok::<_, Error>(())
        })?;
        for slot in self.work.left_behind.drain() {
            lists.retract(slot, gone);
            if lists.is_empty(slot) {
                self.work.vacated.insert(slot);
            }
        }
        Ok(())
    }

    /// Has the left rows that stayed under their keys follow what became of the right rows: the rows and columns
    /// that changed by that. It is called while the lists hold those rows and no other.
    pub(super) fn follow(&mut self, cx: &mut Cx<'_>, right: &Delta) -> Result<Delta> {
        if self.left_rows.is_none() {
            return Ok(Delta::default());
        }
        let mut moves: Vec<(u64, Choice)> = Vec::new();
        let touched: Vec<u32> = self.work.touched.drain().collect();
        for (slot, before) in touched.into_iter().zip(std::mem::take(&mut self.work.before)) {
            let choice = self.choose(cx, slot)?;
            let Some(lists) = &self.left_rows else { continue };
            let followers = lists.get(slot);
            let Some(first) = followers.first() else { continue };
            let rows = self.right_rows.get(slot);
            if !self.rule.allows(choice) {
                return Err(broken(cx, &self.left, &self.right, first, choice, rows.len()));
            }
            if choice != before {
                followers.for_each(|id| moves.push((id, choice)));
            }
        }
        moves.sort_unstable_by_key(|&(id, _)| id);
        let ids: Vec<u64> = moves.iter().map(|&(id, _)| id).collect();
        moves.iter().for_each(|&(_, choice)| self.work.index.push(choice.row()));
        self.work.index.write(cx, Ids::List(&ids))?;

        let mut delta = Delta::default();
        delta.modify(&RowSet::from_sorted(&ids), &self.added.all());
        for (rows, mask) in self.added.changes(right) {
            let followers = self.followers(cx, &rows)?;
            delta.modify(&followers, &mask);
        }
        Ok(delta)
    }

    /// The left rows that have taken one of these right rows.
    fn followers(&mut self, cx: &Cx<'_>, rows: &RowSet) -> Result<RowSet> {
        let mut followers = Vec::new();
        batches(rows, |ids| {
            let keys = self.right.read(cx, ids, View::New)?;
            self.keys.locate(&keys, ids.len(), &mut self.work.slots);
            for at in 0..self.work.slots.len() {
                let slot = self.work.slots[at];
                if self.choose(cx, slot)? == Choice::Row(ids.get(at))
                    && let Some(lists) = &self.left_rows
                {
                    lists.get(slot).for_each(|id| followers.push(id));
                }
            }
            Ok::<_, Error>(())
        })?;
        Ok(RowSet::from_unsorted(followers))
    }

    /// Looks up the right row of each left row that is new or has a new key. With `compare`, tells whether one is
    /// another than before.
    pub(super) fn insert_left(&mut self, cx: &mut Cx<'_>, rows: &RowSet, compare: bool) -> Result<bool> {
        let mut moved = false;
        batches(rows, |ids| {
            let keys = self.left.read(cx, ids, View::New)?;
            match &mut self.left_rows {
                None => self.keys.locate(&keys, ids.len(), &mut self.work.slots),
                Some(lists) => {
                    self.keys.place(&keys, ids.len(), &mut self.work.slots)?;
                    for (at, &slot) in self.work.slots.iter().enumerate() {
                        lists.push(slot, ids.get(at));
                    }
                }
            }
            drop(keys);
            for at in 0..self.work.slots.len() {
                let slot = self.work.slots[at];
                let choice = self.choose(cx, slot)?;
                if !self.rule.allows(choice) {
                    let rows = self.right_rows.get(slot).len();
                    return Err(broken(cx, &self.left, &self.right, ids.get(at), choice, rows));
                }
                self.work.index.push(choice.row());
            }
            moved = moved || compare && self.work.index.differs(cx, ids);
            self.work.index.write(cx, ids)
        })?;
        if let Some(lists) = &mut self.left_rows {
            lists.settle();
        }
        Ok(moved)
    }
}
