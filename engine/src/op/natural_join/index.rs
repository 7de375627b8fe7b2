//! [`Index`]: writing which right row each left row has taken.

use std::borrow::Cow;

use super::rule::Choice;
use crate::Result;
use crate::column::{Ids, View};
use crate::graph::Cx;
use crate::types::Type;
use crate::vector::{Bits, Values, Vector};

/// The slot of the index column among the columns of the node: all it keeps.
pub(super) const INDEX: usize = 0;

/// Stands for no match until the values are written.
const NOTHING: i64 = -1;

/// Collects the right row of some left rows, then writes them to the index column in one go.
#[derive(Debug, Default)]
pub(super) struct Index {
    targets: Vec<i64>,
}

impl Index {
    #[inline]
    pub(super) fn push(&mut self, choice: Choice) {
        self.targets.push(match choice {
            Choice::Row(id) => id as i64,
            Choice::Nothing | Choice::TooMany => NOTHING,
        });
    }

    /// Whether what was collected for `ids` differs from what stands in the column.
    pub(super) fn differs(&self, cx: &Cx<'_>, ids: Ids<'_>) -> bool {
        let kept = cx.own(INDEX, ids, View::New);
        let Some(values) = kept.native::<i64>() else { return true };
        let kept = values.iter().enumerate().map(|(at, &id)| if kept.is_valid(at) { id } else { NOTHING });
        !kept.eq(self.targets.iter().copied())
    }

    /// Writes what was collected for `ids`, in their order, and starts anew.
    pub(super) fn write(&mut self, cx: &mut Cx<'_>, ids: Ids<'_>) -> Result<()> {
        let targets = &self.targets;
        let has_nulls = targets.contains(&NOTHING);
        let valid = has_nulls.then(|| Bits::from_fn(targets.len(), |at| targets[at] != NOTHING));
        cx.write(INDEX, ids, &Vector::new(Type::I64, Values::I64(Cow::Borrowed(targets)), valid))?;
        self.targets.clear();
        Ok(())
    }

    pub(super) fn bytes(&self) -> usize {
        self.targets.capacity() * 8
    }
}
