//! Set algebra within a block.
//!
//! An operation is the choice which ids to keep: those of the left side only, of both, of the right side only. Each pair of forms
//! has one loop, in which that choice folds to an instruction.

use super::arrays;
use super::bits::WORDS;
use super::body::{BLOCK, Body, Run16, Span, find_run, run_at};
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
/// Stands after the last border.
const END: u32 = u32::MAX;

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
            } else {
                arrays::combine::<O>(a, b, &mut scratch.values);
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
        (Body::Array(a), Body::Runs(b)) if !O::RIGHT => {
            pick(a, b, O::BOTH, &mut scratch.values);
            scratch.take_values()
        }
        (Body::Runs(a), Body::Array(b)) if O::BOTH && !O::LEFT => {
            pick(b, a, true, &mut scratch.values);
            scratch.take_values()
        }
        (Body::Runs(a), Body::Array(b)) if O::LEFT && !O::BOTH && !O::RIGHT => {
            cut(a, b, &mut scratch.spans);
            scratch.take_spans()
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
            set_borders(spans(a), &mut scratch.left);
            set_borders(spans(b), &mut scratch.right);
            sweep::<O>(&scratch.left, &scratch.right, &mut scratch.borders);
            scratch.take_borders()
        }
    }
}

/// The ids of a block that are not in this one, which is not full.
pub(super) fn complement(body: &Body, scratch: &mut Scratch) -> Option<(Body, usize)> {
    if let Body::Bits(bits) = body {
        scratch.words()[..WORDS].iter_mut().zip(bits.words()).for_each(|(word, bits)| *word = !bits);
        return scratch.take_words();
    }
    set_borders(std::iter::once((0, BLOCK as u32)), &mut scratch.left);
    set_borders(spans(body), &mut scratch.right);
    sweep::<Minus>(&scratch.left, &scratch.right, &mut scratch.borders);
    scratch.take_borders()
}

/// The values of an array that are in runs, or that are not.
fn pick(values: &[u16], runs: &[Run16], inside: bool, out: &mut Vec<u16>) {
    let mut at = 0;
    out.clear();
    out.extend(values.iter().filter(|&&value| {
        at = find_run(runs, at, value);
        (run_at(runs, at).0 <= u32::from(value)) == inside
    }));
}

/// What is left of runs without the values of an array, which are mostly few: runs between two of them are only copied.
fn cut(runs: &[Run16], values: &[u16], out: &mut Vec<Span>) {
    out.clear();
    let mut values = values.iter().map(|&value| u32::from(value)).peekable();
    for (mut start, end) in (0..runs.len() - 1).map(|i| run_at(runs, i)) {
        while let Some(value) = values.next_if(|&value| value < end) {
            if value >= start {
                if value > start {
                    out.push((start, value));
                }
                start = value + 1;
            }
        }
        if start < end {
            out.push((start, end));
        }
    }
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

/// Where spans begin and end, in turn, and [`END`] last. Values of an array that follow each other make one span.
fn set_borders(spans: impl Iterator<Item = Span>, borders: &mut Vec<u32>) {
    borders.clear();
    for (start, end) in spans {
        match borders.last_mut() {
            Some(last) if *last == start => *last = end,
            _ => borders.extend([start, end]),
        }
    }
    borders.push(END);
}

/// Sweeps over the borders of both sides in ascending order, writing down those at which what is kept begins or ends. How many borders
/// lie behind says whether a place is inside a run, by being odd; so there is no branch but that at the end.
fn sweep<O: Op>(a: &[u32], b: &[u32], out: &mut Vec<u32>) {
    out.clear();
    out.resize(a.len() + b.len(), 0);
    let (mut i, mut j, mut kept) = (0, 0, 0);
    loop {
        let (x, y) = (a[i], b[j]);
        if (x == END && (!O::RIGHT || y == END)) || (y == END && !O::LEFT) {
            break;
        }
        let at = x.min(y);
        i += usize::from(x == at);
        j += usize::from(y == at);
        let (in_a, in_b) = (i % 2 == 1, j % 2 == 1);
        let keep = (O::LEFT & in_a & !in_b) | (O::BOTH & in_a & in_b) | (O::RIGHT & in_b & !in_a);
        out[kept] = at;
        kept += usize::from(keep != (kept % 2 == 1));
    }
    out.truncate(kept);
}
