//! From an operation on tables to a node: check, build, link.

use std::sync::Arc;

use super::Session;
use crate::Result;
use crate::column::{Column, Stored};
use crate::graph::{Cx, Graph, InputView, Node, NodeHandle, NodeId, Output, Pin, State, Update, guarded};
use crate::listen::{Listener, ListenerCore};
use crate::op::{self, Built, Export, InputShape};
use crate::plan::{Operation, Plan, Prepared, check};
use crate::table::Table;

impl Session {
    /// The table that `operation` makes of `inputs`.
    ///
    /// With static inputs it is built on a pin, without holding the gate: cycles of other tables go on.
    pub(crate) fn build(&self, operation: Operation, inputs: &[&Table]) -> Result<Table> {
        for input in inputs {
            self.own(input)?;
        }
        let definitions: Vec<_> = inputs.iter().map(|input| input.definition()).collect();
        let (definition, prepared) = check(&operation, &definitions, &self.functions())?;
        let pruned;
        let mut inputs = inputs.to_vec();
        if let (Prepared::Filter { conditions }, [input]) = (&prepared, &inputs[..])
            && let Some(table) = input.pruned(conditions)?
        {
            pruned = table;
            inputs = vec![&pruned];
        }
        let residents = self.residents(&prepared, &inputs)?;
        let inputs: Vec<&Table> =
            inputs.iter().zip(&residents).map(|(input, resident)| resident.as_ref().unwrap_or(input)).collect();
        let plan =
            Arc::new(Plan { operation, inputs: inputs.iter().map(|table| table.plan().clone()).collect(), definition });
        let nodes = inputs.iter().map(|input| input.node()).collect::<Result<Vec<_>>>()?;
        let node = self.instantiate(&plan, prepared, nodes)?;
        Ok(Table::of_node(self.clone(), plan, node, None))
    }

    /// Inside a cycle no page is fetched: where a live operation joins a lazily read table, its columns are copied
    /// in first.
    fn residents(&self, prepared: &Prepared, inputs: &[&Table]) -> Result<Vec<Option<Table>>> {
        let is_static = |table: &&Table| table.definition().flavour().is_static();
        let joins = matches!(prepared, Prepared::NaturalJoin { .. });
        if !joins || inputs.iter().all(is_static) {
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

    fn instantiate(
        &self,
        plan: &Arc<Plan>,
        prepared: Prepared,
        inputs: Vec<Arc<NodeHandle>>,
    ) -> Result<Arc<NodeHandle>> {
        let mut graph = self.gate()?;
        for input in &inputs {
            graph.require(input.id())?.state.readable()?;
        }
        let handle = graph.reserve();
        let columns = inputs.iter().map(|input| graph.columns(input.id())).collect::<Result<Vec<_>>>()?;
        let shapes: Vec<InputShape<'_>> = plan
            .inputs
            .iter()
            .zip(&columns)
            .map(|(plan, columns)| InputShape { definition: &plan.definition, columns })
            .collect();
        let built = op::build(&plan.operation, prepared, &shapes, handle.id(), &*self.inner.backend)?;
        let ids: Vec<NodeId> = inputs.iter().map(|input| input.id()).collect();
        let built = if plan.definition.flavour().is_static() {
            let pin = graph.pin(ids)?;
            drop(graph);
            let built = self.fill(built, &pin.since_empty(), &pin, handle.id());
            graph = self.gate()?;
            built
        } else {
            fill_from_graph(self, built, &graph, &ids, handle.id())
        };
        let (op, columns, output) = built.map_err(|error| error.with_operator(plan.operation.name()))?;
        let stopped = inputs.iter().find_map(|input| graph.node(input.id())?.state.error().cloned());
        let node = Node {
            plan: plan.clone(),
            name: plan.operation.name().into(),
            level: 0,
            inputs,
            children: Vec::new(),
            op,
            columns: columns.into(),
            output,
            state: stopped.map_or(State::Ready, State::Stopped),
            queued: false,
        };
        graph.insert(handle.id(), node, false);
        Ok(handle)
    }

    fn fill(
        &self,
        built: Built,
        inputs: &[InputView<'_>],
        stores: &dyn crate::column::Stores,
        node: NodeId,
    ) -> Result<(Box<dyn op::Operator>, Vec<Column>, Output)> {
        let Built { mut op, columns, stored } = built;
        let stored = stored.into_iter().map(|ty| Stored::new(ty, self.inner.block_log2)).collect();
        let mut output = Output { stored, ..Output::default() };
        let Update { rows, .. } = guarded(|| op.update(&mut Cx::new(inputs, stores, node, &mut output)))?;
        output.rows = rows;
        output.commit();
        Ok((op, columns, output))
    }

    /// Attaches a listener to a table.
    pub(crate) fn attach(&self, table: &Table, core: Arc<ListenerCore>, initial: bool) -> Result<Listener> {
        let input = table.node()?;
        let mut graph = self.gate()?;
        graph.require(input.id())?.state.readable()?;
        let handle = graph.reserve();
        let export = Export {
            listener: core.clone(),
            outbox: self.inner.outbox.clone(),
            definition: table.definition().clone(),
            initial,
            built: false,
        };
        let built = Built { op: Box::new(export), columns: Vec::new(), stored: Vec::new() };
        let (op, columns, output) = fill_from_graph(self, built, &graph, &[input.id()], handle.id())?;
        let node = Node {
            plan: table.plan().clone(),
            name: "listener".into(),
            level: 0,
            inputs: vec![input],
            children: Vec::new(),
            op,
            columns: columns.into(),
            output,
            state: State::Ready,
            queued: false,
        };
        graph.insert(handle.id(), node, false);
        drop(graph);
        self.inner.wake.notify();
        Ok(Listener { core, handle })
    }
}

/// Fills a node from its inputs as they stand in the graph, seen as the update from empty.
fn fill_from_graph(
    session: &Session,
    built: Built,
    graph: &Graph,
    inputs: &[NodeId],
    node: NodeId,
) -> Result<(Box<dyn op::Operator>, Vec<Column>, Output)> {
    let pin: Pin = graph.pin_rows(inputs.iter().copied())?;
    session.inside(|| session.fill(built, &pin.since_empty(), graph, node))
}
