//! The steps of an update where pairs come and go anywhere, in the order they are taken.

use super::fresh::{Fresh, NOBODY, Pair};
use super::places::find;
use super::touched::Touched;
use super::{LEFT, PairJoin, RIGHT};
use crate::Result;
use crate::graph::{Cx, Delta, InputView, Mask, Update};
use crate::group::KeyTable;
use crate::op::matching::{IdLists, Side, SlotSet, release};
use crate::rowset::RowSet;

/// What became of one side.
struct Changes {
    /// Rows that are there no more under their keys.
    gone: RowSet,
    /// Rows that changed or moved, and are under their keys still.
    stayed: RowSet,
    /// Rows that have another key, which is that of others now.
    rekeyed: RowSet,
}

/// Rows that come to a side, each with its key slot.
type Arrivals = Vec<(u32, u64)>;

impl PairJoin {
    pub(super) fn change(&mut self, cx: &mut Cx<'_>, left: &InputView<'_>, right: &InputView<'_>) -> Result<Update> {
        let lefts = changes(&self.left, cx, &mut self.keys, left.delta)?;
        let rights = changes(&self.right, cx, &mut self.keys, right.delta)?;
        let (mut gone, mut by_left, mut by_right) = (Vec::new(), Vec::new(), Vec::new());
        self.add_pairs_of_left(cx, &lefts.gone, &mut gone)?;
        self.add_pairs_of_right(cx, &rights.gone, &mut gone)?;
        self.add_pairs_of_left(cx, &lefts.stayed, &mut by_left)?;
        self.add_pairs_of_right(cx, &rights.stayed, &mut by_right)?;
        let (fresh, parted) = self.update_rows(cx, (&lefts, left.delta), (&rights, right.delta))?;
        find(cx, &parted, &mut gone)?;

        let gone = RowSet::from_unsorted(gone);
        let by_left = RowSet::from_unsorted(by_left).minus(&gone);
        let by_right = RowSet::from_unsorted(by_right).minus(&gone);
        let has_moved =
            |delta: &Delta, pairs: &RowSet| if delta.mask.has_order() { pairs.clone() } else { RowSet::new() };
        let moved = has_moved(left.delta, &by_left).union(&has_moved(right.delta, &by_right));
        let (added, labelled) = self.settle(cx, &gone, &moved, fresh)?;

        let moved = labelled.minus(&added);
        let mut mask = Mask::none();
        if !by_left.is_empty() {
            mask.insert_all(&left.delta.mask.columns().collect());
        }
        if !by_right.is_empty() {
            right.delta.mask.columns().for_each(|column| mask.insert_all(&self.shown[column]));
        }
        mask.set_order(!moved.is_empty());
        let mut modified = moved;
        if mask.columns().next().is_some() {
            modified.insert_all(&by_left);
            modified.insert_all(&by_right);
        }
        self.left_reads.follow(cx, &added, &by_left, &mask)?;
        self.right_reads.follow(cx, &added, &by_right, &mask)?;
        let delta = Delta { removed: gone, added, modified, mask }.normalized();
        let rows = delta.apply(cx.old_rows());
        Ok(Update::new(delta, rows))
    }

    /// Takes the changes of both sides into the lists by key: the pairs that come, and those of a row and nobody that
    /// part because a partner came.
    fn update_rows(
        &mut self,
        cx: &Cx<'_>,
        (lefts, left): (&Changes, &Delta),
        (rights, right): (&Changes, &Delta),
    ) -> Result<(Fresh, Vec<Pair>)> {
        let (mut fresh, mut parted) = (Fresh::default(), Vec::new());
        let left_arrivals = arrivals(&self.left, cx, &mut self.keys, lefts, left)?;
        let right_arrivals = arrivals(&self.right, cx, &mut self.keys, rights, right)?;
        let left_touched = retract(&self.left, cx, &mut self.keys, &mut self.left_rows, lefts, &left_arrivals)?;
        let right_touched = retract(&self.right, cx, &mut self.keys, &mut self.right_rows, rights, &right_arrivals)?;
        let mut arriving = SlotSet::default();
        left_arrivals.iter().for_each(|&(slot, _)| {
            arriving.insert(slot);
        });

        // Right rows that stayed, and met their first left row or lost their last.
        if self.keeps_right() {
            let turned = left_touched.turned(|slot| self.left_rows.is_empty(slot) && !arriving.contains(slot));
            for (slot, is_alone) in turned {
                self.right_rows.get(slot).for_each(|right| match is_alone {
                    true => fresh.push(None, Some(right)),
                    false => parted.push((NOBODY, right)),
                });
            }
        }
        // Right rows that come, with the left rows that stayed.
        fresh.reserve(met(&right_arrivals, &self.left_rows))?;
        for &(slot, right) in &right_arrivals {
            let partners = self.left_rows.get(slot);
            partners.for_each(|left| fresh.push(Some(left), Some(right)));
            if self.keeps_right() && partners.len() == 0 && !arriving.contains(slot) {
                fresh.push(None, Some(right));
            }
        }
        push(&mut self.right_rows, &right_arrivals);
        // Left rows that stayed, and met their first right row or lost their last.
        if self.keeps_left() {
            for (slot, is_alone) in right_touched.turned(|slot| self.right_rows.is_empty(slot)) {
                self.left_rows.get(slot).for_each(|left| match is_alone {
                    true => fresh.push(Some(left), None),
                    false => parted.push((left, NOBODY)),
                });
            }
        }
        // Left rows that come, with all right rows.
        fresh.reserve(met(&left_arrivals, &self.right_rows))?;
        for &(slot, left) in &left_arrivals {
            let partners = self.right_rows.get(slot);
            partners.for_each(|right| fresh.push(Some(left), Some(right)));
            if self.keeps_left() && partners.len() == 0 {
                fresh.push(Some(left), None);
            }
        }
        push(&mut self.left_rows, &left_arrivals);
        self.release(&left_touched, &right_touched);
        Ok((fresh, parted))
    }

    /// Gives back the slots of keys that neither side has any more.
    fn release(&mut self, lefts: &Touched, rights: &Touched) {
        let mut touched = SlotSet::default();
        lefts.slots().iter().chain(rights.slots()).for_each(|&slot| {
            touched.insert(slot);
        });
        let PairJoin { keys, left_rows, right_rows, .. } = self;
        release(keys, &mut touched, |slot| !(left_rows.is_empty(slot) && right_rows.is_empty(slot)));
    }

    /// The left and the right row of some pairs.
    pub(super) fn rows_of(cx: &Cx<'_>, pairs: crate::column::Ids<'_>) -> Vec<Pair> {
        let [left, right] = [LEFT, RIGHT].map(|slot| cx.own(slot, pairs, crate::column::View::New));
        let row = |rows: &crate::vector::Vector<'_>, at: usize| match rows.native::<i64>() {
            Some(ids) if rows.is_valid(at) => ids[at] as u64,
            _ => NOBODY,
        };
        (0..pairs.len()).map(|at| (row(&left, at), row(&right, at))).collect()
    }
}

fn changes(side: &Side, cx: &Cx<'_>, keys: &mut KeyTable, delta: &Delta) -> Result<Changes> {
    let rekeyed = side.rekeyed(cx, keys, &delta.modified, &delta.mask)?;
    Ok(Changes { gone: delta.removed.union(&rekeyed), stayed: delta.modified.minus(&rekeyed), rekeyed })
}

fn arrivals(side: &Side, cx: &Cx<'_>, keys: &mut KeyTable, changes: &Changes, delta: &Delta) -> Result<Arrivals> {
    let mut arrivals = Vec::with_capacity((changes.rekeyed.len() + delta.added.len()) as usize);
    for rows in [&changes.rekeyed, &delta.added] {
        side.each_new(cx, keys, rows, |slot, id| {
            arrivals.push((slot, id));
            Ok(())
        })?;
    }
    Ok(arrivals)
}

/// Takes rows that go out of the lists; the keys that lose or get rows.
fn retract(
    side: &Side,
    cx: &Cx<'_>,
    keys: &mut KeyTable,
    rows: &mut IdLists,
    changes: &Changes,
    arrivals: &Arrivals,
) -> Result<Touched> {
    let mut touched = Touched::default();
    side.each_old(cx, keys, &changes.gone, |slot, _| {
        touched.insert(slot, rows);
        Ok(())
    })?;
    let losing = touched.slots().to_vec();
    arrivals.iter().for_each(|&(slot, _)| touched.insert(slot, rows));
    losing.into_iter().for_each(|slot| rows.retract(slot, &changes.gone));
    Ok(touched)
}

/// How many rows of the other side the rows that come meet.
fn met(arrivals: &Arrivals, others: &IdLists) -> u64 {
    arrivals.iter().fold(0, |met, &(slot, _)| met.saturating_add(others.get(slot).len()))
}

fn push(rows: &mut IdLists, arrivals: &Arrivals) {
    arrivals.iter().for_each(|&(slot, id)| rows.push(slot, id));
    rows.settle();
}
