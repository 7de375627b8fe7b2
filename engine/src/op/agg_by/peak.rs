//! min and max where nothing is taken back.

use std::borrow::Cow;

use super::accumulator::{Accumulator, Scope, of_lane};
use super::extreme::Side;
use super::ranked::Ranked;
use crate::Result;
use crate::types::Type;
use crate::vector::{Bits, Vector};

/// The least or greatest value of each group so far.
pub(super) struct Peak<T: Ranked> {
    ty: Type,
    side: Side,
    best: Vec<T::Key>,
    /// Whether a group has a best value.
    has_best: Bits,
    /// Whether a group has a NaN; empty until there is one.
    has_nan: Bits,
}

impl<T: Ranked> Peak<T> {
    pub(super) fn new(ty: Type, side: Side) -> Self {
        let none = || Bits::filled(false, 0);
        Peak { ty, side, best: Vec::new(), has_best: none(), has_nan: none() }
    }

    /// Puts the values of rows in; `is_better` says whether the first of two is to be kept.
    fn pass(&mut self, slots: &[u32], values: &Vector<'_>, is_better: impl Fn(&T::Key, &T::Key) -> bool) {
        let valid = values.valid();
        for (row, value) in T::values(values).iter().enumerate() {
            if valid.is_some_and(|valid| !valid.get(row)) {
                continue;
            }
            match value.key() {
                Some(key) => self.put(slots[row], key, &is_better),
                None => self.put_nan(slots[row]),
            }
        }
    }

    #[inline]
    fn put(&mut self, slot: u32, key: T::Key, is_better: impl Fn(&T::Key, &T::Key) -> bool) {
        let best = &mut self.best[slot as usize];
        if !self.has_best.get(slot as usize) {
            self.has_best.set(slot as usize, true);
            *best = key;
        } else if is_better(&key, best) {
            *best = key;
        }
    }

    fn put_nan(&mut self, slot: u32) {
        if self.has_nan.is_empty() {
            self.has_nan = Bits::filled(false, self.best.len());
        }
        self.has_nan.set(slot as usize, true);
    }

    fn has_nan(&self, slot: u32) -> bool {
        !self.has_nan.is_empty() && self.has_nan.get(slot as usize)
    }
}

impl<T: Ranked> Accumulator for Peak<T> {
    fn another(&self) -> Option<Box<dyn Accumulator>> {
        Some(Box::new(Peak::<T>::new(self.ty, self.side)))
    }

    fn absorb(&mut self, lane: Box<dyn Accumulator>, slots: &[u32]) {
        let Some(lane) = of_lane::<Self>(lane) else { return };
        let side = self.side;
        let is_better = |key: &T::Key, best: &T::Key| side.is_better(key, best);
        for at in lane.has_nan.ones() {
            self.put_nan(slots[at]);
        }
        for ((key, has_best), &slot) in lane.best.into_iter().zip(lane.has_best.iter()).zip(slots) {
            if has_best {
                self.put(slot, key, is_better);
            }
        }
    }

    fn resize(&mut self, slots: usize) {
        let more = slots - self.best.len();
        self.best.resize(slots, T::Key::default());
        self.has_best.push_many(false, more);
        if !self.has_nan.is_empty() {
            self.has_nan.push_many(false, more);
        }
    }

    fn insert(&mut self, slots: &[u32], values: &[Vector<'_>]) {
        // One loop for each side, without a choice in it.
        match self.side {
            Side::Least => self.pass(slots, &values[0], |key, best| key < best),
            Side::Greatest => self.pass(slots, &values[0], |key, best| key > best),
        }
    }

    fn finish(&mut self, _question: usize, slots: &[u32], _scope: &Scope<'_, '_>) -> Result<Vector<'static>> {
        let has_best = |slot: u32| self.has_best.get(slot as usize);
        let valid = Bits::from_fn(slots.len(), |at| has_best(slots[at]) || self.has_nan(slots[at]));
        let values = slots.iter().map(|&slot| match (self.has_nan(slot), has_best(slot)) {
            (true, _) => T::nan(),
            (false, true) => T::of(&self.best[slot as usize]),
            (false, false) => T::default(),
        });
        Ok(Vector::new(self.ty, T::wrapped(Cow::Owned(values.collect())), Some(valid)))
    }

    fn reset(&mut self, slot: u32) {
        self.best[slot as usize] = T::Key::default();
        self.has_best.set(slot as usize, false);
        if !self.has_nan.is_empty() {
            self.has_nan.set(slot as usize, false);
        }
    }

    fn bytes(&self) -> usize {
        let bits = self.has_best.words().len() + self.has_nan.words().len();
        self.best.capacity() * size_of::<T::Key>() + bits * size_of::<u64>()
    }
}
