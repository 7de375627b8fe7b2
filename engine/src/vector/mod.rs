//! [`Vector`]: a run of values of one type, as columns are read and formulas are evaluated.

mod arrow;
mod bits;
mod builder;
mod convert;
mod lists;
mod native;

pub use arrow::ArrowRules;
pub use bits::Bits;
pub use builder::VectorBuilder;
pub use native::{Native, NativeKind};

pub(crate) use lists::joined_once;

use std::borrow::Cow;
use std::ops::Range;

use crate::types::{Date, Decimal, List, Str, Time, TimeDelta, Timestamp, Type, Value};

/// How many rows a formula is evaluated on at a time: operands and results of a few columns stay in cache.
pub const VECTOR_ROWS: usize = 2048;

/// A run of values of one type, owned or borrowed from a column, with a validity bitmap unless all are valid.
///
/// ```
/// use headwater_engine::{Type, Value, vector::Vector};
/// let v = Vector::from_values(Type::I64, [Value::I64(1), Value::Null]).unwrap();
/// assert_eq!((v.len(), v.null_count(), v.value(0)), (2, 1, Value::I64(1)));
/// ```
#[derive(Clone, Debug)]
pub struct Vector<'a> {
    ty: Type,
    values: Values<'a>,
    valid: Option<Bits>,
}

/// The values of a [`Vector`] in their physical form; slots under nulls hold any value.
#[derive(Clone, Debug)]
pub enum Values<'a> {
    /// `Bool`
    Bool(Bits),
    /// `I8`
    I8(Cow<'a, [i8]>),
    /// `I16`
    I16(Cow<'a, [i16]>),
    /// `I32`, and `Date` as days
    I32(Cow<'a, [i32]>),
    /// `I64`, and `Timestamp`, `Time` and `Duration` as nanoseconds
    I64(Cow<'a, [i64]>),
    /// `F32`
    F32(Cow<'a, [f32]>),
    /// `F64`
    F64(Cow<'a, [f64]>),
    /// `Decimal` in its units
    I128(Cow<'a, [i128]>),
    /// `Char`
    U16(Cow<'a, [u16]>),
    /// `String`
    Str(Cow<'a, [Str]>),
    /// `List`
    List(Cow<'a, [List]>),
}

/// Runs `$body` with `$values` bound to the `Cow` slice of any kind but `Bool`, which takes `$bits => $on_bits`.
#[macro_export]
#[doc(hidden)]
macro_rules! match_values {
    ($vector:expr, $bits:pat => $on_bits:expr, $values:pat => $body:expr) => {
        match $vector {
            $crate::vector::Values::Bool($bits) => $on_bits,
            $crate::vector::Values::I8($values) => $body,
            $crate::vector::Values::I16($values) => $body,
            $crate::vector::Values::I32($values) => $body,
            $crate::vector::Values::I64($values) => $body,
            $crate::vector::Values::F32($values) => $body,
            $crate::vector::Values::F64($values) => $body,
            $crate::vector::Values::I128($values) => $body,
            $crate::vector::Values::U16($values) => $body,
            $crate::vector::Values::Str($values) => $body,
            $crate::vector::Values::List($values) => $body,
        }
    };
}

impl<'a> Vector<'a> {
    /// Values of `ty` with validity (`None` when all are valid).
    ///
    /// # Panics
    /// If the physical kind of `values` is not that of `ty`, or the lengths differ.
    pub fn new(ty: Type, values: Values<'a>, valid: Option<Bits>) -> Self {
        assert_eq!(values.kind(), NativeKind::of(ty), "values of the wrong kind for {ty}");
        if let Some(valid) = &valid {
            assert_eq!(values.len(), valid.len(), "validity of another length");
        }
        let valid = valid.filter(|valid| !valid.all());
        Vector { ty, values, valid }
    }

    /// `len` nulls.
    pub fn nulls(ty: Type, len: usize) -> Self {
        let mut builder = VectorBuilder::new(ty);
        builder.push_nulls(len);
        builder.finish()
    }

    /// `len` copies of one value; `None` if the value is not of type `ty`.
    pub fn constant(ty: Type, value: &Value, len: usize) -> Option<Self> {
        let mut builder = VectorBuilder::with_capacity(ty, len);
        for _ in 0..len {
            builder.push(value)?;
        }
        Some(builder.finish())
    }

    /// Values of type `ty`; `None` if one of them is of another type.
    pub fn from_values(ty: Type, values: impl IntoIterator<Item = Value>) -> Option<Self> {
        let mut builder = VectorBuilder::new(ty);
        for value in values {
            builder.push(&value)?;
        }
        Some(builder.finish())
    }

    /// The type.
    pub fn ty(&self) -> Type {
        self.ty
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values; slots under nulls hold any value.
    pub fn values(&self) -> &Values<'a> {
        &self.values
    }

    /// The validity bitmap, a set bit for a value; `None` when all are valid.
    pub fn valid(&self) -> Option<&Bits> {
        self.valid.as_ref()
    }

    /// The parts: type, values, validity.
    pub fn into_parts(self) -> (Type, Values<'a>, Option<Bits>) {
        (self.ty, self.values, self.valid)
    }

    /// Whether value `index` is not null.
    #[inline]
    pub fn is_valid(&self, index: usize) -> bool {
        self.valid.as_ref().is_none_or(|valid| valid.get(index))
    }

    /// How many values are null.
    pub fn null_count(&self) -> usize {
        self.valid.as_ref().map_or(0, |valid| valid.len() - valid.count())
    }

    /// Value `index` as a cell.
    ///
    /// # Panics
    /// If `index` is out of range.
    pub fn value(&self, index: usize) -> Value {
        if !self.is_valid(index) {
            assert!(index < self.len(), "value {index} of {}", self.len());
            return Value::Null;
        }
        match (&self.values, self.ty) {
            (Values::Bool(v), _) => Value::Bool(v.get(index)),
            (Values::I8(v), _) => Value::I8(v[index]),
            (Values::I16(v), _) => Value::I16(v[index]),
            (Values::I32(v), Type::Date) => Value::Date(Date::from_days(v[index])),
            (Values::I32(v), _) => Value::I32(v[index]),
            (Values::I64(v), Type::Timestamp) => Value::Timestamp(Timestamp::from_nanos(v[index])),
            (Values::I64(v), Type::Time) => Value::Time(Time::of_column(v[index])),
            (Values::I64(v), Type::Duration) => Value::Duration(TimeDelta::from_nanos(v[index])),
            (Values::I64(v), _) => Value::I64(v[index]),
            (Values::F32(v), _) => Value::F32(v[index]),
            (Values::F64(v), _) => Value::F64(v[index]),
            (Values::I128(v), ty) => Value::Decimal(Decimal::of_column(v[index], ty.scale())),
            (Values::U16(v), _) => Value::Char(v[index]),
            (Values::Str(v), _) => Value::String(v[index].clone()),
            (Values::List(v), _) => Value::List(v[index].clone()),
        }
    }

    /// All values as cells.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Value> + '_ {
        (0..self.len()).map(|index| self.value(index))
    }

    /// The values as a slice of `T`; `None` if `T` is not their physical form.
    pub fn native<T: Native>(&self) -> Option<&[T]> {
        T::slice(&self.values)
    }

    /// The values of a `Bool` vector.
    pub fn bools(&self) -> Option<&Bits> {
        match &self.values {
            Values::Bool(bits) => Some(bits),
            _ => None,
        }
    }

    /// The values of a `String` vector.
    pub fn strings(&self) -> Option<&[Str]> {
        match &self.values {
            Values::Str(values) => Some(values),
            _ => None,
        }
    }

    /// The values of a `List` vector.
    pub fn lists(&self) -> Option<&[List]> {
        match &self.values {
            Values::List(values) => Some(values),
            _ => None,
        }
    }

    /// The rows where a `Bool` vector is true (null is not).
    pub fn truths(&self) -> Option<Bits> {
        let bits = self.bools()?;
        Some(match &self.valid {
            Some(valid) => bits.and(valid),
            None => bits.clone(),
        })
    }

    /// A vector over the same values, without copying them.
    pub fn borrowed(&self) -> Vector<'_> {
        Vector { ty: self.ty, values: self.values.borrowed(), valid: self.valid.clone() }
    }

    /// Whether it owns its values, and they fill the room they have.
    pub(crate) fn is_owned(&self) -> bool {
        match_values!(&self.values, _ => true, values => match values {
            Cow::Owned(values) => values.capacity() == values.len(),
            Cow::Borrowed(_) => false,
        })
    }

    /// A vector that owns its values.
    pub fn into_owned(self) -> Vector<'static> {
        Vector { ty: self.ty, values: self.values.into_owned(), valid: self.valid }
    }

    /// The values of `range`, without copying them.
    pub fn slice(&self, range: Range<usize>) -> Vector<'_> {
        let values = self.values.slice(range.clone());
        Vector::new(self.ty, values, self.valid.as_ref().map(|valid| valid.slice(range)))
    }

    /// The values at `indices`, in that order.
    ///
    /// # Panics
    /// If an index is out of range.
    pub fn take(&self, indices: &[u32]) -> Vector<'static> {
        let values = match &self.values {
            Values::Bool(v) => Values::Bool(Bits::from_fn(indices.len(), |i| v.get(indices[i] as usize))),
            Values::I8(v) => Values::I8(gather(v, indices)),
            Values::I16(v) => Values::I16(gather(v, indices)),
            Values::I32(v) => Values::I32(gather(v, indices)),
            Values::I64(v) => Values::I64(gather(v, indices)),
            Values::F32(v) => Values::F32(gather(v, indices)),
            Values::F64(v) => Values::F64(gather(v, indices)),
            Values::I128(v) => Values::I128(gather(v, indices)),
            Values::U16(v) => Values::U16(gather(v, indices)),
            Values::Str(v) => Values::Str(gather(v, indices)),
            Values::List(v) => Values::List(gather(v, indices)),
        };
        let valid = self.valid.as_ref().map(|valid| Bits::from_fn(indices.len(), |i| valid.get(indices[i] as usize)));
        Vector::new(self.ty, values, valid)
    }

    /// The values whose bit is set.
    pub fn select(&self, keep: &Bits) -> Vector<'static> {
        let indices: Vec<u32> = keep.ones().map(|index| index as u32).collect();
        self.take(&indices)
    }

    /// Bytes held, were the values owned.
    pub fn bytes(&self) -> usize {
        self.bytes_of(0..self.len())
    }

    /// Bytes of the values of a range.
    pub(crate) fn bytes_of(&self, range: Range<usize>) -> usize {
        let bits = range.len().div_ceil(8);
        let values = match_values!(&self.values, _ => bits, values => bytes(&values[range]));
        values + self.valid.as_ref().map_or(0, |_| bits)
    }

    /// The same values under another type of the same physical kind (`Timestamp` as `I64`).
    ///
    /// # Panics
    /// If the kinds differ.
    pub fn retyped(self, ty: Type) -> Vector<'a> {
        Vector::new(ty, self.values, self.valid)
    }
}

fn bytes<T: Native>(values: &[T]) -> usize {
    size_of_val(values) + values.iter().map(Native::heap_bytes).sum::<usize>()
}

fn gather<T: Clone>(values: &[T], indices: &[u32]) -> Cow<'static, [T]> {
    indices.iter().map(|&index| values[index as usize].clone()).collect()
}

impl<'a> Values<'a> {
    /// How many values there are.
    pub fn len(&self) -> usize {
        match_values!(self, bits => bits.len(), values => values.len())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The physical kind.
    pub fn kind(&self) -> NativeKind {
        match self {
            Values::Bool(_) => NativeKind::Bool,
            Values::I8(_) => NativeKind::I8,
            Values::I16(_) => NativeKind::I16,
            Values::I32(_) => NativeKind::I32,
            Values::I64(_) => NativeKind::I64,
            Values::F32(_) => NativeKind::F32,
            Values::F64(_) => NativeKind::F64,
            Values::I128(_) => NativeKind::I128,
            Values::U16(_) => NativeKind::U16,
            Values::Str(_) => NativeKind::Str,
            Values::List(_) => NativeKind::List,
        }
    }

    /// No values of `ty`.
    pub fn empty(ty: Type) -> Self {
        match NativeKind::of(ty) {
            NativeKind::Bool => Values::Bool(Bits::default()),
            NativeKind::I8 => Values::I8(Cow::Owned(Vec::new())),
            NativeKind::I16 => Values::I16(Cow::Owned(Vec::new())),
            NativeKind::I32 => Values::I32(Cow::Owned(Vec::new())),
            NativeKind::I64 => Values::I64(Cow::Owned(Vec::new())),
            NativeKind::F32 => Values::F32(Cow::Owned(Vec::new())),
            NativeKind::F64 => Values::F64(Cow::Owned(Vec::new())),
            NativeKind::I128 => Values::I128(Cow::Owned(Vec::new())),
            NativeKind::U16 => Values::U16(Cow::Owned(Vec::new())),
            NativeKind::Str => Values::Str(Cow::Owned(Vec::new())),
            NativeKind::List => Values::List(Cow::Owned(Vec::new())),
        }
    }

    /// The values of `range`; only booleans are copied.
    pub fn slice(&self, range: Range<usize>) -> Values<'_> {
        match self {
            Values::Bool(v) => Values::Bool(v.slice(range)),
            Values::I8(v) => Values::I8(Cow::Borrowed(&v[range])),
            Values::I16(v) => Values::I16(Cow::Borrowed(&v[range])),
            Values::I32(v) => Values::I32(Cow::Borrowed(&v[range])),
            Values::I64(v) => Values::I64(Cow::Borrowed(&v[range])),
            Values::F32(v) => Values::F32(Cow::Borrowed(&v[range])),
            Values::F64(v) => Values::F64(Cow::Borrowed(&v[range])),
            Values::I128(v) => Values::I128(Cow::Borrowed(&v[range])),
            Values::U16(v) => Values::U16(Cow::Borrowed(&v[range])),
            Values::Str(v) => Values::Str(Cow::Borrowed(&v[range])),
            Values::List(v) => Values::List(Cow::Borrowed(&v[range])),
        }
    }

    fn borrowed(&self) -> Values<'_> {
        self.slice(0..self.len())
    }

    fn into_owned(self) -> Values<'static> {
        match self {
            Values::Bool(v) => Values::Bool(v),
            Values::I8(v) => Values::I8(Cow::Owned(v.into_owned())),
            Values::I16(v) => Values::I16(Cow::Owned(v.into_owned())),
            Values::I32(v) => Values::I32(Cow::Owned(v.into_owned())),
            Values::I64(v) => Values::I64(Cow::Owned(v.into_owned())),
            Values::F32(v) => Values::F32(Cow::Owned(v.into_owned())),
            Values::F64(v) => Values::F64(Cow::Owned(v.into_owned())),
            Values::I128(v) => Values::I128(Cow::Owned(v.into_owned())),
            Values::U16(v) => Values::U16(Cow::Owned(v.into_owned())),
            Values::Str(v) => Values::Str(Cow::Owned(v.into_owned())),
            Values::List(v) => Values::List(Cow::Owned(v.into_owned())),
        }
    }
}
