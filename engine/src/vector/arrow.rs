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

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, BooleanArray, Decimal128Array, PrimitiveArray, StringViewArray,
    TimestampNanosecondArray,
};
use arrow::buffer::{BooleanBuffer, Buffer, NullBuffer, ScalarBuffer};
use arrow::datatypes::{
    self as at, DataType, Field, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType,
};

use super::{Bits, Native, Values, Vector, VectorBuilder};
use crate::plan::ColumnDef;
use crate::types::{DIGITS, Decimal, Str, Time, Type, power};
use crate::{Error, ErrorKind, Result};

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
        }
    }

    /// The type values of an Arrow type come in as; `None` if they cannot.
    pub fn from_arrow(ty: &DataType) -> Option<Type> {
        Some(match ty {
            DataType::Boolean => Type::Bool,
            DataType::Int8 => Type::I8,
            DataType::Int16 | DataType::UInt8 => Type::I16,
            DataType::Int32 | DataType::UInt16 => Type::I32,
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
            DataType::Dictionary(_, values) => Type::from_arrow(values)?,
            _ => return None,
        })
    }
}

/// The type of decimals with an Arrow scale: one below zero, which counts thousands or so, comes in as whole numbers.
fn decimal(scale: i8) -> Option<Type> {
    (scale <= DIGITS as i8).then(|| Type::Decimal(scale.max(0) as u8))
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

impl Vector<'_> {
    /// The values as an Arrow array. Owned numbers are handed over, the rest is copied.
    pub fn into_arrow(self) -> ArrayRef {
        let (ty, values, valid) = self.into_parts();
        let nulls = valid.map(|valid| NullBuffer::new(boolean_buffer(valid)));
        match (values, ty) {
            (Values::Bool(bits), _) => Arc::new(BooleanArray::new(boolean_buffer(bits), nulls)),
            (Values::I8(v), _) => primitive::<at::Int8Type>(v, nulls),
            (Values::I16(v), _) => primitive::<at::Int16Type>(v, nulls),
            (Values::I32(v), Type::Date) => primitive::<at::Date32Type>(v, nulls),
            (Values::I32(v), _) => primitive::<at::Int32Type>(v, nulls),
            (Values::I64(v), Type::Timestamp) => {
                Arc::new(TimestampNanosecondArray::new(ScalarBuffer::from(v.into_owned()), nulls).with_timezone("UTC"))
            }
            (Values::I64(v), Type::Time) => primitive::<at::Time64NanosecondType>(v, nulls),
            (Values::I64(v), Type::Duration) => primitive::<at::DurationNanosecondType>(v, nulls),
            (Values::I64(v), _) => primitive::<at::Int64Type>(v, nulls),
            (Values::I128(v), ty) => {
                let values = Decimal128Array::new(ScalarBuffer::from(v.into_owned()), nulls);
                Arc::new(values.with_data_type(ty.to_arrow()))
            }
            (Values::F32(v), _) => primitive::<at::Float32Type>(v, nulls),
            (Values::F64(v), _) => primitive::<at::Float64Type>(v, nulls),
            (Values::U16(v), _) => primitive::<at::UInt16Type>(v, nulls),
            (Values::Str(v), _) => Arc::new(match &nulls {
                None => StringViewArray::from_iter_values(v.iter().map(Str::as_str)),
                Some(nulls) => v.iter().zip(nulls).map(|(text, valid)| valid.then_some(text.as_str())).collect(),
            }),
        }
    }

    /// The values of an Arrow array, copied, as the type [`Type::from_arrow`] gives.
    ///
    /// # Errors
    /// [`ErrorKind::Type`] if the Arrow type has no counterpart, [`ErrorKind::Decode`] if a value is out of range.
    pub fn from_arrow(array: &dyn Array) -> Result<Vector<'static>> {
        let nulls = array.logical_nulls();
        let valid = nulls.as_ref().map(|nulls| Bits::from_fn(nulls.len(), |i| nulls.is_valid(i)));
        Ok(match array.data_type() {
            DataType::Boolean => {
                let values = array.as_boolean().values();
                Vector::new(Type::Bool, Values::Bool(Bits::from_fn(values.len(), |i| values.value(i))), valid)
            }
            DataType::Int8 => copied::<at::Int8Type>(Type::I8, array, valid),
            DataType::Int16 => copied::<at::Int16Type>(Type::I16, array, valid),
            DataType::Int32 => copied::<at::Int32Type>(Type::I32, array, valid),
            DataType::Int64 => copied::<at::Int64Type>(Type::I64, array, valid),
            DataType::Float32 => copied::<at::Float32Type>(Type::F32, array, valid),
            DataType::Float64 => copied::<at::Float64Type>(Type::F64, array, valid),
            DataType::Date32 => copied::<at::Date32Type>(Type::Date, array, valid),
            DataType::UInt8 => mapped::<at::UInt8Type, i16>(Type::I16, array, valid, |v| Some(v.into()))?,
            DataType::UInt16 => mapped::<at::UInt16Type, i32>(Type::I32, array, valid, |v| Some(v.into()))?,
            DataType::UInt32 => mapped::<at::UInt32Type, i64>(Type::I64, array, valid, |v| Some(v.into()))?,
            DataType::UInt64 => mapped::<at::UInt64Type, i64>(Type::I64, array, valid, |v| v.try_into().ok())?,
            DataType::Float16 => mapped::<at::Float16Type, f32>(Type::F32, array, valid, |v| Some(v.to_f32()))?,
            DataType::Timestamp(unit, _) => timestamps(*unit, array, valid)?,
            DataType::Date64 => {
                let day = |millis: i64| i32::try_from(millis.div_euclid(86_400_000)).ok();
                mapped::<at::Date64Type, i32>(Type::Date, array, valid, day)?
            }
            DataType::Time32(TimeUnit::Second) => times::<at::Time32SecondType>(array, valid, 1_000_000_000)?,
            DataType::Time32(_) => times::<at::Time32MillisecondType>(array, valid, 1_000_000)?,
            DataType::Time64(TimeUnit::Microsecond) => times::<at::Time64MicrosecondType>(array, valid, 1000)?,
            DataType::Time64(_) => times::<at::Time64NanosecondType>(array, valid, 1)?,
            DataType::Duration(unit) => durations(*unit, array, valid)?,
            DataType::Decimal32(_, scale) => decimals::<at::Decimal32Type>(*scale, array, valid, |v| Some(v.into()))?,
            DataType::Decimal64(_, scale) => decimals::<at::Decimal64Type>(*scale, array, valid, |v| Some(v.into()))?,
            DataType::Decimal128(_, scale) => decimals::<at::Decimal128Type>(*scale, array, valid, Some)?,
            DataType::Decimal256(_, scale) => decimals::<at::Decimal256Type>(*scale, array, valid, |v| v.to_i128())?,
            DataType::Utf8 => text(array.as_string::<i32>().iter()),
            DataType::LargeUtf8 => text(array.as_string::<i64>().iter()),
            DataType::Utf8View => text(array.as_string_view().iter()),
            DataType::Dictionary(..) => dictionary(array)?,
            other => {
                return Err(not_in(other));
            }
        })
    }
}

fn boolean_buffer(bits: Bits) -> BooleanBuffer {
    let len = bits.len();
    BooleanBuffer::new(Buffer::from_vec(bits.into_words()), 0, len)
}

fn primitive<T: ArrowPrimitiveType>(values: Cow<'_, [T::Native]>, nulls: Option<NullBuffer>) -> ArrayRef
where
    [T::Native]: ToOwned<Owned = Vec<T::Native>>,
{
    Arc::new(PrimitiveArray::<T>::new(ScalarBuffer::from(values.into_owned()), nulls))
}

fn copied<T: ArrowPrimitiveType>(ty: Type, array: &dyn Array, valid: Option<Bits>) -> Vector<'static>
where
    T::Native: Native,
{
    let values = array.as_primitive::<T>().values().to_vec();
    Vector::new(ty, T::Native::wrap(Cow::Owned(values)), valid)
}

fn mapped<T: ArrowPrimitiveType, N: Native>(
    ty: Type,
    array: &dyn Array,
    valid: Option<Bits>,
    map: impl Fn(T::Native) -> Option<N>,
) -> Result<Vector<'static>> {
    let values = array.as_primitive::<T>().values();
    let mut out = Vec::with_capacity(values.len());
    for (row, &value) in values.iter().enumerate() {
        match map(value) {
            Some(value) => out.push(value),
            None if valid.as_ref().is_some_and(|valid| !valid.get(row)) => out.push(N::default()),
            None => {
                let message = format!("{value:?} is out of the range of {ty}");
                return Err(Error::new(ErrorKind::Decode, message).with_row(row as u64));
            }
        }
    }
    Ok(Vector::new(ty, N::wrap(Cow::Owned(out)), valid))
}

fn times<T: ArrowPrimitiveType>(array: &dyn Array, valid: Option<Bits>, unit: i64) -> Result<Vector<'static>>
where
    T::Native: Into<i64>,
{
    let nanos = |value: T::Native| Some(Time::from_nanos(value.into().checked_mul(unit)?)?.nanos());
    mapped::<T, i64>(Type::Time, array, valid, nanos)
}

fn durations(unit: TimeUnit, array: &dyn Array, valid: Option<Bits>) -> Result<Vector<'static>> {
    let scaled = |factor: i64| move |value: i64| value.checked_mul(factor);
    let ty = Type::Duration;
    match unit {
        TimeUnit::Second => mapped::<at::DurationSecondType, i64>(ty, array, valid, scaled(1_000_000_000)),
        TimeUnit::Millisecond => mapped::<at::DurationMillisecondType, i64>(ty, array, valid, scaled(1_000_000)),
        TimeUnit::Microsecond => mapped::<at::DurationMicrosecondType, i64>(ty, array, valid, scaled(1000)),
        TimeUnit::Nanosecond => Ok(copied::<at::DurationNanosecondType>(ty, array, valid)),
    }
}

fn decimals<T: ArrowPrimitiveType>(
    scale: i8,
    array: &dyn Array,
    valid: Option<Bits>,
    units: impl Fn(T::Native) -> Option<i128>,
) -> Result<Vector<'static>> {
    let ty = decimal(scale).ok_or_else(|| not_in(array.data_type()))?;
    let factor = power(scale.min(0).unsigned_abs());
    let units = |value| Some(Decimal::new(units(value)?.checked_mul(factor?)?, ty.scale())?.units());
    mapped::<T, i128>(ty, array, valid, units)
}

fn not_in(ty: &DataType) -> Error {
    Error::new(ErrorKind::Type, format!("Arrow values of type {ty} cannot come in"))
}

fn timestamps(unit: TimeUnit, array: &dyn Array, valid: Option<Bits>) -> Result<Vector<'static>> {
    let scaled = |factor: i64| move |value: i64| value.checked_mul(factor);
    match unit {
        TimeUnit::Second => mapped::<TimestampSecondType, i64>(Type::Timestamp, array, valid, scaled(1_000_000_000)),
        TimeUnit::Millisecond => {
            mapped::<TimestampMillisecondType, i64>(Type::Timestamp, array, valid, scaled(1_000_000))
        }
        TimeUnit::Microsecond => mapped::<TimestampMicrosecondType, i64>(Type::Timestamp, array, valid, scaled(1000)),
        TimeUnit::Nanosecond => Ok(copied::<TimestampNanosecondType>(Type::Timestamp, array, valid)),
    }
}

fn text<'a>(values: impl Iterator<Item = Option<&'a str>>) -> Vector<'static> {
    let mut out = VectorBuilder::with_capacity(Type::String, values.size_hint().0);
    for value in values {
        match value {
            Some(text) => out.push_str(text),
            None => out.push_null(),
        }
    }
    out.finish()
}

fn dictionary(array: &dyn Array) -> Result<Vector<'static>> {
    let dictionary = array.as_any_dictionary();
    let values = Vector::from_arrow(dictionary.values().as_ref())?;
    if values.is_empty() {
        return Ok(Vector::nulls(values.ty(), array.len()));
    }
    let keys: Vec<u32> = dictionary.normalized_keys().into_iter().map(|key| key as u32).collect();
    let (ty, taken, taken_valid) = values.take(&keys).into_parts();
    let valid = match (array.nulls(), taken_valid) {
        (None, valid) => valid,
        (Some(nulls), valid) => {
            let nulls = Bits::from_fn(nulls.len(), |i| nulls.is_valid(i));
            Some(valid.map_or_else(|| nulls.clone(), |valid| valid.and(&nulls)))
        }
    };
    Ok(Vector::new(ty, taken, valid))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Date, TimeDelta, Timestamp, Value};

    #[test]
    fn every_type_goes_out_and_in() {
        let samples = [
            Value::Bool(true),
            Value::I8(-1),
            Value::I16(300),
            Value::I32(-70_000),
            Value::I64(1 << 40),
            Value::F32(1.5),
            Value::F64(-0.25),
            Value::String("längere Zeichenkette".into()),
            Value::Timestamp(Timestamp::from_nanos(-1)),
            Value::Date(Date::from_days(20_000)),
            Value::Time(Time::parse("23:59:59.999999999").unwrap()),
            Value::Duration(TimeDelta::from_nanos(-1)),
            Value::Decimal(Decimal::parse("-12345678901234567890.12").unwrap()),
        ];
        for sample in samples {
            let ty = sample.ty().unwrap();
            let vector = Vector::from_values(ty, [sample.clone(), Value::Null, sample.clone()]).unwrap();
            let array = vector.clone().into_arrow();
            assert_eq!(array.data_type(), &ty.to_arrow());
            let back = Vector::from_arrow(&array).unwrap();
            assert_eq!(back.iter().collect::<Vec<_>>(), [sample.clone(), Value::Null, sample]);
        }
    }

    #[test]
    fn other_units_scales_and_widths_come_in() {
        use arrow::array::{Date64Array, Decimal256Array, DurationMillisecondArray, Time32SecondArray};
        use arrow::datatypes::i256;

        let cell = |array: &dyn Array| Vector::from_arrow(array).unwrap().value(0).to_string();
        assert_eq!(cell(&Date64Array::from(vec![-1])), "1969-12-31");
        assert_eq!(cell(&Time32SecondArray::from(vec![3661])), "01:01:01");
        assert_eq!(cell(&DurationMillisecondArray::from(vec![-1500])), "-PT1.5S");
        let thousands = Decimal128Array::from(vec![12]).with_precision_and_scale(20, -3).unwrap();
        assert_eq!(cell(&thousands), "12000");
        let wide = |value| Decimal256Array::from(vec![value]).with_precision_and_scale(76, 2).unwrap();
        assert_eq!(cell(&wide(i256::from_i128(12_345))), "123.45");
        for array in [&wide(i256::MAX) as &dyn Array, &Time32SecondArray::from(vec![86_400])] {
            let error = Vector::from_arrow(array).unwrap_err();
            assert_eq!((error.kind(), error.row()), (ErrorKind::Decode, Some(0)));
        }
    }

    #[test]
    fn a_u64_out_of_range_is_an_error_that_names_the_row() {
        let array = arrow::array::UInt64Array::from(vec![1, u64::MAX]);
        let error = Vector::from_arrow(&array).unwrap_err();
        assert_eq!((error.kind(), error.row()), (ErrorKind::Decode, Some(1)));
    }
}
