//! Pairs that come behind all others, or instead of them: ids count in their order.

use std::collections::HashMap;

use super::fresh::Fresh;
use super::{Growth, LEFT, PairJoin};
use crate::column::{Ids, View};
use crate::graph::{Cx, Delta, InputView, Mask, Update};
use crate::op::matching::{RowsOfKey, SlotSet, release};
use crate::rowset::RowSet;
use crate::{Error, Result};

/// The right rows of keys that have several, in their order, where that is not the order of their ids.
type InOrder = HashMap<u32, Vec<u64>, foldhash::fast::FixedState>;

impl PairJoin {
    /// Makes the pairs of these left rows.
    pub(super) fn grow(&mut self, cx: &mut Cx<'_>, lefts: RowSet, right: &InputView<'_>) -> Result<Update> {
        self.update_right(cx, right)?;
        if self.left.names().is_empty() {
            // Every row meets every row.
            Fresh::default().reserve(lefts.len().saturating_mul(right.new.len()))?;
        }
        let first = self.next;
        let mut in_order = InOrder::default();
        let mut slots = Vec::new();
        let rows = cx.in_order(0, &lefts)?;
        rows.batches(|ids| {
            let keys = self.left.read(cx, ids, View::New)?;
            if self.keeps_right() {
                self.keys.place(&keys, ids.len(), &mut slots)?;
                slots.iter().zip(ids.iter()).for_each(|(&slot, id)| self.left_rows.push(slot, id));
            } else {
                self.keys.locate(&keys, ids.len(), &mut slots);
            }
            drop(keys);
            for (&slot, left) in slots.iter().zip(ids.iter()) {
                match self.right_rows.get(slot) {
                    RowsOfKey::None if self.keeps_left() => self.push(cx, Some(left), None)?,
                    RowsOfKey::None => {}
                    RowsOfKey::One(right) => self.push(cx, Some(left), Some(right))?,
                    RowsOfKey::Several(rights) if right.order.is_by_id() => {
                        let rights = rights.clone();
                        rights.iter().try_for_each(|right| self.push(cx, Some(left), Some(right)))?;
                    }
                    RowsOfKey::Several(rights) => {
                        let rights = match in_order.entry(slot) {
                            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
                            std::collections::hash_map::Entry::Vacant(new) => {
                                new.insert(right.order.sorted(cx, rights, View::New)?)
                            }
                        };
                        rights.iter().try_for_each(|&right| self.push(cx, Some(left), Some(right)))?;
                    }
                }
            }
            Ok::<_, Error>(())
        })?;
        if self.keeps_right() {
            self.left_rows.settle();
            self.push_alone(cx, right)?;
        }
        self.flush(cx)?;
        let added = RowSet::range(first..self.next);
        let removed = if self.growth == Growth::Anew { cx.old_rows().clone() } else { RowSet::new() };
        self.left_reads.follow(cx, &added, &RowSet::new(), &Mask::none())?;
        self.right_reads.follow(cx, &added, &RowSet::new(), &Mask::none())?;
        let delta = Delta { removed, added, ..Delta::default() };
        let rows = delta.apply(cx.old_rows());
        Ok(Update::new(delta, rows))
    }

    /// Takes the right rows' changes into the lists by key.
    fn update_right(&mut self, cx: &Cx<'_>, right: &InputView<'_>) -> Result<()> {
        let Delta { removed, added, modified, mask } = right.delta;
        let rekeyed = self.right.rekeyed(cx, &mut self.keys, modified, mask)?;
        let gone = removed.union(&rekeyed);
        let mut losing = SlotSet::default();
        self.right.each_old(cx, &mut self.keys, &gone, |slot, _| {
            losing.insert(slot);
            Ok(())
        })?;
        losing.slots().iter().for_each(|&slot| self.right_rows.retract(slot, &gone));
        let right_rows = &mut self.right_rows;
        for rows in [&rekeyed, added] {
            self.right.each_new(cx, &mut self.keys, rows, |slot, id| {
                right_rows.push(slot, id);
                Ok(())
            })?;
        }
        right_rows.settle();
        release(&mut self.keys, &mut losing, |slot| !right_rows.is_empty(slot));
        Ok(())
    }

    /// The right rows whose key no left row has.
    fn push_alone(&mut self, cx: &mut Cx<'_>, right: &InputView<'_>) -> Result<()> {
        let mut slots = Vec::new();
        cx.in_order(1, right.new)?.batches(|ids| {
            let keys = self.right.read(cx, ids, View::New)?;
            self.keys.locate(&keys, ids.len(), &mut slots);
            drop(keys);
            for (&slot, right) in slots.iter().zip(ids.iter()) {
                if self.left_rows.is_empty(slot) {
                    self.push(cx, None, Some(right))?;
                }
            }
            Ok::<_, Error>(())
        })
    }

    #[inline]
    fn push(&mut self, cx: &mut Cx<'_>, left: Option<u64>, right: Option<u64>) -> Result<()> {
        self.left_index.push(left);
        self.right_index.push(right);
        if self.left_index.len() >= cx.batch_rows(LEFT) { self.flush(cx) } else { Ok(()) }
    }

    /// Writes the pairs pushed.
    fn flush(&mut self, cx: &mut Cx<'_>) -> Result<()> {
        let ids = Ids::Range { start: self.next, len: self.left_index.len() };
        self.next += ids.len() as u64;
        self.left_index.write(cx, ids)?;
        self.right_index.write(cx, ids)
    }
}
