//! [`Element`]: the values that lists hold, in the form in which functions of lists read them.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::hash::Hash;

use crate::types::{List, Str};
use crate::vector::{Native, Values, Vector};

/// The physical form of the items of some lists.
pub(super) trait Element: Clone + Default + Send + Sync + 'static {
    /// What is equal as a key has equal ones: all NaN, and both zeros.
    type Key: Hash + Eq;

    /// The items of a list, those of nulls any value.
    fn items(list: &List) -> Cow<'_, [Self]>;
    /// A value of a vector, that of a null any value.
    fn at(vector: &Vector<'_>, index: usize) -> Self;
    fn wrapped(values: Vec<Self>) -> Values<'static>;
    fn key(&self) -> Self::Key;
    /// The order in which values are sorted: NaN last, both zeros one.
    fn compare(&self, other: &Self) -> Ordering;
    fn is_nan(&self) -> bool {
        false
    }
}

macro_rules! native_items {
    () => {
        fn items(list: &List) -> Cow<'_, [Self]> {
            Cow::Borrowed(list.native().unwrap_or_default())
        }
        fn at(vector: &Vector<'_>, index: usize) -> Self {
            vector.native::<Self>().and_then(|values| values.get(index).cloned()).unwrap_or_default()
        }
        fn wrapped(values: Vec<Self>) -> Values<'static> {
            Self::wrap(Cow::Owned(values))
        }
    };
}

macro_rules! whole {
    ($($ty:ty)*) => {$(
        impl Element for $ty {
            type Key = $ty;
            native_items!();
            fn key(&self) -> $ty {
                *self
            }
            fn compare(&self, other: &Self) -> Ordering {
                self.cmp(other)
            }
        }
    )*};
}

macro_rules! floating {
    ($($ty:ty: $key:ty;)*) => {$(
        impl Element for $ty {
            type Key = $key;
            native_items!();
            fn key(&self) -> $key {
                if self.is_nan() { <$ty>::NAN.to_bits() } else { (*self + 0.0).to_bits() }
            }
            fn compare(&self, other: &Self) -> Ordering {
                self.partial_cmp(other).unwrap_or_else(|| self.is_nan().cmp(&other.is_nan()))
            }
            fn is_nan(&self) -> bool {
                <$ty>::is_nan(*self)
            }
        }
    )*};
}

whole!(i8 i16 i32 i64 i128 u16);
floating!(f32: u32; f64: u64;);
impl Element for Str {
    type Key = Str;
    native_items!();
    fn key(&self) -> Str {
        self.clone()
    }
    fn compare(&self, other: &Self) -> Ordering {
        self.cmp(other)
    }
}

impl Element for bool {
    type Key = bool;
    fn items(list: &List) -> Cow<'_, [bool]> {
        Cow::Owned(list.items().bools().map(|bits| bits.iter().collect()).unwrap_or_default())
    }
    fn at(vector: &Vector<'_>, index: usize) -> bool {
        vector.bools().is_some_and(|bits| bits.get(index))
    }
    fn wrapped(values: Vec<bool>) -> Values<'static> {
        Values::Bool(values.into_iter().collect())
    }
    fn key(&self) -> bool {
        *self
    }
    fn compare(&self, other: &Self) -> Ordering {
        self.cmp(other)
    }
}
