//! filter_in, filter_not_in: the rows whose key another table has, or has not.
//!
//! Rows and columns pass through, as in a filter. Of the other table, the set, only the number of rows of each key is
//! kept; where it may change, also which of the rows filtered have each key, so that a key that comes or goes finds the
//! rows it matters to. Whether a key is in is decided when a whole update of the set is in.

#[cfg(test)]
mod tests;
mod validate;

use super::matching::{IdLists, Side, SlotSet, reads_old, release};
use super::{Built, InputShape, Operator};
use crate::column::{View, batches};
use crate::graph::{Cx, Delta, InputView, Output, Update};
use crate::group::{KeyTable, NO_SLOT};
use crate::plan::KeyColumns;
use crate::rowset::{RowSet, RowSetBuilder};
use crate::{Error, ErrorKind, Result};

struct FilterIn {
    input: Side,
    set: Side,
    /// Whether the rows kept are those whose key is not in the set.
    negated: bool,
    keys: KeyTable,
    /// Rows of the set, by key slot.
    counts: Vec<u32>,
    /// The rows filtered, by key; `None` while the set never changes: nobody asks then.
    rows: Option<IdLists>,
    /// Keys whose rows in the set changed, and whether there were any before.
    touched: SlotSet,
    was_in: Vec<bool>,
    /// Keys that lost rows on one side.
    left_behind: SlotSet,
}

pub(super) fn build(on: &KeyColumns, negated: bool, input: &InputShape<'_>, set: &InputShape<'_>) -> Built {
    let filter = FilterIn {
        input: Side::new(input, &on.left, &on.types),
        set: Side::new(set, &on.right, &on.types),
        negated,
        keys: KeyTable::new(&on.types),
        counts: Vec::new(),
        rows: (!set.definition.flavour().is_static()).then(IdLists::default),
        touched: SlotSet::default(),
        was_in: Vec::new(),
        left_behind: SlotSet::default(),
    };
    Built {
        op: Box::new(filter),
        columns: input.columns.to_vec(),
        stored: Vec::new(),
        order: input.order.of_other_rows(),
    }
}

impl Operator for FilterIn {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let &[input, set] = cx.inputs else {
            return Err(Error::new(ErrorKind::Internal, "a filter by other than one table"));
        };
        let Delta { removed, added, modified, mask } = input.delta;
        let kept = cx.old_rows().clone();
        self.update_set(cx, &set)?;
        let rekeyed = match self.rows {
            // Without lists of rows it does not matter which key a row had.
            None if self.input.is_hit(mask) => modified.clone(),
            None => RowSet::new(),
            Some(_) => self.input.rekeyed(cx, &mut self.keys, modified, mask)?,
        };
        self.retract(cx, &removed.union(&rekeyed))?;
        let (came_in, went_out) = self.turned();
        let rekeyed_in = self.passing(cx, &rekeyed)?;
        let mut delta = Delta {
            removed: removed.intersect(&kept).union(&went_out),
            added: self.passing(cx, added)?.union(&came_in),
            modified: RowSet::new(),
            mask: mask.clone(),
        };
        delta.removed.insert_all(&rekeyed.minus(&rekeyed_in).intersect(&kept));
        delta.added.insert_all(&rekeyed_in.minus(&kept));
        delta.modified = modified.intersect(&kept).minus(&delta.removed);
        self.release();
        let delta = delta.normalized();
        let rows = delta.apply(&kept);
        Ok(Update::new(delta, rows))
    }

    fn reads_old(&self) -> Vec<(usize, usize)> {
        let input = if self.rows.is_some() { self.input.reads_old() } else { &[] };
        reads_old(input, self.set.reads_old())
    }

    fn bytes(&self) -> usize {
        let sets = self.touched.bytes() + self.left_behind.bytes() + self.was_in.capacity();
        let rows = self.rows.as_ref().map_or(0, IdLists::bytes);
        self.keys.bytes() + self.counts.capacity() * size_of::<u32>() + rows + sets
    }

    fn validate(&self, output: &Output) -> Result<(), String> {
        self.check(output)
    }
}

impl FilterIn {
    fn is_in(&self, slot: u32) -> bool {
        self.counts.get(slot as usize).is_some_and(|&count| count > 0)
    }

    /// Counts the rows of the set by key, and remembers which keys were in.
    fn update_set(&mut self, cx: &Cx<'_>, set: &InputView<'_>) -> Result<()> {
        let Delta { removed, added, modified, mask } = set.delta;
        let rekeyed = self.set.rekeyed(cx, &mut self.keys, modified, mask)?;
        let FilterIn { keys, counts, touched, was_in, set, .. } = self;
        let mut touch = |counts: &[u32], slot: u32| {
            if touched.insert(slot) {
                was_in.push(counts[slot as usize] > 0);
            }
        };
        set.each_old(cx, keys, &removed.union(&rekeyed), |slot, _| {
            touch(counts, slot);
            counts[slot as usize] -= 1;
            Ok(())
        })?;
        for rows in [&rekeyed, added] {
            set.each_new(cx, keys, rows, |slot, _| {
                if counts.len() <= slot as usize {
                    counts.resize(slot as usize + 1, 0);
                }
                touch(counts, slot);
                counts[slot as usize] += 1;
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Takes rows that go, or get another key, out of the lists by key.
    fn retract(&mut self, cx: &Cx<'_>, gone: &RowSet) -> Result<()> {
        let Some(rows) = &mut self.rows else { return Ok(()) };
        let left_behind = &mut self.left_behind;
        self.input.each_old(cx, &mut self.keys, gone, |slot, _| {
            left_behind.insert(slot);
            Ok(())
        })?;
        left_behind.slots().iter().for_each(|&slot| rows.retract(slot, gone));
        Ok(())
    }

    /// The rows that come in, and those that go out, because their key did. It is called while the lists hold those
    /// rows that stayed under their keys.
    fn turned(&mut self) -> (RowSet, RowSet) {
        let (mut came_in, mut went_out) = (Vec::new(), Vec::new());
        for (&slot, &was_in) in self.touched.slots().iter().zip(&self.was_in) {
            let is_in = self.is_in(slot);
            if let (true, Some(rows)) = (is_in != was_in, &self.rows) {
                let turned = if is_in != self.negated { &mut came_in } else { &mut went_out };
                rows.get(slot).for_each(|id| turned.push(id));
            }
        }
        (RowSet::from_unsorted(came_in), RowSet::from_unsorted(went_out))
    }

    /// Those of some rows, which are new or have a new key, that are kept.
    fn passing(&mut self, cx: &Cx<'_>, rows: &RowSet) -> Result<RowSet> {
        let mut passing = RowSetBuilder::new();
        let mut slots = Vec::new();
        let mut hits = Vec::new();
        batches(rows, |ids| {
            let keys = self.input.read(cx, ids, View::New)?;
            match &mut self.rows {
                None => self.keys.locate(&keys, ids.len(), &mut slots),
                Some(lists) => {
                    self.keys.place(&keys, ids.len(), &mut slots)?;
                    slots.iter().zip(ids.iter()).for_each(|(&slot, id)| lists.push(slot, id));
                }
            }
            let is_passing = |&(&slot, _): &(&u32, u64)| (slot != NO_SLOT && self.is_in(slot)) != self.negated;
            hits.clear();
            hits.extend(slots.iter().zip(ids.iter()).filter(is_passing).map(|(_, id)| id));
            passing.extend_sorted(&hits);
            Ok::<_, Error>(())
        })?;
        if let Some(lists) = &mut self.rows {
            lists.settle();
        }
        Ok(passing.finish())
    }

    /// Gives back the slots of keys that neither side has any more.
    fn release(&mut self) {
        let FilterIn { keys, counts, rows, touched, was_in, left_behind, .. } = self;
        was_in.clear();
        touched.drain().for_each(|slot| {
            left_behind.insert(slot);
        });
        release(keys, left_behind, |slot| {
            let is_in = counts.get(slot as usize).is_some_and(|&count| count > 0);
            is_in || rows.as_ref().is_some_and(|rows| !rows.is_empty(slot))
        });
    }
}
