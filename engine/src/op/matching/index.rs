//! [`Index`]: writing which row of another table each row has taken.

use std::borrow::Cow;

use crate::Result;
use crate::column::{Ids, View};
use crate::graph::Cx;
use crate::types::Type;
use crate::vector::{Bits, Values, Vector};

/// Stands for no row until the values are written.
const NOTHING: i64 = -1;

/// Collects the row that some rows have taken, then writes them to an index column in one go.
#[derive(Debug)]
pub(in crate::op) struct Index {
    /// Where the column is among those of the node.
    slot: usize,
    targets: Vec<i64>,
}

impl Index {
    pub(in crate::op) fn new(slot: usize) -> Self {
        Index { slot, targets: Vec::new() }
    }

    #[inline]
    pub(in crate::op) fn push(&mut self, target: Option<u64>) {
        self.targets.push(target.map_or(NOTHING, |id| id as i64));
    }

    /// How many were collected.
    pub(in crate::op) fn len(&self) -> usize {
        self.targets.len()
    }

    /// Whether what was collected for `ids` differs from what stands in the column.
    pub(in crate::op) fn differs(&self, cx: &Cx<'_>, ids: Ids<'_>) -> bool {
        let kept = cx.own(self.slot, ids, View::New);
        let Some(values) = kept.native::<i64>() else { return true };
        let kept = values.iter().enumerate().map(|(at, &id)| if kept.is_valid(at) { id } else { NOTHING });
        !kept.eq(self.targets.iter().copied())
    }

    /// Writes what was collected for `ids`, in their order, and starts anew.
    pub(in crate::op) fn write(&mut self, cx: &mut Cx<'_>, ids: Ids<'_>) -> Result<()> {
        let targets = &self.targets;
        let has_nulls = targets.contains(&NOTHING);
        let valid = has_nulls.then(|| Bits::from_fn(targets.len(), |at| targets[at] != NOTHING));
        cx.write(self.slot, ids, &Vector::new(Type::I64, Values::I64(Cow::Borrowed(targets)), valid))?;
        self.targets.clear();
        Ok(())
    }

    /// Starts anew without writing.
    pub(in crate::op) fn clear(&mut self) {
        self.targets.clear();
    }

    pub(in crate::op) fn bytes(&self) -> usize {
        self.targets.capacity() * 8
    }
}
