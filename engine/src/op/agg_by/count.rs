//! count and count_where.

use std::borrow::Cow;

use super::accumulator::{Accumulator, Reads, Scope, absorb, of_lane};
use crate::Result;
use crate::types::Type;
use crate::vector::{Values, Vector};

/// The rows of a group, which the groups know themselves: no state of its own.
pub(super) struct Count;

impl Accumulator for Count {
    fn another(&self) -> Option<Box<dyn Accumulator>> {
        Some(Box::new(Count))
    }

    fn resize(&mut self, _slots: usize) {}

    fn finish(&mut self, _question: usize, slots: &[u32], scope: &Scope<'_, '_>) -> Result<Vector<'static>> {
        Ok(counts(slots.iter().map(|&slot| scope.groups.rows(slot))))
    }

    fn reset(&mut self, _slot: u32) {}

    fn reads(&self) -> Reads {
        Reads::Rows
    }

    fn bytes(&self) -> usize {
        0
    }
}

/// The rows of a group for which the conditions hold.
#[derive(Default)]
pub(super) struct CountWhere {
    counts: Vec<u64>,
}

impl Accumulator for CountWhere {
    fn another(&self) -> Option<Box<dyn Accumulator>> {
        Some(Box::<CountWhere>::default())
    }

    fn absorb(&mut self, lane: Box<dyn Accumulator>, slots: &[u32]) {
        if let Some(lane) = of_lane::<Self>(lane) {
            absorb(&mut self.counts, lane.counts, slots, |count, more| *count += more);
        }
    }

    fn resize(&mut self, slots: usize) {
        self.counts.resize(slots, 0);
    }

    fn insert(&mut self, slots: &[u32], values: &[Vector<'_>]) {
        let holds = values[0].bools().into_iter().flat_map(|holds| holds.ones());
        holds.for_each(|row| self.counts[slots[row] as usize] += 1);
    }

    fn retract(&mut self, slots: &[u32], values: &[Vector<'_>]) {
        let held = values[0].bools().into_iter().flat_map(|held| held.ones());
        held.for_each(|row| self.counts[slots[row] as usize] -= 1);
    }

    fn finish(&mut self, _question: usize, slots: &[u32], _scope: &Scope<'_, '_>) -> Result<Vector<'static>> {
        Ok(counts(slots.iter().map(|&slot| self.counts[slot as usize])))
    }

    fn reset(&mut self, slot: u32) {
        self.counts[slot as usize] = 0;
    }

    fn bytes(&self) -> usize {
        self.counts.capacity() * 8
    }
}

fn counts(counts: impl Iterator<Item = u64>) -> Vector<'static> {
    let counts: Vec<i64> = counts.map(|count| count as i64).collect();
    Vector::new(Type::I64, Values::I64(Cow::Owned(counts)), None)
}
