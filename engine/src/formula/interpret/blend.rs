//! Choosing between two values row by row, without a branch.

use std::borrow::Cow;
use std::hint::select_unpredictable;

use super::compare::BITS;
use super::cpu::Cpu;
use super::operand::{Operand, Side, Valid};
use super::run::bool_vector;
use crate::types::{List, Str, Type};
use crate::vector::{Bits, Native, NativeKind, Vector};
use crate::{Error, ErrorKind, Result};

/// The condition of a `?:`, which may not be null.
pub(super) fn condition(operand: Operand<'_, '_>, rows: usize) -> Result<Bits> {
    let (bits, valid) = operand.bools(rows);
    if let Some(row) = valid.and_then(|valid| valid.not().ones().next()) {
        return Err(Error::new(ErrorKind::Evaluation, "the condition of ?: is null")
            .with_help("say what null means: replaceIfNull(condition, false)")
            .with_row(row as u64));
    }
    Ok(bits.into_bits(rows))
}

/// `yes` where the condition holds, else `no`.
pub(super) fn choose<'a, 'v: 'a>(
    cpu: Cpu,
    ty: Type,
    when: Operand<'a, 'v>,
    yes: Operand<'a, 'v>,
    no: Operand<'a, 'v>,
    rows: usize,
) -> Result<Vector<'v>> {
    let when = condition(when, rows)?;
    let (yes_null, no_null) = (yes.is_null(), no.is_null());
    let valid = match (valid_of(&yes, yes_null, rows), valid_of(&no, no_null, rows)) {
        (None, None) => None,
        (yes, no) => {
            let all = || Cow::Owned(Bits::filled(true, rows));
            let (yes, no) = (yes.unwrap_or_else(all), no.unwrap_or_else(all));
            Some(when.and(&yes).or(&no.and_not(&when)))
        }
    };
    Ok(match NativeKind::of(ty) {
        NativeKind::Bool => {
            let (yes, no) = (yes.bools(rows).0.into_bits(rows), no.bools(rows).0.into_bits(rows));
            bool_vector(when.and(&yes).or(&no.and_not(&when)), valid)
        }
        NativeKind::I8 => numbers::<i8>(Cpu::BASELINE, ty, &when, yes, no, valid),
        NativeKind::I16 => numbers::<i16>(Cpu::BASELINE, ty, &when, yes, no, valid),
        NativeKind::I32 => numbers::<i32>(cpu, ty, &when, yes, no, valid),
        NativeKind::I64 => numbers::<i64>(cpu, ty, &when, yes, no, valid),
        NativeKind::F32 => numbers::<f32>(cpu, ty, &when, yes, no, valid),
        NativeKind::F64 => numbers::<f64>(cpu, ty, &when, yes, no, valid),
        NativeKind::I128 => numbers::<i128>(Cpu::BASELINE, ty, &when, yes, no, valid),
        NativeKind::U16 => numbers::<u16>(Cpu::BASELINE, ty, &when, yes, no, valid),
        NativeKind::Str => shared::<Str>(ty, &when, yes, no, valid),
        NativeKind::List => shared::<List>(ty, &when, yes, no, valid),
    })
}

fn valid_of<'o>(operand: &'o Operand<'_, '_>, is_null: bool, rows: usize) -> Valid<'o> {
    if is_null { Some(Cow::Owned(Bits::filled(false, rows))) } else { operand.valid(rows) }
}

fn numbers<'a, 'v: 'a, T: Native + Copy>(
    cpu: Cpu,
    ty: Type,
    when: &Bits,
    yes: Operand<'a, 'v>,
    no: Operand<'a, 'v>,
    valid: Option<Bits>,
) -> Vector<'v> {
    // One side's values are kept where its bits say so, and the other's put in everywhere else.
    let values = match (yes.side::<T>().0, no.side::<T>().0) {
        (Side::Many(yes), Side::Many(Cow::Owned(no))) => keep(cpu, no, when, u64::MAX, &Side::Many(yes)),
        (Side::Many(yes), no) => keep(cpu, yes.into_owned(), when, 0, &no),
        (yes, Side::Many(no)) => keep(cpu, no.into_owned(), when, u64::MAX, &yes),
        (Side::One(yes), no) => keep(cpu, vec![yes; when.len()], when, 0, &no),
    };
    Vector::new(ty, T::wrap(Cow::Owned(values)), valid)
}

/// The values whose bit in `when`, exclusive or one of `flip`, is set, and the others' values for the rest.
fn keep<T: Copy>(cpu: Cpu, mut values: Vec<T>, when: &Bits, flip: u64, others: &Side<'_, T>) -> Vec<T> {
    cpu.run(
        #[inline(always)]
        || {
            let (lines, rest) = values.as_chunks_mut::<64>();
            let (whole, last) = when.words().split_at(lines.len());
            let lines = lines.iter_mut().zip(whole.iter().map(|word| word ^ flip));
            let last = last.first().map_or(0, |word| word ^ flip);
            match others {
                Side::Many(others) => {
                    let (others, others_rest) = others.as_chunks::<64>();
                    lines.zip(others).for_each(|((line, word), others)| pick(line, others, word));
                    pick(rest, others_rest, last);
                }
                Side::One(other) => {
                    let others = [*other; 64];
                    lines.for_each(|(line, word)| pick(line, &others, word));
                    pick(rest, &others, last);
                }
            }
        },
    );
    values
}

/// Puts others in the place of the values whose bit is not set. Both are read whatever the bit says: an `if` would become a
/// branch between two addresses, taken wrongly for half of the rows where bits are random. Of 64 values, known as such, it
/// is a loop over vectors.
#[inline(always)]
fn pick<T: Copy>(values: &mut [T], others: &[T], word: u64) {
    for ((value, &other), &bit) in values.iter_mut().zip(others).zip(&BITS) {
        *value = select_unpredictable(word & bit != 0, *value, other);
    }
}

/// Texts and lists.
fn shared<'a, 'v: 'a, T: Native>(
    ty: Type,
    when: &Bits,
    yes: Operand<'a, 'v>,
    no: Operand<'a, 'v>,
    valid: Option<Bits>,
) -> Vector<'v> {
    let (yes, no) = (yes.side::<T>().0, no.side::<T>().0);
    let pick = |side: &Side<'_, T>, row: usize| match side {
        Side::Many(values) => values[row].clone(),
        Side::One(value) => value.clone(),
    };
    let values = when.iter().enumerate().map(|(row, when)| pick(if when { &yes } else { &no }, row)).collect();
    Vector::new(ty, T::wrap(Cow::Owned(values)), valid)
}
