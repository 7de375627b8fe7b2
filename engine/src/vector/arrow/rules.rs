//! [`ArrowRules`]: as what Arrow values come in.

use arrow::array::Array;
use arrow::datatypes::DataType;

use crate::Result;
use crate::types::{DIGITS, Type};
use crate::vector::Vector;

/// How Arrow values come in, where there is a choice.
///
/// ```
/// use headwater_engine::arrow::array::UInt64Array;
/// use headwater_engine::{Type, vector::ArrowRules};
/// let array = UInt64Array::from(vec![u64::MAX]);
/// let values = ArrowRules::default().u64_as_decimal().vector(&array)?;
/// assert_eq!((values.ty(), values.value(0).to_string()), (Type::Decimal(0), "18446744073709551615".to_owned()));
/// assert!(ArrowRules::default().vector(&array).is_err());
/// # Ok::<_, headwater_engine::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ArrowRules {
    pub(super) u64_as_decimal: bool,
}

impl ArrowRules {
    /// Unsigned integers of 64 bits become `Decimal(0)`, which holds all of them, in place of `I64`, for which a value
    /// above 2^63 - 1 is an error.
    #[must_use]
    pub fn u64_as_decimal(mut self) -> Self {
        self.u64_as_decimal = true;
        self
    }

    /// The type values of an Arrow type come in as; `None` if they cannot.
    pub fn type_of(self, ty: &DataType) -> Option<Type> {
        Some(match ty {
            DataType::Boolean => Type::Bool,
            DataType::Int8 => Type::I8,
            DataType::Int16 | DataType::UInt8 => Type::I16,
            DataType::Int32 | DataType::UInt16 => Type::I32,
            DataType::UInt64 if self.u64_as_decimal => Type::Decimal(0),
            DataType::Int64 | DataType::UInt32 | DataType::UInt64 => Type::I64,
            DataType::Float16 | DataType::Float32 => Type::F32,
            DataType::Float64 => Type::F64,
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Type::String,
            DataType::Timestamp(..) => Type::Timestamp,
            DataType::Date32 | DataType::Date64 => Type::Date,
            DataType::Time32(_) | DataType::Time64(_) => Type::Time,
            DataType::Duration(_) => Type::Duration,
            DataType::Decimal32(_, scale)
            | DataType::Decimal64(_, scale)
            | DataType::Decimal128(_, scale)
            | DataType::Decimal256(_, scale) => decimal(*scale)?,
            DataType::Dictionary(_, values) => self.type_of(values)?,
            DataType::List(item)
            | DataType::LargeList(item)
            | DataType::FixedSizeList(item, _)
            | DataType::ListView(item)
            | DataType::LargeListView(item) => Type::list_of(self.type_of(item.data_type())?),
            _ => return None,
        })
    }

    /// The values of an Arrow array, copied, as the type [`type_of`](Self::type_of) gives.
    ///
    /// # Errors
    /// [`ErrorKind::Type`](crate::ErrorKind::Type) if the Arrow type has no counterpart,
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) with the row if a value is out of range.
    pub fn vector(self, array: &dyn Array) -> Result<Vector<'static>> {
        super::incoming::vector(self, array)
    }
}

/// The type of decimals with an Arrow scale: one below zero, which counts thousands or so, comes in as whole numbers.
pub(super) fn decimal(scale: i8) -> Option<Type> {
    (scale <= DIGITS as i8).then(|| Type::Decimal(scale.max(0) as u8))
}
