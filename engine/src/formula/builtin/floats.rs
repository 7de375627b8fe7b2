//! What floating numbers are made of.

use super::declare::Table;
use super::each::each;

pub(super) fn declare(table: &mut Table) {
    let down = table.function("nextDown(x)", "the next number below");
    each!(down; f32 f64; |x: T| x.next_down());
    table
        .function("nextAfter(x, towards)", "the next number in that direction; `towards` itself where both are equal")
        .of(|x: f32, towards: f64| match f64::from(x).partial_cmp(&towards) {
            Some(std::cmp::Ordering::Less) => x.next_up(),
            Some(std::cmp::Ordering::Greater) => x.next_down(),
            Some(std::cmp::Ordering::Equal) => towards as f32,
            None => f32::NAN,
        })
        .of(|x: f64, towards: f64| match x.partial_cmp(&towards) {
            Some(std::cmp::Ordering::Less) => x.next_up(),
            Some(std::cmp::Ordering::Greater) => x.next_down(),
            Some(std::cmp::Ordering::Equal) => towards,
            None => f64::NAN,
        });
    table
        .function("getExponent(x)", "the power of two in the number's form: -1023 for 0, 1024 for NaN and infinity")
        .of(|x: f64| ((x.to_bits() >> 52) & 0x7ff) as i32 - 1023);
    table.function("fma(a, b, c)", "`a * b + c`, rounded once").of(f32::mul_add).of(f64::mul_add);
    table.function("scalb(x, n)", "`x` times two to the power of `n`, rounded once").of(scalb);
}

/// In three steps, since 2^n may lie outside the numbers where the product does not. The steps up to the last are
/// exact: they stay away from the least numbers, which have fewer digits.
fn scalb(x: f64, n: i32) -> f64 {
    let power = |n: i32| f64::from_bits(((n + 1023) as u64) << 52);
    let mut n = n.clamp(-2200, 2200);
    let mut x = x;
    while n > 1023 {
        x *= power(1023);
        n -= 1023;
    }
    while n < -969 {
        // 53 digits are kept above the least normal number until the last step rounds them.
        x *= power(-969);
        n += 969;
    }
    x * power(n)
}
