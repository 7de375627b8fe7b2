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
    /// The values of each group that are not finite; none, until the first one came.
    others: Vec<Others>,
}

/// A sum of finite values, which can be taken out.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    sum: f64,
    /// What rounding lost, after Neumaier.
    lost: f64,
    values: u64,
}

/// How many values are not finite.
#[derive(Clone, Copy, Debug, Default)]
struct Others {
    nan: u64,
    plus: u64,
    minus: u64,
}

impl Sum {
    #[inline]
    fn insert(&mut self, value: f64) {
        self.add(value);
        self.values += 1;
    }

    fn retract(&mut self, value: f64) {
        self.add(-value);
        self.values -= 1;
        // Nothing is left of the sum: nor may anything be left of its errors.
        if self.values == 0 {
            (self.sum, self.lost) = (0.0, 0.0);
        }
    }

    #[inline]
    fn add(&mut self, value: f64) {
        let sum = self.sum + value;
        self.lost += if self.sum.abs() >= value.abs() { self.sum - sum + value } else { value - sum + self.sum };
        self.sum = sum;
    }

    /// Puts all values of another sum in.
    fn absorb(&mut self, other: Sum) {
        self.add(other.sum);
        self.lost += other.lost;
        self.values += other.values;
    }

    fn total(&self) -> f64 {
        // Where finite values overflowed, the compensation is no number.
        if self.sum.is_finite() { self.sum + self.lost } else { self.sum }
    }
}

impl Others {
    fn change(&mut self, value: f64, by: i64) {
        let count = match value {
            value if value.is_nan() => &mut self.nan,
            value if value > 0.0 => &mut self.plus,
            _ => &mut self.minus,
        };
        *count = count.wrapping_add_signed(by);
    }

    fn absorb(&mut self, other: Others) {
        self.nan += other.nan;
        self.plus += other.plus;
        self.minus += other.minus;
    }

    fn values(&self) -> u64 {
        self.nan + self.plus + self.minus
    }

    /// What they make of a sum.
    fn total(&self, finite: f64) -> f64 {
        match (self.nan, self.plus, self.minus) {
            (0, 0, 0) => finite,
            (0, _, 0) => f64::INFINITY,
            (0, 0, _) => f64::NEG_INFINITY,
            _ => f64::NAN,
        }
    }
}

/// A sum of any values, of which those that are not finite can be taken out too.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct AnySum {
    finite: Sum,
    others: Others,
}

impl AnySum {
    pub(super) fn insert(&mut self, value: f64) {
        if value.is_finite() { self.finite.insert(value) } else { self.others.change(value, 1) }
    }

    pub(super) fn retract(&mut self, value: f64) {
        if value.is_finite() { self.finite.retract(value) } else { self.others.change(value, -1) }
    }

    pub(super) fn absorb(&mut self, other: AnySum) {
        self.finite.absorb(other.finite);
        self.others.absorb(other.others);
    }

    pub(super) fn total(&self) -> f64 {
        self.others.total(self.finite.total())
    }
}

impl FloatSum {
    pub(super) fn new(absolute: bool) -> Self {
        FloatSum { absolute, questions: Vec::new(), sums: Vec::new(), others: Vec::new() }
    }

    fn pass(&mut self, slots: &[u32], values: &Vector<'_>, put: impl Fn(&mut Sum, f64), by: i64) {
        match (values.values(), self.absolute) {
            (Values::F32(v), false) => self.each(slots, values.valid(), |row| f64::from(v[row]), put, by),
            (Values::F64(v), false) => self.each(slots, values.valid(), |row| v[row], put, by),
            (Values::F32(v), true) => self.each(slots, values.valid(), |row| f64::from(v[row].abs()), put, by),
            (Values::F64(v), true) => self.each(slots, values.valid(), |row| v[row].abs(), put, by),
            // The plan lets no other type through.
            _ => {}
        }
    }

    fn each(
        &mut self,
        slots: &[u32],
        valid: Option<&Bits>,
        value: impl Fn(usize) -> f64,
        put: impl Fn(&mut Sum, f64),
        by: i64,
    ) {
        let mut put = |row: usize| {
            let (slot, value) = (slots[row], value(row));
            if value.is_finite() {
                put(&mut self.sums[slot as usize], value);
            } else {
                self.others.resize(self.sums.len(), Others::default());
                self.others[slot as usize].change(value, by);
            }
        };
        match valid {
            None => (0..slots.len()).for_each(put),
            Some(valid) => valid.ones().for_each(&mut put),
        }
    }

    /// The sum of a group and how many values it is of.
    fn group(&self, slot: u32) -> (f64, u64) {
        let sum = &self.sums[slot as usize];
        match self.others.get(slot as usize) {
            Some(others) => (others.total(sum.total()), sum.values + others.values()),
            None => (sum.total(), sum.values),
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
            if !lane.others.is_empty() {
                self.others.resize(self.sums.len(), Others::default());
            }
            absorb(&mut self.others, lane.others, slots, Others::absorb);
        }
    }

    fn resize(&mut self, slots: usize) {
        self.sums.resize(slots, Sum::default());
    }

    fn insert(&mut self, slots: &[u32], values: &[Vector<'_>]) {
        self.pass(slots, &values[0], Sum::insert, 1);
    }

    fn retract(&mut self, slots: &[u32], values: &[Vector<'_>]) {
        self.pass(slots, &values[0], Sum::retract, -1);
    }

    fn finish(&mut self, question: usize, slots: &[u32], _scope: &Scope<'_, '_>) -> Result<Vector<'static>> {
        let (mean, ty) = self.questions[question];
        let results = slots.iter().map(|&slot| match (self.group(slot), mean) {
            ((_, 0), _) => 0.0,
            ((sum, values), true) => sum / values as f64,
            ((sum, _), false) => sum,
        });
        let values = match ty {
            Type::F32 => Values::F32(Cow::Owned(results.map(|result| result as f32).collect())),
            _ => Values::F64(Cow::Owned(results.collect())),
        };
        let valid = Bits::from_fn(slots.len(), |at| self.group(slots[at]).1 > 0);
        Ok(Vector::new(ty, values, Some(valid)))
    }

    fn reset(&mut self, slot: u32) {
        self.sums[slot as usize] = Sum::default();
        if let Some(others) = self.others.get_mut(slot as usize) {
            *others = Others::default();
        }
    }

    fn bytes(&self) -> usize {
        self.sums.capacity() * size_of::<Sum>() + self.others.capacity() * size_of::<Others>()
    }
}
