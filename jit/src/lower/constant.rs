//! Constants as the parameters of kernels.

use headwater_engine::vector::Vector;
use headwater_engine::{Type, Value};

use crate::shape::{Form, Lane};

/// The bits of a constant in its lane; those of zero for null.
pub(super) fn bits(ty: Type, value: &Value) -> u64 {
    let Some(vector) = Vector::constant(ty, value, 1) else { return 0 };
    fn first<T: headwater_engine::vector::Native + Copy>(vector: &Vector<'_>) -> T {
        vector.native::<T>().and_then(|values| values.first().copied()).unwrap_or_default()
    }
    match Form::of(ty) {
        Some(Form::I8) => narrow(first::<i8>(&vector).into()),
        Some(Form::I16) => narrow(first::<i16>(&vector).into()),
        Some(Form::U16) => narrow(first::<u16>(&vector).into()),
        Some(Form::I32) => narrow(first(&vector)),
        Some(Form::I64) => first::<i64>(&vector) as u64,
        Some(Form::F32) => first::<f32>(&vector).to_bits().into(),
        Some(Form::F64) => first::<f64>(&vector).to_bits(),
        Some(Form::Bits) | None => 0,
    }
}

/// The bits of a 32-bit integer.
fn narrow(value: i32) -> u64 {
    u64::from(value as u32)
}

/// The integer a constant of an integer lane is.
pub(super) fn integer(lane: Lane, bits: u64) -> i64 {
    match lane {
        Lane::I32 => i64::from(bits as u32 as i32),
        _ => bits as i64,
    }
}
