//! sum and avg of floats.

use std::borrow::Cow;

use super::accumulator::{Accumulator, Scope};
use crate::Result;
use crate::plan::AggFunction;
use crate::types::Type;
use crate::vector::{Bits, Values, Vector};

/// Compensated sums of the finite values; NaN and the infinities are only counted, so that taking them back gives
/// back the sum.
pub(super) struct FloatSum {
    function: AggFunction,
    result: Type,
    sums: Vec<Sum>,
}

#[derive(Clone, Copy, Default)]
struct Sum {
    sum: f64,
    /// What rounding lost, after Neumaier.
    lost: f64,
    finite: u64,
    nan: u64,
    plus: u64,
    minus: u64,
}

impl Sum {
    fn put(&mut self, value: f64, sign: f64, step: u64) {
        let count = if value.is_finite() {
            self.add(value * sign);
            &mut self.finite
        } else if value.is_nan() {
            &mut self.nan
        } else if value > 0.0 {
            &mut self.plus
        } else {
            &mut self.minus
        };
        *count = count.wrapping_add(step);
        // Nothing is left of the sum: nor may anything be left of its errors.
        if self.finite == 0 {
            (self.sum, self.lost) = (0.0, 0.0);
        }
    }

    fn add(&mut self, value: f64) {
        let sum = self.sum + value;
        self.lost += if self.sum.abs() >= value.abs() { self.sum - sum + value } else { value - sum + self.sum };
        self.sum = sum;
    }

    fn values(&self) -> u64 {
        self.finite + self.nan + self.plus + self.minus
    }

    fn total(&self) -> f64 {
        match (self.nan, self.plus, self.minus) {
            // Where finite values overflowed, the compensation is no number.
            (0, 0, 0) if self.sum.is_finite() => self.sum + self.lost,
            (0, 0, 0) => self.sum,
            (0, _, 0) => f64::INFINITY,
            (0, 0, _) => f64::NEG_INFINITY,
            _ => f64::NAN,
        }
    }
}

impl FloatSum {
    pub(super) fn new(function: AggFunction, result: Type) -> Self {
        FloatSum { function, result, sums: Vec::new() }
    }

    fn pass(&mut self, slots: &[u32], values: &Vector<'_>, sign: f64, step: u64) {
        match values.values() {
            Values::F32(v) => self.each(slots, values.valid(), |row| f64::from(v[row]), sign, step),
            Values::F64(v) => self.each(slots, values.valid(), |row| v[row], sign, step),
            // The plan lets no other type through.
            _ => {}
        }
    }

    fn each(&mut self, slots: &[u32], valid: Option<&Bits>, value: impl Fn(usize) -> f64, sign: f64, step: u64) {
        match valid {
            None => {
                for (row, &slot) in slots.iter().enumerate() {
                    self.sums[slot as usize].put(value(row), sign, step);
                }
            }
            Some(valid) => valid.ones().for_each(|row| self.sums[slots[row] as usize].put(value(row), sign, step)),
        }
    }

    fn result(&self, slot: u32) -> f64 {
        let sum = &self.sums[slot as usize];
        match (sum.values(), self.function) {
            (0, _) => 0.0,
            (values, AggFunction::Avg) => sum.total() / values as f64,
            _ => sum.total(),
        }
    }
}

impl Accumulator for FloatSum {
    fn resize(&mut self, slots: usize) {
        self.sums.resize(slots, Sum::default());
    }

    fn insert(&mut self, slots: &[u32], values: &Vector<'_>) {
        self.pass(slots, values, 1.0, 1);
    }

    fn retract(&mut self, slots: &[u32], values: &Vector<'_>) {
        self.pass(slots, values, -1.0, 1u64.wrapping_neg());
    }

    fn finish(&mut self, slots: &[u32], _scope: &Scope<'_, '_>) -> Result<Vector<'static>> {
        let results = slots.iter().map(|&slot| self.result(slot));
        let values = if self.result == Type::F32 {
            Values::F32(Cow::Owned(results.map(|result| result as f32).collect()))
        } else {
            Values::F64(Cow::Owned(results.collect()))
        };
        let valid = Bits::from_fn(slots.len(), |at| self.sums[slots[at] as usize].values() > 0);
        Ok(Vector::new(self.result, values, Some(valid)))
    }

    fn reset(&mut self, slot: u32) {
        self.sums[slot as usize] = Sum::default();
    }

    fn bytes(&self) -> usize {
        self.sums.capacity() * size_of::<Sum>()
    }
}
