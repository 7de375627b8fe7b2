//! sum and avg of integers, chars and bools.

use std::borrow::Cow;

use super::accumulator::{Accumulator, Scope};
use crate::Result;
use crate::plan::AggFunction;
use crate::types::Type;
use crate::vector::{Bits, Values, Vector};

/// Wrapping sums with the number of values; exact, so taking values back needs nothing more.
pub(super) struct IntSum {
    function: AggFunction,
    sums: Vec<Sum>,
}

#[derive(Clone, Copy, Default)]
struct Sum {
    sum: i64,
    values: u64,
}

impl IntSum {
    pub(super) fn new(function: AggFunction) -> Self {
        IntSum { function, sums: Vec::new() }
    }

    fn pass(&mut self, slots: &[u32], values: &Vector<'_>, apply: impl Fn(&mut Sum, i64) + Copy) {
        let valid = values.valid();
        match values.values() {
            Values::Bool(v) => self.each(slots, valid, |row| i64::from(v.get(row)), apply),
            Values::I8(v) => self.each(slots, valid, |row| i64::from(v[row]), apply),
            Values::I16(v) => self.each(slots, valid, |row| i64::from(v[row]), apply),
            Values::I32(v) => self.each(slots, valid, |row| i64::from(v[row]), apply),
            Values::I64(v) => self.each(slots, valid, |row| v[row], apply),
            Values::U16(v) => self.each(slots, valid, |row| i64::from(v[row]), apply),
            // The plan lets no other type through.
            Values::F32(_) | Values::F64(_) | Values::Str(_) => {}
        }
    }

    fn each(
        &mut self,
        slots: &[u32],
        valid: Option<&Bits>,
        value: impl Fn(usize) -> i64,
        apply: impl Fn(&mut Sum, i64),
    ) {
        match valid {
            None => {
                for (row, &slot) in slots.iter().enumerate() {
                    apply(&mut self.sums[slot as usize], value(row));
                }
            }
            Some(valid) => valid.ones().for_each(|row| apply(&mut self.sums[slots[row] as usize], value(row))),
        }
    }
}

impl Accumulator for IntSum {
    fn resize(&mut self, slots: usize) {
        self.sums.resize(slots, Sum::default());
    }

    fn insert(&mut self, slots: &[u32], values: &Vector<'_>) {
        self.pass(slots, values, |sum, value| {
            sum.sum = sum.sum.wrapping_add(value);
            sum.values += 1;
        });
    }

    fn retract(&mut self, slots: &[u32], values: &Vector<'_>) {
        self.pass(slots, values, |sum, value| {
            sum.sum = sum.sum.wrapping_sub(value);
            sum.values -= 1;
        });
    }

    fn finish(&mut self, slots: &[u32], _scope: &Scope<'_, '_>) -> Result<Vector<'static>> {
        let sums = || slots.iter().map(|&slot| self.sums[slot as usize]);
        let valid = Bits::from_fn(slots.len(), |at| self.sums[slots[at] as usize].values > 0);
        let (ty, values) = if self.function == AggFunction::Avg {
            let mean = |sum: Sum| if sum.values == 0 { 0.0 } else { sum.sum as f64 / sum.values as f64 };
            (Type::F64, Values::F64(Cow::Owned(sums().map(mean).collect())))
        } else {
            (Type::I64, Values::I64(Cow::Owned(sums().map(|sum| sum.sum).collect())))
        };
        Ok(Vector::new(ty, values, Some(valid)))
    }

    fn reset(&mut self, slot: u32) {
        self.sums[slot as usize] = Sum::default();
    }

    fn bytes(&self) -> usize {
        self.sums.capacity() * size_of::<Sum>()
    }
}
