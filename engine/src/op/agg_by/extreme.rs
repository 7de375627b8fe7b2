//! min and max.

use std::borrow::Cow;

use super::accumulator::{Accumulator, Scope, absorb, of_lane};
use super::best::{self, Best};
use super::ranked::Ranked;
use crate::Result;
use crate::column::View;
use crate::types::Type;
use crate::vector::{Bits, Vector};

/// Which end of the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Least,
    Greatest,
}

impl Side {
    /// Whether a value comes before another, seen from this side.
    pub(super) fn is_better<K: Ord>(self, value: &K, other: &K) -> bool {
        match self {
            Side::Least => value < other,
            Side::Greatest => value > other,
        }
    }
}

/// The least or greatest value of each group.
///
/// A group keeps its best value and how often it has it. Only when the last of these is taken back are the rows of
/// the group read again, and from then on several of its best values are kept.
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
        let side = self.side;
        self.pass(slots, &values[0], |group, key| match key {
            Some(key) => group.take(&key, side),
            None => group.nans -= 1,
        });
    }

    fn finish(&mut self, _question: usize, slots: &[u32], scope: &Scope<'_, '_>) -> Result<Vector<'static>> {
        let lost = best::forget_lost(&mut self.groups, slots, self.side);
        scope.read_again(&lost, |slots, ids| {
            self.insert(slots, &scope.cx.read_all(scope.column.map_or(&[], std::slice::from_ref), ids, View::New)?);
            Ok(())
        })?;
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
        best::bytes(&self.groups)
    }

    fn validate(&self) -> Result<(), String> {
        best::validate(&self.groups, self.side)
    }
}
