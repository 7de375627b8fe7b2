//! Functions of numbers.

use std::cmp::Ordering;

use super::declare::Table;
use super::each::each;
use crate::types::{Date, Str, Time, TimeDelta, Timestamp};

pub(super) fn declare(table: &mut Table) {
    elementary(table);
    rounding(table);
    comparing(table);
    whole(table);
    floating(table);
}

fn elementary(table: &mut Table) {
    table.section("Numbers");
    table.function("sqrt(x)", "square root").of(f64::sqrt);
    table.function("cbrt(x)", "cube root").of(f64::cbrt);
    table.function("exp(x)", "e to the power of `x`").of(f64::exp);
    table.function("expm1(x)", "`exp(x) - 1`, exact near 0").of(f64::exp_m1);
    table.function("log(x)", "natural logarithm").of(f64::ln);
    table.function("log10(x)", "logarithm of base 10").of(f64::log10);
    table.function("log1p(x)", "`log(1 + x)`, exact near 0").of(f64::ln_1p);
    table.function("pow(x, y)", "`x` to the power of `y`").of(f64::powf);
    table.function("hypot(x, y)", "`sqrt(x * x + y * y)` without overflow").of(f64::hypot);
    table.function("sin(x)", "sine").of(f64::sin);
    table.function("cos(x)", "cosine").of(f64::cos);
    table.function("tan(x)", "tangent").of(f64::tan);
    table.function("asin(x)", "arc sine").of(f64::asin);
    table.function("acos(x)", "arc cosine").of(f64::acos);
    table.function("atan(x)", "arc tangent").of(f64::atan);
    table.function("atan2(y, x)", "angle of the point (`x`, `y`)").of(f64::atan2);
    table.function("sinh(x)", "hyperbolic sine").of(f64::sinh);
    table.function("cosh(x)", "hyperbolic cosine").of(f64::cosh);
    table.function("tanh(x)", "hyperbolic tangent").of(f64::tanh);
    table.function("toDegrees(x)", "radians as degrees").of(f64::to_degrees);
    table.function("toRadians(x)", "degrees as radians").of(f64::to_radians);
}

fn rounding(table: &mut Table) {
    let abs = table.function("abs(x)", "the number without its sign");
    each!(each!(abs; i8 i16 i32 i64; |x: T| x.wrapping_abs()); f32 f64; |x: T| x.abs());
    table.function("floor(x)", "the whole number at or below").of(f64::floor);
    table.function("ceil(x)", "the whole number at or above").of(f64::ceil);
    table.function("rint(x)", "the nearest whole number, the even one of two").of(f64::round_ties_even);
    let round = table.function("round(x)", "the nearest whole number, the upper one of two; NaN gives 0");
    each!(each!(round; i8 i16 i32; |x: T| i64::from(x)).of(|x: i64| x); f32 f64; |x: T| {
        let below = x.floor();
        (if x - below < 0.5 { below } else { below + 1.0 }) as i64
    });
    let signum = table.function("signum(x)", "-1, 0 or 1; NaN gives 0");
    each!(each!(signum; i8 i16 i32 i64; |x: T| i32::from(x > 0) - i32::from(x < 0)); f32 f64; |x: T| {
        i32::from(x > 0.0) - i32::from(x < 0.0)
    });
    const NO_BIN: &str = "a bin needs a size above 0";
    let lower =
        table.function("lowerBin(x, size)", "`x` down to a multiple of `size`, plus a third argument as offset");
    let lower = each!(lower; i8 i16 i32 i64; |x: T, size: T| if size > 0 { Ok(x.wrapping_sub(x.rem_euclid(size))) } else { Err(NO_BIN) });
    let lower = each!(lower; i8 i16 i32 i64; |x: T, size: T, offset: T| {
        if size > 0 { Ok(x.wrapping_sub(x.wrapping_sub(offset).rem_euclid(size))) } else { Err(NO_BIN) }
    });
    let lower = each!(lower; f32 f64; |x: T, size: T| (x / size).floor() * size);
    let lower = each!(lower; f32 f64; |x: T, size: T, offset: T| ((x - offset) / size).floor() * size + offset);
    lower
        .of(|t: Timestamp, size: i64| lower_time(t, size, 0))
        .of(|t: Timestamp, size: i64, offset: i64| lower_time(t, size, offset))
        .of(|t: Timestamp, size: TimeDelta| lower_time(t, size.nanos(), 0))
        .of(|t: Timestamp, size: TimeDelta, offset: TimeDelta| lower_time(t, size.nanos(), offset.nanos()));
    let upper = table.function("upperBin(x, size)", "`x` up to a multiple of `size`, plus a third argument as offset");
    let upper = each!(upper; i8 i16 i32 i64; |x: T, size: T| {
        if size > 0 { Ok(x.wrapping_add(x.wrapping_neg().rem_euclid(size))) } else { Err(NO_BIN) }
    });
    let upper = each!(upper; i8 i16 i32 i64; |x: T, size: T, offset: T| {
        if size > 0 { Ok(x.wrapping_add(offset.wrapping_sub(x).rem_euclid(size))) } else { Err(NO_BIN) }
    });
    let upper = each!(upper; f32 f64; |x: T, size: T| (x / size).ceil() * size);
    let upper = each!(upper; f32 f64; |x: T, size: T, offset: T| ((x - offset) / size).ceil() * size + offset);
    upper
        .of(|t: Timestamp, size: i64| upper_time(t, size, 0))
        .of(|t: Timestamp, size: i64, offset: i64| upper_time(t, size, offset))
        .of(|t: Timestamp, size: TimeDelta| upper_time(t, size.nanos(), 0))
        .of(|t: Timestamp, size: TimeDelta, offset: TimeDelta| upper_time(t, size.nanos(), offset.nanos()));
}

fn lower_time(t: Timestamp, size: i64, offset: i64) -> Result<Timestamp, &'static str> {
    if size <= 0 {
        return Err("a bin needs a size above 0");
    }
    Ok(Timestamp::from_nanos(t.nanos().wrapping_sub(t.nanos().wrapping_sub(offset).rem_euclid(size))))
}

fn upper_time(t: Timestamp, size: i64, offset: i64) -> Result<Timestamp, &'static str> {
    if size <= 0 {
        return Err("a bin needs a size above 0");
    }
    Ok(Timestamp::from_nanos(t.nanos().wrapping_add(offset.wrapping_sub(t.nanos()).rem_euclid(size))))
}

/// The one of two that is wanted: what is null is left out, NaN wins.
fn extreme<T: PartialOrd>(a: Option<T>, b: Option<T>, wanted: Ordering) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(match a.partial_cmp(&b) {
            Some(order) if order == wanted || order == Ordering::Equal => a,
            Some(_) => b,
            None if a.partial_cmp(&a).is_none() => a,
            None => b,
        }),
        (one, None) | (None, one) => one,
    }
}

/// Null before all else; two values as `order` says.
fn null_first<T>(a: Option<T>, b: Option<T>, order: impl Fn(&T, &T) -> Ordering) -> i32 {
    match (&a, &b) {
        (Some(a), Some(b)) => order(a, b) as i32,
        _ => i32::from(a.is_some()) - i32::from(b.is_some()),
    }
}

fn comparing(table: &mut Table) {
    let max = table.variadic("max(a, b, ..)", "the greatest; null is left out, NaN wins");
    each!(max; i8 i16 i32 i64 f32 f64 Timestamp Date Time TimeDelta; |a: Option<T>, b: Option<T>| extreme(a, b, Ordering::Greater));
    let min = table.variadic("min(a, b, ..)", "the least; null is left out, NaN wins");
    each!(min; i8 i16 i32 i64 f32 f64 Timestamp Date Time TimeDelta; |a: Option<T>, b: Option<T>| extreme(a, b, Ordering::Less));
    let clamp = table.function("clamp(x, low, high)", "`low` below it, `high` above it, else `x`");
    each!(clamp; i8 i16 i32 i64 f32 f64 Timestamp Date Time TimeDelta; |x: T, low: T, high: T| if x < low { low } else if x > high { high } else { x });
    let compare = table.function("compare(a, b)", "-1, 0 or 1: null before all else, NaN behind them, -0.0 before 0.0");
    let compare = each!(compare; i8 i16 i32 i64 bool u16 Str Timestamp Date Time TimeDelta; |a: Option<T>, b: Option<T>| null_first(a, b, T::cmp));
    each!(compare; f32 f64; |a: Option<T>, b: Option<T>| {
        null_first(a, b, |a, b| match (a.is_nan(), b.is_nan()) {
            (false, false) => a.total_cmp(b),
            (a, b) => a.cmp(&b),
        })
    });
}

fn whole(table: &mut Table) {
    table.section("Whole numbers");
    const ZERO: &str = "a division by zero";
    let div = table.function("floorDiv(a, b)", "`a / b` rounded down; dividing by 0 is an error");
    each!(div; i8 i16 i32 i64; |a: T, b: T| {
        let rounded = a.checked_div(b).map_or_else(|| if b == 0 { Err(ZERO) } else { Ok(a) }, Ok)?;
        Ok::<T, &str>(if b != 0 && a.wrapping_rem(b) != 0 && ((a < 0) != (b < 0)) { rounded - 1 } else { rounded })
    });
    let modulo =
        table.function("floorMod(a, b)", "the rest of `floorDiv`, with the sign of `b`; dividing by 0 is an error");
    each!(modulo; i8 i16 i32 i64; |a: T, b: T| {
        if b == 0 {
            return Err(ZERO);
        }
        let rest = a.wrapping_rem(b);
        Ok(if rest != 0 && ((rest < 0) != (b < 0)) { rest + b } else { rest })
    });
    const OVERFLOW: &str = "the result does not fit into the type";
    let add = table.function("addExact(a, b)", "`a + b`; an error where it does not fit");
    each!(add; i32 i64; |a: T, b: T| a.checked_add(b).ok_or(OVERFLOW));
    let subtract = table.function("subtractExact(a, b)", "`a - b`; an error where it does not fit");
    each!(subtract; i32 i64; |a: T, b: T| a.checked_sub(b).ok_or(OVERFLOW));
    let multiply = table.function("multiplyExact(a, b)", "`a * b`; an error where it does not fit");
    each!(multiply; i32 i64; |a: T, b: T| a.checked_mul(b).ok_or(OVERFLOW));
    let negate = table.function("negateExact(x)", "`-x`; an error where it does not fit");
    each!(negate; i8 i16 i32 i64; |x: T| x.checked_neg().ok_or(OVERFLOW));
    let increment = table.function("incrementExact(x)", "`x + 1`; an error where it does not fit");
    each!(increment; i8 i16 i32 i64; |x: T| x.checked_add(1).ok_or(OVERFLOW));
    let decrement = table.function("decrementExact(x)", "`x - 1`; an error where it does not fit");
    each!(decrement; i8 i16 i32 i64; |x: T| x.checked_sub(1).ok_or(OVERFLOW));
    table
        .function("toIntExact(x)", "`(int)x`; an error where it does not fit")
        .of(|x: i64| i32::try_from(x).map_err(|_| OVERFLOW));
    table
        .function("toShortExact(x)", "`(short)x`; an error where it does not fit")
        .of(|x: i64| i16::try_from(x).map_err(|_| OVERFLOW));
    table
        .function("toByteExact(x)", "`(byte)x`; an error where it does not fit")
        .of(|x: i64| i8::try_from(x).map_err(|_| OVERFLOW));
}

fn floating(table: &mut Table) {
    table.section("Floating numbers");
    let nan = table.function("isNaN(x)", "whether `x` is NaN; false for null");
    each!(each!(nan; f32 f64; |x: Option<T>| x.is_some_and(T::is_nan)); i64; |_x: Option<T>| false);
    let inf = table.function("isInf(x)", "whether `x` is infinite; false for null");
    each!(each!(inf; f32 f64; |x: Option<T>| x.is_some_and(T::is_infinite)); i64; |_x: Option<T>| false);
    let finite = table.function("isFinite(x)", "whether `x` is neither NaN nor infinite; false for null");
    each!(each!(finite; f32 f64; |x: Option<T>| x.is_some_and(T::is_finite)); i64; |x: Option<T>| x.is_some());
    let replace = table.function("replaceIfNaN(x, y)", "`y` where `x` is NaN");
    each!(replace; f32 f64; |x: Option<T>, y: Option<T>| if x.is_some_and(T::is_nan) { y } else { x });
    let replace = table.function("replaceIfNullNaN(x, y)", "`y` where `x` is null or NaN");
    each!(replace; f32 f64; |x: Option<T>, y: Option<T>| if x.is_none_or(T::is_nan) { y } else { x });
    let replace = table.function("replaceIfNonFinite(x, y)", "`y` where `x` is null, NaN or infinite");
    each!(replace; f32 f64; |x: Option<T>, y: Option<T>| if x.is_some_and(T::is_finite) { x } else { y });
    let sign = table.function("copySign(x, y)", "`x` with the sign of `y`");
    let sign = each!(sign; i8 i16 i32 i64; |x: T, y: T| if y < 0 { x.wrapping_abs().wrapping_neg() } else { x.wrapping_abs() });
    each!(sign; f32 f64; |x: T, y: T| x.copysign(y));
    let next = table.function("nextUp(x)", "the next number above");
    each!(next; f32 f64; |x: T| x.next_up());
    let ulp = table.function("ulp(x)", "the distance to the next number away from 0");
    each!(ulp; f32 f64; |x: T| if x.is_finite() { x.abs().next_up() - x.abs() } else { x.abs() });
    let remainder = table.function("IEEEremainder(x, y)", "`x - n * y` for the whole `n` nearest to `x / y`");
    remainder.of(|x: f32, y: f32| ieee_remainder(f64::from(x), f64::from(y)) as f32).of(ieee_remainder);
}

fn ieee_remainder(x: f64, y: f64) -> f64 {
    if x.is_nan() || y.is_nan() || x.is_infinite() || y == 0.0 {
        return f64::NAN;
    }
    if y.is_infinite() {
        return x;
    }
    // `%` is exact; what is left is to round the quotient, the even one of two.
    let y = y.abs();
    let rest = (x % (2.0 * y)).abs();
    let nearest = if rest >= 1.5 * y {
        rest - 2.0 * y
    } else if rest > 0.5 * y {
        rest - y
    } else {
        rest
    };
    if x < 0.0 { -nearest } else { nearest }
}
