//! [`Bits`]: a packed array of booleans, 64 to a word.

use std::ops::Range;

/// A packed array of booleans. Bits past the length are zero, so words compare and count as they are.
///
/// ```
/// use headwater_engine::vector::Bits;
/// let bits: Bits = [true, false, true].into_iter().collect();
/// assert_eq!((bits.len(), bits.count(), bits.get(1)), (3, 2, false));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bits {
    words: Vec<u64>,
    len: usize,
}

impl Bits {
    /// `len` bits, all equal to `value`.
    pub fn filled(value: bool, len: usize) -> Self {
        let mut bits = Bits { words: vec![if value { u64::MAX } else { 0 }; len.div_ceil(64)], len };
        bits.trim();
        bits
    }

    /// Bits from whole words; what lies past `len` is cleared.
    ///
    /// # Panics
    /// If `words` holds fewer than `len` bits.
    pub fn from_words(mut words: Vec<u64>, len: usize) -> Self {
        assert!(words.len() * 64 >= len, "{} words hold fewer than {len} bits", words.len());
        words.truncate(len.div_ceil(64));
        let mut bits = Bits { words, len };
        bits.trim();
        bits
    }

    /// Bits computed one by one, gathered a word at a time.
    pub fn from_fn(len: usize, mut bit: impl FnMut(usize) -> bool) -> Self {
        let mut words = Vec::with_capacity(len.div_ceil(64));
        let mut at = 0;
        while at < len {
            let count = (len - at).min(64);
            let mut word = 0u64;
            for i in 0..count {
                word |= u64::from(bit(at + i)) << i;
            }
            words.push(word);
            at += count;
        }
        Bits { words, len }
    }

    fn trim(&mut self) {
        let tail = self.len % 64;
        if tail != 0
            && let Some(last) = self.words.last_mut()
        {
            *last &= (1 << tail) - 1;
        }
    }

    /// How many bits there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bits, 64 to a word, lowest first.
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// The words, by value.
    pub fn into_words(self) -> Vec<u64> {
        self.words
    }

    /// Bit `index`.
    ///
    /// # Panics
    /// If `index` is out of range.
    #[inline]
    pub fn get(&self, index: usize) -> bool {
        assert!(index < self.len, "bit {index} of {}", self.len);
        self.words[index / 64] >> (index % 64) & 1 == 1
    }

    /// Sets bit `index`.
    ///
    /// # Panics
    /// If `index` is out of range.
    #[inline]
    pub fn set(&mut self, index: usize, value: bool) {
        assert!(index < self.len, "bit {index} of {}", self.len);
        let bit = 1u64 << (index % 64);
        if value {
            self.words[index / 64] |= bit;
        } else {
            self.words[index / 64] &= !bit;
        }
    }

    /// Appends one bit.
    #[inline]
    pub fn push(&mut self, value: bool) {
        if self.len.is_multiple_of(64) {
            self.words.push(0);
        }
        self.len += 1;
        if value {
            let index = self.len - 1;
            self.words[index / 64] |= 1 << (index % 64);
        }
    }

    /// Appends `count` equal bits.
    pub fn push_many(&mut self, value: bool, count: usize) {
        let old = self.len;
        self.len += count;
        self.words.resize(self.len.div_ceil(64), 0);
        if value {
            self.fill(old..old + count, true);
        }
    }

    /// Appends all of `other`.
    pub fn extend_from(&mut self, other: &Bits) {
        let at = self.len;
        self.len += other.len;
        self.words.resize(self.len.div_ceil(64), 0);
        self.copy_from(at, other, 0..other.len);
    }

    /// Appends `range` of `other`.
    pub fn extend_range(&mut self, other: &Bits, range: Range<usize>) {
        let at = self.len;
        self.len += range.len();
        self.words.resize(self.len.div_ceil(64), 0);
        self.copy_from(at, other, range);
    }

    /// Sets every bit of `range`.
    pub fn fill(&mut self, range: Range<usize>, value: bool) {
        assert!(range.end <= self.len, "bits {range:?} of {}", self.len);
        let mut at = range.start;
        while at < range.end {
            let count = (64 - at % 64).min(range.end - at);
            let mask = (u64::MAX >> (64 - count)) << (at % 64);
            if value {
                self.words[at / 64] |= mask;
            } else {
                self.words[at / 64] &= !mask;
            }
            at += count;
        }
    }

    /// Copies `range` of `from` to the bits that start at `at`.
    pub fn copy_from(&mut self, at: usize, from: &Bits, range: Range<usize>) {
        assert!(range.end <= from.len && at + range.len() <= self.len, "bits {range:?} to {at}");
        let mut done = 0;
        while done < range.len() {
            let to = at + done;
            let count = (64 - to % 64).min(range.len() - done);
            let word = from.window(range.start + done, count);
            let mask = (u64::MAX >> (64 - count)) << (to % 64);
            self.words[to / 64] = self.words[to / 64] & !mask | (word << (to % 64)) & mask;
            done += count;
        }
    }

    /// `count` (1 to 64) bits from `at`, in the low bits of a word; those above are unspecified.
    fn window(&self, at: usize, count: usize) -> u64 {
        let shift = at % 64;
        let low = self.words[at / 64] >> shift;
        if shift + count > 64 { low | self.words[at / 64 + 1] << (64 - shift) } else { low }
    }

    /// A copy of `range`.
    pub fn slice(&self, range: Range<usize>) -> Bits {
        if range.start == 0 && range.end == self.len {
            return self.clone();
        }
        let mut out = Bits::filled(false, range.len());
        out.copy_from(0, self, range);
        out
    }

    /// How many bits are set.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether every bit is set.
    pub fn all(&self) -> bool {
        self.count() == self.len
    }

    /// Whether any bit is set.
    pub fn any(&self) -> bool {
        self.words.iter().any(|&word| word != 0)
    }

    /// The positions of the set bits, ascending.
    pub fn ones(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(at, &word)| {
            std::iter::successors((word != 0).then_some(word), |word| {
                let rest = word & (word - 1);
                (rest != 0).then_some(rest)
            })
            .map(move |word| at * 64 + word.trailing_zeros() as usize)
        })
    }

    /// The runs of set bits, ascending; none touches the next.
    pub fn runs(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        let mut at = 0;
        std::iter::from_fn(move || {
            let start = self.next(at, |word| word)?;
            at = self.next(start, |word| !word).unwrap_or(self.len);
            Some(start..at)
        })
    }

    /// The first bit at or above `from` that is set in what `view` makes of its word.
    fn next(&self, from: usize, view: impl Fn(u64) -> u64) -> Option<usize> {
        if from >= self.len {
            return None;
        }
        let mut at = from / 64;
        let mut word = view(self.words[at]) & (u64::MAX << (from % 64));
        while word == 0 {
            at += 1;
            word = view(*self.words.get(at)?);
        }
        Some(at * 64 + word.trailing_zeros() as usize).filter(|&found| found < self.len)
    }

    /// Every bit, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = bool> + '_ {
        (0..self.len).map(|index| self.get(index))
    }

    /// Bitwise and.
    ///
    /// # Panics
    /// If the lengths differ (as for the other two).
    pub fn and(&self, other: &Bits) -> Bits {
        self.zip(other, |a, b| a & b)
    }

    /// Bitwise or.
    pub fn or(&self, other: &Bits) -> Bits {
        self.zip(other, |a, b| a | b)
    }

    /// The bits that are set here and not in `other`.
    pub fn and_not(&self, other: &Bits) -> Bits {
        self.zip(other, |a, b| a & !b)
    }

    /// Every bit turned.
    pub fn not(&self) -> Bits {
        let mut out = Bits { words: self.words.iter().map(|word| !word).collect(), len: self.len };
        out.trim();
        out
    }

    /// Combines two arrays a word at a time.
    pub fn zip(&self, other: &Bits, f: impl Fn(u64, u64) -> u64) -> Bits {
        assert_eq!(self.len, other.len, "bit arrays of different length");
        let words = self.words.iter().zip(&other.words).map(|(&a, &b)| f(a, b)).collect();
        let mut out = Bits { words, len: self.len };
        out.trim();
        out
    }
}

impl FromIterator<bool> for Bits {
    fn from_iter<I: IntoIterator<Item = bool>>(iter: I) -> Self {
        let mut bits = Bits::default();
        for bit in iter {
            bits.push(bit);
        }
        bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_unaligned_ranges() {
        let from = Bits::from_fn(300, |i| i % 3 == 0 || i % 7 == 2);
        for (at, start, count) in [(0, 0, 300), (1, 0, 64), (63, 65, 130), (5, 17, 1), (64, 63, 200)] {
            let mut to = Bits::filled(true, 400);
            to.copy_from(at, &from, start..start + count);
            for i in 0..400 {
                let expect = if (at..at + count).contains(&i) { from.get(start + i - at) } else { true };
                assert_eq!(to.get(i), expect, "{at} {start} {count}: bit {i}");
            }
        }
    }

    #[test]
    fn gives_its_runs() {
        for len in [0, 1, 63, 64, 65, 200] {
            for pattern in 0..7 {
                let bits = Bits::from_fn(len, |i| match pattern {
                    0 => false,
                    1 => true,
                    2 => i % 2 == 0,
                    3 => i / 64 == 1,
                    4 => i % 70 > 3,
                    5 => i == 0,
                    _ => i + 1 == len,
                });
                let runs: Vec<_> = bits.runs().collect();
                assert!(runs.windows(2).all(|pair| pair[0].end < pair[1].start));
                assert_eq!(runs.into_iter().flatten().collect::<Vec<_>>(), bits.ones().collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn keeps_the_tail_zero() {
        let bits = Bits::filled(true, 70).not();
        assert_eq!((bits.count(), bits.words().len()), (0, 2));
        assert_eq!(Bits::filled(false, 70).not().count(), 70);
        assert_eq!(Bits::from_fn(130, |i| i == 129).ones().collect::<Vec<_>>(), [129]);
    }
}
