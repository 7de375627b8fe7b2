//! The physical forms of values and the types that have them.

use std::borrow::Cow;

use super::Values;
use crate::types::{List, Str, Type};

/// The physical form of a type's values: several types may share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NativeKind {
    /// Packed bits.
    Bool,
    /// `i8`
    I8,
    /// `i16`
    I16,
    /// `i32`
    I32,
    /// `i64`
    I64,
    /// `f32`
    F32,
    /// `f64`
    F64,
    /// `i128`
    I128,
    /// `u16`
    U16,
    /// [`Str`]
    Str,
    /// [`List`]
    List,
}

impl NativeKind {
    /// The physical form of `ty`.
    pub fn of(ty: Type) -> Self {
        match ty {
            Type::Bool => NativeKind::Bool,
            Type::I8 => NativeKind::I8,
            Type::I16 => NativeKind::I16,
            Type::I32 | Type::Date => NativeKind::I32,
            Type::I64 | Type::Timestamp | Type::Time | Type::Duration => NativeKind::I64,
            Type::F32 => NativeKind::F32,
            Type::F64 => NativeKind::F64,
            Type::Decimal(_) => NativeKind::I128,
            Type::Char => NativeKind::U16,
            Type::String => NativeKind::Str,
            Type::List(_) => NativeKind::List,
        }
    }
}

/// A Rust type that is the physical form of some column types.
pub trait Native: Clone + Default + PartialEq + Send + Sync + std::fmt::Debug + 'static {
    /// The kind of which this is the Rust type.
    const KIND: NativeKind;
    /// The values as a slice, if they are of this form.
    fn slice<'v>(values: &'v Values<'_>) -> Option<&'v [Self]>;
    /// The values as a slice to be written, if they are owned and of this form.
    fn slice_mut<'v>(values: &'v mut Values<'_>) -> Option<&'v mut [Self]>;
    /// Values of this form.
    fn wrap(values: Cow<'_, [Self]>) -> Values<'_>;
    /// The values, if they are of this form; otherwise none.
    fn take(values: Values<'_>) -> Cow<'_, [Self]>;
    /// Bytes of one value kept outside its slot.
    fn heap_bytes(&self) -> usize {
        0
    }
}

macro_rules! native {
    ($($ty:ty => $kind:ident $(, $heap_bytes:path)?;)*) => {$(
        impl Native for $ty {
            const KIND: NativeKind = NativeKind::$kind;
            fn slice<'v>(values: &'v Values<'_>) -> Option<&'v [Self]> {
                match values {
                    Values::$kind(values) => Some(values),
                    _ => None,
                }
            }
            fn slice_mut<'v>(values: &'v mut Values<'_>) -> Option<&'v mut [Self]> {
                match values {
                    Values::$kind(Cow::Owned(values)) => Some(values),
                    _ => None,
                }
            }
            fn wrap(values: Cow<'_, [Self]>) -> Values<'_> {
                Values::$kind(values)
            }
            fn take(values: Values<'_>) -> Cow<'_, [Self]> {
                match values {
                    Values::$kind(values) => values,
                    _ => Cow::Borrowed(&[]),
                }
            }
            $(fn heap_bytes(&self) -> usize {
                $heap_bytes(self)
            })?
        }
    )*};
}

native! {
    i8 => I8;
    i16 => I16;
    i32 => I32;
    i64 => I64;
    f32 => F32;
    f64 => F64;
    i128 => I128;
    u16 => U16;
    Str => Str, Str::heap_bytes;
    List => List, List::heap_bytes;
}
