//! [`Nulls`]: how many rows of a group have no value.

use super::groups::Groups;
use crate::vector::Bits;

/// How many rows of each slot have a null in the column of an aggregate. The others have values, so that values need not
/// be counted; and as long as there is no null, nothing is kept.
#[derive(Debug, Default)]
pub(super) struct Nulls(Vec<u64>);

impl Nulls {
    /// Counts the nulls among rows that are put into slots.
    pub(super) fn put(&mut self, slots: &[u32], valid: Option<&Bits>) {
        each(slots, valid, |slot| self.add(slot, 1));
    }

    /// Counts the nulls among rows that are taken out of slots.
    pub(super) fn take(&mut self, slots: &[u32], valid: Option<&Bits>) {
        each(slots, valid, |slot| self.0[slot as usize] -= 1);
    }

    fn add(&mut self, slot: u32, more: u64) {
        if self.0.len() <= slot as usize {
            self.0.resize(slot as usize + 1, 0);
        }
        self.0[slot as usize] += more;
    }

    /// Takes those of a lane in.
    pub(super) fn absorb(&mut self, lane: Nulls, slots: &[u32]) {
        slots.iter().zip(lane.0).filter(|(_, nulls)| *nulls > 0).for_each(|(&slot, nulls)| self.add(slot, nulls));
    }

    /// How many values a group has.
    pub(super) fn values(&self, slot: u32, groups: &Groups) -> u64 {
        groups.rows(slot) - self.0.get(slot as usize).copied().unwrap_or(0)
    }

    pub(super) fn reset(&mut self, slot: u32) {
        if let Some(nulls) = self.0.get_mut(slot as usize) {
            *nulls = 0;
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.0.capacity() * size_of::<u64>()
    }
}

fn each(slots: &[u32], valid: Option<&Bits>, count: impl FnMut(u32)) {
    if let Some(valid) = valid.filter(|valid| !valid.all()) {
        valid.not().ones().map(|row| slots[row]).for_each(count);
    }
}
