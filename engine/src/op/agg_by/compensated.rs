//! [`Compensated`]: sums of floats that keep what rounding loses.

/// A sum of finite values, which can be taken out again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Compensated {
    sum: f64,
    /// What rounding lost, after Neumaier.
    lost: f64,
}

impl Compensated {
    #[inline]
    pub(super) fn add(&mut self, value: f64) {
        let sum = self.sum + value;
        self.lost += if self.sum.abs() >= value.abs() { self.sum - sum + value } else { value - sum + self.sum };
        self.sum = sum;
    }

    #[inline]
    pub(super) fn sub(&mut self, value: f64) {
        self.add(-value);
    }

    /// Adds all values of another sum.
    pub(super) fn absorb(&mut self, other: Compensated) {
        self.add(other.sum);
        self.lost += other.lost;
    }

    pub(super) fn total(&self) -> f64 {
        // Where finite values overflowed, the compensation is no number.
        if self.sum.is_finite() { self.sum + self.lost } else { self.sum }
    }
}

/// How many values are not finite.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Others {
    nan: u64,
    plus: u64,
    minus: u64,
}

impl Others {
    pub(super) fn change(&mut self, value: f64, by: i64) {
        let count = match value {
            value if value.is_nan() => &mut self.nan,
            value if value > 0.0 => &mut self.plus,
            _ => &mut self.minus,
        };
        *count = count.wrapping_add_signed(by);
    }

    pub(super) fn absorb(&mut self, other: Others) {
        self.nan += other.nan;
        self.plus += other.plus;
        self.minus += other.minus;
    }

    pub(super) fn values(&self) -> u64 {
        self.nan + self.plus + self.minus
    }

    /// What they make of a sum.
    pub(super) fn total(&self, finite: f64) -> f64 {
        match (self.nan, self.plus, self.minus) {
            (0, 0, 0) => finite,
            (0, _, 0) => f64::INFINITY,
            (0, 0, _) => f64::NEG_INFINITY,
            _ => f64::NAN,
        }
    }
}

/// A sum of any values, each of which can be taken out again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct AnySum {
    finite: Compensated,
    /// How many values are finite.
    values: u64,
    others: Others,
}

impl AnySum {
    pub(super) fn insert(&mut self, value: f64) {
        if value.is_finite() {
            self.finite.add(value);
            self.values += 1;
        } else {
            self.others.change(value, 1);
        }
    }

    pub(super) fn retract(&mut self, value: f64) {
        if !value.is_finite() {
            return self.others.change(value, -1);
        }
        self.finite.sub(value);
        self.values -= 1;
        // Nothing is left of the sum: nor may anything be left of its errors.
        if self.values == 0 {
            self.finite = Compensated::default();
        }
    }

    pub(super) fn absorb(&mut self, other: AnySum) {
        self.finite.absorb(other.finite);
        self.values += other.values;
        self.others.absorb(other.others);
    }

    pub(super) fn total(&self) -> f64 {
        self.others.total(self.finite.total())
    }
}
