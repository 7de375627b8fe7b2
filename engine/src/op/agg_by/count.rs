//! count: the rows of a group, which the groups know themselves.

use std::borrow::Cow;

use super::accumulator::{Accumulator, Reads, Scope};
use crate::Result;
use crate::types::Type;
use crate::vector::{Values, Vector};

/// No state of its own.
pub(super) struct Count;

impl Accumulator for Count {
    fn resize(&mut self, _slots: usize) {}

    fn finish(&mut self, slots: &[u32], scope: &Scope<'_, '_>) -> Result<Vector<'static>> {
        let counts: Vec<i64> = slots.iter().map(|&slot| scope.groups.rows(slot) as i64).collect();
        Ok(Vector::new(Type::I64, Values::I64(Cow::Owned(counts)), None))
    }

    fn reset(&mut self, _slot: u32) {}

    fn reads(&self) -> Reads {
        Reads::Rows
    }

    fn bytes(&self) -> usize {
        0
    }
}
