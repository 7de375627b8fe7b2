//! [`Wide`]: integers of 192 bits, for exact sums of squares.

/// An integer modulo 2 to the 192, the lowest 64 bits first. Intermediate results may wrap where the final one fits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Wide([u64; 3]);

impl Wide {
    pub(super) fn of(value: u128) -> Self {
        Wide([value as u64, (value >> 64) as u64, 0])
    }

    pub(super) fn square(value: i64) -> Self {
        let size = u128::from(value.unsigned_abs());
        Wide::of(size * size)
    }

    pub(super) fn plus(self, other: Wide) -> Self {
        let mut carry = 0;
        let mut sum = [0; 3];
        for (sum, (a, b)) in sum.iter_mut().zip(self.0.into_iter().zip(other.0)) {
            let limb = u128::from(a) + u128::from(b) + carry;
            (*sum, carry) = (limb as u64, limb >> 64);
        }
        Wide(sum)
    }

    pub(super) fn negated(self) -> Self {
        Wide(self.0.map(|limb| !limb)).plus(Wide::of(1))
    }

    pub(super) fn minus(self, other: Wide) -> Self {
        self.plus(other.negated())
    }

    pub(super) fn times(self, factor: u64) -> Self {
        let mut carry = 0;
        Wide(self.0.map(|limb| {
            let product = u128::from(limb) * u128::from(factor) + carry;
            carry = product >> 64;
            product as u64
        }))
    }

    /// The value, if it is not negative.
    pub(super) fn to_f64(self) -> f64 {
        let [low, middle, high] = self.0.map(|limb| limb as f64);
        const LIMB: f64 = 18_446_744_073_709_551_616.0;
        (high * LIMB + middle) * LIMB + low
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carries_go_all_the_way() {
        let max = Wide::of(u128::MAX);
        assert_eq!(max.plus(Wide::of(1)), Wide([0, 0, 1]));
        assert_eq!(max.plus(Wide::of(1)).minus(Wide::of(1)), max);
        assert_eq!(Wide::of(5).minus(Wide::of(7)).plus(Wide::of(2)), Wide::default());
        assert_eq!(max.times(3).minus(max).minus(max), max);
        assert_eq!(Wide::square(i64::MIN).to_f64(), 2_f64.powi(126));
        assert_eq!(Wide::square(i64::MIN).times(1 << 40).to_f64(), 2_f64.powi(166));
    }
}
