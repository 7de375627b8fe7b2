//! Arrow arrays in.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, GenericListArray, GenericListViewArray, OffsetSizeTrait,
};
use arrow::datatypes::{
    self as at, DataType, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType,
};

use super::ArrowRules;
use super::rules::decimal;
use crate::types::{Decimal, List, Time, Type, power};
use crate::vector::{Bits, Native, Values, Vector, VectorBuilder};
use crate::{Error, ErrorKind, Result};

impl Vector<'_> {
    /// The values of an Arrow array, copied, as the type [`Type::from_arrow`] gives; [`ArrowRules`] have the choices.
    ///
    /// # Errors
    /// As [`ArrowRules::vector`].
    pub fn from_arrow(array: &dyn Array) -> Result<Vector<'static>> {
        vector(ArrowRules::default(), array)
    }
}

pub(super) fn vector(rules: ArrowRules, array: &dyn Array) -> Result<Vector<'static>> {
    values(rules, array, validity(array))
}

fn validity(array: &dyn Array) -> Option<Bits> {
    let nulls = array.logical_nulls()?;
    Some(Bits::from_fn(nulls.len(), |i| nulls.is_valid(i)))
}

/// The values where `valid` says there is one; what stands elsewhere may be anything.
fn values(rules: ArrowRules, array: &dyn Array, valid: Option<Bits>) -> Result<Vector<'static>> {
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
        DataType::UInt64 if rules.u64_as_decimal => {
            mapped::<at::UInt64Type, i128>(Type::Decimal(0), array, valid, |v| Some(v.into()))?
        }
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
        DataType::Dictionary(..) => dictionary(rules, array)?,
        DataType::List(_) => offset_lists(rules, array.as_list::<i32>(), valid)?,
        DataType::LargeList(_) => offset_lists(rules, array.as_list::<i64>(), valid)?,
        DataType::ListView(_) => view_lists(rules, array.as_list_view::<i32>(), valid)?,
        DataType::LargeListView(_) => view_lists(rules, array.as_list_view::<i64>(), valid)?,
        DataType::FixedSizeList(_, size) => {
            let size = *size as usize;
            lists(rules, array.as_fixed_size_list().values(), array.len(), valid, |row| row * size..(row + 1) * size)?
        }
        other => {
            return Err(not_in(other));
        }
    })
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

fn dictionary(rules: ArrowRules, array: &dyn Array) -> Result<Vector<'static>> {
    let dictionary = array.as_any_dictionary();
    let values = rules.vector(dictionary.values())?;
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

fn offset_lists<O: OffsetSizeTrait>(
    rules: ArrowRules,
    array: &GenericListArray<O>,
    valid: Option<Bits>,
) -> Result<Vector<'static>> {
    let offsets = array.value_offsets();
    let range = |row: usize| offsets[row].as_usize()..offsets[row + 1].as_usize();
    lists(rules, array.values(), array.len(), valid, range)
}

fn view_lists<O: OffsetSizeTrait>(
    rules: ArrowRules,
    array: &GenericListViewArray<O>,
    valid: Option<Bits>,
) -> Result<Vector<'static>> {
    let (offsets, sizes) = (array.value_offsets(), array.value_sizes());
    let range = |row: usize| offsets[row].as_usize()..offsets[row].as_usize() + sizes[row].as_usize();
    lists(rules, array.values(), array.len(), valid, range)
}

/// Lists that share one vector: that of the items, as far as there are lists of them.
fn lists(
    rules: ArrowRules,
    items: &ArrayRef,
    rows: usize,
    valid: Option<Bits>,
    range: impl Fn(usize) -> Range<usize>,
) -> Result<Vector<'static>> {
    let ty = rules.type_of(items.data_type()).ok_or_else(|| not_in(items.data_type()))?;
    let is_there = |&row: &usize| valid.as_ref().is_none_or(|valid| valid.get(row)) && !range(row).is_empty();
    let there = || (0..rows).filter(is_there).map(|row| (row, range(row)));
    let start = there().map(|(_, range)| range.start).min().unwrap_or(0);
    let end = there().map(|(_, range)| range.end).max().unwrap_or(0);
    let used = items.slice(start, end - start);
    let mut wanted = validity(&used);
    if there().map(|(_, range)| range.len()).sum::<usize>() < used.len() {
        let mut listed = Bits::filled(false, used.len());
        there().for_each(|(_, range)| listed.fill(range.start - start..range.end - start, true));
        wanted = Some(wanted.map_or_else(|| listed.clone(), |valid| valid.and(&listed)));
    }
    let items = values(rules, &used, wanted).map_err(|error| match error.row() {
        Some(item) => match there().find(|(_, range)| range.contains(&(start + item as usize))) {
            Some((row, _)) => error.at_row(row as u64),
            None => error,
        },
        None => error,
    })?;
    let items = Arc::new(items);
    let mut cells = vec![List::of(items.clone(), 0..0); rows];
    there().for_each(|(row, range)| cells[row] = List::of(items.clone(), range.start - start..range.end - start));
    Ok(Vector::new(Type::list_of(ty), Values::List(Cow::Owned(cells)), valid))
}
