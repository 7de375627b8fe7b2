//! What one block holds, in whichever form is smallest.

use std::sync::Arc;

use super::super::run_list::gallop;
use super::bits::{self, Bits, WORDS};

/// Ids of a block.
pub(super) const BLOCK: usize = 1 << 16;
/// An array above this length takes more bytes than a bitmap.
pub(super) const MOST_VALUES: usize = 4096;
/// As many runs take as many bytes as a bitmap.
pub(super) const MOST_RUNS: usize = 2048;

/// Values between two looks at how many runs there are.
const GROUP: usize = 256;

/// A run within a block, half open.
pub(super) type Span = (u32, u32);

/// A run of a block: where it starts and how many ids of the block come before it. The length is the difference to the next entry,
/// for which a last one without a run stands at the end.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(in crate::rowset) struct Run16 {
    pub(super) start: u16,
    pub(super) before: u16,
}

/// Shared ids of one block; of several where all are present.
#[derive(Clone)]
pub(in crate::rowset) enum Body {
    /// Every id of this many blocks.
    Full(u64),
    Runs(Arc<[Run16]>),
    Array(Arc<[u16]>),
    Bits(Bits),
}

impl Body {
    /// Blocks taken up: one, but for full spans.
    pub(super) fn blocks(&self) -> u64 {
        if let Body::Full(blocks) = self { *blocks } else { 1 }
    }

    /// Whether both are the same allocation (or full alike), so that there is nothing to compare.
    pub(super) fn is_same(&self, other: &Body) -> bool {
        match (self, other) {
            (Body::Runs(a), Body::Runs(b)) => Arc::ptr_eq(a, b),
            (Body::Array(a), Body::Array(b)) => Arc::ptr_eq(a, b),
            (Body::Bits(a), Body::Bits(b)) => a.is_same(b),
            (Body::Full(a), Body::Full(b)) => a == b,
            _ => false,
        }
    }

    pub(super) fn heap_bytes(&self) -> usize {
        let counters = 2 * size_of::<usize>();
        match self {
            Body::Full(_) => 0,
            Body::Runs(runs) => counters + size_of_val(&runs[..]),
            Body::Array(values) => counters + size_of_val(&values[..]),
            Body::Bits(_) => counters + bits::TOTAL * size_of::<u64>(),
        }
    }

    /// The smallest id, less the key.
    pub(super) fn first(&self) -> u64 {
        match self {
            Body::Full(_) => 0,
            Body::Runs(runs) => u64::from(runs[0].start),
            Body::Array(values) => u64::from(values[0]),
            Body::Bits(bits) => bits.next_set(0).unwrap_or(0) as u64,
        }
    }

    /// One past the largest id, less the key.
    pub(super) fn end(&self) -> u64 {
        match self {
            Body::Full(blocks) => blocks * BLOCK as u64,
            Body::Runs(runs) => u64::from(run_at(runs, runs.len() - 2).1),
            Body::Array(values) => u64::from(values[values.len() - 1]) + 1,
            Body::Bits(bits) => bits.set_before(BLOCK) as u64,
        }
    }

    pub(super) fn contains(&self, low: u16) -> bool {
        match self {
            Body::Full(_) => true,
            Body::Runs(runs) => run_at(runs, find_run(runs, 0, low)).0 <= u32::from(low),
            Body::Array(values) => values.binary_search(&low).is_ok(),
            Body::Bits(bits) => bits.contains(usize::from(low)),
        }
    }

    /// `Ok` with how many ids come before `low`, `Err` with the same if `low` itself is not there. Not for full spans.
    pub(super) fn rank(&self, low: u16) -> Result<usize, usize> {
        match self {
            Body::Full(_) => Ok(usize::from(low)),
            Body::Runs(runs) => {
                let i = find_run(runs, 0, low);
                let before = usize::from(runs[i].before);
                match run_at(runs, i).0 {
                    start if start <= u32::from(low) => Ok(before + (u32::from(low) - start) as usize),
                    _ => Err(before),
                }
            }
            Body::Array(values) => values.binary_search(&low),
            Body::Bits(bits) => {
                let before = bits.rank(usize::from(low));
                if bits.contains(usize::from(low)) { Ok(before) } else { Err(before) }
            }
        }
    }

    /// The id at a position below the count, less the key.
    pub(super) fn select(&self, position: u64) -> u64 {
        match self {
            Body::Full(_) => position,
            Body::Runs(runs) => {
                let i = runs[..runs.len() - 1].partition_point(|run| u64::from(run.before) <= position) - 1;
                u64::from(runs[i].start) + (position - u64::from(runs[i].before))
            }
            Body::Array(values) => u64::from(values[position as usize]),
            Body::Bits(bits) => bits.select(position as usize) as u64,
        }
    }

    /// The number of runs, or some number not below `limit` if there are that many.
    pub(super) fn count_runs(&self, limit: usize) -> usize {
        match self {
            Body::Full(_) => 1,
            Body::Runs(runs) => runs.len() - 1,
            Body::Array(values) => count_value_runs(values, limit),
            Body::Bits(bits) => bits::count_runs(bits.words(), limit),
        }
    }

    /// Adds the ids to words of bits. Not for full spans.
    pub(super) fn set_in(&self, words: &mut [u64]) {
        match self {
            Body::Full(_) => words[..WORDS].fill(u64::MAX),
            Body::Runs(runs) => {
                (0..runs.len() - 1)
                    .map(|i| run_at(runs, i))
                    .for_each(|run| bits::set(words, run.0 as usize..run.1 as usize));
            }
            Body::Array(values) => {
                values.iter().for_each(|&value| words[usize::from(value) / 64] |= 1 << (value % 64));
            }
            Body::Bits(own) => words[..WORDS].iter_mut().zip(own.words()).for_each(|(word, own)| *word |= own),
        }
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            _ if self.is_same(other) => true,
            (Body::Runs(a), Body::Runs(b)) => a == b,
            (Body::Array(a), Body::Array(b)) => a == b,
            (Body::Bits(a), Body::Bits(b)) => a == b,
            (Body::Full(_), _) | (_, Body::Full(_)) => false,
            // Only the last block of a set may be kept in another form than the smallest; see `append`.
            _ => {
                let words = |body: &Body| {
                    let mut words = [0; WORDS];
                    body.set_in(&mut words);
                    words
                };
                words(self) == words(other)
            }
        }
    }
}

/// Run `i`, half open; the entry without a run, past the last one, lies beyond the block.
pub(super) fn run_at(runs: &[Run16], i: usize) -> Span {
    if i + 1 == runs.len() {
        return (BLOCK as u32, BLOCK as u32);
    }
    let start = u32::from(runs[i].start);
    (start, start + u32::from(runs[i + 1].before - runs[i].before))
}

/// The first run from `from` on that ends above `low`.
pub(super) fn find_run(runs: &[Run16], from: usize, low: u16) -> usize {
    let after = gallop(from, runs.len() - 1, |i| runs[i].start <= low);
    if after > from && u32::from(low) < run_at(runs, after - 1).1 { after - 1 } else { after }
}

/// The number of runs among ascending values, or some number not below `limit` if there are that many.
pub(super) fn count_value_runs(values: &[u16], limit: usize) -> usize {
    let Some((&first, rest)) = values.split_first() else { return 0 };
    let (mut runs, mut before) = (1, first);
    for group in rest.chunks(GROUP) {
        let inside: u16 =
            group.iter().zip(&group[1..]).map(|(&value, &next)| u16::from(next != value.wrapping_add(1))).sum();
        runs += usize::from(group[0] != before.wrapping_add(1)) + usize::from(inside);
        before = group[group.len() - 1];
        if runs >= limit {
            break;
        }
    }
    runs
}
