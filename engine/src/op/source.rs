//! Where rows come in: feeds, rows by key, rows by id, and what never changes.

mod feed;
mod input;
mod keyed;
mod ring;
#[cfg(test)]
mod tests;
mod ticks;

pub(crate) use feed::FeedSource;
pub(crate) use input::InputSource;
pub(crate) use keyed::KeyedSource;
pub(crate) use ticks::TickSource;

use super::Operator;
use crate::Result;
use crate::column::{Column, Ids, StoreRef, Stored};
use crate::graph::{Cx, Delta, NodeId, Output, Update};
use crate::plan::Definition;
use crate::rowset::RowSet;
use crate::source::Batch;

/// The columns of a source that keeps all its values.
pub(crate) fn stored_columns(definition: &Definition, node: NodeId) -> Vec<Column> {
    let column =
        |(slot, def): (usize, &crate::plan::ColumnDef)| Column::Stored { at: StoreRef { node, slot }, ty: def.ty };
    definition.columns().iter().enumerate().map(column).collect()
}

/// The contents of a table that never changes.
pub(crate) fn still_output(batch: &Batch, log2: u8) -> Output {
    let rows = RowSet::range(0..batch.rows() as u64);
    let ids = Ids::Range { start: 0, len: batch.rows() };
    let stored = batch
        .columns()
        .iter()
        .map(|vector| {
            let mut stored = Stored::new(vector.ty(), log2);
            stored.write(ids, vector, &RowSet::new());
            stored
        })
        .collect();
    Output { old_rows: rows.clone(), rows, stored, ..Output::default() }
}

/// A source that never changes.
pub(crate) struct Still;

impl Operator for Still {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        Ok(Update::new(Delta::default(), cx.old_rows().clone()))
    }
}
