use std::fmt;

use super::{Date, Decimal, List, Str, Time, TimeDelta, Timestamp, Type};

/// One cell, as a value of its own: what `.bind` takes, what partition values are, what tests compare.
///
/// `PartialEq` is IEEE for floats (NaN differs from itself); [`Value::same`] is equality as cells.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Value {
    /// No value, of any type.
    Null,
    /// `Bool`
    Bool(bool),
    /// `I8`
    I8(i8),
    /// `I16`
    I16(i16),
    /// `I32`
    I32(i32),
    /// `I64`
    I64(i64),
    /// `F32`
    F32(f32),
    /// `F64`
    F64(f64),
    /// `Char`: one UTF-16 unit
    Char(u16),
    /// `String`
    String(Str),
    /// `Timestamp`
    Timestamp(Timestamp),
    /// `Date`
    Date(Date),
    /// `Time`
    Time(Time),
    /// `Duration`
    Duration(TimeDelta),
    /// `Decimal`
    Decimal(Decimal),
    /// `List`
    List(List),
}

impl Value {
    /// The type of the value; `None` for null, which belongs to every type.
    pub fn ty(&self) -> Option<Type> {
        Some(match self {
            Value::Null => return None,
            Value::Bool(_) => Type::Bool,
            Value::I8(_) => Type::I8,
            Value::I16(_) => Type::I16,
            Value::I32(_) => Type::I32,
            Value::I64(_) => Type::I64,
            Value::F32(_) => Type::F32,
            Value::F64(_) => Type::F64,
            Value::Char(_) => Type::Char,
            Value::String(_) => Type::String,
            Value::Timestamp(_) => Type::Timestamp,
            Value::Date(_) => Type::Date,
            Value::Time(_) => Type::Time,
            Value::Duration(_) => Type::Duration,
            Value::Decimal(v) => Type::Decimal(v.scale()),
            Value::List(v) => Type::list_of(v.item_type()),
        })
    }

    /// Whether the value is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// Equality as cells are compared: as `==`, but all NaN are equal (and -0.0 equals 0.0).
    pub fn same(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::F64(a), Value::F64(b)) => a == b || (a.is_nan() && b.is_nan()),
            (Value::F32(a), Value::F32(b)) => a == b || (a.is_nan() && b.is_nan()),
            (Value::List(a), Value::List(b)) => a.same(b),
            _ => self == other,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => f.pad("null"),
            Value::Bool(v) => fmt::Display::fmt(v, f),
            Value::I8(v) => fmt::Display::fmt(v, f),
            Value::I16(v) => fmt::Display::fmt(v, f),
            Value::I32(v) => fmt::Display::fmt(v, f),
            Value::I64(v) => fmt::Display::fmt(v, f),
            Value::F32(v) => fmt::Debug::fmt(v, f),
            Value::F64(v) => fmt::Debug::fmt(v, f),
            Value::Char(v) => match char::from_u32(u32::from(*v)) {
                Some(c) => fmt::Display::fmt(&c, f),
                None => write!(f, "\\u{v:04x}"),
            },
            Value::String(v) => fmt::Display::fmt(v, f),
            Value::Timestamp(v) => fmt::Display::fmt(v, f),
            Value::Date(v) => fmt::Display::fmt(v, f),
            Value::Time(v) => fmt::Display::fmt(v, f),
            Value::Duration(v) => fmt::Display::fmt(v, f),
            Value::Decimal(v) => fmt::Display::fmt(v, f),
            Value::List(v) => fmt::Display::fmt(v, f),
        }
    }
}

macro_rules! from {
    ($($from:ty => $variant:ident),* $(,)?) => {$(
        impl From<$from> for Value {
            fn from(value: $from) -> Self {
                Value::$variant(value.into())
            }
        }
    )*};
}

from!(
    bool => Bool, i8 => I8, i16 => I16, i32 => I32, i64 => I64, f32 => F32, f64 => F64,
    Str => String, &str => String, String => String, Timestamp => Timestamp, Date => Date,
    Time => Time, TimeDelta => Duration, Decimal => Decimal, List => List,
);

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}
