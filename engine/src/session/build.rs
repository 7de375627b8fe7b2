//! From an operation on tables to a node: check, build, link.

use std::sync::Arc;

use super::Session;
use super::late::Late;
use crate::column::{Stored, Stores};
use crate::graph::{Cx, Filled, Graph, InputView, Node, NodeHandle, NodeId, Output, Pin, State, Update, guarded};
use crate::listen::{Event, Mailbox, Scope};
use crate::op::{self, Built, Export, InputShape};
use crate::order::RowOrder;
use crate::plan::{Flavour, Needs, Operation, Plan, Prepared, check};
use crate::table::Table;
use crate::{Error, Result};

impl Session {
    /// The table that `operation` makes of `inputs`.
    ///
    /// It is built on a pin, without holding the gate: cycles go on meanwhile, and what they do is caught up with.
    pub(crate) fn build(&self, operation: Operation, inputs: &[&Table]) -> Result<Table> {
        for input in inputs {
            self.own(input)?;
        }
        if let Some(table) = self.situated(&operation, inputs)? {
            return Ok(table);
        }
        let definitions: Vec<_> = inputs.iter().map(|input| input.definition()).collect();
        let (definition, prepared) = check(&operation, &definitions, &self.functions())?;
        let pruned;
        let mut inputs = inputs.to_vec();
        if let (Prepared::Filter { conditions, needs: Needs::All }, [input]) = (&prepared, &inputs[..])
            && let Some(table) = input.pruned(conditions)?
        {
            pruned = table;
            inputs = vec![&pruned];
        }
        let residents = self.residents(&inputs)?;
        let inputs: Vec<&Table> =
            inputs.iter().zip(&residents).map(|(input, resident)| resident.as_ref().unwrap_or(input)).collect();
        let positioned = self.positioned(&prepared, &inputs)?;
        let inputs: Vec<&Table> =
            inputs.iter().zip(&positioned).map(|(input, indexed)| indexed.as_ref().unwrap_or(input)).collect();
        let plan =
            Arc::new(Plan { operation, inputs: inputs.iter().map(|table| table.plan().clone()).collect(), definition });
        let nodes = inputs.iter().map(|input| input.node()).collect::<Result<Vec<_>>>()?;
        let merges = matches!(prepared, Prepared::Merge { .. });
        let node = self.instantiate(&plan, prepared, nodes.clone())?;
        let table = Table::of_node(self.clone(), plan, node, None);
        if merges && self.any_ordered(&nodes)? { self.build(Operation::InTurn, &[&table]) } else { Ok(table) }
    }

    fn instantiate(
        &self,
        plan: &Arc<Plan>,
        prepared: Prepared,
        inputs: Vec<Arc<NodeHandle>>,
    ) -> Result<Arc<NodeHandle>> {
        let ids: Vec<NodeId> = inputs.iter().map(|input| input.id()).collect();
        let mut graph = self.gate()?;
        readable(&graph, &ids)?;
        graph.admit(0)?;
        let handle = graph.reserve();
        let inputs_now = ids.iter().map(|&input| Ok((graph.columns(input)?, graph.order(input)?)));
        let inputs_now = inputs_now.collect::<Result<Vec<_>>>()?;
        let shapes = plan.inputs.iter().zip(&inputs_now);
        let shapes: Vec<InputShape<'_>> = shapes
            .map(|(plan, (columns, order))| InputShape { definition: &plan.definition, columns, order: *order })
            .collect();
        let build = || op::build(&plan.operation, prepared, &shapes, handle.id(), &*self.inner.backend);
        let named = |error: Error| error.with_operator(plan.operation.name());
        if remembers_what_passed(plan) {
            // What passes between a pin and the link would be missed; and a table whose rows live for one cycle is
            // quick to read.
            let filled = fill_from_graph(self, build()?, &graph, &ids, handle.id()).map_err(named)?;
            graph.admit(filled.bytes()).map_err(named)?;
            let node = node(&graph, plan, inputs, filled);
            self.link(&mut graph, &handle, node);
            return Ok(handle);
        }
        let (mut graph, filled, pin) = Late::build(self, graph, plan, &ids, handle.id(), build).map_err(named)?;
        if let Err(error) = graph.admit(filled.bytes()) {
            // A large table is not freed while cycles wait.
            drop(graph);
            return Err(named(error));
        }
        let node = node(&graph, plan, inputs, filled);
        self.link(&mut graph, &handle, node);
        // What only the pin still holds is freed when the gate is open.
        drop(graph);
        drop(pin);
        Ok(handle)
    }

    /// Links a filled node. Where deltas are checked, its cells are read, and user functions called.
    fn link(&self, graph: &mut Graph, handle: &NodeHandle, node: Node) {
        self.inside(|| graph.insert(handle.id(), node, false));
    }

    /// Fills a node from what `inputs` show, seen as the update from empty.
    pub(super) fn fill(
        &self,
        built: Built,
        inputs: &[InputView<'_>],
        stores: &dyn Stores,
        node: NodeId,
    ) -> Result<Filled> {
        let Built { mut op, columns, stored, order } = built;
        let stored = stored.into_iter().map(|ty| Stored::new(ty, self.inner.block_log2)).collect();
        let mut output = Output { stored, ..Output::default() };
        let Update { rows, .. } =
            guarded(|| op.update(&mut Cx::new(inputs, stores, node, &mut output).on(&self.inner.pool)))?;
        output.rows = rows;
        output.commit();
        Ok(Filled { op, columns: columns.into(), order, output })
    }

    /// Attaches a reader to a table.
    pub(crate) fn attach(&self, table: &Table, mailbox: &Arc<Mailbox>, scope: Scope) -> Result<Arc<NodeHandle>> {
        let positioned = if scope.window.is_some() { self.with_positions(table)? } else { None };
        let input = positioned.as_ref().unwrap_or(table).node()?;
        let mut graph = self.gate()?;
        readable(&graph, &[input.id()])?;
        let handle = graph.reserve();
        let outbox = self.inner.outbox.clone();
        let reads_all = scope.initial && table.definition().flavour() != Flavour::Blink;
        let export = Export::new(mailbox.clone(), outbox.clone(), scope);
        let built = Built { op: Box::new(export), columns: Vec::new(), stored: Vec::new(), order: RowOrder::BY_ID };
        let (mut graph, filled, pin) = match reads_all {
            true => Late::build(self, graph, table.plan(), &[input.id()], handle.id(), || Ok(built))?,
            false => {
                let filled = fill_from_graph(self, built, &graph, &[input.id()], handle.id())?;
                (graph, filled, Pin::default())
            }
        };
        if let Some(error) = graph.require(input.id())?.state.error() {
            super::lock(&outbox).push((mailbox.clone(), Event::Stopped(error.clone())));
        }
        let node = Node::new(table.plan().clone(), "listener", vec![input], filled);
        self.link(&mut graph, &handle, node);
        drop(graph);
        drop(pin);
        self.inner.wake.notify();
        Ok(handle)
    }
}

/// The node of an operation, about to be linked: it stops with its inputs.
fn node(graph: &Graph, plan: &Arc<Plan>, inputs: Vec<Arc<NodeHandle>>, filled: Filled) -> Node {
    let stopped = inputs.iter().find_map(|input| graph.node(input.id())?.state.error().cloned());
    let node = Node::new(plan.clone(), plan.operation.name(), inputs, filled);
    Node { state: stopped.map_or(State::Ready, State::Stopped), ..node }
}

/// Whether the result holds more than follows from the rows its inputs have now.
fn remembers_what_passed(plan: &Plan) -> bool {
    let passes = |input: &Arc<Plan>| input.definition.flavour() == Flavour::Blink;
    plan.inputs.len() == 1 && plan.inputs.iter().any(passes)
}

/// That no table has failed.
pub(super) fn readable(graph: &Graph, tables: &[NodeId]) -> Result<()> {
    tables.iter().try_for_each(|&table| graph.require(table)?.state.readable())
}

/// Fills a node from its inputs as they stand in the graph, seen as the update from empty.
fn fill_from_graph(session: &Session, built: Built, graph: &Graph, inputs: &[NodeId], node: NodeId) -> Result<Filled> {
    let pin: Pin = graph.pin_rows(inputs.iter().copied())?;
    session.inside(|| session.fill(built, &pin.since_empty(), graph, node))
}
