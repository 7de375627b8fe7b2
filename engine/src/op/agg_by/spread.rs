//! var and std of a sample: exact of integers, compensated of floats.

use std::borrow::Cow;

use super::accumulator::{Accumulator, Scope, absorb, of_lane};
use super::double::Double;
use super::numbers::{floats, integers};
use super::wide::Wide;
use crate::Result;
use crate::plan::{AggFunction, PreparedAggregate};
use crate::types::Type;
use crate::vector::{Bits, Values, Vector};

/// The variance of each group, and its root, by the sums of values and of squares.
pub(super) struct Spread<M> {
    groups: Vec<M>,
    /// Of each question whether it is for the root.
    roots: Vec<bool>,
}

/// What is kept of the values of a group.
pub(super) trait Moments: Clone + Default + Send + Sync + 'static {
    type Value: Copy;
    fn values<'v>(vector: &'v Vector<'_>) -> Cow<'v, [Self::Value]>
    where
        [Self::Value]: ToOwned;
    fn insert(&mut self, value: Self::Value);
    fn retract(&mut self, value: Self::Value);
    /// Puts all values of another group in.
    fn absorb(&mut self, other: Self);
    /// `None` without a value.
    fn variance(&self) -> Option<f64>;
}

/// Exact: values that were put in and taken out leave nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Integers {
    sum: i128,
    squares: Wide,
    values: u64,
}

impl Moments for Integers {
    type Value = i64;

    fn values<'v>(vector: &'v Vector<'_>) -> Cow<'v, [i64]> {
        integers(vector)
    }

    fn insert(&mut self, value: i64) {
        self.sum += i128::from(value);
        self.squares = self.squares.plus(Wide::square(value));
        self.values += 1;
    }

    fn retract(&mut self, value: i64) {
        self.sum -= i128::from(value);
        self.squares = self.squares.minus(Wide::square(value));
        self.values -= 1;
    }

    fn absorb(&mut self, other: Self) {
        self.sum += other.sum;
        self.squares = self.squares.plus(other.squares);
        self.values += other.values;
    }

    fn variance(&self) -> Option<f64> {
        let n = self.values;
        match n {
            0 => return None,
            1 => return Some(f64::NAN),
            _ => {}
        }
        // With sum = q n + r: n Σv² - (Σv)² = n (Σv² - q² n - 2 q r) - r², each step of it exact.
        let (q, r) = (self.sum.div_euclid(n.into()), self.sum.rem_euclid(n.into()));
        let size = q.unsigned_abs();
        let twice = Wide::of(size).times(2).times(r as u64);
        let twice = if q < 0 { twice.negated() } else { twice };
        let centred = self.squares.minus(Wide::of(size * size).times(n)).minus(twice);
        let scaled = centred.times(n).minus(Wide::of(r as u128 * r as u128));
        Some(scaled.to_f64() / (n as f64 * (n - 1) as f64))
    }
}

/// Sums of twice the digits of a float, so that a value much greater than the others can come and go.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Floats {
    sum: Double,
    squares: Double,
    finite: u64,
    /// Values whose squares are beyond all floats.
    huge: u64,
    /// NaN and infinities.
    others: u64,
}

/// The squares of values up to here can be added up, as many as there ever are.
const HUGE: f64 = 1e145;

/// What is less than this beside the sum of squares is what rounding left.
const NOISE: f64 = 1.0 / (1_u128 << 98) as f64;

impl Floats {
    fn put(&mut self, value: f64, sign: f64, step: i64) {
        let count = if value.abs() < HUGE {
            let square = Double::square(value);
            self.sum = self.sum.plus(Double::of(value * sign));
            self.squares = if sign > 0.0 { self.squares.plus(square) } else { self.squares.plus(square.negated()) };
            &mut self.finite
        } else if value.is_finite() {
            &mut self.huge
        } else {
            &mut self.others
        };
        *count = count.wrapping_add_signed(step);
        if self.finite == 0 {
            (self.sum, self.squares) = (Double::default(), Double::default());
        }
    }
}

impl Moments for Floats {
    type Value = f64;

    fn values<'v>(vector: &'v Vector<'_>) -> Cow<'v, [f64]> {
        floats(vector)
    }

    fn insert(&mut self, value: f64) {
        self.put(value, 1.0, 1);
    }

    fn retract(&mut self, value: f64) {
        self.put(value, -1.0, -1);
    }

    fn absorb(&mut self, other: Self) {
        self.sum = self.sum.plus(other.sum);
        self.squares = self.squares.plus(other.squares);
        self.finite += other.finite;
        self.huge += other.huge;
        self.others += other.others;
    }

    fn variance(&self) -> Option<f64> {
        Some(match (self.finite + self.huge + self.others, self.others, self.huge) {
            (0, ..) => return None,
            (1, ..) | (_, 1.., _) => f64::NAN,
            (_, _, 1..) => f64::INFINITY,
            (n, ..) => {
                let n = n as f64;
                // n Σx² - (Σx)², which is exact where both are: equal values have no variance.
                let squares = self.squares.times(Double::of(n));
                let scaled = squares.plus(self.sum.times(self.sum).negated()).value();
                let is_noise = scaled <= squares.value() * NOISE;
                if is_noise { 0.0 } else { scaled / (n * (n - 1.0)) }
            }
        })
    }
}

impl<M: Moments> Spread<M> {
    pub(super) fn new() -> Self {
        Spread { groups: Vec::new(), roots: Vec::new() }
    }

    fn pass(&mut self, slots: &[u32], values: &Vector<'_>, put: impl Fn(&mut M, M::Value))
    where
        [M::Value]: ToOwned,
    {
        let valid = values.valid();
        for (row, (&slot, &value)) in slots.iter().zip(M::values(values).iter()).enumerate() {
            if valid.is_none_or(|valid| valid.get(row)) {
                put(&mut self.groups[slot as usize], value);
            }
        }
    }
}

impl<M: Moments> Accumulator for Spread<M>
where
    [M::Value]: ToOwned,
{
    fn also(&mut self, aggregate: &PreparedAggregate) -> bool {
        let root = match aggregate.function {
            AggFunction::Var => false,
            AggFunction::Std => true,
            _ => return false,
        };
        self.roots.push(root);
        true
    }

    fn another(&self) -> Option<Box<dyn Accumulator>> {
        Some(Box::new(Spread::<M>::new()))
    }

    fn absorb(&mut self, lane: Box<dyn Accumulator>, slots: &[u32]) {
        if let Some(lane) = of_lane::<Self>(lane) {
            absorb(&mut self.groups, lane.groups, slots, M::absorb);
        }
    }

    fn resize(&mut self, slots: usize) {
        self.groups.resize(slots, M::default());
    }

    fn insert(&mut self, slots: &[u32], values: &[Vector<'_>]) {
        self.pass(slots, &values[0], M::insert);
    }

    fn retract(&mut self, slots: &[u32], values: &[Vector<'_>]) {
        self.pass(slots, &values[0], M::retract);
    }

    fn finish(&mut self, question: usize, slots: &[u32], _scope: &Scope<'_, '_>) -> Result<Vector<'static>> {
        let root = self.roots[question];
        let results = slots.iter().map(|&slot| self.groups[slot as usize].variance());
        let results: Vec<Option<f64>> = results.map(|var| if root { var.map(f64::sqrt) } else { var }).collect();
        let valid = Bits::from_fn(results.len(), |at| results[at].is_some());
        let values = results.into_iter().map(Option::unwrap_or_default).collect();
        Ok(Vector::new(Type::F64, Values::F64(Cow::Owned(values)), Some(valid)))
    }

    fn reset(&mut self, slot: u32) {
        self.groups[slot as usize] = M::default();
    }

    fn bytes(&self) -> usize {
        self.groups.capacity() * size_of::<M>()
    }
}
