//! A place in blocks that jumps forward.

use super::super::run_list::gallop;
use super::body::{Body, find_run, run_at};
use super::{Blocks, low_of};

/// A place in blocks, before the first id at first.
#[derive(Clone)]
pub(in crate::rowset) struct Place<'a> {
    blocks: &'a Blocks,
    at: usize,
    /// The run or value in the block.
    step: usize,
    /// The id it stands at; `u64::MAX` at the end.
    id: u64,
}

impl<'a> Place<'a> {
    pub(in crate::rowset) fn new(blocks: &'a Blocks) -> Self {
        let mut place = Place { blocks, at: 0, step: 0, id: 0 };
        place.enter(0);
        place
    }

    pub(in crate::rowset) fn id(&self) -> Option<u64> {
        (self.id != u64::MAX).then_some(self.id)
    }

    /// Moves to the first id of a block, or to the end.
    fn enter(&mut self, at: usize) {
        (self.at, self.step) = (at, 0);
        self.id = self.blocks.keys.get(at).map_or(u64::MAX, |key| key + self.blocks.bodies[at].first());
    }

    /// Moves to the first id at or above `id`, never back.
    pub(in crate::rowset) fn seek(&mut self, id: u64) {
        if id <= self.id {
            return;
        }
        let blocks = self.blocks;
        let at = gallop(self.at, blocks.keys.len(), |i| blocks.key_end(i) <= id);
        if at != self.at {
            self.enter(at);
            if id <= self.id {
                return;
            }
        }
        let key = blocks.keys[at];
        let found = match &blocks.bodies[at] {
            Body::Full(_) => Some(id),
            Body::Runs(runs) => {
                self.step = find_run(runs, self.step, low_of(id));
                (self.step + 1 < runs.len()).then(|| id.max(key + u64::from(run_at(runs, self.step).0)))
            }
            Body::Array(values) => {
                self.step = gallop(self.step, values.len(), |i| values[i] < low_of(id));
                values.get(self.step).map(|&value| key + u64::from(value))
            }
            Body::Bits(bits) => bits.next_set(usize::from(low_of(id))).map(|low| key + low as u64),
        };
        match found {
            Some(id) => self.id = id,
            None => self.enter(at + 1),
        }
    }

    /// Ids before the one it stands at.
    pub(in crate::rowset) fn position(&self) -> u64 {
        let Some(&key) = self.blocks.keys.get(self.at) else { return self.blocks.len() };
        let within = match &self.blocks.bodies[self.at] {
            Body::Full(_) => self.id - key,
            Body::Runs(runs) => u64::from(runs[self.step].before) + (self.id - key - u64::from(runs[self.step].start)),
            Body::Array(_) => self.step as u64,
            Body::Bits(bits) => bits.rank((self.id - key) as usize) as u64,
        };
        self.blocks.cum[self.at] + within
    }
}
