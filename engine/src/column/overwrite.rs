//! Writing values here and there over those that stand there: what a cycle of random changes comes to.
//!
//! Values are written in a pass of their own. To find that a block is not shared takes an instruction that waits for
//! all before it, so a write in between would wait for its cache line alone; one after the other, many are fetched at
//! once.

use std::sync::Arc;

use super::block::Block;
use super::stored::Stored;
use crate::vector::{Native, Values, Vector};

impl Stored {
    /// Writes values to ids in ascending order. False, and nothing written, where it takes more than that: text, lists, bits
    /// and nulls, blocks with nulls, slots never written.
    pub(super) fn overwrite(&mut self, ids: &[u64], vector: &Vector<'_>) -> bool {
        if vector.valid().is_some() {
            return false;
        }
        match vector.values() {
            Values::I8(values) => self.overwrite_slots(ids, values),
            Values::I16(values) => self.overwrite_slots(ids, values),
            Values::I32(values) => self.overwrite_slots(ids, values),
            Values::I64(values) => self.overwrite_slots(ids, values),
            Values::F32(values) => self.overwrite_slots(ids, values),
            Values::F64(values) => self.overwrite_slots(ids, values),
            Values::I128(values) => self.overwrite_slots(ids, values),
            Values::U16(values) => self.overwrite_slots(ids, values),
            Values::Bool(_) | Values::Str(_) | Values::List(_) => false,
        }
    }

    fn overwrite_slots<T: Native + Copy>(&mut self, ids: &[u64], values: &[T]) -> bool {
        let (log2, mask) = (self.log2, self.mask());
        let mut blocks = Arc::make_mut(&mut self.spine).blocks_mut();
        // The slots of each block written to, and where its ids end.
        let mut pieces: Vec<(&mut [T], usize)> = Vec::with_capacity(ids.len());
        let mut at = 0;
        while at < ids.len() {
            let number = ids[at] >> log2;
            let count = ids[at..].iter().take_while(|&&id| id >> log2 == number).count();
            let Some(slots) = blocks.get(number).and_then(Block::slots_mut) else { return false };
            if ids[at..at + count].iter().any(|id| (id & mask) as usize >= slots.len()) {
                return false;
            }
            at += count;
            pieces.push((slots, at));
        }
        let mut from = 0;
        for (slots, end) in pieces {
            for (id, value) in ids[from..end].iter().zip(&values[from..end]) {
                slots[(id & mask) as usize] = *value;
            }
            from = end;
        }
        true
    }
}
