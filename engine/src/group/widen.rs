//! Keys of a narrower type as keys of a wider one, so that they can be compared.

use std::borrow::Cow;

use crate::types::Type;
use crate::vector::{Native, Values, Vector};

/// The same values as a wider type of the same family: integers to wider integers, `F32` to `F64`. A vector that is
/// of the type already, or cannot be widened to it, is given back as it is.
pub(crate) fn widen(vector: Vector<'_>, ty: Type) -> Vector<'_> {
    let values = match (vector.values(), ty) {
        (Values::I8(from), Type::I16) => each::<_, i16>(from),
        (Values::I8(from), Type::I32) => each::<_, i32>(from),
        (Values::I8(from), Type::I64) => each::<_, i64>(from),
        (Values::I16(from), Type::I32) => each::<_, i32>(from),
        (Values::I16(from), Type::I64) => each::<_, i64>(from),
        (Values::I32(from), Type::I64) if vector.ty() == Type::I32 => each::<_, i64>(from),
        (Values::F32(from), Type::F64) => each::<_, f64>(from),
        _ => return vector,
    };
    let valid = vector.valid().cloned();
    Vector::new(ty, values, valid)
}

fn each<F: Copy, T: Native + From<F>>(from: &[F]) -> Values<'static> {
    T::wrap(Cow::Owned(from.iter().map(|&value| value.into()).collect()))
}
