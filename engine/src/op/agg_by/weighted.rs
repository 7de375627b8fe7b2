//! weighted_avg and weighted_sum: rows where the value or the weight is null are left out.

use std::borrow::Cow;

use super::accumulator::{Accumulator, Scope, absorb, of_lane};
use super::compensated::AnySum;
use super::numbers::{floats, integers};
use crate::Result;
use crate::plan::{AggFunction, PreparedAggregate};
use crate::types::Type;
use crate::vector::{Bits, Values, Vector};

/// Sums of products and of weights, both in floats.
#[derive(Default)]
pub(super) struct Weighted {
    groups: Vec<Group>,
    /// Of each question whether it is for the mean.
    means: Vec<bool>,
}

#[derive(Clone, Copy, Default)]
struct Group {
    products: AnySum,
    weights: AnySum,
    /// Rows that have both.
    rows: u64,
    /// Weights that are NaN or infinite, whatever they stand beside, and such values that have a weight.
    others: u64,
}

impl Group {
    fn change(&mut self, value: Option<f64>, weight: f64, put: impl Fn(&mut AnySum, f64), by: i64) {
        if !weight.is_finite() || value.is_some_and(|value| !value.is_finite()) {
            self.others = self.others.wrapping_add_signed(by);
        } else if let Some(value) = value {
            put(&mut self.products, value * weight);
            put(&mut self.weights, weight);
        }
        self.rows = self.rows.wrapping_add_signed(if value.is_some() { by } else { 0 });
    }

    fn result(&self, mean: bool) -> Option<f64> {
        match (self.rows, self.others, mean) {
            (0, ..) => None,
            (_, 1.., _) => Some(f64::NAN),
            (_, _, true) => Some(self.products.total() / self.weights.total()),
            (_, _, false) => Some(self.products.total()),
        }
    }
}

impl Weighted {
    fn pass(&mut self, slots: &[u32], values: &[Vector<'_>], put: impl Fn(&mut AnySum, f64) + Copy, by: i64) {
        let (weights, numbers) = (floats(&values[1]), floats(&values[0]));
        for (row, &slot) in slots.iter().enumerate().filter(|&(row, _)| values[1].is_valid(row)) {
            let value = values[0].is_valid(row).then(|| numbers[row]);
            self.groups[slot as usize].change(value, weights[row], put, by);
        }
    }
}

impl Accumulator for Weighted {
    fn also(&mut self, aggregate: &PreparedAggregate) -> bool {
        let mean = match aggregate.function {
            AggFunction::WeightedAvg { .. } => true,
            AggFunction::WeightedSum { .. } if aggregate.result == Type::F64 => false,
            _ => return false,
        };
        self.means.push(mean);
        true
    }

    fn another(&self) -> Option<Box<dyn Accumulator>> {
        Some(Box::<Weighted>::default())
    }

    fn absorb(&mut self, lane: Box<dyn Accumulator>, slots: &[u32]) {
        if let Some(lane) = of_lane::<Self>(lane) {
            absorb(&mut self.groups, lane.groups, slots, |group, more| {
                group.products.absorb(more.products);
                group.weights.absorb(more.weights);
                group.rows += more.rows;
                group.others += more.others;
            });
        }
    }

    fn resize(&mut self, slots: usize) {
        self.groups.resize(slots, Group::default());
    }

    fn insert(&mut self, slots: &[u32], values: &[Vector<'_>]) {
        self.pass(slots, values, AnySum::insert, 1);
    }

    fn retract(&mut self, slots: &[u32], values: &[Vector<'_>]) {
        self.pass(slots, values, AnySum::retract, -1);
    }

    fn finish(&mut self, question: usize, slots: &[u32], _scope: &Scope<'_, '_>) -> Result<Vector<'static>> {
        let mean = self.means[question];
        let results = slots.iter().map(|&slot| self.groups[slot as usize].result(mean));
        Ok(results.collect::<Vec<Option<f64>>>().into())
    }

    fn reset(&mut self, slot: u32) {
        self.groups[slot as usize] = Group::default();
    }

    fn bytes(&self) -> usize {
        self.groups.capacity() * size_of::<Group>()
    }
}

/// The rows that have both.
fn both(values: &[Vector<'_>]) -> Option<Bits> {
    match (values[0].valid(), values[1].valid()) {
        (None, None) => None,
        (Some(valid), None) | (None, Some(valid)) => Some(valid.clone()),
        (Some(a), Some(b)) => Some(a.and(b)),
    }
}

/// Sums of products of integers, which wrap, and how many there are.
#[derive(Default)]
pub(super) struct WeightedInt {
    groups: Vec<(i64, u64)>,
}

impl WeightedInt {
    fn pass(&mut self, slots: &[u32], values: &[Vector<'_>], put: impl Fn(&mut (i64, u64), i64)) {
        let (valid, weights, values) = (both(values), integers(&values[1]), integers(&values[0]));
        for (row, &slot) in slots.iter().enumerate() {
            if valid.as_ref().is_none_or(|valid| valid.get(row)) {
                put(&mut self.groups[slot as usize], values[row].wrapping_mul(weights[row]));
            }
        }
    }
}

impl Accumulator for WeightedInt {
    fn another(&self) -> Option<Box<dyn Accumulator>> {
        Some(Box::<WeightedInt>::default())
    }

    fn absorb(&mut self, lane: Box<dyn Accumulator>, slots: &[u32]) {
        if let Some(lane) = of_lane::<Self>(lane) {
            absorb(&mut self.groups, lane.groups, slots, |(sum, count), (more, values)| {
                (*sum, *count) = (sum.wrapping_add(more), *count + values);
            });
        }
    }

    fn resize(&mut self, slots: usize) {
        self.groups.resize(slots, Default::default());
    }

    fn insert(&mut self, slots: &[u32], values: &[Vector<'_>]) {
        self.pass(slots, values, |(sum, count), product| (*sum, *count) = (sum.wrapping_add(product), *count + 1));
    }

    fn retract(&mut self, slots: &[u32], values: &[Vector<'_>]) {
        self.pass(slots, values, |(sum, count), product| (*sum, *count) = (sum.wrapping_sub(product), *count - 1));
    }

    fn finish(&mut self, _question: usize, slots: &[u32], _scope: &Scope<'_, '_>) -> Result<Vector<'static>> {
        let groups = || slots.iter().map(|&slot| self.groups[slot as usize]);
        let valid: Bits = groups().map(|(_, count)| count > 0).collect();
        let sums = groups().map(|(sum, _)| sum).collect();
        Ok(Vector::new(Type::I64, Values::I64(Cow::Owned(sums)), Some(valid)))
    }

    fn reset(&mut self, slot: u32) {
        self.groups[slot as usize] = Default::default();
    }

    fn bytes(&self) -> usize {
        self.groups.capacity() * size_of::<(i64, u64)>()
    }
}
