//! [`Reading`]: values taken out of one block after the other.

use std::ops::Range;

use super::block::Block;
use super::ids::Ids;
use crate::vector::Bits;

/// The values read so far, and which of them are null.
pub(super) struct Reading<T> {
    values: Vec<T>,
    nulls: Nulls,
    /// What of an id is the slot in its block.
    mask: u64,
}

impl<T: Clone + Default> Reading<T> {
    pub(super) fn new(rows: usize, mask: u64) -> Self {
        Reading { values: Vec::with_capacity(rows), nulls: Nulls::default(), mask }
    }

    /// Adds a null for each of so many ids.
    pub(super) fn miss(&mut self, count: usize) {
        self.nulls.push(self.values.len(), count);
        self.values.resize(self.values.len() + count, T::default());
    }

    /// Adds what `of` makes of what a block keeps for each of some ids, all of that block. A null, and what was never
    /// written, gives a null.
    #[inline]
    pub(super) fn take<K>(&mut self, block: &Block, kept: &[K], ids: Ids<'_>, of: impl Fn(&K) -> T) {
        let mask = self.mask;
        match ids {
            Ids::Range { start, len } => {
                let first = (start & mask) as usize;
                self.slots(block, kept, first..first + len, of);
            }
            Ids::List(list) => self.slots(block, kept, list.iter().map(|id| (id & mask) as usize), of),
        }
    }

    #[inline]
    fn slots<K>(
        &mut self,
        block: &Block,
        kept: &[K],
        slots: impl Iterator<Item = usize> + Clone,
        of: impl Fn(&K) -> T,
    ) {
        if block.valid().is_none() && slots.clone().fold(0, usize::max) < kept.len() {
            // Each is there and holds a value: nothing is left to be asked in the loop.
            self.values.extend(slots.map(|slot| of(&kept[slot])));
            return;
        }
        for slot in slots {
            match kept.get(slot).filter(|_| block.is_valid(slot)) {
                Some(value) => self.values.push(of(value)),
                None => self.miss(1),
            }
        }
    }

    /// The values, and their validity unless all are valid.
    pub(super) fn finish(self) -> (Vec<T>, Option<Bits>) {
        let valid = self.nulls.validity(self.values.len());
        (self.values, valid)
    }
}

/// Validity that is made only when a null comes.
#[derive(Default)]
pub(super) struct Nulls {
    at: Vec<Range<usize>>,
}

impl Nulls {
    pub(super) fn push(&mut self, start: usize, count: usize) {
        match self.at.last_mut() {
            Some(last) if last.end == start => last.end += count,
            _ => self.at.push(start..start + count),
        }
    }

    pub(super) fn validity(self, len: usize) -> Option<Bits> {
        if self.at.is_empty() {
            return None;
        }
        let mut valid = Bits::filled(true, len);
        for range in self.at {
            valid.fill(range, false);
        }
        Some(valid)
    }
}
