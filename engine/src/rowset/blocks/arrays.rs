//! Set algebra over ascending arrays of values: sixteen values at a time by vector instructions, ends and short arrays one by one.
//!
//! In the order of two random arrays there is nothing to predict, so both ways are without branches that depend on it.

use std::hint::select_unpredictable;

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, mask16x16, u16x16};

use super::combine::{Op, Union};

/// Values in a vector.
const LANES: usize = 16;

/// Collects the values that `O` keeps of two ascending arrays.
pub(super) fn combine<O: Op>(a: &[u16], b: &[u16], out: &mut Vec<u16>) {
    let room = if O::RIGHT { a.len() + b.len() } else { a.len() } + LANES;
    if out.len() < room {
        out.resize(room, 0);
    }
    let kept = match (O::LEFT, O::BOTH, O::RIGHT) {
        (true, true, true) => dispatch!(Level::new(), simd => unite(simd, a, b, out)),
        (_, _, false) => dispatch!(Level::new(), simd => sift::<_, O>(simd, a, b, out)),
        _ => merge::<O>(a, b, out),
    };
    out.truncate(kept);
}

/// One value at a time, without a branch on which side it comes from. Gives the number of values kept.
fn merge<O: Op>(a: &[u16], b: &[u16], out: &mut [u16]) -> usize {
    let (mut i, mut j, mut kept) = (0, 0, 0);
    while let (Some(&x), Some(&y)) = (a.get(i), b.get(j)) {
        out[kept] = x.min(y);
        kept += usize::from((O::LEFT & (x < y)) | (O::BOTH & (x == y)) | (O::RIGHT & (x > y)));
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    for (keep, rest) in [(O::LEFT, &a[i..]), (O::RIGHT, &b[j..])] {
        if keep {
            out[kept..kept + rest.len()].copy_from_slice(rest);
            kept += rest.len();
        }
    }
    kept
}

/// An array in vectors, the last one filled up with its last value.
struct Vectors<'a> {
    whole: &'a [[u16; LANES]],
    tail: Option<[u16; LANES]>,
}

impl<'a> Vectors<'a> {
    fn new(values: &'a [u16]) -> Self {
        let (whole, rest) = values.as_chunks();
        let tail = rest.last().map(|&last| std::array::from_fn(|at| rest.get(at).copied().unwrap_or(last)));
        Vectors { whole, tail }
    }

    #[inline(always)]
    fn get(&self, at: usize) -> Option<&[u16; LANES]> {
        match self.whole.get(at) {
            None if at == self.whole.len() => self.tail.as_ref(),
            found => found,
        }
    }
}

/// The union. A vector of the larger values seen so far is merged with the next vector of the side that goes on lower; the lower
/// half of the result is below all that is still to come, and goes out less what repeats the value before it.
#[inline(always)]
fn unite<S: Simd>(simd: S, a: &[u16], b: &[u16], out: &mut [u16]) -> usize {
    let (left, right) = (Vectors::new(a), Vectors::new(b));
    let (Some(x), Some(y)) = (left.get(0), right.get(0)) else { return merge::<Union>(a, b, out) };
    let (mut low, mut high) = sort(u16x16::load_array_ref(simd, x), u16x16::load_array_ref(simd, y));
    // Any other value than the first will do for the one before it.
    let mut before = u16x16::splat(simd, !x[0].min(y[0]));
    let (mut i, mut j, mut kept) = (1, 1, 0);
    loop {
        let fresh = before.slide::<{ LANES - 1 }>(low).simd_ne(low);
        kept += push(low.compress(fresh), fresh, &mut out[kept..]);
        before = low;
        let (next, is_left) = match (left.get(i), right.get(j)) {
            (Some(x), Some(y)) => (select_unpredictable(x[0] <= y[0], x, y), x[0] <= y[0]),
            (Some(x), None) => (x, true),
            (None, Some(y)) => (y, false),
            (None, None) => break,
        };
        (i, j) = (i + usize::from(is_left), j + usize::from(!is_left));
        (low, high) = sort(high, u16x16::load_array_ref(simd, next));
    }
    let fresh = before.slide::<{ LANES - 1 }>(high).simd_ne(high);
    kept + push(high.compress(fresh), fresh, &mut out[kept..])
}

/// Those of `a` that are in `b`, or those that are not. Each value of a vector is compared with each of the other side's vectors that
/// overlap it.
#[inline(always)]
fn sift<S: Simd, O: Op>(simd: S, a: &[u16], b: &[u16], out: &mut [u16]) -> usize {
    let (left, right) = (a.as_chunks::<LANES>().0, b.as_chunks::<LANES>().0);
    let (mut i, mut j, mut kept) = (0, 0, 0);
    let whole = u16x16::splat(simd, u16::MAX);
    let mut differs = whole;
    while let (Some(x), Some(y)) = (left.get(i), right.get(j)) {
        let own = u16x16::load_array_ref(simd, x);
        // Zero where a difference was.
        let apart = y.iter().fold(differs, |differs, &value| differs.min(own ^ u16x16::splat(simd, value)));
        let equal = apart.simd_eq(0);
        // Written out each time, but only left standing when no more of the other side can meet it.
        let (is_done, is_passed) = (x[LANES - 1] <= y[LANES - 1], y[LANES - 1] <= x[LANES - 1]);
        let keep = if O::BOTH { equal } else { !equal };
        let count = push(own.compress(keep), keep, &mut out[kept..]);
        kept += select_unpredictable(is_done, count, 0);
        differs = select_unpredictable(is_done, whole, apart);
        (i, j) = (i + usize::from(is_done), j + usize::from(is_passed));
    }
    let a = &a[i * LANES..];
    // What was compared with the vector now in front is compared again.
    let from = a.first().map_or(0, |&first| b.partition_point(|&value| value < first));
    kept + merge::<O>(a, &b[from..], &mut out[kept..])
}

/// Writes a vector whose first values count, as many as the mask has lanes set; gives their number.
#[inline(always)]
fn push<S: Simd>(values: u16x16<S>, kept: mask16x16<S>, out: &mut [u16]) -> usize {
    if let Some(out) = out.first_chunk_mut() {
        values.store_array(out);
    }
    kept.to_bitmask().count_ones() as usize
}

/// The lower and the higher half of two ascending vectors, both ascending: a bitonic merge. Interleaving brings the lanes to be compared
/// next into the same place, and after the last step back where they belong.
#[inline(always)]
fn sort<S: Simd>(a: u16x16<S>, b: u16x16<S>) -> (u16x16<S>, u16x16<S>) {
    let (mut a, mut b) = (a, b.reverse());
    for _ in 0..=LANES.ilog2() {
        (a, b) = a.min(b).interleave(a.max(b));
    }
    (a, b)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::super::{Intersect, Minus, Xor};
    use super::*;

    fn check(a: &BTreeSet<u16>, b: &BTreeSet<u16>) {
        let (x, y): (Vec<u16>, Vec<u16>) = (a.iter().copied().collect(), b.iter().copied().collect());
        let mut out = Vec::new();
        combine::<Union>(&x, &y, &mut out);
        assert!(out.iter().eq(&(a | b)), "{x:?} or {y:?}");
        combine::<Intersect>(&x, &y, &mut out);
        assert!(out.iter().eq(&(a & b)), "{x:?} and {y:?}");
        combine::<Minus>(&x, &y, &mut out);
        assert!(out.iter().eq(&(a - b)), "{x:?} less {y:?}");
        combine::<Xor>(&x, &y, &mut out);
        assert!(out.iter().eq(&(a ^ b)), "{x:?} or else {y:?}");
    }

    fn values() -> impl Strategy<Value = BTreeSet<u16>> {
        prop_oneof![
            prop::collection::btree_set(any::<u16>(), 0..200),
            prop::collection::btree_set(0..300u16, 0..200),
            (0..60u16, 0..70u16, 1..5u16)
                .prop_map(|(first, count, step)| (0..count).map(|i| first + i * step).collect()),
            (0..70u16).prop_map(|count| (0..count).map(|i| u16::MAX - i).collect()),
        ]
    }

    proptest! {
        #[test]
        fn agrees_with_the_model(a in values(), b in values()) {
            check(&a, &b);
        }
    }
}
