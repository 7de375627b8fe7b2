//! From decoded Arrow arrays to vectors of the engine.

use arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray as _};
use arrow::datatypes::{
    DataType, Date32Type, Date64Type, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimeUnit, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use headwater_engine::vector::{Bits, Native, Values, Vector};
use headwater_engine::{Error, ErrorKind, Result, Str, Type};

use super::schema::rules;

/// Turns arrays of one column into vectors, and remembers the texts of the last dictionary it met: a row group's
/// arrays share one, so each distinct text is made once.
#[derive(Default)]
pub(super) struct Converter {
    dictionary: Option<(ArrayRef, Vec<Str>)>,
}

const MILLIS_A_DAY: i64 = 86_400_000;

impl Converter {
    /// The array's values as type `to`.
    ///
    /// # Errors
    /// [`ErrorKind::Type`] if `to` does not hold all values of the array's type, [`ErrorKind::Format`] with the row
    /// (within the array) for a value out of range.
    pub(super) fn vector(&mut self, array: &dyn Array, to: Type) -> Result<Vector<'static>> {
        if let (Type::Time | Type::Duration | Type::Decimal(_) | Type::List(_), Some(rules)) =
            (to, rules(array.data_type(), to))
        {
            return rules.vector(array);
        }
        let values = match (array.data_type(), to) {
            (DataType::Boolean, Type::Bool) => {
                let bits = array.as_boolean().values();
                Values::Bool(Bits::from_words(bits.bit_chunks().iter_padded().collect(), bits.len()))
            }
            (DataType::Dictionary(..) | DataType::Utf8View, Type::String) => Values::Str(self.texts(array)?.into()),
            (DataType::Timestamp(unit, _), Type::Timestamp) => Values::I64(timestamps(array, unit)?.into()),
            (DataType::Date32, Type::Date) => numbers::<Date32Type, i32>(array),
            (DataType::Date64, Type::Date) => {
                let days = |millis: i64| i32::try_from(millis.div_euclid(MILLIS_A_DAY)).ok();
                Values::I32(checked::<Date64Type, i32>(array, days, "a date out of range")?.into())
            }
            (DataType::UInt64, Type::I64) => {
                let signed = |value: u64| i64::try_from(value).ok();
                Values::I64(
                    checked::<UInt64Type, i64>(array, signed, "an unsigned integer above the range of i64")?.into(),
                )
            }
            (from, to) => widened(array, to).ok_or_else(|| {
                let message = format!("values of the form {from} are no {to}, as the table's last file has them");
                Error::new(ErrorKind::Type, message).with_help("write the file anew with that type, or take it out")
            })?,
        };
        let valid = array.logical_nulls().map(|nulls| {
            let bits = nulls.inner();
            Bits::from_words(bits.bit_chunks().iter_padded().collect(), bits.len())
        });
        Ok(Vector::new(to, values, valid))
    }

    fn texts(&mut self, array: &dyn Array) -> Result<Vec<Str>> {
        let Some(dictionary) = array.as_dictionary_opt::<Int32Type>() else {
            return Ok(array.as_string_view().iter().map(|text| text.map(Str::from).unwrap_or_default()).collect());
        };
        let known = self.dictionary.as_ref().is_some_and(|(known, _)| same_array(known, dictionary.values()));
        if !known {
            let texts = dictionary.values().as_string_opt::<i32>().ok_or_else(|| {
                Error::new(ErrorKind::Internal, format!("a dictionary of {}", dictionary.values().data_type()))
            })?;
            let texts = texts.iter().map(|text| text.map(Str::from).unwrap_or_default()).collect();
            self.dictionary = Some((dictionary.values().clone(), texts));
        }
        let texts = self.dictionary.as_ref().map_or(&[][..], |(_, texts)| texts);
        // The key under a null may lie outside the dictionary.
        let text = |&key: &i32| texts.get(key as usize).cloned().unwrap_or_default();
        Ok(dictionary.keys().values().iter().map(text).collect())
    }
}

fn same_array(a: &ArrayRef, b: &ArrayRef) -> bool {
    std::sync::Arc::ptr_eq(a, b) || a.to_data().ptr_eq(&b.to_data())
}

fn numbers<A: ArrowPrimitiveType, T: Native + Copy + From<A::Native>>(array: &dyn Array) -> Values<'static> {
    T::wrap(array.as_primitive::<A>().values().iter().map(|&value| T::from(value)).collect::<Vec<T>>().into())
}

macro_rules! widening {
    ($array:expr, $to:expr, $($from:ident => $($ty:ident $native:ty),*;)*) => {
        match ($array.data_type(), $to) {
            $($((DataType::$from, Type::$ty) => Some(numbers::<arrow_type!($from), $native>($array)),)*)*
            _ => None,
        }
    };
}

macro_rules! arrow_type {
    (Int8) => {
        Int8Type
    };
    (Int16) => {
        Int16Type
    };
    (Int32) => {
        Int32Type
    };
    (Int64) => {
        Int64Type
    };
    (UInt8) => {
        UInt8Type
    };
    (UInt16) => {
        UInt16Type
    };
    (UInt32) => {
        UInt32Type
    };
    (Float16) => {
        Float16Type
    };
    (Float32) => {
        Float32Type
    };
    (Float64) => {
        Float64Type
    };
}

fn widened(array: &dyn Array, to: Type) -> Option<Values<'static>> {
    widening! { array, to,
        Int8 => I8 i8, I16 i16, I32 i32, I64 i64, F32 f32, F64 f64;
        Int16 => I16 i16, I32 i32, I64 i64, F32 f32, F64 f64;
        Int32 => I32 i32, I64 i64, F64 f64;
        Int64 => I64 i64;
        UInt8 => I16 i16, I32 i32, I64 i64, F32 f32, F64 f64;
        UInt16 => I32 i32, I64 i64, F32 f32, F64 f64;
        UInt32 => I64 i64, F64 f64;
        Float16 => F32 f32, F64 f64;
        Float32 => F32 f32, F64 f64;
        Float64 => F64 f64;
    }
}

fn timestamps(array: &dyn Array, unit: &TimeUnit) -> Result<Vec<i64>> {
    const OUT_OF_RANGE: &str = "a timestamp outside the years 1677 to 2262";
    let times = |factor: i64| move |value: i64| value.checked_mul(factor);
    match unit {
        TimeUnit::Nanosecond => Ok(array.as_primitive::<TimestampNanosecondType>().values().to_vec()),
        TimeUnit::Microsecond => checked::<TimestampMicrosecondType, i64>(array, times(1_000), OUT_OF_RANGE),
        TimeUnit::Millisecond => checked::<TimestampMillisecondType, i64>(array, times(1_000_000), OUT_OF_RANGE),
        TimeUnit::Second => checked::<TimestampSecondType, i64>(array, times(1_000_000_000), OUT_OF_RANGE),
    }
}

/// Converts values that may not fit; those under a null may be anything.
fn checked<A: ArrowPrimitiveType, T: Native + Copy>(
    array: &dyn Array,
    convert: impl Fn(A::Native) -> Option<T>,
    what: &str,
) -> Result<Vec<T>> {
    let array = array.as_primitive::<A>();
    let mut out = Vec::with_capacity(array.len());
    for (row, &value) in array.values().iter().enumerate() {
        match convert(value) {
            Some(value) => out.push(value),
            None if array.is_null(row) => out.push(T::default()),
            None => return Err(Error::new(ErrorKind::Format, format!("{what}: {value:?}")).with_row(row as u64)),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use arrow::array::{BooleanArray, DictionaryArray, Int16Array, TimestampMillisecondArray, UInt64Array};
    use headwater_engine::{Timestamp, Value};

    use super::*;

    fn cells(array: &dyn Array, to: Type) -> Result<Vec<Value>> {
        Ok(Converter::default().vector(array, to)?.iter().collect())
    }

    #[test]
    fn values_and_nulls_of_each_kind() {
        let bools = BooleanArray::from(vec![Some(true), None, Some(false)]).slice(1, 2);
        assert_eq!(cells(&bools, Type::Bool).unwrap(), [Value::Null, Value::Bool(false)]);
        let small = Int16Array::from(vec![Some(-3), None]);
        assert_eq!(cells(&small, Type::F64).unwrap(), [Value::F64(-3.0), Value::Null]);
        let texts: DictionaryArray<Int32Type> = [Some("a"), None, Some("b"), Some("a")].into_iter().collect();
        assert_eq!(cells(&texts, Type::String).unwrap(), ["a".into(), Value::Null, "b".into(), "a".into()]);
        let stamps = TimestampMillisecondArray::from(vec![Some(1), None]).with_timezone("UTC");
        let expect = [Value::Timestamp(Timestamp::from_nanos(1_000_000)), Value::Null];
        assert_eq!(cells(&stamps, Type::Timestamp).unwrap(), expect);
    }

    #[test]
    fn values_out_of_range_name_their_row() {
        let error = cells(&UInt64Array::from(vec![1, u64::MAX]), Type::I64).unwrap_err();
        assert_eq!((error.kind(), error.row()), (ErrorKind::Format, Some(1)));
        let error = cells(&TimestampMillisecondArray::from(vec![i64::MAX]), Type::Timestamp).unwrap_err();
        assert!(error.to_string().contains("outside the years 1677 to 2262"), "{error}");
        let error = cells(&Int16Array::from(vec![1]), Type::I8).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Type);
    }
}
