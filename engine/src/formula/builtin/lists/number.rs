//! [`Number`]: the items of lists that are computed with.

use super::element::Element;

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

numbers! {
    i8: i64, i8::wrapping_sub, |x: i8, step: i8, n| x.wrapping_add(step.wrapping_mul(n));
    i16: i64, i16::wrapping_sub, |x: i16, step: i16, n| x.wrapping_add(step.wrapping_mul(n));
    i32: i64, i32::wrapping_sub, |x: i32, step: i32, n| x.wrapping_add(step.wrapping_mul(n));
    i64: i64, i64::wrapping_sub, |x: i64, step: i64, n| x.wrapping_add(step.wrapping_mul(n));
    u16: i64, u16::wrapping_sub, |x: u16, step: u16, n| x.wrapping_add(step.wrapping_mul(n));
    f32: f64, |a: f32, b: f32| a - b, |x: f32, step: f32, n| x + step * n;
    f64: f64, |a: f64, b: f64| a - b, |x: f64, step: f64, n| x + step * n;
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
