//! Comparisons, straight to bits.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::cpu::Cpu;
use super::logic::boolean_order;
use super::operand::{Operand, Side};
use crate::formula::ir::CompareOp;
use crate::types::{Str, Type};
use crate::vector::{Bits, Native};

/// Null equals null and is less than all else; NaN is in no order, not even with null.
pub(super) fn run<'a, 'v: 'a>(
    cpu: Cpu,
    op: CompareOp,
    left: Operand<'a, 'v>,
    right: Operand<'a, 'v>,
    rows: usize,
) -> Bits {
    let nulls = Nulls::of(&left, &right, rows);
    let bits = match (left.ty(), right.ty()) {
        (Type::I64, Type::F64) => mixed(op, left, right, rows),
        (Type::Bool, _) => boolean_order(op, left, right, rows),
        (Type::I8, _) => ordered::<i8>(Cpu::BASELINE, op, left, right, rows),
        (Type::I16, _) => ordered::<i16>(Cpu::BASELINE, op, left, right, rows),
        (Type::I32 | Type::Date, _) => ordered::<i32>(cpu, op, left, right, rows),
        (Type::I64 | Type::Timestamp | Type::Time | Type::Duration, _) => ordered::<i64>(cpu, op, left, right, rows),
        (Type::F32, _) => ordered::<f32>(cpu, op, left, right, rows),
        (Type::F64, _) => ordered::<f64>(cpu, op, left, right, rows),
        (Type::Decimal(_), _) => ordered::<i128>(Cpu::BASELINE, op, left, right, rows),
        (Type::Char, _) => ordered::<u16>(Cpu::BASELINE, op, left, right, rows),
        (Type::String, _) => texts(op, left, right, rows),
        // The checker compares lists with nothing.
        (Type::List(_), _) => Bits::filled(false, rows),
    };
    match nulls {
        None => bits,
        Some(nulls) => nulls.settle(op, bits),
    }
}

/// Where the operands are null; kept only if one may be.
struct Nulls {
    left: Bits,
    right: Bits,
    /// Where either is NaN, if one is a float.
    unordered: Option<Bits>,
}

impl Nulls {
    fn of(left_operand: &Operand<'_, '_>, right_operand: &Operand<'_, '_>, rows: usize) -> Option<Nulls> {
        let (left, right) = (left_operand.valid(rows), right_operand.valid(rows));
        if left.is_none() && right.is_none() {
            return None;
        }
        let (left_nan, right_nan) = (left_operand.nans(rows), right_operand.nans(rows));
        let nulls = |valid: Option<Cow<'_, Bits>>| valid.map_or_else(|| Bits::filled(false, rows), |valid| valid.not());
        let unordered = match (left_nan, right_nan) {
            (Some(a), Some(b)) => Some(a.or(&b)),
            (one, None) | (None, one) => one,
        };
        Some(Nulls { left: nulls(left), right: nulls(right), unordered })
    }

    /// Replaces what was compared under nulls by what the null rules say.
    fn settle(&self, op: CompareOp, compared: Bits) -> Bits {
        let either = self.left.or(&self.right);
        let decided = match op {
            CompareOp::Equal => self.left.and(&self.right),
            CompareOp::NotEqual => self.left.zip(&self.right, |left, right| left ^ right),
            CompareOp::Less => self.left.and_not(&self.right),
            CompareOp::LessOrEqual => self.left.clone(),
            CompareOp::Greater => self.right.and_not(&self.left),
            CompareOp::GreaterOrEqual => self.right.clone(),
        };
        let decided = match &self.unordered {
            Some(unordered) if !matches!(op, CompareOp::Equal | CompareOp::NotEqual) => decided.and_not(unordered),
            _ => decided,
        };
        compared.and_not(&either).or(&decided)
    }
}

fn ordered<'a, 'v: 'a, T: Native + Copy + PartialOrd>(
    cpu: Cpu,
    op: CompareOp,
    left: Operand<'a, 'v>,
    right: Operand<'a, 'v>,
    rows: usize,
) -> Bits {
    let (left, right) = (left.side::<T>().0, right.side::<T>().0);
    match op {
        CompareOp::Equal => bits(cpu, &left, &right, rows, |a, b| a == b),
        CompareOp::NotEqual => bits(cpu, &left, &right, rows, |a, b| a != b),
        CompareOp::Less => bits(cpu, &left, &right, rows, |a, b| a < b),
        CompareOp::LessOrEqual => bits(cpu, &left, &right, rows, |a, b| a <= b),
        CompareOp::Greater => bits(cpu, &left, &right, rows, |a, b| a > b),
        CompareOp::GreaterOrEqual => bits(cpu, &left, &right, rows, |a, b| a >= b),
    }
}

fn texts<'a, 'v: 'a>(op: CompareOp, left: Operand<'a, 'v>, right: Operand<'a, 'v>, rows: usize) -> Bits {
    let (left, right) = (left.side::<Str>().0, right.side::<Str>().0);
    match op {
        CompareOp::Equal => bits(Cpu::BASELINE, &left, &right, rows, same_text),
        CompareOp::NotEqual => bits(Cpu::BASELINE, &left, &right, rows, |a, b| !same_text(a, b)),
        op => bits(Cpu::BASELINE, &left, &right, rows, |a, b| holds(op, Some(a.as_str().cmp(b.as_str())))),
    }
}

/// Whether two texts are the same: by their lengths, then by their first and last bytes, which is all there is of short
/// ones, and tells most others apart. Calling for a comparison of memory takes longer than that.
#[inline(always)]
fn same_text(a: &Str, b: &Str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    a.len() == b.len()
        && match a.len() {
            0 => true,
            1..4 => a[0] == b[0] && a[a.len() / 2] == b[a.len() / 2] && a.last() == b.last(),
            4..8 => a.first_chunk::<4>() == b.first_chunk() && a.last_chunk::<4>() == b.last_chunk(),
            _ => {
                a.first_chunk::<8>() == b.first_chunk()
                    && a.last_chunk::<8>() == b.last_chunk()
                    && (a.len() <= 16 || a[8..] == b[8..])
            }
        }
}

/// An `i64` with an `f64`, by their exact values.
fn mixed<'a, 'v: 'a>(op: CompareOp, left: Operand<'a, 'v>, right: Operand<'a, 'v>, rows: usize) -> Bits {
    let (left, right) = (left.side::<i64>().0, right.side::<f64>().0);
    bits(Cpu::BASELINE, &left, &right, rows, |&a, &b| holds(op, exact_order(a, b)))
}

/// 2^63, the first float above all of `i64`.
const ABOVE_I64: f64 = 9_223_372_036_854_775_808.0;

#[inline(always)]
fn exact_order(a: i64, b: f64) -> Option<Ordering> {
    // Rounding keeps order: where the rounded value differs from b, it decides. Where it does not, b is whole.
    match (a as f64).partial_cmp(&b) {
        Some(Ordering::Equal) if b >= ABOVE_I64 => Some(Ordering::Less),
        Some(Ordering::Equal) => Some(a.cmp(&(b as i64))),
        order => order,
    }
}

/// Whether a comparison holds for an order; without an order only `!=` does.
#[inline(always)]
pub(super) fn holds(op: CompareOp, order: Option<Ordering>) -> bool {
    match op {
        CompareOp::Equal => order == Some(Ordering::Equal),
        CompareOp::NotEqual => order != Some(Ordering::Equal),
        CompareOp::Less => order == Some(Ordering::Less),
        CompareOp::LessOrEqual => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        CompareOp::Greater => order == Some(Ordering::Greater),
        CompareOp::GreaterOrEqual => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
    }
}

/// One bit for each pair.
#[inline(always)]
fn bits<A: Clone, B: Clone>(
    cpu: Cpu,
    left: &Side<'_, A>,
    right: &Side<'_, B>,
    rows: usize,
    f: impl Fn(&A, &B) -> bool,
) -> Bits {
    match (left, right) {
        (Side::Many(left), Side::One(right)) => bits_of(cpu, left, |left| f(left, right)),
        (Side::One(left), Side::Many(right)) => bits_of(cpu, right, |right| f(left, right)),
        (Side::Many(left), Side::Many(right)) => {
            let mut words = vec![0; rows.div_ceil(64)];
            cpu.run(
                #[inline(always)]
                || {
                    for ((word, left), right) in words.iter_mut().zip(left.chunks(64)).zip(right.chunks(64)) {
                        *word = match (left.as_array::<64>(), right.as_array::<64>()) {
                            (Some(left), Some(right)) => {
                                word_of(left.iter().zip(right), |(left, right)| f(left, right))
                            }
                            _ => word_of(left.iter().zip(right), |(left, right)| f(left, right)),
                        };
                    }
                },
            );
            Bits::from_words(words, rows)
        }
        (Side::One(left), Side::One(right)) => Bits::filled(f(left, right), rows),
    }
}

/// One bit for each value.
#[inline(always)]
pub(super) fn bits_of<T>(cpu: Cpu, values: &[T], f: impl Fn(&T) -> bool) -> Bits {
    let mut words = vec![0; values.len().div_ceil(64)];
    cpu.run(
        #[inline(always)]
        || {
            for (word, values) in words.iter_mut().zip(values.chunks(64)) {
                *word = match values.as_array::<64>() {
                    Some(values) => word_of(values.iter(), &f),
                    None => word_of(values.iter(), &f),
                };
            }
        },
    );
    Bits::from_words(words, values.len())
}

/// The bit of each of 64 rows.
pub(super) const BITS: [u64; 64] = {
    let mut bits = [1; 64];
    let mut at = 1;
    while at < 64 {
        bits[at] = bits[at - 1] << 1;
        at += 1;
    }
    bits
};

/// A bit for each of at most 64 values. Where it is known that there are 64, this becomes a loop over vectors: taken from a
/// table, unlike shifted, the bits stand in a vector already, and those of rows that do not match are blended out.
#[inline(always)]
fn word_of<V>(values: impl Iterator<Item = V>, matches: impl Fn(V) -> bool) -> u64 {
    values.zip(&BITS).fold(0, |word, (value, &bit)| word | if matches(value) { bit } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::same_text;
    use crate::types::Str;

    #[test]
    fn texts_of_every_length_are_the_same_if_every_byte_is() {
        for len in 0..40 {
            let text = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnop"[..len].to_owned();
            assert!(same_text(&Str::from(text.clone()), &Str::from(text.clone())), "{len}");
            for at in 0..len {
                let mut other = text.clone();
                other.replace_range(at..=at, "X");
                assert!(!same_text(&Str::from(text.clone()), &Str::from(other)), "byte {at} of {len}");
            }
            assert!(!same_text(&Str::from(text.clone()), &Str::from(text + "!")), "{len}");
        }
    }
}
