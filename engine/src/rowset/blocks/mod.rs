//! Blocks of 2^16 ids: flat arrays of keys and counts to search in, and a shared body for each block, or stretch of full ones.
//!
//! A copy of the arrays shares the bodies, so a change to a set that a clone still holds copies those small arrays and the blocks it
//! touches.

mod algebra;
mod append;
mod arrays;
mod bits;
mod body;
mod builder;
mod combine;
mod place;
mod predicates;
mod serial;
mod shape;
mod validate;
mod walk;

pub(super) use algebra::combine_blocks;
pub(super) use builder::BlocksBuilder;
pub(super) use combine::{Intersect, Minus, Op, Union, Xor};
pub(super) use place::Place;
pub(super) use walk::{ByChunk, ByRun, Chunk, Walk};

use std::ops::Range;

use super::run_list::{RunList, gallop};
use body::{BLOCK, Body};
use shape::Scratch;

/// A set of more runs than this is made of blocks.
pub(super) const MOST_LISTED: usize = 4096;
/// A list that is changed in place becomes blocks beyond so many runs: to turn over all its runs is paid for by as many changes.
pub(super) const MOST_GROWN: usize = 2 * MOST_LISTED;
/// Below so many runs a set in blocks becomes a list of runs again.
pub(super) const FEWEST_IN_BLOCKS: usize = 2048;

/// The block an id is in.
fn key_of(id: u64) -> u64 {
    id & !(BLOCK as u64 - 1)
}

/// An id less the key of its block.
fn low_of(id: u64) -> u16 {
    id as u16
}

/// Ids by blocks: ascending, disjoint, none empty, stretches of full blocks never adjacent.
#[derive(Clone)]
pub(super) struct Blocks {
    /// The first id that the block, or stretch of full blocks, could hold.
    keys: Vec<u64>,
    /// Ids before each block, and the total last: one entry more than `keys`.
    cum: Vec<u64>,
    bodies: Vec<Body>,
    /// Whether the last block may be in another form than the smallest, because it was appended to.
    loose_tail: bool,
}

impl Default for Blocks {
    fn default() -> Self {
        Blocks { keys: Vec::new(), cum: vec![0], bodies: Vec::new(), loose_tail: false }
    }
}

impl Blocks {
    pub(super) fn len(&self) -> u64 {
        self.cum[self.keys.len()]
    }

    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// From the first id to one past the last.
    pub(super) fn span(&self) -> Range<u64> {
        match self.keys.len() {
            0 => 0..0,
            n => self.keys[0] + self.bodies[0].first()..self.keys[n - 1] + self.bodies[n - 1].end(),
        }
    }

    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>()
            + 2 * size_of::<usize>()
            + (self.keys.capacity() + self.cum.capacity()) * size_of::<u64>()
            + self.bodies.capacity() * size_of::<Body>()
            + self.bodies.iter().map(Body::heap_bytes).sum::<usize>()
    }

    /// One past the last id that block `i` could hold.
    fn key_end(&self, i: usize) -> u64 {
        self.keys[i] + self.bodies[i].blocks() * BLOCK as u64
    }

    /// The first block that ends above `id`: the one to hold it, or the next one after it.
    fn find(&self, id: u64) -> usize {
        let after = self.keys.partition_point(|&key| key <= id);
        if after > 0 && id < self.key_end(after - 1) { after - 1 } else { after }
    }

    /// The block that holds a position below the length.
    fn find_position(&self, position: u64) -> usize {
        self.cum.partition_point(|&before| before <= position) - 1
    }

    pub(super) fn contains(&self, id: u64) -> bool {
        let i = self.find(id);
        i < self.keys.len() && self.keys[i] <= id && self.bodies[i].contains(low_of(id))
    }

    pub(super) fn select(&self, position: u64) -> Option<u64> {
        (position < self.len()).then(|| {
            let i = self.find_position(position);
            self.keys[i] + self.bodies[i].select(position - self.cum[i])
        })
    }

    pub(super) fn rank(&self, id: u64) -> Result<u64, u64> {
        let i = self.find(id);
        if i == self.keys.len() || id < self.keys[i] {
            return Err(self.cum[i]);
        }
        let before = self.cum[i];
        match &self.bodies[i] {
            Body::Full(_) => Ok(before + (id - self.keys[i])),
            body => match body.rank(low_of(id)) {
                Ok(rank) => Ok(before + rank as u64),
                Err(rank) => Err(before + rank as u64),
            },
        }
    }

    /// Adds a block above the others, joining stretches of full ones.
    fn push(&mut self, key: u64, body: Body, count: u64) {
        if self.loose_tail {
            self.settle_tail();
        }
        let last = self.keys.len();
        if let (Some(Body::Full(blocks)), Body::Full(more)) = (self.bodies.last_mut(), &body)
            && self.keys[last - 1] + *blocks * BLOCK as u64 == key
        {
            *blocks += more;
            self.cum[last] += count;
            return;
        }
        self.keys.push(key);
        self.cum.push(self.cum[last] + count);
        self.bodies.push(body);
    }

    /// Adds blocks `from..to` of others above these.
    fn push_stretch(&mut self, other: &Blocks, from: usize, to: usize) {
        if from == to {
            return;
        }
        self.push(other.keys[from], other.bodies[from].clone(), other.count(from));
        let base = self.len().wrapping_sub(other.cum[from + 1]);
        self.keys.extend_from_slice(&other.keys[from + 1..to]);
        self.bodies.extend_from_slice(&other.bodies[from + 1..to]);
        self.cum.extend(other.cum[from + 2..to + 1].iter().map(|cum| cum.wrapping_add(base)));
        self.loose_tail = other.loose_tail && to == other.keys.len();
    }

    /// Ids in block `i`.
    fn count(&self, i: usize) -> u64 {
        self.cum[i + 1] - self.cum[i]
    }

    /// The ids at a non-empty range of positions below the length. Whole blocks are shared.
    pub(super) fn slice(&self, positions: Range<u64>) -> Blocks {
        let (first, last) = (self.find_position(positions.start), self.find_position(positions.end - 1));
        let ids = self.keys[first] + self.bodies[first].select(positions.start - self.cum[first])
            ..self.keys[last] + self.bodies[last].select(positions.end - 1 - self.cum[last]) + 1;
        let mut kept = Blocks::default();
        kept.push_stretch(self, first, last + 1);
        // Cut by the range: all but the blocks at its ends are under full ones and go over as they are.
        combine_blocks::<Intersect>(&kept, &Blocks::from_range(ids))
    }

    /// Gives the runs of ids at a range of positions, searching from block `from` on; gives back the block in which it ended.
    pub(super) fn select_run(&self, from: usize, positions: Range<u64>, mut give: impl FnMut(Range<u64>)) -> usize {
        let mut at = gallop(from, self.keys.len(), |i| self.cum[i + 1] <= positions.start);
        let mut position = positions.start;
        loop {
            let end = positions.end.min(self.cum[at + 1]);
            let body = &self.bodies[at];
            let first = body.select(position - self.cum[at]);
            let last = body.select(end - 1 - self.cum[at]);
            let key = self.keys[at];
            if last - first == end - 1 - position {
                give(key + first..key + last + 1);
            } else {
                Walk::within(self, key + first..key + last + 1).for_each(|run| {
                    give(run.start.max(key + first)..run.end.min(key + last + 1));
                });
            }
            if end == positions.end {
                return at;
            }
            (at, position) = (at + 1, end);
        }
    }

    pub(super) fn from_range(ids: Range<u64>) -> Blocks {
        Blocks::from_runs(std::iter::once(ids))
    }

    /// Blocks of ascending runs.
    pub(super) fn from_runs(runs: impl Iterator<Item = Range<u64>>) -> Blocks {
        let mut builder = BlocksBuilder::default();
        runs.for_each(|run| builder.push_run(run));
        builder.finish()
    }

    /// The same ids as a list of runs.
    pub(super) fn to_list(&self) -> RunList {
        let mut list = RunList::default();
        if !self.is_empty() {
            Walk::<ByRun>::new(self).for_each(|run| list.push(run));
        }
        list
    }

    pub(super) fn shrink(&mut self) {
        self.keys.shrink_to_fit();
        self.cum.shrink_to_fit();
        self.bodies.shrink_to_fit();
    }

    /// The number of maximal runs, or some number not below `limit` if there are that many.
    pub(super) fn count_runs(&self, limit: usize) -> usize {
        let mut runs = 0;
        let mut end = u64::MAX;
        for (&key, body) in self.keys.iter().zip(&self.bodies) {
            runs += body.count_runs(limit) - usize::from(end == key && body.first() == 0);
            end = key + body.end();
            if runs >= limit {
                break;
            }
        }
        runs
    }
}

impl PartialEq for Blocks {
    fn eq(&self, other: &Self) -> bool {
        self.keys == other.keys && self.cum == other.cum && self.bodies == other.bodies
    }
}
