//! aj, raj: the left rows, each with columns of the right row of its key that is nearest in time, or in any number.
//!
//! As in a natural join the left rows and columns pass through, and one stored column, the index, holds the right row
//! each left row has taken. The right rows of each key stand in a line by their stamps, rows of one stamp in their order;
//! where the right table may change, the left rows stand in lines of their own, so that a right row that comes or goes
//! finds those between it and its neighbour. What a left row takes is decided when a whole update is in.

mod reach;
#[cfg(test)]
mod tests;
mod update;
mod validate;

use super::matching::{Added, Index, Indexes, SlotSet, pass_through, reads_old, release};
use super::stamped::{Stamp, StampedRows, StampedSide};
use super::{Built, InputShape, Operator};
use crate::graph::{Cx, NodeId, Output, Update};
use crate::group::KeyTable;
use crate::plan::{KeyColumns, Nearest};
use crate::types::{Str, Type};
use crate::{Error, ErrorKind, Result};

use reach::Reach;

/// The slot of the index column among the columns of the node.
const INDEX: usize = 0;

struct AsOf<S: Stamp> {
    keys: KeyTable,
    /// Kept only where the right table may change: nobody asks otherwise.
    left: StampedRows<S>,
    right: StampedRows<S>,
    reach: Reach,
    added: Added,
    index: Index,
    indexes: Indexes,
    /// Keys that lost rows in the running update.
    vacated: SlotSet,
}

/// What an as-of join compares: the exact keys, and the stamps.
pub(super) struct Stamps<'a> {
    pub(super) keys: &'a KeyColumns,
    pub(super) left: usize,
    pub(super) right: usize,
    pub(super) ty: Type,
    pub(super) nearest: Nearest,
}

pub(super) fn build(
    on: &Stamps<'_>,
    added: Vec<usize>,
    left: &InputShape<'_>,
    right: &InputShape<'_>,
    node: NodeId,
) -> Built {
    match on.ty {
        Type::String => build_by::<Option<Str>>(on, added, left, right, node),
        Type::Decimal(_) => build_by::<Option<i128>>(on, added, left, right, node),
        _ => build_by::<u128>(on, added, left, right, node),
    }
}

fn build_by<S: Stamp>(
    on: &Stamps<'_>,
    added: Vec<usize>,
    left: &InputShape<'_>,
    right: &InputShape<'_>,
    node: NodeId,
) -> Built {
    let mut indexes = Indexes::new(node, INDEX, INDEX + 1);
    let mut columns = left.columns.to_vec();
    for &column in &added {
        columns.push(indexes.read(columns.len(), &right.columns[column]));
    }
    let lefts = StampedSide::new(left, &on.keys.left, &on.keys.types, on.left, on.ty);
    let rights = StampedSide::new(right, &on.keys.right, &on.keys.types, on.right, on.ty);
    let join = AsOf::<S> {
        keys: KeyTable::new(&on.keys.types),
        left: StampedRows::new(lefts, 0, false, !right.definition.flavour().is_static()),
        right: StampedRows::new(rights, 1, !right.order.is_by_id(), true),
        reach: Reach::new(on.nearest),
        added: Added::new(added, left.columns.len()),
        index: Index::new(INDEX),
        indexes,
        vacated: SlotSet::default(),
    };
    let stored = vec![Type::I64; join.indexes.end()];
    Built { op: Box::new(join), columns, stored, order: left.order }
}

impl<S: Stamp> Operator for AsOf<S> {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let &[left, right] = cx.inputs else {
            return Err(Error::new(ErrorKind::Internal, "a join of other than two tables"));
        };
        let rekeyed = self.left.rekeyed(left.delta);
        // Where right rows came or went matters only to left rows that stay.
        let track = self.left.are_kept() && !left.old.is_empty();
        let touched = self.right.change(cx, &mut self.keys, right.delta, &mut self.vacated, track)?;
        self.retract_left(cx, &left.delta.removed.union(&rekeyed))?;
        let mut delta = self.follow(cx, &touched, right.delta)?;
        let moved = self.insert_left(cx, &rekeyed, true)?;
        self.insert_left(cx, &left.delta.added, false)?;
        let AsOf { keys, left: lefts, right: rights, vacated, .. } = self;
        release(keys, vacated, |slot| !(lefts.get(slot).is_empty() && rights.get(slot).is_empty()));

        let followed = delta.modified.union(&rekeyed);
        pass_through(left.delta, &mut delta);
        // The right row a left row has kept may itself have changed or been replaced.
        if moved || !(rekeyed.is_empty() || right.delta.removed.is_empty() && right.delta.modified.is_empty()) {
            delta.mask.insert_all(&self.added.all());
        }
        self.indexes.follow(cx, &delta.added, &followed, &delta.mask)?;
        Ok(Update::new(delta, left.new.clone()))
    }

    fn reads_old(&self) -> Vec<(usize, usize)> {
        reads_old(&self.left.reads_old(), &self.right.reads_old())
    }

    fn reads_old_order(&self) -> Vec<usize> {
        self.right.reads_old_order().into_iter().collect()
    }

    fn bytes(&self) -> usize {
        let rows = self.left.bytes() + self.right.bytes();
        self.keys.bytes() + rows + self.index.bytes() + self.vacated.bytes()
    }

    fn validate(&self, output: &Output) -> Result<(), String> {
        self.check(output)
    }
}
