//! [`Divisor`]: remainders by a number that stays the same, without a division each.

/// A divisor with its reciprocal (T. Granlund and P. Montgomery, Division by Invariant Integers using Multiplication):
/// where the processor takes tens of cycles to divide, multiplying takes a few.
#[derive(Clone, Copy, Debug)]
pub(super) struct Divisor {
    magnitude: u64,
    /// 2^(63 + bits) / magnitude, rounded up, where 2^bits is the least power of two that is not below it.
    reciprocal: u64,
    bits: u32,
}

impl Divisor {
    /// # Panics
    /// If the divisor is zero.
    pub(super) fn new(divisor: i64) -> Self {
        let magnitude = divisor.unsigned_abs();
        let bits = magnitude.next_power_of_two().ilog2();
        let reciprocal = (1_u128 << (63 + bits)).div_ceil(u128::from(magnitude)) as u64;
        Divisor { magnitude, reciprocal, bits }
    }

    /// What is left of `number`, with its sign.
    #[inline(always)]
    pub(super) fn remainder(self, number: i64) -> i64 {
        // The number, or for a negative one what it is less than -1 by: 63 bits either way.
        let sign = number >> 63;
        let counted = (number ^ sign) as u64;
        let high = ((u128::from(self.reciprocal) * u128::from(counted)) >> 63) as u64;
        let quotient = high >> self.bits;
        let rest = ((counted - quotient * self.magnitude) as i64).wrapping_sub(sign);
        let rest = if rest as u64 == self.magnitude { 0 } else { rest };
        (rest ^ sign) - sign
    }
}

/// A divisor that is a power of two, or the negative of one: the lowest bits are what is left.
#[derive(Clone, Copy, Debug)]
pub(super) struct PowerOfTwo {
    mask: i64,
}

impl PowerOfTwo {
    pub(super) fn of(divisor: i64) -> Option<Self> {
        let magnitude = divisor.unsigned_abs();
        magnitude.is_power_of_two().then(|| PowerOfTwo { mask: (magnitude - 1) as i64 })
    }

    /// What is left of `number`, with its sign.
    #[inline(always)]
    pub(super) fn remainder(self, number: i64) -> i64 {
        // A negative number is moved up to where its lowest bits count from the multiple above it.
        let up = (number >> 63) & self.mask;
        (number.wrapping_add(up) & self.mask) - up
    }
}

#[cfg(test)]
mod tests {
    use super::{Divisor, PowerOfTwo};

    #[test]
    fn remainders_are_those_of_a_division() {
        let mut numbers: Vec<i64> = (-20..20).chain([i64::MIN, i64::MIN + 1, i64::MAX, i64::MAX - 1]).collect();
        let mut state = 1_u64;
        for shift in 0..64 {
            for _ in 0..8 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                numbers.push((state as i64) >> shift);
            }
            numbers.extend([(1_i64 << shift).wrapping_sub(1), 1 << shift, (1_i64 << shift).wrapping_add(1)]);
        }
        for &divisor in numbers.iter().filter(|&&divisor| divisor != 0) {
            let by = Divisor::new(divisor);
            for &number in &numbers {
                assert_eq!(by.remainder(number), number.wrapping_rem(divisor), "{number} by {divisor}");
                if let Some(by) = PowerOfTwo::of(divisor) {
                    assert_eq!(by.remainder(number), number.wrapping_rem(divisor), "{number} by {divisor}");
                }
            }
        }
    }
}
