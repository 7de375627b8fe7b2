//! approx_pct: a digest of the values of each group.

use std::borrow::Cow;

use super::accumulator::{Accumulator, Scope};
use super::digest::Digest;
use super::numbers::floats;
use crate::column::{Ids, View};
use crate::plan::{AggFunction, PreparedAggregate};
use crate::types::Type;
use crate::vector::{Bits, VECTOR_ROWS, Values, Vector};
use crate::{Error, ErrorKind, Result};

/// The digest of each group. Values do not come out of one again: where one is taken back, all rows of the group are read
/// once more.
#[derive(Default)]
pub(super) struct Approximate {
    groups: Vec<Group>,
    fractions: Vec<f64>,
}

#[derive(Clone, Debug, Default)]
struct Group {
    finite: Digest,
    least: u64,
    greatest: u64,
    nans: u64,
    /// Whether a value was taken back.
    is_stale: bool,
}

impl Group {
    fn insert(&mut self, value: f64) {
        match value {
            value if value.is_finite() => self.finite.insert(value),
            value if value.is_nan() => self.nans += 1,
            value if value > 0.0 => self.greatest += 1,
            _ => self.least += 1,
        }
    }

    fn insert_all(&mut self, values: &Vector<'_>) {
        let floats = floats(values);
        let there = floats.iter().enumerate().filter(|&(row, _)| values.is_valid(row));
        there.for_each(|(_, &value)| self.insert(value));
    }

    fn at(&self, fraction: f64) -> Option<f64> {
        let values = self.finite.len() + self.least + self.greatest;
        if self.nans > 0 {
            return Some(f64::NAN);
        }
        let place = fraction * values.checked_sub(1)? as f64;
        let nearest = (place + 0.5).floor() as u64;
        match (nearest.checked_sub(self.least), self.finite.len()) {
            (None, _) => Some(f64::NEG_INFINITY),
            (Some(at), finite) if at >= finite => Some(f64::INFINITY),
            (Some(_), finite) => self.finite.at((place - self.least as f64).clamp(0.0, (finite - 1) as f64)),
        }
    }
}

impl Approximate {
    /// Reads all rows of a group, in their order, into a new digest.
    fn read_again(&mut self, slot: u32, scope: &Scope<'_, '_>) -> Result<()> {
        let (Some(members), Some(column)) = (scope.members, scope.column) else {
            return Err(Error::new(ErrorKind::Internal, "a value was lost where rows are never taken back"));
        };
        let mut group = Group::default();
        let rows = scope.cx.input().order.sorted(scope.cx, &members.of(slot), View::New)?;
        for ids in rows.chunks(VECTOR_ROWS) {
            group.insert_all(&scope.cx.read(column, Ids::List(ids), View::New)?);
        }
        self.groups[slot as usize] = group;
        Ok(())
    }
}

impl Accumulator for Approximate {
    fn also(&mut self, aggregate: &PreparedAggregate) -> bool {
        let AggFunction::ApproxPercentile { fraction } = aggregate.function else { return false };
        self.fractions.push(fraction);
        true
    }

    fn resize(&mut self, slots: usize) {
        self.groups.resize(slots, Group::default());
    }

    fn insert(&mut self, slots: &[u32], values: &[Vector<'_>]) {
        let floats = floats(&values[0]);
        for (row, &slot) in slots.iter().enumerate().filter(|&(row, _)| values[0].is_valid(row)) {
            self.groups[slot as usize].insert(floats[row]);
        }
    }

    fn retract(&mut self, slots: &[u32], values: &[Vector<'_>]) {
        for (_, &slot) in slots.iter().enumerate().filter(|&(row, _)| values[0].is_valid(row)) {
            self.groups[slot as usize].is_stale = true;
        }
    }

    fn finish(&mut self, question: usize, slots: &[u32], scope: &Scope<'_, '_>) -> Result<Vector<'static>> {
        for &slot in slots {
            if self.groups[slot as usize].is_stale {
                self.read_again(slot, scope)?;
            }
        }
        let fraction = self.fractions[question];
        let results: Vec<Option<f64>> = slots.iter().map(|&slot| self.groups[slot as usize].at(fraction)).collect();
        let valid = Bits::from_fn(results.len(), |at| results[at].is_some());
        let values = results.into_iter().map(Option::unwrap_or_default).collect();
        Ok(Vector::new(Type::F64, Values::F64(Cow::Owned(values)), Some(valid)))
    }

    fn reset(&mut self, slot: u32) {
        self.groups[slot as usize] = Group::default();
    }

    fn needs_members(&self) -> bool {
        true
    }

    fn bytes(&self) -> usize {
        let digests: usize = self.groups.iter().map(|group| group.finite.bytes()).sum();
        digests + self.groups.capacity() * size_of::<Group>()
    }
}
