//! Arithmetic on numbers, and the bitwise operators on integers and booleans.

use std::borrow::Cow;
use std::ops::{Div, Rem};

use super::code::Then;
use super::cpu::Cpu;
use super::divisor::{Divisor, PowerOfTwo};
use super::logic;
use super::operand::{Operand, Side, Valid, both};
use crate::formula::ir::BinaryOp;
use crate::types::Type;
use crate::vector::{Bits, Native, Vector};
use crate::{Error, ErrorKind, Result};

/// A number type of the language: what is left after promotion.
trait Number: Native + Copy {
    fn add(self, other: Self) -> Self;
    fn subtract(self, other: Self) -> Self;
    fn multiply(self, other: Self) -> Self;
}

macro_rules! number {
    ($($ty:ty: $add:expr, $subtract:expr, $multiply:expr;)*) => {$(
        impl Number for $ty {
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                $add(self, other)
            }
            #[inline(always)]
            fn subtract(self, other: Self) -> Self {
                $subtract(self, other)
            }
            #[inline(always)]
            fn multiply(self, other: Self) -> Self {
                $multiply(self, other)
            }
        }
    )*};
}

number! {
    i32: i32::wrapping_add, i32::wrapping_sub, i32::wrapping_mul;
    i64: i64::wrapping_add, i64::wrapping_sub, i64::wrapping_mul;
    f32: |a, b| a + b, |a, b| a - b, |a, b| a * b;
    f64: |a, b| a + b, |a, b| a - b, |a, b| a * b;
}

/// Both operands, and the result, are of type `ty`.
pub(super) fn binary<'a, 'v: 'a>(
    cpu: Cpu,
    op: BinaryOp,
    ty: Type,
    left: Operand<'a, 'v>,
    right: Operand<'a, 'v>,
    rows: usize,
) -> Result<Vector<'v>> {
    if left.is_null() || right.is_null() {
        return Ok(Vector::nulls(ty, rows));
    }
    match ty {
        Type::Bool => Ok(logic::bitwise(op, left, right, rows)),
        Type::I32 => integer::<i32>(cpu, op, ty, left, right, rows),
        Type::I64 => integer::<i64>(cpu, op, ty, left, right, rows),
        Type::Decimal(_) => Ok(units(op, ty, left, right, rows)),
        Type::F32 => Ok(floating::<f32>(cpu, op, ty, left, right, rows)),
        _ => Ok(floating::<f64>(cpu, op, ty, left, right, rows)),
    }
}

fn floating<'a, 'v: 'a, T: Number + Div<Output = T> + Rem<Output = T>>(
    cpu: Cpu,
    op: BinaryOp,
    ty: Type,
    left: Operand<'a, 'v>,
    right: Operand<'a, 'v>,
    rows: usize,
) -> Vector<'v> {
    let (left, left_valid) = left.side::<T>();
    let (right, right_valid) = right.side::<T>();
    let values = match op {
        BinaryOp::Subtract => zip(cpu, left, right, rows, T::subtract),
        BinaryOp::Multiply => zip(cpu, left, right, rows, T::multiply),
        BinaryOp::Divide => zip(cpu, left, right, rows, |a, b| a / b),
        BinaryOp::Remainder => zip(Cpu::BASELINE, left, right, rows, |a, b| a % b),
        // The checker gives floats no other operator.
        _ => zip(cpu, left, right, rows, T::add),
    };
    vector(ty, values, both(left_valid, right_valid))
}

/// Decimals of one scale are added and subtracted in their units.
fn units<'a, 'v: 'a>(op: BinaryOp, ty: Type, left: Operand<'a, 'v>, right: Operand<'a, 'v>, rows: usize) -> Vector<'v> {
    let (left, left_valid) = left.side::<i128>();
    let (right, right_valid) = right.side::<i128>();
    let values = match op {
        BinaryOp::Subtract => zip(Cpu::BASELINE, left, right, rows, i128::wrapping_sub),
        _ => zip(Cpu::BASELINE, left, right, rows, i128::wrapping_add),
    };
    vector(ty, values, both(left_valid, right_valid))
}

/// What integers have beyond other numbers.
trait Integer: Number + Eq + Into<i64> {
    const ZERO: Self;
    fn remainder(self, other: Self) -> Self;
    /// As [`Integer::remainder`] of what `by` is of.
    fn left_over(self, by: Divisor) -> Self;
    fn left_over_of(self, by: PowerOfTwo) -> Self;
    fn and(self, other: Self) -> Self;
    fn or(self, other: Self) -> Self;
    fn xor(self, other: Self) -> Self;
    fn shift_left(self, by: Self) -> Self;
    fn shift_right(self, by: Self) -> Self;
    fn shift_right_unsigned(self, by: Self) -> Self;
}

macro_rules! integer {
    ($($ty:ty, $unsigned:ty;)*) => {$(
        impl Integer for $ty {
            const ZERO: Self = 0;
            #[inline(always)]
            fn remainder(self, other: Self) -> Self {
                // A zero is refused before; the one that stands under a null must not trap.
                if other == 0 { 0 } else { self.wrapping_rem(other) }
            }
            #[inline(always)]
            fn left_over(self, by: Divisor) -> Self {
                by.remainder(self.into()) as $ty
            }
            #[inline(always)]
            fn left_over_of(self, by: PowerOfTwo) -> Self {
                by.remainder(self.into()) as $ty
            }
            #[inline(always)]
            fn and(self, other: Self) -> Self {
                self & other
            }
            #[inline(always)]
            fn or(self, other: Self) -> Self {
                self | other
            }
            #[inline(always)]
            fn xor(self, other: Self) -> Self {
                self ^ other
            }
            #[inline(always)]
            fn shift_left(self, by: Self) -> Self {
                self.wrapping_shl(by as u32)
            }
            #[inline(always)]
            fn shift_right(self, by: Self) -> Self {
                self.wrapping_shr(by as u32)
            }
            #[inline(always)]
            fn shift_right_unsigned(self, by: Self) -> Self {
                (self as $unsigned).wrapping_shr(by as u32) as $ty
            }
        }
    )*};
}

integer! {
    i32, u32;
    i64, u64;
}

fn integer<'a, 'v: 'a, T: Integer>(
    cpu: Cpu,
    op: BinaryOp,
    ty: Type,
    left: Operand<'a, 'v>,
    right: Operand<'a, 'v>,
    rows: usize,
) -> Result<Vector<'v>> {
    let (left, left_valid) = left.side::<T>();
    let (right, right_valid) = right.side::<T>();
    let valid = both(left_valid, right_valid);
    let values = match op {
        BinaryOp::Add => zip(cpu, left, right, rows, T::add),
        BinaryOp::Subtract => zip(cpu, left, right, rows, T::subtract),
        BinaryOp::Multiply => zip(cpu, left, right, rows, T::multiply),
        BinaryOp::Remainder => {
            if let Some(row) = first_zero(&right, &valid, rows) {
                return Err(Error::new(ErrorKind::Evaluation, "an integer remainder by zero").with_row(row as u64));
            }
            match (left, right) {
                (Side::Many(left), Side::One(right)) if right != T::ZERO => {
                    let right = right.into();
                    match PowerOfTwo::of(right) {
                        Some(power) => map(cpu, left, move |left| left.left_over_of(power)),
                        None => {
                            let right = Divisor::new(right);
                            map(cpu, left, move |left| left.left_over(right))
                        }
                    }
                }
                (left, right) => zip(Cpu::BASELINE, left, right, rows, T::remainder),
            }
        }
        BinaryOp::And => zip(Cpu::BASELINE, left, right, rows, T::and),
        BinaryOp::Or => zip(Cpu::BASELINE, left, right, rows, T::or),
        BinaryOp::Xor => zip(Cpu::BASELINE, left, right, rows, T::xor),
        BinaryOp::ShiftLeft => zip(cpu, left, right, rows, T::shift_left),
        BinaryOp::ShiftRight => zip(cpu, left, right, rows, T::shift_right),
        // Integers are not divided: one operator is left.
        BinaryOp::ShiftRightUnsigned | BinaryOp::Divide => zip(cpu, left, right, rows, T::shift_right_unsigned),
    };
    Ok(vector(ty, values, valid))
}

/// The first valid row that would be divided by zero.
fn first_zero<T: Integer>(divisor: &Side<'_, T>, valid: &Valid<'_>, rows: usize) -> Option<usize> {
    let is_valid = |row: usize| valid.as_ref().is_none_or(|valid| valid.get(row));
    match divisor {
        Side::One(value) if *value != T::ZERO => None,
        Side::One(_) => (0..rows).find(|&row| is_valid(row)),
        Side::Many(values) => values.iter().enumerate().position(|(row, &value)| value == T::ZERO && is_valid(row)),
    }
}

/// `a * b + c`, or `a * b - c`, rounded after each.
pub(super) fn multiply_then<'a, 'v: 'a>(
    cpu: Cpu,
    op: Then,
    ty: Type,
    operands: [Operand<'a, 'v>; 3],
    rows: usize,
) -> Vector<'v> {
    if operands.iter().any(Operand::is_null) {
        return Vector::nulls(ty, rows);
    }
    match ty {
        Type::I32 => multiply_then_of::<i32>(cpu, op, ty, operands, rows),
        Type::I64 => multiply_then_of::<i64>(cpu, op, ty, operands, rows),
        Type::F32 => multiply_then_of::<f32>(cpu, op, ty, operands, rows),
        _ => multiply_then_of::<f64>(cpu, op, ty, operands, rows),
    }
}

fn multiply_then_of<'a, 'v: 'a, T: Number>(
    cpu: Cpu,
    op: Then,
    ty: Type,
    operands: [Operand<'a, 'v>; 3],
    rows: usize,
) -> Vector<'v> {
    let [(a, a_valid), (b, b_valid), (c, c_valid)] = operands.map(Operand::side::<T>);
    let valid = both(both(a_valid, b_valid), c_valid);
    let values = match op {
        Then::Add => multiply_with(cpu, [a, b, c], rows, T::add),
        Then::Subtract => multiply_with(cpu, [a, b, c], rows, T::subtract),
    };
    vector(ty, values, valid)
}

/// `f(a * b, c)` in one pass, in place of whichever is owned.
#[inline(always)]
fn multiply_with<T: Number>(cpu: Cpu, abc: [Side<'_, T>; 3], rows: usize, f: impl Fn(T, T) -> T + Copy) -> Vec<T> {
    let (x, y, c) = match abc {
        [Side::Many(x), Side::One(k), Side::One(c)] | [Side::One(k), Side::Many(x), Side::One(c)] => {
            return map(cpu, x, move |x| f(x.multiply(k), c));
        }
        [Side::Many(x), Side::One(k), c] | [Side::One(k), Side::Many(x), c] => {
            return zip(cpu, Side::Many(x), c, rows, move |x, c| f(x.multiply(k), c));
        }
        [Side::Many(x), Side::Many(y), Side::One(c)] => {
            return zip(cpu, Side::Many(x), Side::Many(y), rows, move |x, y| f(x.multiply(y), c));
        }
        [Side::One(x), Side::One(y), c] => return zip(cpu, Side::One(x.multiply(y)), c, rows, f),
        [Side::Many(x), Side::Many(y), Side::Many(c)] => (x, y, c),
    };
    match (x, y, c) {
        (x, y, Cow::Owned(mut c)) => {
            cpu.run(
                #[inline(always)]
                || c.iter_mut().zip(&*x).zip(&*y).for_each(|((c, &x), &y)| *c = f(x.multiply(y), *c)),
            );
            c
        }
        (Cow::Owned(mut x), y, c) => {
            cpu.run(
                #[inline(always)]
                || x.iter_mut().zip(&*y).zip(&*c).for_each(|((x, &y), &c)| *x = f(x.multiply(y), c)),
            );
            x
        }
        (x, Cow::Owned(mut y), c) => {
            cpu.run(
                #[inline(always)]
                || y.iter_mut().zip(&*x).zip(&*c).for_each(|((y, &x), &c)| *y = f(x.multiply(*y), c)),
            );
            y
        }
        (x, y, c) => cpu.run(
            #[inline(always)]
            || x.iter().zip(&*y).zip(&*c).map(|((&x, &y), &c)| f(x.multiply(y), c)).collect(),
        ),
    }
}

fn vector<'v, T: Native>(ty: Type, values: Vec<T>, valid: Valid<'_>) -> Vector<'v> {
    Vector::new(ty, T::wrap(Cow::Owned(values)), valid.map(Cow::into_owned))
}

/// One value from each, in place where it can be.
#[inline(always)]
pub(super) fn map<T: Copy>(cpu: Cpu, values: Cow<'_, [T]>, f: impl Fn(T) -> T) -> Vec<T> {
    match values {
        Cow::Owned(mut values) => {
            cpu.run(
                #[inline(always)]
                || values.iter_mut().for_each(|value| *value = f(*value)),
            );
            values
        }
        Cow::Borrowed(values) => cpu.run(
            #[inline(always)]
            || values.iter().map(|&value| f(value)).collect(),
        ),
    }
}

/// One value from each pair, in place where it can be. What a closure holds it holds by value: behind a reference it would
/// have to be read again for each row, and the loop would not vectorise.
#[inline(always)]
pub(super) fn zip<T: Copy>(
    cpu: Cpu,
    left: Side<'_, T>,
    right: Side<'_, T>,
    rows: usize,
    f: impl Fn(T, T) -> T,
) -> Vec<T> {
    match (left, right) {
        (Side::Many(left), Side::One(right)) => map(cpu, left, move |left| f(left, right)),
        (Side::One(left), Side::Many(right)) => map(cpu, right, move |right| f(left, right)),
        (Side::Many(Cow::Owned(mut left)), Side::Many(right)) => {
            cpu.run(
                #[inline(always)]
                || left.iter_mut().zip(&*right).for_each(|(left, &right)| *left = f(*left, right)),
            );
            left
        }
        (Side::Many(left), Side::Many(Cow::Owned(mut right))) => {
            cpu.run(
                #[inline(always)]
                || right.iter_mut().zip(&*left).for_each(|(right, &left)| *right = f(left, *right)),
            );
            right
        }
        (Side::Many(left), Side::Many(right)) => cpu.run(
            #[inline(always)]
            || left.iter().zip(&*right).map(|(&left, &right)| f(left, right)).collect(),
        ),
        (Side::One(left), Side::One(right)) => vec![f(left, right); rows],
    }
}

/// The rows' validity as bits of their own.
pub(super) fn owned(valid: Valid<'_>) -> Option<Bits> {
    valid.map(Cow::into_owned)
}
