//! sum, abs_sum and avg of integers, chars, bools, durations and decimals.

use std::borrow::Cow;

use super::accumulator::{Accumulator, Scope, absorb, of_lane};
use super::nulls::Nulls;
use super::sums::Asked;
use crate::Result;
use crate::plan::PreparedAggregate;
use crate::types::{Type, units_to_f64};
use crate::vector::{Bits, Values, Vector};

/// Wrapping sums; exact, so taking values back needs nothing more.
pub(super) struct IntSum<T> {
    input: Type,
    /// Whether signs are dropped.
    absolute: bool,
    /// Of each question whether it is for the mean.
    means: Vec<bool>,
    sums: Vec<T>,
    nulls: Nulls,
}

/// What is summed in: `i64`, and `i128` for decimals.
pub(super) trait Total: Copy + Default + Send + Sync + 'static {
    /// Applies `apply` to the sum of each slot and the value of its row.
    fn pass(sums: &mut [Self], slots: &[u32], values: &Vector<'_>, apply: impl Fn(&mut Self, Self) + Copy);
    fn plus(self, value: Self) -> Self;
    fn minus(self, value: Self) -> Self;
    /// The value without its sign.
    fn magnitude(self) -> Self;
    /// Sums as values of the input's type, or `I64`.
    fn results(sums: Vec<Self>) -> Values<'static>;
    /// The mean as a float; `scale` is that of a decimal.
    fn mean(self, values: u64, scale: u8) -> f64;
    /// The mean in whole units.
    fn whole_mean(self, values: u64) -> Self;
}

impl Total for i64 {
    fn pass(sums: &mut [i64], slots: &[u32], values: &Vector<'_>, apply: impl Fn(&mut i64, i64) + Copy) {
        let valid = values.valid();
        match values.values() {
            Values::Bool(v) => each(sums, slots, valid, |row| i64::from(v.get(row)), apply),
            Values::I8(v) => each(sums, slots, valid, |row| i64::from(v[row]), apply),
            Values::I16(v) => each(sums, slots, valid, |row| i64::from(v[row]), apply),
            Values::I32(v) => each(sums, slots, valid, |row| i64::from(v[row]), apply),
            Values::I64(v) => each(sums, slots, valid, |row| v[row], apply),
            Values::U16(v) => each(sums, slots, valid, |row| i64::from(v[row]), apply),
            // The plan lets no other type through.
            Values::F32(_) | Values::F64(_) | Values::I128(_) | Values::Str(_) | Values::List(_) => {}
        }
    }
    #[inline]
    fn plus(self, value: i64) -> i64 {
        self.wrapping_add(value)
    }
    #[inline]
    fn minus(self, value: i64) -> i64 {
        self.wrapping_sub(value)
    }
    #[inline]
    fn magnitude(self) -> i64 {
        self.wrapping_abs()
    }
    fn results(sums: Vec<i64>) -> Values<'static> {
        Values::I64(Cow::Owned(sums))
    }
    fn mean(self, values: u64, _scale: u8) -> f64 {
        self as f64 / values as f64
    }
    fn whole_mean(self, values: u64) -> i64 {
        self / values as i64
    }
}

impl Total for i128 {
    fn pass(sums: &mut [i128], slots: &[u32], values: &Vector<'_>, apply: impl Fn(&mut i128, i128) + Copy) {
        if let Values::I128(v) = values.values() {
            each(sums, slots, values.valid(), |row| v[row], apply);
        }
    }
    #[inline]
    fn plus(self, value: i128) -> i128 {
        self.wrapping_add(value)
    }
    #[inline]
    fn minus(self, value: i128) -> i128 {
        self.wrapping_sub(value)
    }
    #[inline]
    fn magnitude(self) -> i128 {
        self.wrapping_abs()
    }
    fn results(sums: Vec<i128>) -> Values<'static> {
        Values::I128(Cow::Owned(sums))
    }
    fn mean(self, values: u64, scale: u8) -> f64 {
        units_to_f64(self, scale) / values as f64
    }
    fn whole_mean(self, values: u64) -> i128 {
        self / i128::from(values)
    }
}

fn each<T>(sums: &mut [T], slots: &[u32], valid: Option<&Bits>, value: impl Fn(usize) -> T, apply: impl Fn(&mut T, T)) {
    match valid {
        None => {
            for (row, &slot) in slots.iter().enumerate() {
                apply(&mut sums[slot as usize], value(row));
            }
        }
        Some(valid) => valid.ones().for_each(|row| apply(&mut sums[slots[row] as usize], value(row))),
    }
}

impl<T> IntSum<T> {
    pub(super) fn new(absolute: bool, input: Type) -> Self {
        IntSum { input, absolute, means: Vec::new(), sums: Vec::new(), nulls: Nulls::default() }
    }
}

impl<T: Total> IntSum<T> {
    /// Changes the sum of each slot by the value of its row. One loop for each kind of sum, without a choice in it.
    fn pass(&mut self, slots: &[u32], values: &Vector<'_>, change: impl Fn(T, T) -> T + Copy) {
        match self.absolute {
            true => T::pass(&mut self.sums, slots, values, |sum, value| *sum = change(*sum, value.magnitude())),
            false => T::pass(&mut self.sums, slots, values, |sum, value| *sum = change(*sum, value)),
        }
    }
}

impl<T: Total> Accumulator for IntSum<T> {
    fn also(&mut self, aggregate: &PreparedAggregate) -> bool {
        let asked = Asked::of(&aggregate.function).filter(|asked| asked.absolute == self.absolute);
        self.means.extend(asked.map(|asked| asked.mean));
        asked.is_some()
    }

    fn another(&self) -> Option<Box<dyn Accumulator>> {
        Some(Box::new(IntSum::<T>::new(self.absolute, self.input)))
    }

    fn absorb(&mut self, lane: Box<dyn Accumulator>, slots: &[u32]) {
        if let Some(lane) = of_lane::<Self>(lane) {
            absorb(&mut self.sums, lane.sums, slots, |sum, more| *sum = sum.plus(more));
            self.nulls.absorb(lane.nulls, slots);
        }
    }

    fn resize(&mut self, slots: usize) {
        self.sums.resize(slots, T::default());
    }

    fn insert(&mut self, slots: &[u32], values: &[Vector<'_>]) {
        self.nulls.put(slots, values[0].valid());
        self.pass(slots, &values[0], T::plus);
    }

    fn retract(&mut self, slots: &[u32], values: &[Vector<'_>]) {
        self.nulls.take(slots, values[0].valid());
        self.pass(slots, &values[0], T::minus);
    }

    fn finish(&mut self, question: usize, slots: &[u32], scope: &Scope<'_, '_>) -> Result<Vector<'static>> {
        let values = |slot: u32| self.nulls.values(slot, scope.groups);
        let sums = || slots.iter().map(|&slot| self.sums[slot as usize]);
        let counted = || sums().zip(slots.iter().map(|&slot| values(slot)));
        let (ty, results) = match (self.means[question], self.input) {
            (true, Type::Duration) => {
                let mean = |(sum, values): (T, u64)| if values == 0 { sum } else { sum.whole_mean(values) };
                (Type::Duration, T::results(counted().map(mean).collect()))
            }
            (true, input) => {
                let mean = |(sum, values): (T, u64)| if values == 0 { 0.0 } else { sum.mean(values, input.scale()) };
                (Type::F64, Values::F64(Cow::Owned(counted().map(mean).collect())))
            }
            (false, input @ (Type::Duration | Type::Decimal(_))) => (input, T::results(sums().collect())),
            _ => (Type::I64, T::results(sums().collect())),
        };
        let valid = Bits::from_fn(slots.len(), |at| values(slots[at]) > 0);
        Ok(Vector::new(ty, results, Some(valid)))
    }

    fn reset(&mut self, slot: u32) {
        self.sums[slot as usize] = T::default();
        self.nulls.reset(slot);
    }

    fn bytes(&self) -> usize {
        self.sums.capacity() * size_of::<T>() + self.nulls.bytes()
    }
}
