//! [`Pin`]: tables as they were at one moment, read without the graph for as long as wanted.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Graph, InputView, Node};
use crate::column::{Column, StoreRef, Stored, Stores, View};
use crate::graph::{Delta, NodeId};
use crate::order::{OrderIndex, RowOrder};
use crate::rowset::RowSet;
use crate::source::Positions;

/// Tables at one moment, and clones of the stored columns that reading them may touch.
#[derive(Debug, Default)]
pub(crate) struct Pin {
    pub(crate) tables: Vec<PinnedTable>,
    no_rows: RowSet,
    stores: HashMap<StoreRef, Stored, foldhash::fast::FixedState>,
    indexes: HashMap<NodeId, OrderIndex, foldhash::fast::FixedState>,
}

/// The rows and column expressions of a pinned table.
#[derive(Debug)]
pub(crate) struct PinnedTable {
    pub(crate) rows: RowSet,
    pub(crate) columns: Arc<[Column]>,
    pub(crate) order: RowOrder,
    /// How far the sources it is made of were read, by name, of those that tell.
    pub(crate) sources: Vec<(Arc<str>, Positions)>,
    /// All rows added: a pin seen as the update from empty.
    delta: Delta,
}

impl Pin {
    pub(super) fn add_table(&mut self, node: &Node, graph: &Graph) {
        for column in node.columns.iter().cloned().chain(node.order.columns()) {
            column.for_each_store(&mut |at| {
                if let Some(stored) = graph.stored(at, View::New) {
                    self.stores.entry(at).or_insert_with(|| stored.pin());
                }
            });
        }
        if let Some(at) = node.order.index()
            && let Some(index) = graph.index(at)
        {
            self.indexes.entry(at).or_insert_with(|| index.clone());
        }
        self.add_rows(node);
        if let Some(table) = self.tables.last_mut() {
            let sources = node.sources.iter().filter_map(|&source| graph.node(source));
            table.sources =
                sources.filter_map(|source| Some((source.name.clone(), source.op.positions()?.clone()))).collect();
        }
    }

    pub(super) fn add_rows(&mut self, node: &Node) {
        let rows = node.output.rows.clone();
        let delta = Delta { added: rows.clone(), ..Delta::default() };
        let columns = node.columns.clone();
        self.tables.push(PinnedTable { rows, columns, order: node.order, sources: Vec::new(), delta });
    }

    /// The tables as inputs of an update from an earlier pin of them, given what became of each in between.
    pub(crate) fn since<'a>(&'a self, earlier: &'a Pin, deltas: &'a [Delta]) -> Vec<InputView<'a>> {
        let tables = earlier.tables.iter().zip(&self.tables).zip(deltas);
        tables
            .map(|((old, new), delta)| InputView {
                old: &old.rows,
                new: &new.rows,
                delta,
                columns: &new.columns,
                order: new.order,
            })
            .collect()
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
                order: table.order,
            })
            .collect()
    }
}

/// Two moments as the two views of one update, however many cycles lie between them.
pub(crate) struct Between<'a> {
    pub(crate) old: &'a dyn Stores,
    pub(crate) new: &'a dyn Stores,
}

impl Stores for Between<'_> {
    fn stored(&self, at: StoreRef, view: View) -> Option<&Stored> {
        match view {
            View::Old => self.old.stored(at, view),
            View::New => self.new.stored(at, view),
        }
    }

    fn index(&self, node: NodeId) -> Option<&OrderIndex> {
        self.new.index(node)
    }
}

impl Stores for Pin {
    fn stored(&self, at: StoreRef, _view: View) -> Option<&Stored> {
        self.stores.get(&at)
    }

    fn index(&self, node: NodeId) -> Option<&OrderIndex> {
        self.indexes.get(&node)
    }
}
