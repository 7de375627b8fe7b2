//! Conversion between the number types, as Java casts.

use std::borrow::Cow;

use super::arithmetic::owned;
use super::cpu::Cpu;
use super::operand::{Operand, Side};
use crate::types::{Type, units_to_f64};
use crate::vector::{Native, Values, Vector};

/// `$source as $target` for each pair of types; a float becomes a small integer by way of `i32`.
macro_rules! casts {
    ($cpu:expr, $operand:expr, $to:expr, $rows:expr; $($from:pat => $source:ident;)*) => {
        match $operand.ty() {
            $($from => {
                let (side, valid) = $operand.side::<$source>();
                let values = match $to {
                    Type::I8 => convert(Cpu::BASELINE, side, $rows, |v: $source| casts!(@small v, $source, i8)),
                    Type::I16 => convert(Cpu::BASELINE, side, $rows, |v: $source| casts!(@small v, $source, i16)),
                    Type::Char => convert(Cpu::BASELINE, side, $rows, |v: $source| casts!(@small v, $source, u16)),
                    Type::I32 => convert(Cpu::BASELINE, side, $rows, |v: $source| v as i32),
                    Type::I64 => convert(Cpu::BASELINE, side, $rows, |v: $source| v as i64),
                    Type::F32 => convert(Cpu::BASELINE, side, $rows, |v: $source| v as f32),
                    _ => convert($cpu, side, $rows, |v: $source| v as f64),
                };
                Vector::new($to, values, owned(valid))
            })*
        }
    };
    (@small $value:ident, f32, $target:ty) => { $value as i32 as $target };
    (@small $value:ident, f64, $target:ty) => { $value as i32 as $target };
    (@small $value:ident, $source:ty, $target:ty) => { $value as $target };
}

pub(super) fn run<'a, 'v: 'a>(cpu: Cpu, to: Type, operand: Operand<'a, 'v>, rows: usize) -> Vector<'v> {
    if operand.is_null() {
        return Vector::nulls(to, rows);
    }
    if let Type::Decimal(scale) = operand.ty() {
        // The checker casts decimals to floats only.
        let (side, valid) = operand.side::<i128>();
        return Vector::new(to, convert(Cpu::BASELINE, side, rows, |units| units_to_f64(units, scale)), owned(valid));
    }
    casts! { cpu, operand, to, rows;
        Type::I8 => i8;
        Type::I16 => i16;
        Type::Char => u16;
        Type::I32 => i32;
        Type::I64 => i64;
        Type::F32 => f32;
        // The checker casts numbers only.
        _ => f64;
    }
}

#[inline(always)]
fn convert<A: Native + Copy, B: Native + Copy>(
    cpu: Cpu,
    side: Side<'_, A>,
    rows: usize,
    f: impl Fn(A) -> B,
) -> Values<'static> {
    let values = match side {
        Side::Many(values) => cpu.run(
            #[inline(always)]
            || values.iter().map(|&value| f(value)).collect(),
        ),
        Side::One(value) => vec![f(value); rows],
    };
    B::wrap(Cow::Owned(values))
}
