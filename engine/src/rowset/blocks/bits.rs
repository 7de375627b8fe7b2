//! The bitmap of a block: 1024 words and, behind them in the same allocation, how many bits are set before each 512th bit.
//!
//! With these sub-ranks a rank counts eight words at most and a select searches 128 numbers, for 3 % more memory.

use std::ops::Range;
use std::sync::Arc;

use super::body::Body;

/// Words of bits.
pub(super) const WORDS: usize = 1024;
/// Words of bits and of sub-ranks, which are sixteen bits each.
pub(super) const TOTAL: usize = WORDS + WORDS / GROUP / 4;
/// Words between two sub-ranks.
const GROUP: usize = 8;

/// A bitmap of 2^16 bits with sub-ranks, not empty and not full.
#[derive(Clone, PartialEq)]
pub(in crate::rowset) struct Bits(Arc<[u64]>);

impl Bits {
    /// Takes over words whose sub-ranks [`count`] has filled in.
    pub(super) fn new(counted: &[u64]) -> Self {
        Bits(Arc::from(&counted[..TOTAL]))
    }

    /// The bitmap of a block in another form.
    pub(super) fn of(body: &Body) -> Self {
        let mut words = [0; TOTAL];
        body.set_in(&mut words);
        count(&mut words);
        Bits::new(&words)
    }

    pub(super) fn words(&self) -> &[u64] {
        &self.0[..WORDS]
    }

    fn ranks(&self) -> &[u16] {
        bytemuck::cast_slice(&self.0[WORDS..])
    }

    pub(super) fn is_same(&self, other: &Bits) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(super) fn contains(&self, low: usize) -> bool {
        self.0[low / 64] >> (low % 64) & 1 == 1
    }

    /// Bits set below `low`.
    pub(super) fn rank(&self, low: usize) -> usize {
        let word = low / 64;
        let group = word / GROUP;
        let whole: u32 = self.0[group * GROUP..word].iter().map(|word| word.count_ones()).sum();
        let part = (self.0[word] & ((1 << (low % 64)) - 1)).count_ones();
        usize::from(self.ranks()[group]) + (whole + part) as usize
    }

    /// The bit at a position, which must be below the count.
    pub(super) fn select(&self, position: usize) -> usize {
        let group = self.ranks().partition_point(|&before| usize::from(before) <= position) - 1;
        let mut left = (position - usize::from(self.ranks()[group])) as u32;
        let mut at = group * GROUP;
        while left >= self.0[at].count_ones() {
            left -= self.0[at].count_ones();
            at += 1;
        }
        at * 64 + select_in_word(self.0[at], left)
    }

    /// The first set bit at or above `from`.
    pub(super) fn next_set(&self, from: usize) -> Option<usize> {
        next(self.words(), from, |word| word)
    }

    /// The first clear bit at or above `from`; 2^16 if there is none.
    pub(super) fn next_clear(&self, from: usize) -> usize {
        next(self.words(), from, |word| !word).unwrap_or(WORDS * 64)
    }

    /// One past the last set bit below `to`; 0 if there is none.
    pub(super) fn set_before(&self, to: usize) -> usize {
        before(self.words(), to, |word| word)
    }

    /// One past the last clear bit below `to`; 0 if there is none.
    pub(super) fn clear_before(&self, to: usize) -> usize {
        before(self.words(), to, |word| !word)
    }

    /// Sets ranges of bits, copying the bitmap first if it is shared; gives the new count.
    pub(super) fn set_all(&mut self, ranges: impl Iterator<Item = Range<usize>>) -> usize {
        let words = Arc::make_mut(&mut self.0);
        ranges.for_each(|range| set(words, range));
        count(words)
    }
}

fn next(words: &[u64], from: usize, view: impl Fn(u64) -> u64) -> Option<usize> {
    let mut at = from / 64;
    let mut word = view(*words.get(at)?) & (u64::MAX << (from % 64));
    while word == 0 {
        at += 1;
        word = view(*words.get(at)?);
    }
    Some(at * 64 + word.trailing_zeros() as usize)
}

fn before(words: &[u64], to: usize, view: impl Fn(u64) -> u64) -> usize {
    let mut at = to / 64;
    let mut word = if to.is_multiple_of(64) { 0 } else { view(words[at]) & ((1 << (to % 64)) - 1) };
    while word == 0 {
        if at == 0 {
            return 0;
        }
        at -= 1;
        word = view(words[at]);
    }
    at * 64 + 64 - word.leading_zeros() as usize
}

/// The place of the set bit that has `left` set bits below it: halves by counting, then clears what remains before it.
fn select_in_word(mut word: u64, mut left: u32) -> usize {
    let mut at = 0;
    for width in [32, 16, 8] {
        let lower = (word & ((1 << width) - 1)).count_ones();
        if left >= lower {
            left -= lower;
            word >>= width;
            at += width;
        }
    }
    for _ in 0..left {
        word &= word - 1;
    }
    at + word.trailing_zeros() as usize
}

/// Sets a range of bits.
pub(super) fn set(words: &mut [u64], range: Range<usize>) {
    if range.is_empty() {
        return;
    }
    let (first, last) = (range.start / 64, (range.end - 1) / 64);
    let (head, tail) = (u64::MAX << (range.start % 64), u64::MAX >> (63 - (range.end - 1) % 64));
    if first == last {
        words[first] |= head & tail;
    } else {
        words[first] |= head;
        words[first + 1..last].fill(u64::MAX);
        words[last] |= tail;
    }
}

/// Fills in the sub-ranks of words of bits and gives the number of bits set.
pub(super) fn count(words: &mut [u64]) -> usize {
    let (bits, ranks) = words.split_at_mut(WORDS);
    let ranks: &mut [u16] = bytemuck::cast_slice_mut(ranks);
    let mut total = 0;
    for (group, rank) in bits.chunks_exact(GROUP).zip(ranks) {
        // A full block would not fit, but that is never kept as a bitmap.
        *rank = total as u16;
        total += group.iter().map(|word| word.count_ones()).sum::<u32>();
    }
    total as usize
}

/// The number of runs, or some number not below `limit` if there are that many.
pub(super) fn count_runs(words: &[u64], limit: usize) -> usize {
    let (mut runs, mut before) = (0, 0);
    for group in words.chunks_exact(GROUP) {
        for &word in group {
            runs += (word & !(word << 1 | before)).count_ones() as usize;
            before = word >> 63;
        }
        if runs >= limit {
            break;
        }
    }
    runs
}
