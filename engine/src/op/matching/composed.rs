//! [`Composed`]: where an index of a joined table leads from the rows of the join.
//!
//! A column that is itself read through an index would cost two reads in no order for each row, and three where joins
//! stand on joins. So the join keeps, for each index of a table it joins, where it leads from its own rows: a column is
//! read with one such read however high it stands. The values stay where they are, so a change of a value
//! writes nothing here.

use std::sync::Arc;

use crate::Result;
use crate::column::{Column, Gathered, StoreRef, View, batches};
use crate::graph::{Cx, Mask, NodeId};
use crate::rowset::RowSet;
use crate::types::Type;
use crate::vector::Vector;

/// The indexes that lead to one table: a join's own, and those that lead on from there.
pub(in crate::op) struct Indexes {
    /// The join's own.
    own: StoreRef,
    /// Where the first of the others is kept.
    first: usize,
    composed: Vec<Composed>,
}

/// An index of the joined table, as seen from the rows of the join.
struct Composed {
    /// Of the joined table.
    index: StoreRef,
    /// The same, read through the index of the join: what is kept.
    through: Column,
    /// Columns of the result that are read by it. Where none of them changes, it does not either: who changes an
    /// index tells of all columns that are read through it.
    columns: Mask,
}

impl Indexes {
    /// The index that `node` keeps at `own`, and room for others from `first` on.
    pub(in crate::op) fn new(node: NodeId, own: usize, first: usize) -> Self {
        Indexes { own: StoreRef { node, slot: own }, first, composed: Vec::new() }
    }

    /// How column `position` of the result is read, which adds `source` of the joined table.
    pub(in crate::op) fn read(&mut self, position: usize, source: &Column) -> Column {
        let (index, source) = match source {
            Column::Gathered(inner) => (self.compose(inner.index, position), inner.source.clone()),
            source => (self.own, source.clone()),
        };
        Column::Gathered(Arc::new(Gathered { index, source }))
    }

    fn compose(&mut self, index: StoreRef, position: usize) -> StoreRef {
        let found = self.composed.iter().position(|composed| composed.index == index);
        let at = found.unwrap_or_else(|| {
            let source = Column::Stored { at: index, ty: Type::I64 };
            let through = Column::Gathered(Arc::new(Gathered { index: self.own, source }));
            self.composed.push(Composed { index, through, columns: Mask::none() });
            self.composed.len() - 1
        });
        self.composed[at].columns.set(position);
        StoreRef { node: self.own.node, slot: self.first + at }
    }

    /// One past where the last of them is kept.
    pub(in crate::op) fn end(&self) -> usize {
        self.first + self.composed.len()
    }

    /// Follows where rows that are new, or whose columns of `mask` changed, lead now.
    pub(in crate::op) fn follow(&self, cx: &mut Cx<'_>, added: &RowSet, changed: &RowSet, mask: &Mask) -> Result<()> {
        for (at, composed) in self.composed.iter().enumerate() {
            let slot = self.first + at;
            let known = if composed.columns.intersects(mask) { changed } else { &RowSet::new() };
            batches(added, |ids| {
                let targets = cx.read(&composed.through, ids, View::New)?.into_owned();
                cx.write(slot, ids, &targets)
            })?;
            batches(known, |ids| {
                let targets = cx.read(&composed.through, ids, View::New)?.into_owned();
                // Mostly a value changed, and not where it is.
                let is_moved = !is_same(&targets, &cx.own(slot, ids, View::New));
                if is_moved { cx.write(slot, ids, &targets) } else { Ok(()) }
            })?;
        }
        Ok(())
    }
}

fn is_same(a: &Vector<'_>, b: &Vector<'_>) -> bool {
    a.valid() == b.valid() && a.native::<i64>() == b.native::<i64>()
}
