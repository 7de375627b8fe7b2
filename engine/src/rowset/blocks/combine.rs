//! Set algebra within a block.
//!
//! An operation is the choice which ids to keep: those of the left side only, of both, of the right side only. Each pair of forms
//! has one loop, in which that choice folds to an instruction.

use super::bits::WORDS;
use super::body::{Body, Span};
use super::shape::Scratch;
use super::walk::spans;

/// Which ids an operation keeps.
pub(crate) trait Op {
    /// Those found on the left only.
    const LEFT: bool;
    /// Those found on both sides.
    const BOTH: bool;
    /// Those found on the right only.
    const RIGHT: bool;
}

macro_rules! op {
    ($name:ident, $left:literal, $both:literal, $right:literal) => {
        pub(crate) struct $name;
        impl Op for $name {
            const LEFT: bool = $left;
            const BOTH: bool = $both;
            const RIGHT: bool = $right;
        }
    };
}
op!(Union, true, true, true);
op!(Intersect, false, true, false);
op!(Minus, true, false, false);
op!(Xor, true, false, true);

/// Arrays whose lengths differ by this factor are searched rather than merged.
const SKEW: usize = 32;

/// The ids that `O` keeps of two blocks, neither of them full; and their number. `None` for none.
pub(super) fn combine<O: Op>(a: &Body, b: &Body, scratch: &mut Scratch) -> Option<(Body, usize)> {
    match (a, b) {
        (Body::Array(a), Body::Array(b)) => {
            if !O::RIGHT && a.len() * SKEW < b.len() {
                scratch.values.clear();
                scratch.values.extend(a.iter().filter(|value| b.binary_search(value).is_ok() == O::BOTH));
            } else if O::BOTH && !O::LEFT && b.len() * SKEW < a.len() {
                scratch.values.clear();
                scratch.values.extend(b.iter().filter(|value| a.binary_search(value).is_ok()));
            } else if O::RIGHT {
                merge::<O>(a, b, &mut scratch.values);
            } else {
                scratch.filter(a, b, O::BOTH);
            }
            scratch.take_values()
        }
        (Body::Array(a), Body::Bits(b)) if !O::RIGHT => {
            scratch.values.clear();
            scratch.values.extend(a.iter().filter(|value| b.contains(usize::from(**value)) == O::BOTH));
            scratch.take_values()
        }
        (Body::Bits(a), Body::Array(b)) if O::BOTH && !O::LEFT => {
            scratch.values.clear();
            scratch.values.extend(b.iter().filter(|value| a.contains(usize::from(**value))));
            scratch.take_values()
        }
        (Body::Bits(a), Body::Bits(b)) => {
            let (a, b) = (a.words(), b.words());
            scratch.words()[..WORDS]
                .iter_mut()
                .zip(a.iter().zip(b))
                .for_each(|(word, (&a, &b))| *word = keep::<O>(a, b));
            scratch.take_words()
        }
        (Body::Bits(a), b) => {
            let words = scratch.clear_words();
            b.set_in(words);
            words.iter_mut().zip(a.words()).for_each(|(b, &a)| *b = keep::<O>(a, *b));
            scratch.take_words()
        }
        (a, Body::Bits(b)) => {
            let words = scratch.clear_words();
            a.set_in(words);
            words.iter_mut().zip(b.words()).for_each(|(a, &b)| *a = keep::<O>(*a, b));
            scratch.take_words()
        }
        _ => {
            sweep::<O>(spans(a), spans(b), &mut scratch.spans);
            scratch.take_spans()
        }
    }
}

/// The ids of a block that are not in this one, which is not full.
pub(super) fn complement(body: &Body, scratch: &mut Scratch) -> Option<(Body, usize)> {
    if let Body::Bits(bits) = body {
        scratch.words()[..WORDS].iter_mut().zip(bits.words()).for_each(|(word, bits)| *word = !bits);
        return scratch.take_words();
    }
    sweep::<Xor>(std::iter::once((0, super::body::BLOCK as u32)), spans(body), &mut scratch.spans);
    scratch.take_spans()
}

fn keep<O: Op>(a: u64, b: u64) -> u64 {
    let mut kept = 0;
    if O::LEFT {
        kept |= a & !b;
    }
    if O::BOTH {
        kept |= a & b;
    }
    if O::RIGHT {
        kept |= b & !a;
    }
    kept
}

/// Merges ascending values. Two merges, of the lower and of the upper values, run side by side: a step of one has to wait for its last
/// comparison, and fills that time with a step of the other.
fn merge<O: Op>(a: &[u16], b: &[u16], out: &mut Vec<u16>) {
    out.clear();
    out.resize(a.len() + b.len(), 0);
    let half = a.len() / 2;
    let split = a.get(half).map_or(0, |&middle| b.partition_point(|&value| value < middle));
    let (low_out, high_out) = out.split_at_mut(half + split);
    let mut low = Merge { a: &a[..half], b: &b[..split], out: low_out, kept: 0 };
    let mut high = Merge { a: &a[half..], b: &b[split..], out: high_out, kept: 0 };
    while low.step::<O>() && high.step::<O>() {}
    let (low, high) = (low.finish::<O>(), high.finish::<O>());
    out.copy_within(half + split..half + split + high, low);
    out.truncate(low + high);
}

/// A merge under way: what is left of both sides, and what was kept.
struct Merge<'a> {
    a: &'a [u16],
    b: &'a [u16],
    out: &'a mut [u16],
    kept: usize,
}

impl Merge<'_> {
    /// Takes the smaller value off, without a branch on which one that is, since it is anyone's guess. False if a side is at its end.
    #[inline(always)]
    fn step<O: Op>(&mut self) -> bool {
        let (&[x, ..], &[y, ..]) = (self.a, self.b) else { return false };
        self.out[self.kept] = x.min(y);
        self.kept += usize::from((O::LEFT & (x < y)) | (O::BOTH & (x == y)) | (O::RIGHT & (x > y)));
        self.a = &self.a[usize::from(x <= y)..];
        self.b = &self.b[usize::from(y <= x)..];
        true
    }

    /// Goes on to the end of both sides and gives the number of values kept.
    fn finish<O: Op>(mut self) -> usize {
        while self.step::<O>() {}
        for (keep, rest) in [(O::LEFT, self.a), (O::RIGHT, self.b)] {
            if keep {
                self.out[self.kept..self.kept + rest.len()].copy_from_slice(rest);
                self.kept += rest.len();
            }
        }
        self.kept
    }
}

/// Sweeps over the borders of both sides in ascending order, opening and closing runs of what is kept.
fn sweep<O: Op>(a: impl Iterator<Item = Span>, b: impl Iterator<Item = Span>, out: &mut Vec<Span>) {
    const END: u32 = u32::MAX;
    let mut a = a.flat_map(|span| [span.0, span.1]);
    let mut b = b.flat_map(|span| [span.0, span.1]);
    let (mut next_a, mut next_b) = (a.next().unwrap_or(END), b.next().unwrap_or(END));
    let (mut in_a, mut in_b, mut kept, mut start) = (false, false, false, 0);
    out.clear();
    loop {
        let at = next_a.min(next_b);
        if at == END {
            return;
        }
        // Values of an array that follow each other have two borders at one place.
        while next_a == at {
            in_a = !in_a;
            next_a = a.next().unwrap_or(END);
        }
        while next_b == at {
            in_b = !in_b;
            next_b = b.next().unwrap_or(END);
        }
        let keep = (O::LEFT & in_a & !in_b) | (O::BOTH & in_a & in_b) | (O::RIGHT & in_b & !in_a);
        if keep != kept {
            if kept {
                out.push((start, at));
            }
            (kept, start) = (keep, at);
        }
    }
}
