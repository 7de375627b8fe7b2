//! [`Double`]: numbers of twice the digits of a float, as the sum of two.

/// `high + low`, of which `low` is below the last digit of `high`. After Dekker and Knuth.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Double {
    high: f64,
    low: f64,
}

impl Double {
    pub(super) fn of(value: f64) -> Self {
        Double { high: value, low: 0.0 }
    }

    /// The exact product of two floats, if none of the parts is beyond all floats or too small for one.
    fn product(a: f64, b: f64) -> Self {
        let high = a * b;
        let ((a_high, a_low), (b_high, b_low)) = (halves(a), halves(b));
        let low = ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low;
        Double { high, low }
    }

    pub(super) fn square(value: f64) -> Self {
        Double::product(value, value)
    }

    /// The sum, but for the last digits of both.
    pub(super) fn plus(self, other: Double) -> Self {
        let (high, lost) = two_sum(self.high, other.high);
        let (low, lost_low) = two_sum(self.low, other.low);
        let (high, low) = two_sum(high, lost + low);
        let (high, low) = two_sum(high, low + lost_low);
        Double { high, low }
    }

    pub(super) fn negated(self) -> Self {
        Double { high: -self.high, low: -self.low }
    }

    pub(super) fn times(self, other: Double) -> Self {
        let product = Double::product(self.high, other.high);
        let (high, low) = two_sum(product.high, product.low + (self.high * other.low + self.low * other.high));
        Double { high, low }
    }

    pub(super) fn value(self) -> f64 {
        self.high + self.low
    }
}

/// The sum of two floats, and what rounding took from it.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let of_b = sum - a;
    (sum, (a - (sum - of_b)) + (b - of_b))
}

/// A float as the sum of two of half the digits.
fn halves(value: f64) -> (f64, f64) {
    let scaled = value * 134_217_729.0;
    let high = scaled - (scaled - value);
    (high, value - high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_and_goes_leaves_nothing() {
        let mut sum = Double::default();
        for step in 0..1000 {
            sum = sum.plus(Double::square(f64::from(step) * 0.1));
            sum = sum.plus(Double::of(1e20)).plus(Double::of(-1e20));
        }
        for step in 0..1000 {
            sum = sum.plus(Double::square(f64::from(step) * 0.1).negated());
        }
        assert!(sum.value().abs() < 1e-10, "{}", sum.value());
    }

    #[test]
    fn products_are_exact() {
        let third = 1.0 / 3.0;
        let product = Double::product(third, 3.0);
        // 3 times the float nearest a third is one minus 2 to the minus 54.
        assert_eq!((product.high, product.low), (1.0, -(2_f64.powi(-54))));
        assert_eq!(product.times(Double::of(8.0)).plus(Double::of(-8.0)).value(), -(2_f64.powi(-51)));
    }
}
