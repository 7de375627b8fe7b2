//! The steps of an update, in the order they are taken.

use super::{AsOf, INDEX};
use crate::Result;
use crate::column::{Ids, View};
use crate::graph::{Cx, Delta};
use crate::op::stamped::{Stamp, Touched};
use crate::rowset::RowSet;

impl<S: Stamp> AsOf<S> {
    /// Takes left rows that go, or get another key or stamp, out of their lines.
    pub(super) fn retract_left(&mut self, cx: &Cx<'_>, gone: &RowSet) -> Result<()> {
        let AsOf { keys, left, vacated, .. } = self;
        left.retract(cx, keys, gone, |slot, _| {
            vacated.insert(slot);
        })
    }

    /// Has the left rows that stayed follow what became of the right rows: the rows and columns that changed by that. It
    /// is called while the lines hold those rows and no other.
    pub(super) fn follow(&mut self, cx: &mut Cx<'_>, touched: &Touched<S>, right: &Delta) -> Result<Delta> {
        if !self.left.are_kept() {
            return Ok(Delta::default());
        }
        let mut choices: Vec<(u64, Option<u64>)> = Vec::new();
        // The stretches of two neighbours may overlap: what was looked at is not looked at again.
        let mut seen: Option<(u32, Option<S::Key>)> = None;
        for (slot, stamp) in touched {
            let line = self.right.get_mut(*slot);
            let (mut from, to) = self.reach.of(line, stamp);
            match &seen {
                Some((of, None)) if of == slot => continue,
                Some((of, Some(end))) if of == slot => from = from.max(end.clone()),
                _ => {}
            }
            self.left.get(*slot).for_each_of(&from, to.as_ref(), |key, id| {
                choices.push((id, self.reach.take_next(line, &S::of(key))));
            });
            seen = Some((*slot, to));
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
        let AsOf { keys, left, right, reach, .. } = self;
        let mut followers = Vec::new();
        right.locate(cx, keys, rows, |slot, stamp, id| {
            let line = right.get(slot);
            // Left rows that reach this stamp all take the same of its rows.
            if reach.taken(line, stamp) == Some(id) {
                let (from, to) = reach.of(line, stamp);
                left.get(slot).for_each_of(&from, to.as_ref(), |_, left| followers.push(left));
            }
        })?;
        Ok(RowSet::from_unsorted(followers))
    }

    /// Looks up the right row of each left row that is new or has a new key or stamp. With `compare`, tells whether one is
    /// another than before.
    pub(super) fn insert_left(&mut self, cx: &mut Cx<'_>, rows: &RowSet, compare: bool) -> Result<bool> {
        let mut moved = false;
        let AsOf { keys, left, right, reach, index, .. } = self;
        left.insert(cx, keys, rows, |cx, ids, located| {
            let rows = located.slots.iter().zip(&located.stamps);
            rows.for_each(|(&slot, stamp)| index.push(reach.take_next(right.get_mut(slot), stamp)));
            moved = moved || compare && index.differs(cx, ids);
            index.write(cx, ids)
        })?;
        Ok(moved)
    }
}
