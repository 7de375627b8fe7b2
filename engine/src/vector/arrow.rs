//! Vectors out to Arrow arrays and in again.
//!
//! | type | Arrow out | Arrow in |
//! |---|---|---|
//! | `Bool` | Boolean | Boolean |
//! | `I8` .. `I64` | Int8 .. Int64 | those; UInt8, UInt16, UInt32 widen; UInt64 checked |
//! | `F32`, `F64` | Float32, Float64 | those; Float16 widens |
//! | `Char` | UInt16 with extension name `headwater.char` | as UInt16, which is `I32` |
//! | `String` | Utf8View | Utf8, LargeUtf8, Utf8View, dictionaries of these |
//! | `Timestamp` | Timestamp(ns, "UTC") | any unit, with a zone or without, range checked |
//! | `Date` | Date32 | Date32, Date64 |
//! | `Time` | Time64(ns) | any unit, range checked |
//! | `Duration` | Duration(ns) | any unit, range checked |
//! | `Decimal(s)` | Decimal128(38, s) | Decimal32, 64, 128 and 256, range checked |
//! | `List(t)` | List of what `t` goes out as | List, LargeList, FixedSizeList, ListView, LargeListView |

mod incoming;
mod outgoing;
#[cfg(test)]
mod page;
mod rules;
#[cfg(test)]
mod tests;

pub use rules::ArrowRules;

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, TimeUnit};

use crate::plan::ColumnDef;
use crate::types::{DIGITS, Type};

impl Type {
    /// The Arrow type values go out as.
    pub fn to_arrow(self) -> DataType {
        match self {
            Type::Bool => DataType::Boolean,
            Type::I8 => DataType::Int8,
            Type::I16 => DataType::Int16,
            Type::I32 => DataType::Int32,
            Type::I64 => DataType::Int64,
            Type::F32 => DataType::Float32,
            Type::F64 => DataType::Float64,
            Type::Char => DataType::UInt16,
            Type::String => DataType::Utf8View,
            Type::Timestamp => DataType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into())),
            Type::Date => DataType::Date32,
            Type::Time => DataType::Time64(TimeUnit::Nanosecond),
            Type::Duration => DataType::Duration(TimeUnit::Nanosecond),
            Type::Decimal(scale) => DataType::Decimal128(DIGITS, scale as i8),
            Type::List(item) => DataType::List(Arc::new(ColumnDef::new("item", *item).to_arrow())),
        }
    }

    /// The type values of an Arrow type come in as, unless [`ArrowRules`] say otherwise; `None` if they cannot.
    pub fn from_arrow(ty: &DataType) -> Option<Type> {
        ArrowRules::default().type_of(ty)
    }
}

impl ColumnDef {
    /// The column as an Arrow field; every column is nullable.
    pub fn to_arrow(&self) -> Field {
        let field = Field::new(&*self.name, self.ty.to_arrow(), true);
        match self.ty {
            Type::Char => field.with_metadata(
                [("ARROW:extension:name".to_owned(), "headwater.char".to_owned())].into_iter().collect(),
            ),
            _ => field,
        }
    }
}
