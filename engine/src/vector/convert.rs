//! Vectors from the vectors of plain Rust.

use std::borrow::Cow;

use super::{Bits, Native, Values, Vector};
use crate::types::{Date, Str, Time, TimeDelta, Timestamp, Type};

macro_rules! numbers {
    ($($native:ty => $ty:ident),*) => {$(
        impl From<Vec<$native>> for Vector<'static> {
            fn from(values: Vec<$native>) -> Self {
                Vector::new(Type::$ty, <$native>::wrap(Cow::Owned(values)), None)
            }
        }
    )*};
}

numbers!(i8 => I8, i16 => I16, i32 => I32, i64 => I64, f32 => F32, f64 => F64);

impl From<Vec<bool>> for Vector<'static> {
    fn from(values: Vec<bool>) -> Self {
        Vector::new(Type::Bool, Values::Bool(values.into_iter().collect::<Bits>()), None)
    }
}

impl From<Vec<Str>> for Vector<'static> {
    fn from(values: Vec<Str>) -> Self {
        Vector::new(Type::String, Values::Str(Cow::Owned(values)), None)
    }
}

impl From<Vec<&str>> for Vector<'static> {
    fn from(values: Vec<&str>) -> Self {
        values.into_iter().map(Str::from).collect::<Vec<_>>().into()
    }
}

impl From<Vec<String>> for Vector<'static> {
    fn from(values: Vec<String>) -> Self {
        values.into_iter().map(Str::from).collect::<Vec<_>>().into()
    }
}

impl From<Vec<Timestamp>> for Vector<'static> {
    fn from(values: Vec<Timestamp>) -> Self {
        Vector::from(values.into_iter().map(Timestamp::nanos).collect::<Vec<i64>>()).retyped(Type::Timestamp)
    }
}

impl From<Vec<Date>> for Vector<'static> {
    fn from(values: Vec<Date>) -> Self {
        Vector::from(values.into_iter().map(Date::days).collect::<Vec<i32>>()).retyped(Type::Date)
    }
}

impl From<Vec<Time>> for Vector<'static> {
    fn from(values: Vec<Time>) -> Self {
        Vector::from(values.into_iter().map(Time::nanos).collect::<Vec<i64>>()).retyped(Type::Time)
    }
}

impl From<Vec<TimeDelta>> for Vector<'static> {
    fn from(values: Vec<TimeDelta>) -> Self {
        Vector::from(values.into_iter().map(TimeDelta::nanos).collect::<Vec<i64>>()).retyped(Type::Duration)
    }
}

/// Null where there is no value.
macro_rules! optional {
    ($($native:ty),*) => {$(
        impl From<Vec<Option<$native>>> for Vector<'static> {
            fn from(values: Vec<Option<$native>>) -> Self {
                let valid: Bits = values.iter().map(Option::is_some).collect();
                let plain: Vec<$native> = values.into_iter().map(Option::unwrap_or_default).collect();
                let (ty, values, _) = Vector::from(plain).into_parts();
                Vector::new(ty, values, Some(valid))
            }
        }
    )*};
}

optional!(bool, i8, i16, i32, i64, f32, f64, Str, &str, String, Timestamp, Date, Time, TimeDelta);
