//! What every table costs, as a table.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use super::{Gate, Session, lock};
use crate::graph::{Filled, Graph, Node, NodeHandle, NodeId, State};
use crate::op::{KeyedSource, stored_columns};
use crate::plan::{ColumnDef, Definition, Flavour, Plan};
use crate::source::{Batch, KeyedRows, RowChange};
use crate::table::Table;
use crate::types::{Type, Value};
use crate::vector::Vector;
use crate::{Error, ErrorKind, Result};

/// What is told of a table: a row of [`Session::performance`], in the order of its columns.
type Line = [Value; COLUMNS.len()];

const COLUMNS: [(&str, Type); 11] = [
    ("Node", Type::I64),
    ("Name", Type::String),
    ("Operation", Type::String),
    ("State", Type::String),
    ("Cycles", Type::I64),
    ("Added", Type::I64),
    ("Removed", Type::I64),
    ("Modified", Type::I64),
    ("Nanos", Type::I64),
    ("Rows", Type::I64),
    ("Bytes", Type::I64),
];

/// The table, and what stands in it.
pub(super) struct Performance {
    node: Weak<NodeHandle>,
    plan: Arc<Plan>,
    rows: KeyedRows,
    lines: HashMap<u64, Line>,
}

impl Session {
    /// What every table of this session has cost since it was made, as a live table: a row each, with the cycles that
    /// ran it, rows added, removed and modified by them, nanoseconds they took, and the rows and bytes it holds now.
    ///
    /// It is brought up to date after each cycle, before anybody can see the tables again; that costs a look at every
    /// table, and is counted nowhere. Calls give the same table while a handle on it lives.
    ///
    /// # Errors
    /// [`ErrorKind::InsideCycle`].
    pub fn performance(&self) -> Result<Table> {
        let mut graph = self.gate()?;
        let mut kept = lock(&self.inner.performance);
        if let Some((node, plan)) = kept.as_ref().and_then(|kept| Some((kept.node.upgrade()?, kept.plan.clone()))) {
            return Ok(Table::of_node(self.clone(), plan, node, Some("performance".into())));
        }
        let definition = definition()?;
        let rows = KeyedRows::new(&definition, crate::source::feed::Wake::default());
        let op = Box::new(KeyedSource::new(rows.clone()));
        let output = self.empty_output(&definition);
        let fill = |node| Filled::by_id(op, stored_columns(&definition, node).into(), output);
        let table = self.source_in(&mut graph, "performance", definition.clone(), fill);
        let node = Arc::downgrade(&table.node()?);
        *kept = Some(Performance { node, plan: table.plan().clone(), rows, lines: HashMap::new() });
        drop(kept);
        self.tell_performance(&mut graph)?;
        Ok(table)
    }

    /// Brings the table of costs up to date, if somebody has it.
    pub(super) fn tell_performance(&self, graph: &mut Gate<'_>) -> Result<()> {
        let mut kept = lock(&self.inner.performance);
        let Some(own) = kept.as_ref().map(|kept| kept.node.upgrade().map(|node| node.id())) else { return Ok(()) };
        let (Some(own), Some(performance)) = (own, kept.as_mut()) else {
            *kept = None;
            return Ok(());
        };
        let change = performance.change(graph, own)?;
        performance.rows.apply(change)?;
        drop(kept);
        self.inside(|| graph.run_aside(own));
        Ok(())
    }
}

fn definition() -> Result<Definition> {
    Definition::new(COLUMNS.map(|(name, ty)| ColumnDef::new(name, ty)), Flavour::Keyed)
}

impl Performance {
    /// From the lines that stand there to those of now.
    fn change(&mut self, graph: &Graph, own: NodeId) -> Result<RowChange> {
        let others = graph.nodes().filter(|(id, _)| *id != own);
        let now: HashMap<u64, Line> = others.map(|(_, node)| (node.number, line(node))).collect();
        let gone: Vec<u64> = self.lines.keys().filter(|number| !now.contains_key(number)).copied().collect();
        let sorted = |keep: &dyn Fn(&u64, &Line) -> bool| {
            let mut kept: Vec<(u64, &Line)> =
                now.iter().filter(|(number, line)| keep(number, line)).map(|(&number, line)| (number, line)).collect();
            kept.sort_by_key(|&(number, _)| number);
            kept.into_iter().unzip::<u64, &Line, Vec<_>, Vec<_>>()
        };
        let (new, new_lines) = sorted(&|number, _| !self.lines.contains_key(number));
        let (other, other_lines) = sorted(&|number, line| self.lines.get(number).is_some_and(|known| known != line));
        let definition = definition()?;
        let mut change = RowChange::new(&definition).remove(gone);
        if !new.is_empty() {
            change = change.add(new, Batch::new(&definition, columns(&new_lines)?)?)?;
        }
        if !other.is_empty() {
            let values = COLUMNS.iter().map(|(name, _)| *name).zip(columns(&other_lines)?);
            change = change.modify(other, values)?;
        }
        self.lines = now;
        Ok(change)
    }
}

fn columns(lines: &[&Line]) -> Result<Vec<Vector<'static>>> {
    let columns = COLUMNS.iter().enumerate();
    let columns = columns.map(|(at, (_, ty))| Vector::from_values(*ty, lines.iter().map(|line| line[at].clone())));
    columns
        .collect::<Option<_>>()
        .ok_or_else(|| Error::new(ErrorKind::Internal, "figures that are not of their columns' types"))
}

fn line(node: &Node) -> Line {
    let number = |number: u64| Value::I64(number as i64);
    let text = |text: &str| Value::String(text.into());
    let state = match node.state {
        State::Ready => "ready",
        State::Stopped(_) => "stopped",
        State::Failed(_) => "failed",
    };
    let figures = &node.figures;
    [
        number(node.number),
        text(&node.name),
        text(&node.plan.operation.to_string()),
        text(state),
        number(figures.cycles),
        number(figures.added),
        number(figures.removed),
        number(figures.modified),
        number(figures.time.as_nanos() as u64),
        number(node.output.rows.len()),
        number(node.bytes() as u64),
    ]
}
