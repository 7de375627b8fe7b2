//! sum, abs_sum and avg of floats.

use std::borrow::Cow;

use super::accumulator::{Accumulator, Scope, absorb, of_lane};
use super::compensated::{Compensated, Others};
use super::nulls::Nulls;
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
    sums: Vec<Compensated>,
    nulls: Nulls,
    /// The values of each group that are not finite; none, until the first one came.
    others: Vec<Others>,
}

impl FloatSum {
    pub(super) fn new(absolute: bool) -> Self {
        FloatSum { absolute, questions: Vec::new(), sums: Vec::new(), nulls: Nulls::default(), others: Vec::new() }
    }

    fn pass(&mut self, slots: &[u32], values: &Vector<'_>, put: impl Fn(&mut Compensated, f64), by: i64) {
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
        put: impl Fn(&mut Compensated, f64),
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

    /// The sum of a group, which has so many values.
    fn sum(&mut self, slot: u32, values: u64) -> f64 {
        let others = self.others.get(slot as usize).copied().unwrap_or_default();
        let sum = &mut self.sums[slot as usize];
        // Nothing is left of the sum: nor may anything be left of its errors.
        if values == others.values() {
            *sum = Compensated::default();
        }
        others.total(sum.total())
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
            absorb(&mut self.sums, lane.sums, slots, Compensated::absorb);
            self.nulls.absorb(lane.nulls, slots);
            if !lane.others.is_empty() {
                self.others.resize(self.sums.len(), Others::default());
            }
            absorb(&mut self.others, lane.others, slots, Others::absorb);
        }
    }

    fn resize(&mut self, slots: usize) {
        self.sums.resize(slots, Compensated::default());
    }

    fn insert(&mut self, slots: &[u32], values: &[Vector<'_>]) {
        self.nulls.put(slots, values[0].valid());
        self.pass(slots, &values[0], Compensated::add, 1);
    }

    fn retract(&mut self, slots: &[u32], values: &[Vector<'_>]) {
        self.nulls.take(slots, values[0].valid());
        self.pass(slots, &values[0], Compensated::sub, -1);
    }

    fn finish(&mut self, question: usize, slots: &[u32], scope: &Scope<'_, '_>) -> Result<Vector<'static>> {
        let (mean, ty) = self.questions[question];
        let valid = Bits::from_fn(slots.len(), |at| self.nulls.values(slots[at], scope.groups) > 0);
        let results = slots.iter().map(|&slot| {
            let values = self.nulls.values(slot, scope.groups);
            let sum = self.sum(slot, values);
            if mean && values > 0 { sum / values as f64 } else { sum }
        });
        let values = match ty {
            Type::F32 => Values::F32(Cow::Owned(results.map(|result| result as f32).collect())),
            _ => Values::F64(Cow::Owned(results.collect())),
        };
        Ok(Vector::new(ty, values, Some(valid)))
    }

    fn reset(&mut self, slot: u32) {
        self.sums[slot as usize] = Compensated::default();
        self.nulls.reset(slot);
        if let Some(others) = self.others.get_mut(slot as usize) {
            *others = Others::default();
        }
    }

    fn bytes(&self) -> usize {
        let others = self.others.capacity() * size_of::<Others>();
        self.sums.capacity() * size_of::<Compensated>() + self.nulls.bytes() + others
    }
}
