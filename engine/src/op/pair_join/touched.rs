//! [`Touched`]: the keys whose rows of one side change in an update.

use crate::op::matching::{IdLists, SlotSet};

/// Key slots, each with whether it had no row before.
#[derive(Debug, Default)]
pub(super) struct Touched {
    slots: SlotSet,
    was_empty: Vec<bool>,
}

impl Touched {
    /// Takes note of a key whose rows are about to change.
    pub(super) fn insert(&mut self, slot: u32, rows: &IdLists) {
        if self.slots.insert(slot) {
            self.was_empty.push(rows.is_empty(slot));
        }
    }

    pub(super) fn slots(&self) -> &[u32] {
        self.slots.slots()
    }

    /// The keys that had no row and have one now, or the other way round, and whether they have none now.
    pub(super) fn turned(&self, is_empty: impl Fn(u32) -> bool) -> impl Iterator<Item = (u32, bool)> {
        let slots = self.slots().iter().zip(&self.was_empty);
        slots
            .map(move |(&slot, &was)| (slot, was, is_empty(slot)))
            .filter(|&(_, was, is)| was != is)
            .map(|(s, _, is)| (s, is))
    }
}
