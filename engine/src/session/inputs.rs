//! What an operation needs of its inputs beyond what they are: pages copied in, positions, columns that tell how rows
//! stand. Each is a table of its own, made here.

use std::sync::Arc;

use super::Session;
use crate::Result;
use crate::column::Column;
use crate::graph::NodeHandle;
use crate::plan::{Operation, Prepared};
use crate::table::Table;

impl Session {
    /// Inside a cycle no page is fetched: where a live operation joins or merges a lazily read table, or filters by it,
    /// its columns are copied in first.
    pub(super) fn residents(&self, inputs: &[&Table]) -> Result<Vec<Option<Table>>> {
        let is_static = |table: &&Table| table.definition().flavour().is_static();
        if inputs.iter().all(is_static) {
            return Ok(inputs.iter().map(|_| None).collect());
        }
        inputs
            .iter()
            .map(|table| {
                if !is_static(table) {
                    return Ok(None);
                }
                // Opening a lazily read table takes the gate itself.
                let node = table.node()?;
                let is_remote = self.gate()?.columns(node.id())?.iter().any(Column::is_remote);
                if is_remote { table.select([""; 0]).map(Some) } else { Ok(None) }
            })
            .collect()
    }

    /// Where formulas ask how rows stand, the operation on a table that has columns for it, which then go.
    pub(super) fn situated(&self, operation: &Operation, inputs: &[&Table]) -> Result<Option<Table>> {
        let [input] = inputs else { return Ok(None) };
        let standings = operation.standings(input.definition().columns());
        let Some(last) = standings.last() else { return Ok(None) };
        if input.definition().position(&last.name()).is_some() {
            return Ok(None);
        }
        let columns: Vec<Arc<str>> = standings.iter().map(|standing| standing.name().into()).collect();
        let situated = self.build(Operation::Situate { standings }, &[input])?;
        let table = self.build(operation.clone(), &[&situated])?;
        let stays = |column: &Arc<str>| table.definition().position(column).is_some();
        let columns: Vec<Arc<str>> = columns.into_iter().filter(stays).collect();
        if columns.is_empty() {
            return Ok(Some(table));
        }
        self.build(Operation::DropColumns { columns }, &[&table]).map(Some)
    }

    /// Where an operation asks for positions, the inputs that have an order but no index of it with one: the same for
    /// all who ask.
    pub(super) fn positioned(&self, prepared: &Prepared, inputs: &[&Table]) -> Result<Vec<Option<Table>>> {
        let asks = matches!(prepared, Prepared::Slice { .. } | Prepared::Situate { .. });
        inputs.iter().map(|table| if asks { self.with_positions(table) } else { Ok(None) }).collect()
    }

    /// A table of the same rows that knows their positions; `None` if this one does.
    pub(crate) fn with_positions(&self, table: &Table) -> Result<Option<Table>> {
        let node = table.node()?;
        {
            let graph = self.gate()?;
            let found = graph.require(node.id())?;
            if found.order.has_positions() {
                return Ok(None);
            }
            if let Some(indexed) = found.indexed.upgrade() {
                let plan = graph.require(indexed.id())?.plan.clone();
                return Ok(Some(Table::of_node(self.clone(), plan, indexed, None)));
            }
        }
        let indexed = self.build(Operation::Positions, &[table])?;
        self.gate()?.set_indexed(node.id(), &indexed.node()?);
        Ok(Some(indexed))
    }

    /// Whether rows of one of the tables are in an order that is not that of their ids.
    pub(super) fn any_ordered(&self, nodes: &[Arc<NodeHandle>]) -> Result<bool> {
        let graph = self.gate()?;
        let orders = nodes.iter().map(|node| graph.order(node.id())).collect::<Result<Vec<_>>>()?;
        Ok(orders.iter().any(|order| !order.is_by_id()))
    }
}
