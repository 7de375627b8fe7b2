//! What a cell can hold: [`Type`], one cell as a [`Value`], and the small types behind them.

mod cell;
mod clock;
mod date;
mod decimal;
mod list;
mod scaled;
mod text;
mod time;
mod time_delta;
mod timestamp;
mod value;

pub use cell::{FromCell, FromRow};
pub use date::Date;
pub use decimal::Decimal;
pub use list::List;
pub use scaled::Scaled;
pub use text::Str;
pub use time::Time;
pub use time_delta::TimeDelta;
pub use timestamp::Timestamp;
pub use value::Value;

pub(crate) use decimal::{DIGITS, power, units_to_f64};

use std::fmt;

/// The type of a column. Every type is nullable; null is kept beside the values, never among them.
///
/// | type | holds | null rule |
/// |---|---|---|
/// | `Bool` | true, false | null < false < true when sorted |
/// | `I8` .. `I64` | signed integers, wrapping | the whole range is usable: no value stands for null |
/// | `F32`, `F64` | IEEE 754 | NaN is a value, not null; as a key all NaN are one, and -0.0 is 0.0 |
/// | `Char` | one UTF-16 unit | |
/// | `String` | UTF-8 text, ordered by code point | |
/// | `Timestamp` | nanoseconds since 1970-01-01T00:00:00Z | |
/// | `Date` | days since 1970-01-01 | |
/// | `Time` | a time of day in nanoseconds | |
/// | `Duration` | a length of time in nanoseconds, of either sign | |
/// | `Decimal(s)` | exact numbers of up to 38 digits, `s` of them behind the point | |
/// | `List(t)` | any number of values of type `t`, some of them null | a null list is not an empty one |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Type {
    /// True or false.
    Bool,
    /// A signed 8-bit integer.
    I8,
    /// A signed 16-bit integer.
    I16,
    /// A signed 32-bit integer.
    I32,
    /// A signed 64-bit integer.
    I64,
    /// A 32-bit float.
    F32,
    /// A 64-bit float.
    F64,
    /// One UTF-16 unit.
    Char,
    /// UTF-8 text.
    String,
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    Timestamp,
    /// Days since 1970-01-01.
    Date,
    /// Nanoseconds since midnight.
    Time,
    /// Nanoseconds of a length of time.
    Duration,
    /// Exact numbers with so many digits behind the point (0 to 38).
    Decimal(u8),
    /// Lists of values of a type, such as `Type::List(&Type::F64)`; [`Type::list_of`] makes it of a type not known before.
    List(#[cfg_attr(feature = "serde", serde(deserialize_with = "list::item_type"))] &'static Type),
}

impl Type {
    /// Every type there is, in declaration order; of the decimals and of the lists one.
    pub const ALL: [Type; 15] = [
        Type::Bool,
        Type::I8,
        Type::I16,
        Type::I32,
        Type::I64,
        Type::F32,
        Type::F64,
        Type::Char,
        Type::String,
        Type::Timestamp,
        Type::Date,
        Type::Time,
        Type::Duration,
        Type::Decimal(2),
        Type::List(&Type::F64),
    ];

    /// The name a user reads in messages and writes in casts: `bool`, `i64`, `timestamp`. That of a decimal does not
    /// tell its scale, nor that of a list what it holds; [`Display`](fmt::Display) does.
    pub fn name(self) -> &'static str {
        match self {
            Type::Bool => "bool",
            Type::I8 => "i8",
            Type::I16 => "i16",
            Type::I32 => "i32",
            Type::I64 => "i64",
            Type::F32 => "f32",
            Type::F64 => "f64",
            Type::Char => "char",
            Type::String => "string",
            Type::Timestamp => "timestamp",
            Type::Date => "date",
            Type::Time => "time",
            Type::Duration => "duration",
            Type::Decimal(_) => "decimal",
            Type::List(_) => "list",
        }
    }

    /// The digits behind the point of a decimal; 0 for every other type.
    pub(crate) fn scale(self) -> u8 {
        if let Type::Decimal(scale) = self { scale } else { 0 }
    }

    /// Whether arithmetic applies: the integers, the floats and `Char`.
    pub fn is_numeric(self) -> bool {
        self.is_integer() || self.is_float()
    }

    /// Whether the type is one of the integers (`Char` counts, as a 16-bit unsigned one).
    pub fn is_integer(self) -> bool {
        matches!(self, Type::I8 | Type::I16 | Type::I32 | Type::I64 | Type::Char)
    }

    /// Whether the type is `F32` or `F64`.
    pub fn is_float(self) -> bool {
        matches!(self, Type::F32 | Type::F64)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Decimal(scale) => f.pad(&format!("decimal({scale})")),
            Type::List(item) => f.pad(&format!("list<{item}>")),
            ty => f.pad(ty.name()),
        }
    }
}
