//! Changing blocks in place.
//!
//! The last block is where tables grow, so once appended to it is kept as a bitmap, whatever its count: an append then sets bits and,
//! if a clone holds the set, copies 8 KiB. It is put into its smallest form when another block follows it.

use std::ops::Range;

use super::bits::Bits;
use super::body::{BLOCK, Body};
use super::combine::{Op, combine};
use super::shape::push_span;
use super::{Blocks, Scratch, key_of};

/// Blocks that another set touches are few if these are so many times more.
const FEW: usize = 4;

impl Blocks {
    /// Adds runs above the last id, ascending; they may touch.
    pub(in crate::rowset) fn append(&mut self, runs: impl Iterator<Item = Range<u64>>) {
        let mut scratch = Scratch::default();
        let mut key = u64::MAX;
        for run in runs {
            let mut start = run.start;
            while start < run.end {
                if key_of(start) != key {
                    self.grow(key, &mut scratch);
                    key = key_of(start);
                }
                let whole = (run.end - key) / BLOCK as u64;
                if start == key && whole > 0 {
                    self.push(key, Body::Full(whole), whole * BLOCK as u64);
                    start = key + whole * BLOCK as u64;
                } else {
                    let end = run.end.min(key + BLOCK as u64);
                    push_span(&mut scratch.spans, ((start - key) as u32, (end - key) as u32));
                    start = end;
                }
            }
        }
        self.grow(key, &mut scratch);
    }

    /// Adds the spans in the scratch, if any, to the last block or as the block after it.
    fn grow(&mut self, key: u64, scratch: &mut Scratch) {
        if scratch.spans.is_empty() {
            return;
        }
        let last = self.keys.len() - 1;
        if self.keys[last] != key {
            if let Some((body, count)) = scratch.take_spans() {
                self.push(key, body, count as u64);
            }
        } else {
            // Taken out of the block, whose handle would count as a second owner and force a copy.
            let mut bits = match std::mem::replace(&mut self.bodies[last], Body::Full(1)) {
                Body::Bits(bits) => bits,
                body => Bits::of(&body),
            };
            let count = bits.set_all(scratch.spans.iter().map(|span| span.0 as usize..span.1 as usize));
            self.loose_tail = true;
            self.cum[last + 1] = self.cum[last] + count as u64;
            if count == BLOCK {
                self.loose_tail = false;
                self.keys.pop();
                self.bodies.pop();
                self.cum.pop();
                self.push(key, Body::Full(1), BLOCK as u64);
            } else {
                self.bodies[last] = Body::Bits(bits);
            }
        }
        scratch.spans.clear();
    }

    /// Puts a last block that was appended to into its smallest form, since it is to be the last no more.
    pub(super) fn settle_tail(&mut self) {
        self.loose_tail = false;
        if let Some(body) = self.bodies.last_mut() {
            let mut scratch = Scratch::default();
            body.set_in(scratch.clear_words());
            if let Some((settled, _)) = scratch.take_words() {
                *body = settled;
            }
        }
    }

    /// Applies `O` with few other blocks, all of which must be here. False, and nothing is changed, if they are not few or if blocks
    /// would come or go: that is for [`combine_blocks`](super::combine_blocks).
    pub(in crate::rowset) fn update<O: Op>(&mut self, other: &Blocks) -> bool {
        if other.keys.len() * FEW > self.keys.len() {
            return false;
        }
        let mut scratch = Scratch::default();
        let mut changed = Vec::with_capacity(other.keys.len());
        for (&key, body) in other.keys.iter().zip(&other.bodies) {
            let Ok(at) = self.keys.binary_search(&key) else { return false };
            match (&self.bodies[at], body) {
                (Body::Full(_), _) | (_, Body::Full(_)) => return false,
                (own, body) => match combine::<O>(own, body, &mut scratch) {
                    None | Some((Body::Full(_), _)) => return false,
                    Some((body, count)) => changed.push((at, body, count as u64)),
                },
            }
        }
        let mut shift = 0u64;
        let mut rest = 0;
        for (at, body, count) in changed {
            self.cum[rest..=at].iter_mut().for_each(|cum| *cum = cum.wrapping_add(shift));
            // Its count before the shift, which the next entry has still to get.
            let old = self.cum[at + 1].wrapping_add(shift) - self.cum[at];
            shift = shift.wrapping_add(count).wrapping_sub(old);
            rest = at + 1;
            self.loose_tail &= rest < self.keys.len();
            self.bodies[at] = body;
        }
        self.cum[rest..].iter_mut().for_each(|cum| *cum = cum.wrapping_add(shift));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every other id of some blocks.
    fn alternating(blocks: u64) -> Blocks {
        Blocks::from_runs((0..blocks * BLOCK as u64 / 2).map(|i| 2 * i..2 * i + 1))
    }

    #[test]
    fn growing_a_copy_shares_all_blocks_but_the_last() {
        let held = alternating(5);
        let mut grown = held.clone();
        let end = held.span().end;
        grown.append(std::iter::once(end..end + 1));
        grown.append([end + 7..end + 9, end + 3 * BLOCK as u64..end + 4 * BLOCK as u64].into_iter());
        assert!(held == alternating(5));
        assert!((0..4).all(|i| held.bodies[i].is_same(&grown.bodies[i])));
        assert_eq!(grown.len(), held.len() + 3 + BLOCK as u64);
        grown.validate().unwrap_or_else(|fault| panic!("{fault}"));
    }

    #[test]
    fn a_last_block_takes_its_smallest_form_when_another_follows() {
        let mut blocks = alternating(1);
        let start = 4 * BLOCK as u64;
        blocks.append(std::iter::once(start..start + 10));
        blocks.append(std::iter::once(start + 20..start + 30));
        assert!(matches!(blocks.bodies[1], Body::Bits(_)));
        blocks.append(std::iter::once(start + BLOCK as u64 + 1..start + BLOCK as u64 + 2));
        assert!(matches!(blocks.bodies[1], Body::Runs(_)));
        blocks.validate().unwrap_or_else(|fault| panic!("{fault}"));
    }

    #[test]
    fn a_last_block_that_fills_up_joins_the_full_ones() {
        let mut blocks = alternating(1);
        let start = 2 * BLOCK as u64;
        for part in 0..8 {
            let at = start + part * BLOCK as u64 / 4;
            blocks.append(std::iter::once(at..at + BLOCK as u64 / 4));
        }
        assert!(matches!(blocks.bodies[..], [Body::Bits(_), Body::Full(2)]));
        assert_eq!(blocks.len(), (BLOCK / 2 + 2 * BLOCK) as u64);
    }
}
