//! Choosing between two values row by row, without a branch.

use std::borrow::Cow;

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
    let (yes, no) = (yes.side::<T>().0, no.side::<T>().0);
    let values = match (yes, no) {
        (Side::Many(yes), Side::Many(no)) => {
            let mut out = yes.into_owned();
            cpu.run(
                #[inline(always)]
                || {
                    for ((out, no), &word) in out.chunks_mut(64).zip(no.chunks(64)).zip(when.words()) {
                        for ((out, &no), mask) in out.iter_mut().zip(no).zip(spread(word)) {
                            *out = if mask != 0 { *out } else { no };
                        }
                    }
                },
            );
            out
        }
        (Side::Many(yes), Side::One(no)) => fill(cpu, yes.into_owned(), when, false, no),
        (Side::One(yes), Side::Many(no)) => fill(cpu, no.into_owned(), when, true, yes),
        (Side::One(yes), Side::One(no)) => fill(cpu, vec![no; when.len()], when, true, yes),
    };
    Vector::new(ty, T::wrap(Cow::Owned(values)), valid)
}

/// `values`, with `value` where the condition is `at`.
fn fill<T: Copy>(cpu: Cpu, mut values: Vec<T>, when: &Bits, at: bool, value: T) -> Vec<T> {
    let turned = if at { 0 } else { u64::MAX };
    cpu.run(
        #[inline(always)]
        || {
            for (values, &word) in values.chunks_mut(64).zip(when.words()) {
                for (old, mask) in values.iter_mut().zip(spread(word ^ turned)) {
                    *old = if mask != 0 { value } else { *old };
                }
            }
        },
    );
    values
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

/// A byte for each bit: not zero if it is set.
#[inline(always)]
fn spread(word: u64) -> [u8; 64] {
    let mut groups = [0u64; 8];
    for (group, byte) in groups.iter_mut().zip(word.to_le_bytes()) {
        *group = (u64::from(byte) * 0x0101_0101_0101_0101) & 0x8040_2010_0804_0201;
    }
    bytemuck::cast(groups.map(u64::to_le))
}
