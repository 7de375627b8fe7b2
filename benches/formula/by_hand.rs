//! Loops written by hand.

use std::borrow::Cow;
use std::hint::select_unpredictable;
use std::ops::Range;
#[cfg(target_arch = "x86_64")]
use std::sync::LazyLock;

#[cfg(target_arch = "x86_64")]
use fearless_simd::{Avx2, Level, Simd as _};
use headwater_engine::Type;
use headwater_engine::vector::{Bits, Values, Vector};

use crate::data::Data;

/// A loop over some rows, and room for what it gives.
pub(crate) struct Loop {
    pub(crate) room: fn(usize) -> Output,
    pub(crate) run: fn(&Data, &Range<usize>, &mut Output),
}

/// What a loop gives.
pub(crate) enum Output {
    Floats(Vec<f64>),
    FloatsWithNulls(Vec<f64>, Vec<u64>),
    Integers(Vec<i64>),
    Narrow(Vec<i32>),
    Times(Vec<i64>),
    Mask(Vec<u64>),
}

impl Output {
    /// The same as formulas give it.
    pub(crate) fn vector(self, rows: usize) -> Vector<'static> {
        let floats = |values| Values::F64(Cow::Owned(values));
        match self {
            Output::Floats(values) => Vector::new(Type::F64, floats(values), None),
            Output::FloatsWithNulls(values, valid) => {
                Vector::new(Type::F64, floats(values), Some(Bits::from_words(valid, rows)))
            }
            Output::Integers(values) => Vector::new(Type::I64, Values::I64(Cow::Owned(values)), None),
            Output::Narrow(values) => Vector::new(Type::I32, Values::I32(Cow::Owned(values)), None),
            Output::Times(values) => Vector::new(Type::Timestamp, Values::I64(Cow::Owned(values)), None),
            Output::Mask(words) => Vector::new(Type::Bool, Values::Bool(Bits::from_words(words, rows)), None),
        }
    }
}

/// Runs a loop compiled for AVX2. All of it has to be inlined for that: what `collect` or `fold` do is not always.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn avx2<R>(work: impl FnOnce() -> R) -> R {
    static TOKEN: LazyLock<Avx2> = LazyLock::new(|| Level::new().as_avx2().expect("a processor with AVX2"));
    TOKEN.vectorize(work)
}

#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn avx2<R>(work: impl FnOnce() -> R) -> R {
    work()
}

/// A value of each row, of which there are whole lines of 64: room that is not cleared first is filled by lines only, in safe
/// Rust.
macro_rules! values {
    ($output:ident; $($name:ident: $ty:ty = $column:literal),+; $value:expr) => {
        Loop {
            room: |rows| Output::$output(Vec::with_capacity(rows)),
            run: |data, rows, out| {
                let Output::$output(out) = out else { return };
                out.clear();
                $(let $name = data.column::<$ty>($column, rows).as_chunks::<64>().0;)+
                avx2(
                    #[inline(always)]
                    || {
                        for line in 0..rows.len() / 64 {
                            $(let $name = &$name[line];)+
                            let mut line = [Default::default(); 64];
                            for (at, out) in line.iter_mut().enumerate() {
                                $(let $name = $name[at];)+
                                *out = $value;
                            }
                            out.extend_from_slice(&line);
                        }
                    },
                );
            },
        }
    };
}

pub(crate) const E1: Loop = values!(Floats; a: f64 = "A", b: f64 = "B"; a * 2.0 + b);
pub(crate) const E1_INTEGERS: Loop = values!(Integers; n: i64 = "N", m: i64 = "M"; n * 2 + m);
pub(crate) const E2: Loop = values!(Floats; a: f64 = "A", b: f64 = "B", c: f64 = "C", d: f64 = "D"; (a * b - c / d) + if a > b { c } else { d });
pub(crate) const E4: Loop = values!(Floats; a: f64 = "A"; (((a * 0.5 + 1.5) * a + 2.5) * a + 3.5) * a + 4.5);
pub(crate) const RATIO: Loop = values!(Floats; a: f64 = "A", b: f64 = "B"; 100.0 * (a - b) / b);
pub(crate) const CLIP: Loop = values!(Floats; a: f64 = "A"; a.clamp(100.0, 900.0));
pub(crate) const MIXED: Loop = values!(Floats; a: f64 = "A", i: i32 = "I", n: i64 = "N"; a * f64::from(i) + n as f64);
pub(crate) const BIN: Loop = values!(Times; t: i64 = "T"; bin(t));
pub(crate) const REST: Loop = values!(Integers; n: i64 = "N", m: i64 = "M"; (n * 31 + m) % 86_400);
pub(crate) const BITWISE: Loop = values!(Integers; n: i64 = "N", m: i64 = "M"; ((n << 7) ^ n ^ (m >> 3)) & 1023);
pub(crate) const NARROW: Loop = values!(Narrow; i: i32 = "I"; narrow(i));
pub(crate) const TWELVE: Loop = values!(
    Floats; n: i64 = "N", m: i64 = "M", a: f64 = "A", b: f64 = "B", c: f64 = "C", d: f64 = "D"; twelve(n, m, [a, b, c, d])
);

#[inline(always)]
fn bin(t: i64) -> i64 {
    t - t.rem_euclid(60_000_000_000)
}

#[inline(always)]
fn narrow(i: i32) -> i32 {
    i.wrapping_mul(i).wrapping_add(3).wrapping_mul(i).wrapping_sub(i.wrapping_mul(7))
}

#[inline(always)]
fn twelve(n: i64, m: i64, [a, b, c, d]: [f64; 4]) -> f64 {
    // Both are computed, so that the choice is no branch.
    let (yes, no) = ((a * 1.5 + b * 0.25 - c) / (d + 1.0), a.sqrt() * 2.0 - m as f64 * 0.01);
    if n > 500 { yes } else { no }
}

/// `A * B + (A > B ? C : D)` where `A` is a column with nulls: null is less than all else, but then the sum is null anyway. An
/// `if` would become a branch, as nothing else reads `C` and `D`.
macro_rules! choice_with_nulls {
    ($column:literal) => {
        Loop {
            room: room_with_nulls,
            run: |data, rows, out| {
                let Output::FloatsWithNulls(out, valid) = out else { return };
                let mut values = Output::Floats(std::mem::take(out));
                let by_row = values!(
                    Floats; a: f64 = $column, b: f64 = "B", c: f64 = "C", d: f64 = "D";
                    a * b + select_unpredictable(a > b, c, d)
                );
                (by_row.run)(data, rows, &mut values);
                let Output::Floats(values) = values else { return };
                *out = values;
                valid.copy_from_slice(data.valid($column, rows));
            },
        }
    };
}

fn room_with_nulls(rows: usize) -> Output {
    Output::FloatsWithNulls(Vec::with_capacity(rows), vec![0; rows.div_ceil(64)])
}

pub(crate) const NULLS_1: Loop = choice_with_nulls!("A1");
pub(crate) const NULLS_50: Loop = choice_with_nulls!("A50");

/// The bit of each of 64 rows.
const BITS: [u64; 64] = {
    let mut bits = [1; 64];
    let mut at = 1;
    while at < 64 {
        bits[at] = bits[at - 1] << 1;
        at += 1;
    }
    bits
};

/// A bit for each row, of which there are whole words. Blending a table of bits takes half the time of packing bytes by
/// multiplication.
#[inline(always)]
fn mask<A: Copy, B: Copy>(a: &[A], b: &[B], out: &mut [u64], f: impl Fn(A, B) -> bool) {
    avx2(
        #[inline(always)]
        || {
            for ((out, a), b) in out.iter_mut().zip(a.as_chunks::<64>().0).zip(b.as_chunks::<64>().0) {
                let rows = a.iter().zip(b).zip(&BITS);
                *out = rows.fold(0, |word, ((&a, &b), &bit)| word | if f(a, b) { bit } else { 0 });
            }
        },
    );
}

/// A condition on two columns.
macro_rules! mask {
    ($a:ident: $a_ty:ty = $a_column:literal, $b:ident: $b_ty:ty = $b_column:literal; $condition:expr) => {
        |data, rows, out| {
            let Output::Mask(out) = out else { return };
            let (a, b) = (data.column::<$a_ty>($a_column, rows), data.column::<$b_ty>($b_column, rows));
            mask(
                a,
                b,
                out,
                #[inline(always)]
                |$a, $b| $condition,
            );
        }
    };
}

fn room_for_mask(rows: usize) -> Output {
    Output::Mask(vec![0; rows.div_ceil(64)])
}

pub(crate) const E3: Loop =
    Loop { room: room_for_mask, run: mask!(a: f64 = "A", n: i64 = "N"; (a > 500.0) & (n & 1 == 0)) };
pub(crate) const RANGE: Loop =
    Loop { room: room_for_mask, run: mask!(a: f64 = "A", i: i32 = "I"; (250.0..750.0).contains(&a) & (i != 7)) };
pub(crate) const WITH_NULLS: Loop = Loop {
    room: room_for_mask,
    run: |data, rows, out| {
        let run: fn(&Data, &Range<usize>, &mut Output) = mask!(a: f64 = "A50", n: i64 = "N"; (a > 500.0) & (n < 700));
        run(data, rows, out);
        let Output::Mask(out) = out else { return };
        out.iter_mut().zip(data.valid("A50", rows)).for_each(|(word, valid)| *word &= valid);
    },
};
