//! [`Explanation`]: how a table is made, node by node, and what each holds now.

use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::sync::Arc;

use super::{cell, dot};
use crate::column::{Column, Compiled};
use crate::graph::{Graph, Node, NodeId, State};
use crate::plan::{Operation, Plan};
use crate::table::Table;

/// How a table is made, as text: what [`Table::explain`] gives.
#[derive(Clone, Debug)]
pub struct Explanation {
    text: String,
    dot: String,
}

impl Explanation {
    /// The same as a graph in the DOT language of Graphviz: a box for each operation with its rows and bytes, arrows
    /// the way the rows go.
    ///
    /// ```
    /// # fn main() -> headwater_engine::Result<()> {
    /// # use headwater_engine::{Session, vector::Vector};
    /// let table = Session::new().static_table("quotes", [("Price", Vector::from(vec![99_i64, 101]))])?;
    /// assert!(table.filter("Price > 100")?.explain().dot().contains("n2 -> n1"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn dot(&self) -> &str {
        &self.dot
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Table {
    /// How this table is made: each operation as it was called, down to the sources, with what it holds now (rows,
    /// bytes kept by it alone, whether it is kept right), how its columns are read, and what runs its formulas.
    ///
    /// Nothing is read for it: of a lazily read table that was not opened yet, and of all tables inside a cycle,
    /// only the operations are told.
    pub fn explain(&self) -> Explanation {
        let Some(node) = self.opened() else { return planned(self.plan(), "not opened: no row was asked for") };
        match self.session().gate() {
            Ok(graph) => {
                let mut writer = Writer { graph: &graph, seen: HashMap::new(), text: String::new() };
                writer.node(node.id(), "", "");
                Explanation { text: writer.text, dot: dot::of_graph(&graph, node.id()) }
            }
            Err(_) => planned(self.plan(), "no figures inside a cycle"),
        }
    }
}

/// Only the operations.
fn planned(plan: &Arc<Plan>, why: &str) -> Explanation {
    fn visit(plan: &Plan, indent: usize, text: &mut String) {
        let _ = writeln!(text, "{:indent$}{}, {}", "", called(&plan.operation), plan.definition.flavour());
        plan.inputs.iter().for_each(|input| visit(input, indent + 2, text));
    }
    let mut text = String::new();
    visit(plan, 0, &mut text);
    let _ = writeln!(text, "({why})");
    Explanation { text, dot: dot::of_plan(plan) }
}

pub(super) fn called(operation: &Operation) -> String {
    match operation {
        Operation::Source { name, .. } => format!("source {name}"),
        other => other.to_string(),
    }
}

struct Writer<'g> {
    graph: &'g Graph,
    /// The number of each node that was told already.
    seen: HashMap<NodeId, usize>,
    text: String,
}

impl Writer<'_> {
    /// Tells a node, its first line after `first`, all others after `rest`, then its inputs.
    fn node(&mut self, id: NodeId, first: &str, rest: &str) {
        if let Some(number) = self.seen.get(&id) {
            let _ = writeln!(self.text, "{first}[{number}], above");
            return;
        }
        let number = self.seen.len() + 1;
        self.seen.insert(id, number);
        let Some(node) = self.graph.node(id) else { return };
        let operation = called(&node.plan.operation);
        let is_named = *node.name != *node.plan.operation.name() && !operation.ends_with(&*node.name);
        let name = if is_named { format!("{} = ", node.name) } else { String::new() };
        let _ = writeln!(self.text, "{first}[{number}] {name}{operation}");
        let below = if node.inputs.is_empty() { "    " } else { "│   " };
        for line in self.about(id, node) {
            let _ = writeln!(self.text, "{rest}{below}{line}");
        }
        for (at, input) in node.inputs.iter().enumerate() {
            let (branch, trunk) = if at + 1 == node.inputs.len() { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            self.node(input.id(), &format!("{rest}{branch}"), &format!("{rest}{trunk}"));
        }
    }

    fn about(&self, id: NodeId, node: &Node) -> Vec<String> {
        let rows = cell::counted(node.output.rows.len(), "row");
        let bytes = cell::counted(node.bytes() as u64, "byte");
        let flavour = node.plan.definition.flavour();
        let mut lines = vec![format!("{flavour}, {rows}, {bytes} kept, {}", state(&node.state))];
        lines.extend(kinds(id, node));
        lines.extend(node.op.formulas().into_iter().map(formula));
        lines.extend(node.op.remarks());
        let inherited = |made: &Arc<crate::column::Computed>| {
            let inputs = node.inputs.iter().filter_map(|input| self.graph.node(input.id()));
            inputs.flat_map(|input| input.columns.iter()).any(|column| is(column, made))
        };
        for column in node.columns.iter() {
            match column {
                Column::Computed(made) if !inherited(made) => lines.push(formula(made.formula())),
                _ => {}
            }
        }
        lines
    }
}

fn is(column: &Column, made: &Arc<crate::column::Computed>) -> bool {
    matches!(column, Column::Computed(other) if Arc::ptr_eq(other, made))
}

fn formula(formula: &Compiled) -> String {
    format!("formula: {} ({})", formula.text(), formula.runs_by())
}

fn state(state: &State) -> String {
    match state {
        State::Ready => "ready".to_owned(),
        State::Stopped(error) => format!("stopped: {error}"),
        State::Failed(error) => format!("failed: {error}"),
    }
}

/// The columns by how they are read, one line a kind.
fn kinds(id: NodeId, node: &Node) -> Vec<String> {
    let mut kinds: Vec<(&str, Vec<&str>)> = Vec::new();
    for (column, def) in node.columns.iter().zip(node.plan.definition.columns()) {
        let kind = match column {
            Column::Stored { at, .. } if at.node == id => "stored here",
            Column::Stored { .. } => "shared",
            other => other.kind(),
        };
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, names)) => names.push(&def.name),
            None => kinds.push((kind, vec![&def.name])),
        }
    }
    kinds.into_iter().map(|(kind, names)| format!("{kind}: {}", names.join(", "))).collect()
}
