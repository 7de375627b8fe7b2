//! [`VectorBuilder`]: growing values of one type.

use std::borrow::Cow;

use super::lists::GrowingLists;
use super::{Bits, NativeKind, Values, Vector};
use crate::types::{List, Str, Type, Value};

/// Grows a column of one type, value by value: what decoders fill.
///
/// ```
/// use headwater_engine::{Type, vector::VectorBuilder};
/// let mut builder = VectorBuilder::new(Type::String);
/// builder.push_str("a");
/// builder.push_null();
/// assert_eq!(builder.finish().null_count(), 1);
/// ```
#[derive(Clone, Debug)]
pub struct VectorBuilder {
    ty: Type,
    values: Growing,
    /// `None` until the first null.
    valid: Option<Bits>,
}

#[derive(Clone, Debug)]
enum Growing {
    Bool(Bits),
    I8(Vec<i8>),
    I16(Vec<i16>),
    I32(Vec<i32>),
    I64(Vec<i64>),
    F32(Vec<f32>),
    F64(Vec<f64>),
    I128(Vec<i128>),
    U16(Vec<u16>),
    Str(Vec<Str>),
    List(GrowingLists),
}

macro_rules! each {
    ($growing:expr, $bits:ident => $on_bits:expr, $values:ident => $body:expr) => {
        match $growing {
            Growing::Bool($bits) => $on_bits,
            Growing::I8($values) => $body,
            Growing::I16($values) => $body,
            Growing::I32($values) => $body,
            Growing::I64($values) => $body,
            Growing::F32($values) => $body,
            Growing::F64($values) => $body,
            Growing::I128($values) => $body,
            Growing::U16($values) => $body,
            Growing::Str($values) => $body,
            Growing::List($values) => $body,
        }
    };
}

macro_rules! push {
    ($($(#[$doc:meta])* $name:ident($ty:ty) $kind:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// # Panics
        /// If the builder is for another physical form.
        #[inline]
        pub fn $name(&mut self, value: $ty) {
            match &mut self.values {
                Growing::$kind(values) => values.push(value),
                _ => panic!(concat!(stringify!($name), " on a builder of {}"), self.ty),
            }
            if let Some(valid) = &mut self.valid {
                valid.push(true);
            }
        }
    )*};
}

impl VectorBuilder {
    /// An empty builder for values of `ty`.
    pub fn new(ty: Type) -> Self {
        Self::with_capacity(ty, 0)
    }

    /// An empty builder with room for `capacity` values.
    pub fn with_capacity(ty: Type, capacity: usize) -> Self {
        let values = match NativeKind::of(ty) {
            NativeKind::Bool => Growing::Bool(Bits::default()),
            NativeKind::I8 => Growing::I8(Vec::with_capacity(capacity)),
            NativeKind::I16 => Growing::I16(Vec::with_capacity(capacity)),
            NativeKind::I32 => Growing::I32(Vec::with_capacity(capacity)),
            NativeKind::I64 => Growing::I64(Vec::with_capacity(capacity)),
            NativeKind::F32 => Growing::F32(Vec::with_capacity(capacity)),
            NativeKind::F64 => Growing::F64(Vec::with_capacity(capacity)),
            NativeKind::I128 => Growing::I128(Vec::with_capacity(capacity)),
            NativeKind::U16 => Growing::U16(Vec::with_capacity(capacity)),
            NativeKind::Str => Growing::Str(Vec::with_capacity(capacity)),
            NativeKind::List => Growing::List(GrowingLists::new(ty.item().unwrap_or(Type::Bool), capacity)),
        };
        VectorBuilder { ty, values, valid: None }
    }

    /// The type of the values.
    pub fn ty(&self) -> Type {
        self.ty
    }

    /// How many values there are so far.
    pub fn len(&self) -> usize {
        each!(&self.values, bits => bits.len(), values => values.len())
    }

    /// Whether there are none yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    push! {
        /// Appends to a `Bool` builder.
        push_bool(bool) Bool;
        /// Appends to an `I8` builder.
        push_i8(i8) I8;
        /// Appends to an `I16` builder.
        push_i16(i16) I16;
        /// Appends to an `I32` or `Date` (days) builder.
        push_i32(i32) I32;
        /// Appends to an `I64` or `Timestamp`, `Time` or `Duration` (nanoseconds) builder.
        push_i64(i64) I64;
        /// Appends to an `F32` builder.
        push_f32(f32) F32;
        /// Appends to an `F64` builder.
        push_f64(f64) F64;
        /// Appends to a `Decimal` builder, in its units.
        push_i128(i128) I128;
        /// Appends to a `Char` builder.
        push_u16(u16) U16;
        /// Appends to a `String` builder.
        push_text(Str) Str;
    }

    /// Appends to a `List` builder.
    ///
    /// # Panics
    /// If the builder is for another type, or the list of values of another type.
    pub fn push_list(&mut self, list: List) {
        match &mut self.values {
            Growing::List(lists) if Some(list.item_type()) == self.ty.item() => lists.push(list),
            _ => panic!("a list of {} on a builder of {}", list.item_type(), self.ty),
        }
        if let Some(valid) = &mut self.valid {
            valid.push(true);
        }
    }

    /// The builder of the list that comes next in a `List` builder, until [`end_list`](Self::end_list) appends it: lists
    /// that are built so share one vector.
    ///
    /// ```
    /// use headwater_engine::{Type, vector::VectorBuilder};
    /// let mut builder = VectorBuilder::new(Type::List(&Type::I64));
    /// builder.items().push_i64(1);
    /// builder.items().push_i64(2);
    /// builder.end_list();
    /// builder.end_list();
    /// let lists: Vec<String> = builder.finish().iter().map(|list| list.to_string()).collect();
    /// assert_eq!(lists, ["[1, 2]", "[]"]);
    /// ```
    ///
    /// # Panics
    /// If the builder is for another type.
    pub fn items(&mut self) -> &mut VectorBuilder {
        match &mut self.values {
            Growing::List(lists) => lists.items(),
            _ => panic!("items on a builder of {}", self.ty),
        }
    }

    /// Appends the list of the values appended to [`items`](Self::items) since the last.
    ///
    /// # Panics
    /// If the builder is for another type.
    pub fn end_list(&mut self) {
        match &mut self.values {
            Growing::List(lists) => lists.end(),
            _ => panic!("end_list on a builder of {}", self.ty),
        }
        if let Some(valid) = &mut self.valid {
            valid.push(true);
        }
    }

    /// Appends text to a `String` builder.
    ///
    /// # Panics
    /// If the builder is for another type.
    #[inline]
    pub fn push_str(&mut self, value: &str) {
        self.push_text(Str::from(value));
    }

    /// Appends null.
    pub fn push_null(&mut self) {
        self.push_nulls(1);
    }

    /// Appends `count` nulls.
    pub fn push_nulls(&mut self, count: usize) {
        let len = self.len();
        self.valid.get_or_insert_with(|| Bits::filled(true, len)).push_many(false, count);
        each!(&mut self.values, bits => bits.push_many(false, count), values => values.resize(len + count, Default::default()));
    }

    /// Appends a cell; `None`, and nothing appended, if it is of another type. A decimal takes the scale of the builder,
    /// if that can hold it exactly.
    pub fn push(&mut self, value: &Value) -> Option<()> {
        if let (Value::Decimal(decimal), Type::Decimal(scale)) = (value, self.ty) {
            self.push_i128(decimal.rescaled(scale)?.units());
            return Some(());
        }
        match value {
            Value::Null => self.push_null(),
            value if value.ty() != Some(self.ty) => return None,
            Value::Bool(v) => self.push_bool(*v),
            Value::I8(v) => self.push_i8(*v),
            Value::I16(v) => self.push_i16(*v),
            Value::I32(v) => self.push_i32(*v),
            Value::I64(v) => self.push_i64(*v),
            Value::F32(v) => self.push_f32(*v),
            Value::F64(v) => self.push_f64(*v),
            Value::Char(v) => self.push_u16(*v),
            Value::String(v) => self.push_text(v.clone()),
            Value::List(v) => self.push_list(v.clone()),
            Value::Timestamp(v) => self.push_i64(v.nanos()),
            Value::Date(v) => self.push_i32(v.days()),
            Value::Time(v) => self.push_i64(v.nanos()),
            Value::Duration(v) => self.push_i64(v.nanos()),
            // Only a decimal is of a decimal type, and those are done.
            Value::Decimal(_) => return None,
        }
        Some(())
    }

    /// Appends all values of a vector of the same type.
    ///
    /// # Panics
    /// If the types differ.
    pub fn extend(&mut self, vector: &Vector<'_>) {
        assert_eq!(self.ty, vector.ty(), "a vector of another type");
        let len = self.len();
        match (&mut self.valid, vector.valid()) {
            (None, None) => {}
            (Some(valid), None) => valid.push_many(true, vector.len()),
            (valid, Some(more)) => valid.get_or_insert_with(|| Bits::filled(true, len)).extend_from(more),
        }
        match (&mut self.values, vector.values()) {
            (Growing::Bool(to), Values::Bool(from)) => to.extend_from(from),
            (Growing::I8(to), Values::I8(from)) => to.extend_from_slice(from),
            (Growing::I16(to), Values::I16(from)) => to.extend_from_slice(from),
            (Growing::I32(to), Values::I32(from)) => to.extend_from_slice(from),
            (Growing::I64(to), Values::I64(from)) => to.extend_from_slice(from),
            (Growing::F32(to), Values::F32(from)) => to.extend_from_slice(from),
            (Growing::F64(to), Values::F64(from)) => to.extend_from_slice(from),
            (Growing::I128(to), Values::I128(from)) => to.extend_from_slice(from),
            (Growing::U16(to), Values::U16(from)) => to.extend_from_slice(from),
            (Growing::Str(to), Values::Str(from)) => to.extend_from_slice(from),
            (Growing::List(to), Values::List(from)) => to.extend_from_slice(from),
            _ => unreachable!("one type has one physical form"),
        }
    }

    /// As [`VectorBuilder::extend`], with a vector that is not needed any more: text that it owns is moved.
    pub(crate) fn append(&mut self, vector: Vector<'_>) {
        let (ty, values, valid) = vector.into_parts();
        match (&mut self.values, values) {
            (Growing::Str(to), Values::Str(Cow::Owned(mut from))) if valid.is_none() && self.valid.is_none() => {
                to.append(&mut from);
            }
            (_, values) => self.extend(&Vector::new(ty, values, valid)),
        }
    }

    /// Takes back the values after the first `len`: how a decoder undoes a record that failed half-way. Values of a list
    /// that was not ended are taken back too.
    pub fn truncate(&mut self, len: usize) {
        if len >= self.len() {
            if let Growing::List(lists) = &mut self.values {
                lists.truncate(len);
            }
            return;
        }
        each!(&mut self.values, bits => *bits = bits.slice(0..len), values => values.truncate(len));
        if let Some(valid) = &mut self.valid {
            *valid = valid.slice(0..len);
        }
    }

    /// Bytes held, for bounded buffers.
    pub fn bytes(&self) -> usize {
        let values = match &self.values {
            Growing::Bool(v) => v.len() / 8,
            Growing::I8(v) => v.len(),
            Growing::I16(v) => v.len() * 2,
            Growing::U16(v) => v.len() * 2,
            Growing::I32(v) => v.len() * 4,
            Growing::F32(v) => v.len() * 4,
            Growing::I64(v) => v.len() * 8,
            Growing::F64(v) => v.len() * 8,
            Growing::I128(v) => v.len() * 16,
            Growing::Str(v) => v.len() * size_of::<Str>() + v.iter().map(Str::heap_bytes).sum::<usize>(),
            Growing::List(v) => v.bytes(),
        };
        values + self.valid.as_ref().map_or(0, |valid| valid.len() / 8)
    }

    /// The values as a vector.
    pub fn finish(self) -> Vector<'static> {
        let values = match self.values {
            Growing::Bool(v) => Values::Bool(v),
            Growing::I8(v) => Values::I8(Cow::Owned(v)),
            Growing::I16(v) => Values::I16(Cow::Owned(v)),
            Growing::I32(v) => Values::I32(Cow::Owned(v)),
            Growing::I64(v) => Values::I64(Cow::Owned(v)),
            Growing::F32(v) => Values::F32(Cow::Owned(v)),
            Growing::F64(v) => Values::F64(Cow::Owned(v)),
            Growing::I128(v) => Values::I128(Cow::Owned(v)),
            Growing::U16(v) => Values::U16(Cow::Owned(v)),
            Growing::Str(v) => Values::Str(Cow::Owned(v)),
            Growing::List(v) => Values::List(Cow::Owned(v.finish())),
        };
        Vector::new(self.ty, values, self.valid)
    }
}
