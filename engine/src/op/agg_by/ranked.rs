//! [`Ranked`]: cells as keys in one order, from which the cells come back.

use std::borrow::Cow;
use std::fmt::Debug;

use crate::types::Str;
use crate::vector::{Native, Values, Vector};

/// A cell that has a place in the order of its type.
pub(super) trait Ranked: Clone + Default + Send + Sync + 'static {
    /// What is compared and kept.
    type Key: Ord + Clone + Default + Debug + Send + Sync;

    /// The cell of a group that has a NaN; types without NaN never need it.
    fn nan() -> Self {
        Self::default()
    }

    /// The place of the cell; `None` for NaN.
    fn key(&self) -> Option<Self::Key>;

    /// The cell at a place.
    fn of(key: &Self::Key) -> Self;

    /// The same number with one zero for both.
    fn one_zero(&self) -> Self {
        self.clone()
    }

    /// The number as a float; types that are none never need it.
    fn number(&self) -> f64 {
        f64::NAN
    }

    /// The mean of two numbers, whose sum wraps if they are integers; types that are none never need it.
    fn mean(_a: &Self, _b: &Self) -> f64 {
        f64::NAN
    }

    /// The cells of a vector.
    fn values<'v>(vector: &'v Vector<'_>) -> Cow<'v, [Self]>;

    /// Cells as values of a vector.
    fn wrapped(values: Cow<'static, [Self]>) -> Values<'static>;
}

macro_rules! native_slices {
    () => {
        fn values<'v>(vector: &'v Vector<'_>) -> Cow<'v, [Self]> {
            Cow::Borrowed(vector.native().unwrap_or_default())
        }
        fn wrapped(values: Cow<'static, [Self]>) -> Values<'static> {
            <Self as Native>::wrap(values)
        }
    };
}

macro_rules! integer {
    ($($ty:ty),*) => {$(
        impl Ranked for $ty {
            type Key = $ty;
            fn key(&self) -> Option<$ty> {
                Some(*self)
            }
            fn of(key: &$ty) -> Self {
                *key
            }
            fn number(&self) -> f64 {
                *self as f64
            }
            fn mean(a: &$ty, b: &$ty) -> f64 {
                (*a as i64).wrapping_add(*b as i64) as f64 / 2.0
            }
            native_slices!();
        }
    )*};
}

integer!(i8, i16, i32, i64, i128, u16);

macro_rules! float {
    ($($ty:ty => $key:ty, $bits:ty);*) => {$(
        impl Ranked for $ty {
            /// The bits, those of negative numbers turned round, compare as the numbers do; -0.0 is below 0.0.
            type Key = $key;
            fn nan() -> Self {
                <$ty>::NAN
            }
            fn key(&self) -> Option<$key> {
                let bits = self.to_bits() as $key;
                (!self.is_nan()).then_some(bits ^ ((bits >> (<$key>::BITS - 1)) as $bits >> 1) as $key)
            }
            fn of(key: &$key) -> Self {
                <$ty>::from_bits((key ^ ((key >> (<$key>::BITS - 1)) as $bits >> 1) as $key) as $bits)
            }
            fn one_zero(&self) -> Self {
                *self + 0.0
            }
            fn number(&self) -> f64 {
                (*self).into()
            }
            fn mean(a: &$ty, b: &$ty) -> f64 {
                f64::midpoint((*a).into(), (*b).into())
            }
            native_slices!();
        }
    )*};
}

float!(f32 => i32, u32; f64 => i64, u64);

impl Ranked for Str {
    type Key = Str;
    fn key(&self) -> Option<Str> {
        Some(self.clone())
    }
    fn of(key: &Str) -> Self {
        key.clone()
    }
    native_slices!();
}

impl Ranked for bool {
    type Key = bool;
    fn key(&self) -> Option<bool> {
        Some(*self)
    }
    fn of(key: &bool) -> Self {
        *key
    }
    fn values<'v>(vector: &'v Vector<'_>) -> Cow<'v, [Self]> {
        Cow::Owned(vector.bools().map(|bits| bits.iter().collect()).unwrap_or_default())
    }
    fn wrapped(values: Cow<'static, [Self]>) -> Values<'static> {
        Values::Bool(values.iter().copied().collect())
    }
}
