//! Vectors out to Arrow arrays.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, ArrowPrimitiveType, BooleanArray, Decimal128Array, ListArray, PrimitiveArray, StringViewArray,
    TimestampNanosecondArray,
};
use arrow::buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes as at;

use crate::plan::ColumnDef;
use crate::types::{List, Str, Type};
use crate::vector::lists::joined;
use crate::vector::{Bits, Values, Vector};
use crate::{Error, ErrorKind, Result};

impl Vector<'_> {
    /// The values as an Arrow array. Owned numbers are handed over, the rest is copied.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] if the lists of a list vector hold more values than Arrow counts in one array, 2^31 - 1.
    pub fn into_arrow(self) -> Result<ArrayRef> {
        let (ty, values, valid) = self.into_parts();
        let nulls = valid.map(|valid| NullBuffer::new(boolean_buffer(valid)));
        Ok(match (values, ty) {
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
            (Values::List(v), ty) => Arc::new(lists(&v, ty.item().unwrap_or(Type::Bool), nulls)?),
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

fn lists(lists: &[List], item: Type, nulls: Option<NullBuffer>) -> Result<ListArray> {
    let is_valid = |row| nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
    let mut there = Vec::with_capacity(lists.len());
    let mut offsets = Vec::with_capacity(lists.len() + 1);
    let mut end = 0;
    offsets.push(0);
    for (row, list) in lists.iter().enumerate() {
        if is_valid(row) {
            there.push(list);
            end += list.len();
        }
        offsets.push(i32::try_from(end).map_err(|_| {
            Error::new(ErrorKind::Limit, "lists of more than 2,147,483,647 values together, for one Arrow array")
                .with_help("take fewer rows at a time")
        })?);
    }
    let items = joined(there.into_iter(), item).into_arrow()?;
    let field = Arc::new(ColumnDef::new("item", item).to_arrow());
    ListArray::try_new(field, OffsetBuffer::new(offsets.into()), items, nulls)
        .map_err(|error| Error::new(ErrorKind::Internal, "lists that make no array").with_source(error))
}
