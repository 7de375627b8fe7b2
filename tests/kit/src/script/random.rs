//! [`Random`]: a small generator whose whole state is one number, so that a seed replays everywhere.

use std::ops::Range;

/// SplitMix64: good enough to choose test data, and the same on every machine for ever.
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
}

impl Random {
    /// The generator of a seed.
    pub fn new(seed: u64) -> Self {
        Random { state: seed }
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number of `range`, which must not be empty.
    pub fn below(&mut self, range: Range<usize>) -> usize {
        range.start + (self.bits() % (range.end - range.start) as u64) as usize
    }

    /// True once in `n` times.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.bits().is_multiple_of(n)
    }

    /// One of `items`; `None` if there are none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        if items.is_empty() { None } else { items.get(self.below(0..items.len())) }
    }

    /// A generator of its own for a part of the work, so that other parts do not move when this one changes.
    pub fn fork(&mut self) -> Random {
        Random::new(self.bits())
    }

    /// As [`Random::below`], with small numbers much more often than large ones: skewed keys.
    pub fn skewed(&mut self, range: Range<usize>) -> usize {
        let end = self.below(range.start..range.end) + 1;
        self.below(range.start..end.max(range.start + 1))
    }
}
