//! Walking blocks from both ends: by runs, or by the chunks that ids are read out of.

use std::ops::Range;

use super::Blocks;
use super::bits::{Bits, WORDS};
use super::body::{BLOCK, Body, Span, find_run, run_at};

/// The runs within a block, which is not full.
pub(super) fn spans(body: &Body) -> impl Iterator<Item = Span> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || match body {
        Body::Array(values) => {
            let value = u32::from(*values.get(at)?);
            at += 1;
            Some((value, value + 1))
        }
        Body::Runs(runs) => {
            let run = (at + 1 < runs.len()).then(|| run_at(runs, at));
            at += 1;
            run
        }
        body => {
            let (span, next) = ByRun::take(body, 0, at..ByRun::steps(body))?;
            at = next;
            Some((span.start as u32, span.end as u32))
        }
    })
}

pub(super) fn bit_spans(bits: &Bits) -> impl Iterator<Item = Span> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = bits.next_set(at)?;
        at = bits.next_clear(start);
        Some((start as u32, at as u32))
    })
}

/// A way to cut a block into items. Steps are whatever places suit the form; an item is taken off either end of a range of them.
pub(in crate::rowset) trait Cut {
    type Item<'a>;

    /// Steps in a block.
    fn steps(body: &Body) -> usize;

    /// The first item, and the step after it.
    fn take<'a>(body: &'a Body, base: u64, steps: Range<usize>) -> Option<(Self::Item<'a>, usize)>;

    /// The last item, and the step it began at.
    fn take_back<'a>(body: &'a Body, base: u64, steps: Range<usize>) -> Option<(Self::Item<'a>, usize)>;
}

/// Items of the blocks from both ends.
#[derive(Clone)]
pub(in crate::rowset) struct Walk<'a, C> {
    blocks: &'a Blocks,
    /// Block and step at the front.
    front: (usize, usize),
    /// Block and step at the back: blocks before it are whole, of that one the steps below are left.
    back: (usize, usize),
    cut: std::marker::PhantomData<C>,
}

impl<'a, C: Cut> Walk<'a, C> {
    pub(in crate::rowset) fn new(blocks: &'a Blocks) -> Self {
        let last = blocks.bodies.len() - 1;
        Walk::between(blocks, (0, 0), (last, C::steps(&blocks.bodies[last])))
    }

    fn between(blocks: &'a Blocks, front: (usize, usize), back: (usize, usize)) -> Self {
        Walk { blocks, front, back, cut: std::marker::PhantomData }
    }
}

impl<'a, C: Cut> Iterator for Walk<'a, C> {
    type Item = C::Item<'a>;

    fn next(&mut self) -> Option<C::Item<'a>> {
        while self.front.0 <= self.back.0 {
            let (at, step) = self.front;
            let body = &self.blocks.bodies[at];
            let to = if at == self.back.0 { self.back.1 } else { C::steps(body) };
            if let Some((item, next)) = C::take(body, self.blocks.keys[at], step..to) {
                self.front.1 = next;
                return Some(item);
            }
            if at == self.back.0 {
                return None;
            }
            self.front = (at + 1, 0);
        }
        None
    }
}

impl<C: Cut> DoubleEndedIterator for Walk<'_, C> {
    fn next_back(&mut self) -> Option<Self::Item> {
        while self.front.0 <= self.back.0 {
            let (at, step) = self.back;
            let body = &self.blocks.bodies[at];
            let from = if at == self.front.0 { self.front.1 } else { 0 };
            if let Some((item, next)) = C::take_back(body, self.blocks.keys[at], from..step) {
                self.back.1 = next;
                return Some(item);
            }
            if at == self.front.0 {
                return None;
            }
            self.back = (at - 1, C::steps(&self.blocks.bodies[at - 1]));
        }
        None
    }
}

/// Cuts into runs, which may touch at the borders of blocks. Values of an array come one by one.
#[derive(Clone)]
pub(in crate::rowset) struct ByRun;

impl Cut for ByRun {
    type Item<'a> = Range<u64>;

    fn steps(body: &Body) -> usize {
        match body {
            Body::Full(_) => 1,
            Body::Runs(runs) => runs.len() - 1,
            Body::Array(values) => values.len(),
            Body::Bits(_) => BLOCK,
        }
    }

    fn take(body: &Body, base: u64, steps: Range<usize>) -> Option<(Range<u64>, usize)> {
        if let Body::Bits(bits) = body {
            let start = bits.next_set(steps.start).filter(|&start| start < steps.end)?;
            let end = bits.next_clear(start).min(steps.end);
            return Some((base + start as u64..base + end as u64, end));
        }
        (!steps.is_empty()).then(|| (run_of(body, base, steps.start), steps.start + 1))
    }

    fn take_back(body: &Body, base: u64, steps: Range<usize>) -> Option<(Range<u64>, usize)> {
        if let Body::Bits(bits) = body {
            let end = bits.set_before(steps.end);
            let start = bits.clear_before(end).max(steps.start);
            return (start < end).then(|| (base + start as u64..base + end as u64, start));
        }
        (!steps.is_empty()).then(|| (run_of(body, base, steps.end - 1), steps.end - 1))
    }
}

fn run_of(body: &Body, base: u64, i: usize) -> Range<u64> {
    let (start, end) = match body {
        Body::Runs(runs) => run_at(runs, i),
        Body::Array(values) => (u32::from(values[i]), u32::from(values[i]) + 1),
        Body::Full(_) | Body::Bits(_) => return base..base + body.end(),
    };
    base + u64::from(start)..base + u64::from(end)
}

impl<'a> Walk<'a, ByRun> {
    /// The runs that reach into a range of ids, not yet cut at its borders.
    pub(in crate::rowset) fn within(blocks: &'a Blocks, ids: Range<u64>) -> Self {
        let front = blocks.find(ids.start);
        if ids.is_empty() || front == blocks.keys.len() || blocks.keys[front] >= ids.end {
            return Walk::between(blocks, (1, 0), (0, 0));
        }
        let step = match &blocks.bodies[front] {
            _ if ids.start <= blocks.keys[front] => 0,
            body => step_at(body, (ids.start - blocks.keys[front]) as usize),
        };
        let back = blocks.keys.partition_point(|&key| key < ids.end) - 1;
        let (body, end) = (&blocks.bodies[back], (ids.end - 1 - blocks.keys[back]) as usize);
        let end = match body {
            _ if end as u64 >= body.end() => ByRun::steps(body),
            // The run that starts at or below the last id still counts, the next one does not.
            Body::Bits(_) => end + 1,
            Body::Array(values) => values.partition_point(|&value| usize::from(value) <= end),
            Body::Runs(runs) => runs[..runs.len() - 1].partition_point(|run| usize::from(run.start) <= end),
            Body::Full(_) => 1,
        };
        Walk::between(blocks, (front, step), (back, end))
    }
}

/// The step of the first run that ends above `low`.
fn step_at(body: &Body, low: usize) -> usize {
    match body {
        Body::Full(_) => 0,
        Body::Runs(runs) => find_run(runs, 0, low as u16),
        Body::Array(values) => values.partition_point(|&value| usize::from(value) < low),
        Body::Bits(_) => low,
    }
}

/// A piece of a block that ids are read out of quickly.
#[derive(Clone)]
pub(in crate::rowset) enum Chunk<'a> {
    Range(Range<u64>),
    Values(u64, std::slice::Iter<'a, u16>),
    Word(u64, u64),
}

impl Default for Chunk<'_> {
    fn default() -> Self {
        Chunk::Range(0..0)
    }
}

impl Iterator for Chunk<'_> {
    type Item = u64;

    #[inline]
    fn next(&mut self) -> Option<u64> {
        match self {
            Chunk::Range(ids) => ids.next(),
            Chunk::Values(base, values) => values.next().map(|&value| *base + u64::from(value)),
            Chunk::Word(_, 0) => None,
            Chunk::Word(base, word) => {
                let low = u64::from(word.trailing_zeros());
                *word &= *word - 1;
                Some(*base + low)
            }
        }
    }

    fn fold<B, F: FnMut(B, u64) -> B>(self, mut acc: B, mut f: F) -> B {
        match self {
            Chunk::Range(ids) => ids.fold(acc, f),
            Chunk::Values(base, values) => values.fold(acc, |acc, &value| f(acc, base + u64::from(value))),
            Chunk::Word(base, mut word) => {
                while word != 0 {
                    acc = f(acc, base + u64::from(word.trailing_zeros()));
                    word &= word - 1;
                }
                acc
            }
        }
    }
}

impl DoubleEndedIterator for Chunk<'_> {
    fn next_back(&mut self) -> Option<u64> {
        match self {
            Chunk::Range(ids) => ids.next_back(),
            Chunk::Values(base, values) => values.next_back().map(|&value| *base + u64::from(value)),
            Chunk::Word(_, 0) => None,
            Chunk::Word(base, word) => {
                let high = 63 - word.leading_zeros();
                *word &= !(1 << high);
                Some(*base + u64::from(high))
            }
        }
    }
}

/// Cuts into chunks: whole arrays, single runs, words of bits.
#[derive(Clone)]
pub(in crate::rowset) struct ByChunk;

impl ByChunk {
    fn chunk(body: &Body, base: u64, i: usize) -> Chunk<'_> {
        match body {
            Body::Array(values) => Chunk::Values(base, values.iter()),
            Body::Bits(bits) => Chunk::Word(base + i as u64 * 64, bits.words()[i]),
            body => Chunk::Range(run_of(body, base, i)),
        }
    }
}

impl Cut for ByChunk {
    type Item<'a> = Chunk<'a>;

    fn steps(body: &Body) -> usize {
        match body {
            Body::Full(_) | Body::Array(_) => 1,
            Body::Runs(runs) => runs.len() - 1,
            Body::Bits(_) => WORDS,
        }
    }

    fn take<'a>(body: &'a Body, base: u64, steps: Range<usize>) -> Option<(Chunk<'a>, usize)> {
        (!steps.is_empty()).then(|| (ByChunk::chunk(body, base, steps.start), steps.start + 1))
    }

    fn take_back<'a>(body: &'a Body, base: u64, steps: Range<usize>) -> Option<(Chunk<'a>, usize)> {
        (!steps.is_empty()).then(|| (ByChunk::chunk(body, base, steps.end - 1), steps.end - 1))
    }
}
