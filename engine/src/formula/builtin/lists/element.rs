//! The values that lists hold, in the form in which functions of lists read them: [`Element`], [`Number`], [`Items`].

use std::borrow::Cow;
use std::cmp::Ordering;
use std::hash::Hash;

use crate::types::{List, Str, Type};
use crate::vector::{Bits, Native, Values, Vector};

/// `$body` with `$T` as the physical form of numbers of type `$ty`; the checker lets nothing else come here.
macro_rules! by_number {
    ($ty:expr, $T:ident => $body:expr) => {
        match crate::vector::NativeKind::of($ty) {
            crate::vector::NativeKind::I8 => {
                type $T = i8;
                $body
            }
            crate::vector::NativeKind::I16 => {
                type $T = i16;
                $body
            }
            crate::vector::NativeKind::I32 => {
                type $T = i32;
                $body
            }
            crate::vector::NativeKind::I64 => {
                type $T = i64;
                $body
            }
            crate::vector::NativeKind::U16 => {
                type $T = u16;
                $body
            }
            crate::vector::NativeKind::F32 => {
                type $T = f32;
                $body
            }
            _ => {
                type $T = f64;
                $body
            }
        }
    };
}

/// `$body` with `$T` as the physical form of values of type `$ty`, which is no list.
macro_rules! by_element {
    ($ty:expr, $T:ident => $body:expr) => {
        match crate::vector::NativeKind::of($ty) {
            crate::vector::NativeKind::Bool => {
                type $T = bool;
                $body
            }
            crate::vector::NativeKind::I8 => {
                type $T = i8;
                $body
            }
            crate::vector::NativeKind::I16 => {
                type $T = i16;
                $body
            }
            crate::vector::NativeKind::I32 => {
                type $T = i32;
                $body
            }
            crate::vector::NativeKind::I64 => {
                type $T = i64;
                $body
            }
            crate::vector::NativeKind::I128 => {
                type $T = i128;
                $body
            }
            crate::vector::NativeKind::U16 => {
                type $T = u16;
                $body
            }
            crate::vector::NativeKind::F32 => {
                type $T = f32;
                $body
            }
            crate::vector::NativeKind::F64 => {
                type $T = f64;
                $body
            }
            _ => {
                type $T = crate::types::Str;
                $body
            }
        }
    };
}

pub(super) use {by_element, by_number};

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

/// Numbers, as functions of lists compute with them.
pub(super) trait Number: Element + Copy {
    /// What sums are made in: `i64`, wrapping, or `f64`.
    type Wide: Wide;

    fn wide(self) -> Self::Wide;
    fn double(self) -> f64;
    /// `self - other`, in its own type.
    fn minus(self, other: Self) -> Self;
    /// `self + count * step`, in its own type.
    fn stepped(self, step: Self, count: i64) -> Self;

    /// How many whole steps lead to `end`, below 0 if they lead away; `None` if there is no saying.
    fn steps_to(self, end: Self, step: Self) -> Option<f64> {
        let steps = ((end.double() - self.double()) / step.double()).floor();
        (step.double() != 0.0 && !steps.is_nan()).then_some(steps)
    }

    fn is_finite(self) -> bool {
        self.double().is_finite()
    }
}

/// `i64` and `f64`.
pub(super) trait Wide: Element + Copy {
    const ZERO: Self;
    const ONE: Self;

    fn plus(self, other: Self) -> Self;
    fn times(self, other: Self) -> Self;
    fn magnitude(self) -> Self;
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

macro_rules! numbers {
    ($($ty:ty: $wide:ty, $minus:expr, $stepped:expr;)*) => {$(
        impl Number for $ty {
            type Wide = $wide;
            fn wide(self) -> $wide {
                self.into()
            }
            fn double(self) -> f64 {
                self as f64
            }
            fn minus(self, other: Self) -> Self {
                $minus(self, other)
            }
            fn stepped(self, step: Self, count: i64) -> Self {
                $stepped(self, step, count as $ty)
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
numbers! {
    i8: i64, i8::wrapping_sub, |x: i8, step: i8, n| x.wrapping_add(step.wrapping_mul(n));
    i16: i64, i16::wrapping_sub, |x: i16, step: i16, n| x.wrapping_add(step.wrapping_mul(n));
    i32: i64, i32::wrapping_sub, |x: i32, step: i32, n| x.wrapping_add(step.wrapping_mul(n));
    i64: i64, i64::wrapping_sub, |x: i64, step: i64, n| x.wrapping_add(step.wrapping_mul(n));
    u16: i64, u16::wrapping_sub, |x: u16, step: u16, n| x.wrapping_add(step.wrapping_mul(n));
    f32: f64, |a: f32, b: f32| a - b, |x: f32, step: f32, n| x + step * n;
    f64: f64, |a: f64, b: f64| a - b, |x: f64, step: f64, n| x + step * n;
}

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

impl Wide for i64 {
    const ZERO: i64 = 0;
    const ONE: i64 = 1;
    fn plus(self, other: i64) -> i64 {
        self.wrapping_add(other)
    }
    fn times(self, other: i64) -> i64 {
        self.wrapping_mul(other)
    }
    fn magnitude(self) -> i64 {
        self.wrapping_abs()
    }
}

impl Wide for f64 {
    const ZERO: f64 = 0.0;
    const ONE: f64 = 1.0;
    fn plus(self, other: f64) -> f64 {
        self + other
    }
    fn times(self, other: f64) -> f64 {
        self * other
    }
    fn magnitude(self) -> f64 {
        self.abs()
    }
}

/// The items of one list as a slice, and which of them are null.
pub(super) struct Items<'l, T: Clone> {
    values: Cow<'l, [T]>,
    /// Validity of the vector the list is part of, and where it starts there; `None` without nulls.
    valid: Option<(&'l Bits, usize)>,
}

impl<'l, T: Element> Items<'l, T> {
    pub(super) fn of(list: &'l List) -> Self {
        Items { values: T::items(list), valid: validity(list) }
    }
}

impl<T: Clone> Items<'_, T> {
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// The item at a position; `None` for null, and where there is none.
    pub(super) fn get(&self, at: usize) -> Option<&T> {
        self.values.get(at).filter(|_| self.valid.is_none_or(|(valid, start)| valid.get(start + at)))
    }

    /// All items; `None` for null.
    pub(super) fn iter(&self) -> impl Iterator<Item = Option<&T>> {
        (0..self.len()).map(|at| self.get(at))
    }

    /// The items that are not null.
    pub(super) fn each(&self, mut of: impl FnMut(&T)) {
        match self.valid {
            None => self.values.iter().for_each(of),
            Some((valid, start)) => {
                let there = self.values.iter().enumerate().filter(|(at, _)| valid.get(start + at));
                there.for_each(|(_, value)| of(value));
            }
        }
    }
}

impl<'l> Items<'l, f64> {
    /// The numbers of a list of numbers of any type.
    pub(super) fn doubles(list: &'l List) -> Self {
        fn converted<T: Number>(list: &List) -> Cow<'_, [f64]> {
            Cow::Owned(T::items(list).iter().map(|value| value.double()).collect())
        }
        let values = match list.item_type() {
            Type::F64 => f64::items(list),
            other => by_number!(other, T => converted::<T>(list)),
        };
        Items { values, valid: validity(list) }
    }
}

fn validity(list: &List) -> Option<(&Bits, usize)> {
    let (items, range) = list.shared()?;
    Some((items.valid()?, range.start))
}
