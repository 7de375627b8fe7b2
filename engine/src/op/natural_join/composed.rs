//! [`Composed`]: where an index of the right table leads from the left rows.
//!
//! A right column that is itself read through an index would cost two reads in no order for each row, and three where
//! joins stand on joins. So the join keeps, for each index of the right table, where it leads from its own rows: a
//! column is read with one such read however high it stands. The values stay where they are, so a change of a value
//! writes nothing here.

use std::sync::Arc;

use super::index::INDEX;
use crate::Result;
use crate::column::{Column, Gathered, StoreRef, View, batches};
use crate::graph::{Cx, Mask, NodeId};
use crate::rowset::RowSet;
use crate::types::Type;
use crate::vector::Vector;

/// The indexes of a join: its own, and those that lead on from there.
pub(super) struct Indexes {
    node: NodeId,
    composed: Vec<Composed>,
}

/// An index of the right table, as seen from the left rows.
struct Composed {
    /// Of the right table.
    index: StoreRef,
    /// The same, read through the index of the join: what is kept.
    through: Column,
    /// Columns of the result that are read by it. Where none of them changes, it does not either: who changes an
    /// index tells of all columns that are read through it.
    columns: Mask,
}

impl Indexes {
    pub(super) fn new(node: NodeId) -> Self {
        Indexes { node, composed: Vec::new() }
    }

    /// How column `position` of the result is read, which adds `source` of the right table.
    pub(super) fn read(&mut self, position: usize, source: &Column) -> Column {
        let (index, source) = match source {
            Column::Gathered(inner) => (self.compose(inner.index, position), inner.source.clone()),
            source => (self.own(), source.clone()),
        };
        Column::Gathered(Arc::new(Gathered { index, source }))
    }

    fn own(&self) -> StoreRef {
        StoreRef { node: self.node, slot: INDEX }
    }

    fn compose(&mut self, index: StoreRef, position: usize) -> StoreRef {
        let found = self.composed.iter().position(|composed| composed.index == index);
        let at = found.unwrap_or_else(|| {
            let source = Column::Stored { at: index, ty: Type::I64 };
            let through = Column::Gathered(Arc::new(Gathered { index: self.own(), source }));
            self.composed.push(Composed { index, through, columns: Mask::none() });
            self.composed.len() - 1
        });
        self.composed[at].columns.set(position);
        StoreRef { node: self.node, slot: slot(at) }
    }

    /// The columns to keep.
    pub(super) fn stored(&self) -> Vec<Type> {
        vec![Type::I64; slot(self.composed.len())]
    }

    /// Follows where left rows that are new, or whose columns of `mask` changed, lead now.
    pub(super) fn follow(&self, cx: &mut Cx<'_>, added: &RowSet, changed: &RowSet, mask: &Mask) -> Result<()> {
        for (at, composed) in self.composed.iter().enumerate() {
            let known = if composed.columns.intersects(mask) { changed } else { &RowSet::new() };
            batches(added, |ids| {
                let targets = cx.read(&composed.through, ids, View::New)?.into_owned();
                cx.write(slot(at), ids, &targets)
            })?;
            batches(known, |ids| {
                let targets = cx.read(&composed.through, ids, View::New)?.into_owned();
                // Mostly a value changed, and not where it is.
                let is_moved = !is_same(&targets, &cx.own(slot(at), ids, View::New));
                if is_moved { cx.write(slot(at), ids, &targets) } else { Ok(()) }
            })?;
        }
        Ok(())
    }
}

/// Where a composed index is kept: after that of the join.
fn slot(composed: usize) -> usize {
    INDEX + 1 + composed
}

fn is_same(a: &Vector<'_>, b: &Vector<'_>) -> bool {
    a.valid() == b.valid() && a.native::<i64>() == b.native::<i64>()
}
