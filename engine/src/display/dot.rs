//! How a table is made, as a graph for Graphviz.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::graph::{Graph, NodeId, State};
use crate::plan::Plan;

use super::cell;
use super::explain::called;

/// A node, and its number.
fn node(text: &mut String, number: usize, label: &str, attributes: &str) {
    let _ = writeln!(text, "  n{number} [label=\"{}\"{attributes}];", quoted(label));
}

fn edge(text: &mut String, from: usize, to: usize) {
    let _ = writeln!(text, "  n{from} -> n{to};");
}

fn digraph(inside: &str) -> String {
    format!("digraph table {{\n  rankdir=BT;\n  node [shape=box];\n{inside}}}\n")
}

/// The text of a label: lines are kept, quotes do not end it.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// A table and all above it, with what they hold now: arrows go the way of the rows.
pub(super) fn of_graph(graph: &Graph, id: NodeId) -> String {
    fn visit(graph: &Graph, id: NodeId, seen: &mut Vec<NodeId>, text: &mut String) -> usize {
        if let Some(at) = seen.iter().position(|&known| known == id) {
            return at + 1;
        }
        seen.push(id);
        let number = seen.len();
        let Some(at) = graph.node(id) else { return number };
        let operation = called(&at.plan.operation);
        let name = if operation.ends_with(&*at.name) || *at.name == *at.plan.operation.name() {
            String::new()
        } else {
            format!("{} = ", at.name)
        };
        let rows = cell::counted(at.output.rows.len(), "row");
        let bytes = cell::counted(at.bytes() as u64, "byte");
        let attributes = match at.state {
            State::Ready => "",
            State::Stopped(_) => ", style=dashed",
            State::Failed(_) => ", color=red",
        };
        let flavour = at.plan.definition.flavour();
        node(text, number, &format!("{name}{operation}\n{flavour}, {rows}, {bytes}"), attributes);
        for input in &at.inputs {
            let from = visit(graph, input.id(), seen, text);
            edge(text, from, number);
        }
        number
    }
    let mut text = String::new();
    visit(graph, id, &mut Vec::new(), &mut text);
    digraph(&text)
}

/// Only the operations.
pub(super) fn of_plan(plan: &Arc<Plan>) -> String {
    let plans = plan.in_order();
    let number = |plan: &Arc<Plan>| plans.iter().position(|known| Arc::ptr_eq(known, plan)).map_or(0, |at| at + 1);
    let mut text = String::new();
    for plan in &plans {
        let label = format!("{}\n{}", called(&plan.operation), plan.definition.flavour());
        node(&mut text, number(plan), &label, "");
        plan.inputs.iter().for_each(|input| edge(&mut text, number(input), number(plan)));
    }
    digraph(&text)
}
