//! The steps of an update, in the order they are taken.

use super::{AsOf, INDEX};
use crate::column::{Ids, View, batches};
use crate::graph::{Cx, Delta, InputView, Mask};
use crate::group::NO_SLOT;
use crate::op::matching::known;
use crate::op::stamped::{Located, key, keys, stamp_of};
use crate::rowset::RowSet;
use crate::{Error, ErrorKind, Result};

/// Where right rows came or went: key slot and stamp.
type Touched = Vec<(u32, u128)>;

impl AsOf {
    /// Takes the right rows' changes into their lines. With `track`, remembers where rows came, which matters only if
    /// there are left rows to follow.
    pub(super) fn update_right(&mut self, cx: &Cx<'_>, right: &InputView<'_>, track: bool) -> Result<Touched> {
        let Delta { removed, added, modified, mask } = right.delta;
        let is_hit = self.right.is_hit(mask) || self.by_place && mask.has_order();
        let rekeyed = if is_hit { modified.clone() } else { RowSet::new() };
        let (mut touched, mut located) = (Touched::new(), Located::default());
        batches(&removed.union(&rekeyed), |ids| {
            self.right.locate(cx, &mut self.keys, ids, View::Old, &mut located)?;
            let places = right.order.places(cx, ids, View::Old)?;
            for (at, place) in places.into_iter().enumerate() {
                let (slot, stamp) = (known(located.slots[at])?, located.stamps[at]);
                if !self.right_rows.remove(slot, key(stamp, place)) {
                    return Err(lost(ids.get(at)));
                }
                touched.push((slot, stamp));
            }
            Ok(())
        })?;
        for rows in [&rekeyed, added] {
            batches(rows, |ids| {
                self.right.place(cx, &mut self.keys, ids, &mut located)?;
                let places = right.order.places(cx, ids, View::New)?;
                for (at, place) in places.into_iter().enumerate() {
                    let (slot, stamp) = (located.slots[at], located.stamps[at]);
                    self.right_rows.insert(slot, key(stamp, place), ids.get(at));
                    if track {
                        touched.push((slot, stamp));
                    }
                }
                Ok::<_, Error>(())
            })?;
        }
        touched.sort_unstable();
        touched.dedup();
        Ok(touched)
    }

    /// Takes left rows that go, or get another key or stamp, out of their lines.
    pub(super) fn retract_left(&mut self, cx: &Cx<'_>, gone: &RowSet) -> Result<()> {
        let Some(lines) = &mut self.left_rows else { return Ok(()) };
        let mut located = Located::default();
        batches(gone, |ids| {
            self.left.locate(cx, &mut self.keys, ids, View::Old, &mut located)?;
            for (at, id) in ids.iter().enumerate() {
                let slot = known(located.slots[at])?;
                if !lines.remove(slot, key(located.stamps[at], id)) {
                    return Err(lost(id));
                }
                if lines.get(slot).is_empty() {
                    self.vacated.push(slot);
                }
            }
            Ok(())
        })
    }

    /// Has the left rows that stayed follow what became of the right rows: the rows and columns that changed by that. It
    /// is called while the lines hold those rows and no other.
    pub(super) fn follow(&mut self, cx: &mut Cx<'_>, touched: &Touched, right: &Delta) -> Result<Delta> {
        self.vacated.extend(touched.iter().map(|&(slot, _)| slot));
        let Some(lines) = &self.left_rows else { return Ok(Delta::default()) };
        let mut choices: Vec<(u64, Option<u64>)> = Vec::new();
        // The stretches of two neighbours may overlap: what was looked at is not looked at again.
        let mut seen = None;
        for &(slot, stamp) in touched {
            let line = self.right_rows.get(slot);
            let Some(stretch) = self.reach.of(line, stamp) else { continue };
            let from =
                seen.filter(|&(of, _)| of == slot).map_or(*stretch.start(), |(_, to)| (*stretch.start()).max(to));
            if from > *stretch.end() {
                continue;
            }
            seen = Some((slot, *stretch.end() + 1));
            lines.get(slot).for_each_of(keys(from..=*stretch.end()), |key, id| {
                choices.push((id, self.reach.take(line, stamp_of(key))));
            });
        }
        choices.sort_unstable();
        let ids: Vec<u64> = choices.iter().map(|&(id, _)| id).collect();
        let before = cx.own(INDEX, Ids::List(&ids), View::New);
        let is_moved = |&(at, &(_, choice)): &(usize, &(u64, Option<u64>))| {
            let held = before.native::<i64>().filter(|_| before.is_valid(at)).map(|held| held[at] as u64);
            held != choice
        };
        let moves: Vec<(u64, Option<u64>)> =
            choices.iter().enumerate().filter(is_moved).map(|(_, &choice)| choice).collect();
        let ids: Vec<u64> = moves.iter().map(|&(id, _)| id).collect();
        moves.iter().for_each(|&(_, choice)| self.index.push(choice));
        drop(before);
        self.index.write(cx, Ids::List(&ids))?;

        let mut delta = Delta { modified: RowSet::from_sorted(&ids), ..Delta::default() };
        if !ids.is_empty() {
            delta.mask = self.all_added();
        }
        let replaced = right.removed.intersect(&right.added);
        let places = self.added.iter().enumerate();
        let changed = places.filter(|&(_, &column)| right.mask.contains(column)).map(|(at, _)| self.first_added + at);
        for (rows, mask) in [(&right.modified, changed.collect::<Mask>()), (&replaced, self.all_added())] {
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

    /// The left rows that have taken one of these right rows.
    fn followers(&mut self, cx: &Cx<'_>, rows: &RowSet) -> Result<RowSet> {
        let (mut followers, mut located) = (Vec::new(), Located::default());
        batches(rows, |ids| {
            self.right.locate(cx, &mut self.keys, ids, View::New, &mut located)?;
            for (at, id) in ids.iter().enumerate() {
                let (slot, line) = (located.slots[at], self.right_rows.get(located.slots[at]));
                // Rows of one stamp reach as far, and one of them is taken by all.
                let Some(stretch) = self.reach.of(line, located.stamps[at]) else { continue };
                if self.reach.take(line, *stretch.start()) != Some(id) {
                    continue;
                }
                if let Some(lines) = &self.left_rows {
                    lines.get(slot).for_each_of(keys(stretch), |_, left| followers.push(left));
                }
            }
            Ok::<_, Error>(())
        })?;
        Ok(RowSet::from_unsorted(followers))
    }

    /// Looks up the right row of each left row that is new or has a new key or stamp. With `compare`, tells whether one is
    /// another than before.
    pub(super) fn insert_left(&mut self, cx: &mut Cx<'_>, rows: &RowSet, compare: bool) -> Result<bool> {
        let (mut moved, mut located) = (false, Located::default());
        batches(rows, |ids| {
            match &mut self.left_rows {
                None => self.left.locate(cx, &mut self.keys, ids, View::New, &mut located)?,
                Some(lines) => {
                    self.left.place(cx, &mut self.keys, ids, &mut located)?;
                    for (at, id) in ids.iter().enumerate() {
                        lines.insert(located.slots[at], key(located.stamps[at], id), id);
                    }
                }
            }
            for (&slot, &stamp) in located.slots.iter().zip(&located.stamps) {
                let line = (slot != NO_SLOT).then(|| self.right_rows.get(slot));
                self.index.push(line.and_then(|line| self.reach.take(line, stamp)));
            }
            moved = moved || compare && self.index.differs(cx, ids);
            self.index.write(cx, ids)
        })?;
        Ok(moved)
    }

    /// Gives back the slots of keys that neither side has any more.
    pub(super) fn release(&mut self) {
        let mut vacated = std::mem::take(&mut self.vacated);
        vacated.sort_unstable();
        vacated.dedup();
        for slot in vacated.drain(..) {
            let has_left = self.left_rows.as_ref().is_some_and(|lines| !lines.get(slot).is_empty());
            if !has_left && self.right_rows.get(slot).is_empty() {
                self.keys.remove(slot);
            }
        }
        self.vacated = vacated;
    }
}

/// A row that its line does not have.
fn lost(id: u64) -> Error {
    Error::new(ErrorKind::Internal, "a row that is not where its stamp says").with_row(id)
}
