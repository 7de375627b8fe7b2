//! [`Pin`]: tables as they were at one moment, read without the graph for as long as wanted.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Graph, InputView, Node};
use crate::column::{Column, StoreRef, Stored, Stores};
use crate::graph::Delta;
use crate::rowset::RowSet;

/// Tables at one moment, and clones of the stored columns that reading them may touch.
#[derive(Debug, Default)]
pub(crate) struct Pin {
    pub(crate) tables: Vec<PinnedTable>,
    no_rows: RowSet,
    stores: HashMap<StoreRef, Stored, foldhash::fast::FixedState>,
}

/// The rows and column expressions of a pinned table.
#[derive(Debug)]
pub(crate) struct PinnedTable {
    pub(crate) rows: RowSet,
    pub(crate) columns: Arc<[Column]>,
    /// All rows added: a pin seen as the update from empty.
    delta: Delta,
}

impl Pin {
    pub(super) fn add_table(&mut self, node: &Node, graph: &Graph) {
        for column in node.columns.iter() {
            column.for_each_store(&mut |at| {
                if let Some(stored) = graph.stored(at) {
                    self.stores.entry(at).or_insert_with(|| stored.pin());
                }
            });
        }
        self.add_rows(node);
    }

    pub(super) fn add_rows(&mut self, node: &Node) {
        let rows = node.output.rows.clone();
        let delta = Delta { added: rows.clone(), ..Delta::default() };
        self.tables.push(PinnedTable { rows, columns: node.columns.clone(), delta });
    }

    /// The tables as inputs of a build: nothing before, all rows now.
    pub(crate) fn since_empty(&self) -> Vec<InputView<'_>> {
        let tables = self.tables.iter();
        tables
            .map(|table| InputView {
                old: &self.no_rows,
                new: &table.rows,
                delta: &table.delta,
                columns: &table.columns,
            })
            .collect()
    }
}

impl Stores for Pin {
    fn stored(&self, at: StoreRef) -> Option<&Stored> {
        self.stores.get(&at)
    }
}
