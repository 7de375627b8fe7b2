//! Membership in a set of constants.

use super::compare::bits_of;
use super::cpu::Cpu;
use super::operand::{Operand, Side};
use crate::formula::ir::ValueSet;
use crate::types::{List, Str, Value};
use crate::vector::{Bits, Native, NativeKind, Vector};

pub(super) fn run<'a, 'v: 'a>(cpu: Cpu, set: &ValueSet, operand: Operand<'a, 'v>, rows: usize) -> Bits {
    let nulls = operand.valid(rows).map(|valid| valid.not());
    let found = match NativeKind::of(set.ty()) {
        NativeKind::Bool => {
            let bits = operand.bools(rows).0.into_bits(rows);
            let has = |value: bool| set.contains(&value.into());
            Bits::from_fn(rows, |row| has(bits.get(row)))
        }
        NativeKind::I8 => numbers::<i8>(Cpu::BASELINE, set, operand, rows),
        NativeKind::I16 => numbers::<i16>(Cpu::BASELINE, set, operand, rows),
        NativeKind::I32 => numbers::<i32>(cpu, set, operand, rows),
        NativeKind::I64 => numbers::<i64>(cpu, set, operand, rows),
        NativeKind::I128 => numbers::<i128>(Cpu::BASELINE, set, operand, rows),
        NativeKind::U16 => numbers::<u16>(Cpu::BASELINE, set, operand, rows),
        NativeKind::F32 => floats::<f32>(set, operand, rows, f32::is_nan),
        NativeKind::F64 => floats::<f64>(set, operand, rows, f64::is_nan),
        NativeKind::Str => match operand.side::<Str>().0 {
            Side::Many(texts) => bits_of(Cpu::BASELINE, &texts, |text| set.contains_text(text)),
            Side::One(text) => Bits::filled(set.contains_text(&text), rows),
        },
        NativeKind::List => {
            let has = |list: &List| set.contains(&Value::List(list.clone()));
            match operand.side::<List>().0 {
                Side::Many(lists) => bits_of(Cpu::BASELINE, &lists, has),
                Side::One(list) => Bits::filled(has(&list), rows),
            }
        }
    };
    match nulls {
        None => found,
        Some(nulls) if set.has_null() => found.or(&nulls),
        Some(nulls) => found.and_not(&nulls),
    }
}

/// The set's values in their physical form.
fn list<T: Native>(set: &ValueSet) -> Vec<T> {
    let vector = Vector::from_values(set.ty(), set.values().iter().cloned());
    vector.and_then(|vector| vector.native::<T>().map(<[T]>::to_vec)).unwrap_or_default()
}

/// Lists up to here are compared one by one, which vectorises; longer ones are searched.
const SHORT: usize = 8;

fn numbers<'a, 'v: 'a, T: Native + Copy + Ord>(
    cpu: Cpu,
    set: &ValueSet,
    operand: Operand<'a, 'v>,
    rows: usize,
) -> Bits {
    let mut list = list::<T>(set);
    list.sort_unstable();
    match operand.side::<T>().0 {
        Side::Many(values) if list.len() <= SHORT => {
            bits_of(cpu, &values, |value| list.iter().fold(false, |found, item| found | (item == value)))
        }
        Side::Many(values) => bits_of(Cpu::BASELINE, &values, |value| list.binary_search(value).is_ok()),
        Side::One(value) => Bits::filled(list.contains(&value), rows),
    }
}

fn floats<'a, 'v: 'a, T: Native + Copy>(
    set: &ValueSet,
    operand: Operand<'a, 'v>,
    rows: usize,
    is_nan: impl Fn(T) -> bool,
) -> Bits {
    let list = list::<T>(set);
    let has_nan = list.iter().any(|&item| is_nan(item));
    let contains = |value: &T| list.iter().fold(has_nan && is_nan(*value), |found, item| found | (item == value));
    match operand.side::<T>().0 {
        Side::Many(values) => bits_of(Cpu::BASELINE, &values, contains),
        Side::One(value) => Bits::filled(contains(&value), rows),
    }
}
