//! sum, abs_sum and avg of floats.

use std::borrow::Cow;

use super::accumulator::{Accumulator, Scope, absorb, of_lane};
use super::sums::Asked;
use crate::Result;
use crate::plan::PreparedAggregate;
use crate::types::Type;
use crate::vector::{Bits, Values, Vector};

/// Compensated sums of the finite values; NaN and the infinities are only counted, so that taking them back gives
/// back the sum.
pub(super) struct FloatSum {
    /// Whether signs are dropped.
    absolute: bool,
    /// What is asked of each group: whether the mean, and the type of the result.
    questions: Vec<(bool, Type)>,
    sums: Vec<Sum>,
}

/// A sum that values can be taken out of.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    sum: f64,
    /// What rounding lost, after Neumaier.
    lost: f64,
    finite: u64,
    nan: u64,
    plus: u64,
    minus: u64,
}

impl Sum {
    pub(super) fn insert(&mut self, value: f64) {
        self.put(value, 1.0, 1);
    }

    pub(super) fn retract(&mut self, value: f64) {
        self.put(value, -1.0, 1u64.wrapping_neg());
    }

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

    /// Puts all values of another sum in.
    pub(super) fn absorb(&mut self, other: Sum) {
        self.add(other.sum);
        self.lost += other.lost;
        self.finite += other.finite;
        self.nan += other.nan;
        self.plus += other.plus;
        self.minus += other.minus;
    }

    /// How many values are in it.
    pub(super) fn values(&self) -> u64 {
        self.finite + self.nan + self.plus + self.minus
    }

    pub(super) fn total(&self) -> f64 {
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
    pub(super) fn new(absolute: bool) -> Self {
        FloatSum { absolute, questions: Vec::new(), sums: Vec::new() }
    }

    fn pass(&mut self, slots: &[u32], values: &Vector<'_>, put: impl Fn(&mut Sum, f64)) {
        match (values.values(), self.absolute) {
            (Values::F32(v), false) => self.each(slots, values.valid(), |row| f64::from(v[row]), put),
            (Values::F64(v), false) => self.each(slots, values.valid(), |row| v[row], put),
            (Values::F32(v), true) => self.each(slots, values.valid(), |row| f64::from(v[row].abs()), put),
            (Values::F64(v), true) => self.each(slots, values.valid(), |row| v[row].abs(), put),
            // The plan lets no other type through.
            _ => {}
        }
    }

    fn each(&mut self, slots: &[u32], valid: Option<&Bits>, value: impl Fn(usize) -> f64, put: impl Fn(&mut Sum, f64)) {
        match valid {
            None => {
                for (row, &slot) in slots.iter().enumerate() {
                    put(&mut self.sums[slot as usize], value(row));
                }
            }
            Some(valid) => valid.ones().for_each(|row| put(&mut self.sums[slots[row] as usize], value(row))),
        }
    }
}

impl Accumulator for FloatSum {
    fn also(&mut self, aggregate: &PreparedAggregate) -> bool {
        let asked = Asked::of(&aggregate.function).filter(|asked| asked.absolute == self.absolute);
        self.questions.extend(asked.map(|asked| (asked.mean, aggregate.result)));
        asked.is_some()
    }

    fn another(&self) -> Option<Box<dyn Accumulator>> {
        Some(Box::new(FloatSum::new(self.absolute)))
    }

    fn absorb(&mut self, lane: Box<dyn Accumulator>, slots: &[u32]) {
        if let Some(lane) = of_lane::<Self>(lane) {
            absorb(&mut self.sums, lane.sums, slots, Sum::absorb);
        }
    }

    fn resize(&mut self, slots: usize) {
        self.sums.resize(slots, Sum::default());
    }

    fn insert(&mut self, slots: &[u32], values: &[Vector<'_>]) {
        self.pass(slots, &values[0], Sum::insert);
    }

    fn retract(&mut self, slots: &[u32], values: &[Vector<'_>]) {
        self.pass(slots, &values[0], Sum::retract);
    }

    fn finish(&mut self, question: usize, slots: &[u32], _scope: &Scope<'_, '_>) -> Result<Vector<'static>> {
        let (mean, ty) = self.questions[question];
        let results = slots.iter().map(|&slot| {
            let sum = &self.sums[slot as usize];
            match (sum.values(), mean) {
                (0, _) => 0.0,
                (values, true) => sum.total() / values as f64,
                _ => sum.total(),
            }
        });
        let values = match ty {
            Type::F32 => Values::F32(Cow::Owned(results.map(|result| result as f32).collect())),
            _ => Values::F64(Cow::Owned(results.collect())),
        };
        let valid = Bits::from_fn(slots.len(), |at| self.sums[slots[at] as usize].values() > 0);
        Ok(Vector::new(ty, values, Some(valid)))
    }

    fn reset(&mut self, slot: u32) {
        self.sums[slot as usize] = Sum::default();
    }

    fn bytes(&self) -> usize {
        self.sums.capacity() * size_of::<Sum>()
    }
}
