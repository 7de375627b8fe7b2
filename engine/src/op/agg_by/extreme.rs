//! min and max.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::accumulator::{Accumulator, Scope, absorb, of_lane};
use super::best::Best;
use super::ranked::Ranked;
use crate::column::{View, batches};
use crate::types::Type;
use crate::vector::{Bits, Vector};
use crate::{Error, ErrorKind, Result};

/// Which end of the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Least,
    Greatest,
}

/// The least or greatest value of each group.
///
/// A group keeps its best value and how often it has it. Only when the last of these is taken back are the rows of
/// the group read again, and from then on all its values are kept sorted.
pub(super) struct Extreme<T: Ranked> {
    ty: Type,
    side: Side,
    groups: Vec<Best<T::Key>>,
}

impl<T: Ranked> Extreme<T> {
    pub(super) fn new(ty: Type, side: Side) -> Self {
        Extreme { ty, side, groups: Vec::new() }
    }

    fn pass(&mut self, slots: &[u32], values: &Vector<'_>, apply: impl Fn(&mut Best<T::Key>, Option<T::Key>)) {
        let valid = values.valid();
        for (row, value) in T::values(values).iter().enumerate() {
            if valid.is_none_or(|valid| valid.get(row)) {
                apply(&mut self.groups[slots[row] as usize], value.key());
            }
        }
    }

    /// Reads all values of a group again.
    fn sort(&mut self, slot: u32, scope: &Scope<'_, '_>) -> Result<()> {
        let (Some(members), Some(column)) = (scope.members, scope.column) else {
            return Err(Error::new(ErrorKind::Internal, "an extreme was lost where rows are never taken back"));
        };
        let mut sorted: BTreeMap<T::Key, u64> = BTreeMap::new();
        batches(members.of(slot), |ids| {
            let values = scope.cx.read(column, ids, View::New)?;
            for (row, value) in T::values(&values).iter().enumerate() {
                if let (true, Some(key)) = (values.is_valid(row), value.key()) {
                    *sorted.entry(key).or_default() += 1;
                }
            }
            Ok::<_, Error>(())
        })?;
        self.groups[slot as usize].keep_sorted(sorted);
        Ok(())
    }
}

impl<T: Ranked> Accumulator for Extreme<T> {
    fn another(&self) -> Option<Box<dyn Accumulator>> {
        Some(Box::new(Extreme::<T>::new(self.ty, self.side)))
    }

    fn absorb(&mut self, lane: Box<dyn Accumulator>, slots: &[u32]) {
        let side = self.side;
        if let Some(lane) = of_lane::<Self>(lane) {
            absorb(&mut self.groups, lane.groups, slots, |group, more| group.absorb(more, side));
        }
    }

    fn resize(&mut self, slots: usize) {
        self.groups.resize(slots, Best::default());
    }

    fn insert(&mut self, slots: &[u32], values: &[Vector<'_>]) {
        let side = self.side;
        self.pass(slots, &values[0], |group, key| match key {
            Some(key) => group.put(key, side),
            None => group.nans += 1,
        });
    }

    fn retract(&mut self, slots: &[u32], values: &[Vector<'_>]) {
        self.pass(slots, &values[0], |group, key| match key {
            Some(key) => group.take(&key),
            None => group.nans -= 1,
        });
    }

    fn finish(&mut self, _question: usize, slots: &[u32], scope: &Scope<'_, '_>) -> Result<Vector<'static>> {
        for &slot in slots {
            if self.groups[slot as usize].is_lost() {
                self.sort(slot, scope)?;
            }
        }
        let group = |slot: &u32| &self.groups[*slot as usize];
        let valid = Bits::from_fn(slots.len(), |at| {
            let group = group(&slots[at]);
            group.values > 0 || group.nans > 0
        });
        let values = slots.iter().map(group).map(|group| match (group.nans, group.values) {
            (0, 0) => T::default(),
            (0, _) => T::of(group.best(self.side)),
            _ => T::nan(),
        });
        Ok(Vector::new(self.ty, T::wrapped(Cow::Owned(values.collect())), Some(valid)))
    }

    fn reset(&mut self, slot: u32) {
        self.groups[slot as usize] = Best::default();
    }

    fn needs_members(&self) -> bool {
        true
    }

    fn bytes(&self) -> usize {
        self.groups.capacity() * size_of::<Best<T::Key>>() + self.groups.iter().map(Best::bytes).sum::<usize>()
    }
}
