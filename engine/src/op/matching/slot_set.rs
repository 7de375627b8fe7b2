//! [`SlotSet`]: the key slots met in one step of an update, each once.

/// Slots in the order they were first put in.
#[derive(Debug, Default)]
pub(in crate::op) struct SlotSet {
    slots: Vec<u32>,
    /// Whether a slot is in, by slot.
    present: Vec<bool>,
}

impl SlotSet {
    /// Puts a slot in; whether it was not there yet.
    #[inline]
    pub(in crate::op) fn insert(&mut self, slot: u32) -> bool {
        let at = slot as usize;
        if at >= self.present.len() {
            self.present.resize(at + 1, false);
        }
        if self.present[at] {
            return false;
        }
        self.present[at] = true;
        self.slots.push(slot);
        true
    }

    pub(in crate::op) fn contains(&self, slot: u32) -> bool {
        self.present.get(slot as usize).is_some_and(|&present| present)
    }

    pub(in crate::op) fn slots(&self) -> &[u32] {
        &self.slots
    }

    /// Takes all slots out, one by one. The cost is that of the slots in it, not of all there are.
    pub(in crate::op) fn drain(&mut self) -> impl Iterator<Item = u32> + '_ {
        let present = &mut self.present;
        self.slots.drain(..).inspect(|&slot| present[slot as usize] = false)
    }

    pub(in crate::op) fn bytes(&self) -> usize {
        self.slots.capacity() * 4 + self.present.capacity()
    }
}
