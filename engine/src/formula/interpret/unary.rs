//! Operators on one value.

use std::borrow::Cow;

use super::arithmetic::{map, owned};
use super::cpu::Cpu;
use super::operand::{Operand, Side};
use super::run::bool_vector;
use crate::formula::ir::UnaryOp;
use crate::types::Type;
use crate::vector::{Native, Vector};

pub(super) fn run<'a, 'v: 'a>(op: UnaryOp, ty: Type, operand: Operand<'a, 'v>, rows: usize) -> Vector<'v> {
    match (op, ty) {
        (UnaryOp::Not, _) => {
            let (bits, valid) = operand.bools(rows);
            bool_vector(bits.into_bits(rows).not(), owned(valid))
        }
        (UnaryOp::Negate, Type::I32) => each::<i32>(ty, operand, rows, i32::wrapping_neg),
        (UnaryOp::Negate, Type::I64) => each::<i64>(ty, operand, rows, i64::wrapping_neg),
        (UnaryOp::Negate, Type::F32) => each::<f32>(ty, operand, rows, |value| -value),
        (UnaryOp::Negate, _) => each::<f64>(ty, operand, rows, |value| -value),
        (UnaryOp::Complement, Type::I32) => each::<i32>(ty, operand, rows, |value| !value),
        (UnaryOp::Complement, _) => each::<i64>(ty, operand, rows, |value| !value),
    }
}

fn each<'a, 'v: 'a, T: Native + Copy>(
    ty: Type,
    operand: Operand<'a, 'v>,
    rows: usize,
    f: impl Fn(T) -> T,
) -> Vector<'v> {
    if operand.is_null() {
        return Vector::nulls(ty, rows);
    }
    let (side, valid) = operand.side::<T>();
    let values = match side {
        Side::Many(values) => map(Cpu::BASELINE, values, f),
        Side::One(value) => vec![f(value); rows],
    };
    Vector::new(ty, T::wrap(Cow::Owned(values)), owned(valid))
}
