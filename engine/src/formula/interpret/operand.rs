//! What a kernel gets: a vector it may keep, a vector it may look at, or one value for all rows.

use std::borrow::Cow;

use super::code::Constant;
use super::compare::bits_of;
use super::cpu::Cpu;
use crate::formula::function::Operand as FunctionOperand;
use crate::types::{Type, Value};
use crate::vector::{Bits, Native, Values, Vector};

pub(super) enum Operand<'r, 'v> {
    Owned(Vector<'v>),
    Shared(&'r Vector<'v>),
    Scalar(&'r Constant),
}

/// The values of an operand in their physical form.
pub(super) enum Side<'a, T: Clone> {
    Many(Cow<'a, [T]>),
    One(T),
}

/// The bits of a `Bool` operand.
pub(super) enum BoolSide<'a> {
    Many(Cow<'a, Bits>),
    One(bool),
}

/// A validity; `None` when all rows are valid.
pub(super) type Valid<'a> = Option<Cow<'a, Bits>>;

impl<'a, 'v: 'a> Operand<'a, 'v> {
    pub(super) fn ty(&self) -> Type {
        match self {
            Operand::Owned(vector) => vector.ty(),
            Operand::Shared(vector) => vector.ty(),
            Operand::Scalar(constant) => constant.ty,
        }
    }

    /// Whether it is the constant null.
    pub(super) fn is_null(&self) -> bool {
        matches!(self, Operand::Scalar(constant) if constant.value.is_null())
    }

    /// The values, which must be of form `T`, and the validity.
    pub(super) fn side<T: Native>(self) -> (Side<'a, T>, Valid<'a>) {
        match self {
            Operand::Owned(vector) => {
                let (_, values, valid) = vector.into_parts();
                (Side::Many(T::take(values)), valid.map(Cow::Owned))
            }
            Operand::Shared(vector) => {
                let values = vector.native::<T>().unwrap_or(&[]);
                (Side::Many(Cow::Borrowed(values)), vector.valid().map(Cow::Borrowed))
            }
            Operand::Scalar(constant) => {
                let value = constant.vector.native::<T>().and_then(|one| one.first().cloned()).unwrap_or_default();
                (Side::One(value), None)
            }
        }
    }

    /// The bits of a `Bool` operand and the validity; a constant null is invalid everywhere.
    pub(super) fn bools(self, rows: usize) -> (BoolSide<'a>, Valid<'a>) {
        match self {
            Operand::Owned(vector) => {
                let (_, values, valid) = vector.into_parts();
                let bits = if let Values::Bool(bits) = values { bits } else { Bits::filled(false, rows) };
                (BoolSide::Many(Cow::Owned(bits)), valid.map(Cow::Owned))
            }
            Operand::Shared(vector) => {
                let bits = vector.bools().map_or_else(|| Cow::Owned(Bits::filled(false, rows)), Cow::Borrowed);
                (BoolSide::Many(bits), vector.valid().map(Cow::Borrowed))
            }
            Operand::Scalar(constant) => {
                let valid = constant.value.is_null().then(|| Cow::Owned(Bits::filled(false, rows)));
                (BoolSide::One(constant.vector.bools().is_some_and(|bits| bits.get(0))), valid)
            }
        }
    }

    /// The operand as functions take it.
    pub(super) fn for_function(&'a self) -> FunctionOperand<'a> {
        match self {
            Operand::Owned(vector) => FunctionOperand::Vector(vector),
            Operand::Shared(vector) => FunctionOperand::Vector(vector),
            Operand::Scalar(constant) => FunctionOperand::Scalar(&constant.value),
        }
    }

    /// The validity of the operand, as it is without taking it apart.
    pub(super) fn valid(&self, rows: usize) -> Option<Cow<'_, Bits>> {
        match self {
            Operand::Owned(vector) => vector.valid().map(Cow::Borrowed),
            Operand::Shared(vector) => vector.valid().map(Cow::Borrowed),
            Operand::Scalar(constant) => constant.value.is_null().then(|| Cow::Owned(Bits::filled(false, rows))),
        }
    }

    /// Where the operand is NaN (and not null); `None` if it is no float.
    pub(super) fn nans(&self, rows: usize) -> Option<Bits> {
        let vector = match self {
            Operand::Owned(vector) => vector,
            Operand::Shared(vector) => vector,
            Operand::Scalar(constant) => {
                return constant.ty.is_float().then(|| Bits::filled(is_nan(&constant.value), rows));
            }
        };
        let nans = match vector.values() {
            Values::F64(values) => bits_of(Cpu::BASELINE, values, |value| value.is_nan()),
            Values::F32(values) => bits_of(Cpu::BASELINE, values, |value| value.is_nan()),
            _ => return None,
        };
        Some(vector.valid().map_or_else(|| nans.clone(), |valid| nans.and(valid)))
    }
}

impl BoolSide<'_> {
    pub(super) fn into_bits(self, rows: usize) -> Bits {
        match self {
            BoolSide::Many(bits) => bits.into_owned(),
            BoolSide::One(value) => Bits::filled(value, rows),
        }
    }
}

fn is_nan(value: &Value) -> bool {
    matches!(value, Value::F64(value) if value.is_nan()) || matches!(value, Value::F32(value) if value.is_nan())
}

/// Valid where both are.
pub(super) fn both<'a>(a: Valid<'a>, b: Valid<'a>) -> Valid<'a> {
    match (a, b) {
        (Some(a), Some(b)) => Some(Cow::Owned(a.and(&b))),
        (one, None) | (None, one) => one,
    }
}
