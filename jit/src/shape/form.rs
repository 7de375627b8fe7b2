//! How values stand in memory and in registers.

use headwater_engine::Type;

/// How the values of a column stand in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Form {
    /// Packed, the lowest first; also how validity stands.
    Bits,
    I8,
    I16,
    U16,
    I32,
    I64,
    F32,
    F64,
}

/// How numbers stand in the vectors of a kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Lane {
    I32,
    I64,
    F32,
    F64,
}

impl Form {
    /// The form of a type's values; `None` for text, lists and decimals, which kernels do not read.
    pub(crate) fn of(ty: Type) -> Option<Form> {
        Some(match ty {
            Type::Bool => Form::Bits,
            Type::I8 => Form::I8,
            Type::I16 => Form::I16,
            Type::Char => Form::U16,
            Type::I32 | Type::Date => Form::I32,
            Type::I64 | Type::Timestamp | Type::Time | Type::Duration => Form::I64,
            Type::F32 => Form::F32,
            Type::F64 => Form::F64,
            // Text, lists, decimals, and what may come.
            _ => return None,
        })
    }

    /// The lane it is read into.
    ///
    /// Bits have none; they count as 32-bit integers.
    pub(crate) fn lane(self) -> Lane {
        match self {
            Form::Bits | Form::I8 | Form::I16 | Form::U16 | Form::I32 => Lane::I32,
            Form::I64 => Lane::I64,
            Form::F32 => Lane::F32,
            Form::F64 => Lane::F64,
        }
    }

    /// Bytes of `rows` values; rows of bits come by eights.
    pub(crate) fn bytes(self, rows: usize) -> usize {
        match self {
            Form::Bits => rows / 8,
            Form::I8 => rows,
            Form::I16 | Form::U16 => 2 * rows,
            Form::I32 | Form::F32 => 4 * rows,
            Form::I64 | Form::F64 => 8 * rows,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Form::Bits => "bits",
            Form::I8 => "i8",
            Form::I16 => "i16",
            Form::U16 => "u16",
            Form::I32 => "i32",
            Form::I64 => "i64",
            Form::F32 => "f32",
            Form::F64 => "f64",
        }
    }
}

impl Lane {
    pub(crate) fn is_float(self) -> bool {
        matches!(self, Lane::F32 | Lane::F64)
    }

    /// Whether a vector holds two of them, not four.
    pub(crate) fn is_wide(self) -> bool {
        matches!(self, Lane::I64 | Lane::F64)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Lane::I32 => "i32",
            Lane::I64 => "i64",
            Lane::F32 => "f32",
            Lane::F64 => "f64",
        }
    }
}
