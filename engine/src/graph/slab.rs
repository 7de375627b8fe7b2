//! [`Graph`]: the nodes of a session, and how they come and go.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, PoisonError, Weak};

use super::delta_check::DeltaChecks;
use super::follow::Followed;
use super::node::Graveyard;
use super::{GraphTime, InputView, Node, NodeHandle, NodeId, Output, Pin, Remains, State};
use crate::column::{Column, StoreRef, Stored, Stores, View};
use crate::order::{OrderIndex, RowOrder};
use crate::pool::Pool;
use crate::source::intake::Intakes;
use crate::{Error, ErrorKind, Result};

/// The nodes of a session. Whoever has it has the gate: no cycle runs meanwhile.
#[derive(Default)]
pub(crate) struct Graph {
    nodes: Vec<Option<Box<Node>>>,
    /// Slots to be used again.
    free: Vec<u32>,
    /// Nodes that may have work of their own.
    pub(super) sources: Vec<NodeId>,
    /// Where sources make ready what was sent to them.
    intakes: Intakes,
    /// Dirty nodes of the running cycle, lowest level first.
    pub(super) queue: BinaryHeap<Reverse<(u32, NodeId)>>,
    /// Sources that gave their last rows in the running cycle.
    pub(super) stopping: Vec<(NodeId, State)>,
    pub(super) graveyard: Graveyard,
    pub(super) cycles: u64,
    /// There if every delta is to be checked.
    pub(super) checks: Option<DeltaChecks>,
    /// Who builds on pins of tables and has to know what became of them since.
    pub(super) followers: Vec<Weak<Followed>>,
    pub(super) pool: Arc<Pool>,
    pub(super) time: GraphTime,
    /// Bytes that all tables together may hold.
    pub(super) limit: Option<usize>,
    /// What is to be freed when the gate is open.
    pub(super) remains: Remains,
    /// The number of the next node.
    next_number: u64,
}

impl Stores for Graph {
    fn stored(&self, at: StoreRef, _view: View) -> Option<&Stored> {
        self.node(at.node)?.output.stored.get(at.slot)
    }

    fn index(&self, node: NodeId) -> Option<&OrderIndex> {
        self.node(node).map(|node| &node.output.index)
    }
}

impl Graph {
    pub(crate) fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.0 as usize)?.as_deref()
    }

    pub(super) fn node_mut(&mut self, id: NodeId) -> Option<&mut Node> {
        self.nodes.get_mut(id.0 as usize)?.as_deref_mut()
    }

    /// The node of a living handle.
    pub(crate) fn require(&self, id: NodeId) -> Result<&Node> {
        self.node(id).ok_or_else(|| Error::new(ErrorKind::Internal, format!("node {} is gone", id.0)))
    }

    /// The intakes of all sources, to be used without the graph.
    pub(crate) fn intakes(&self) -> Intakes {
        self.intakes.clone()
    }

    /// Shares the work of cycles among the threads of `pool`.
    pub(crate) fn on(self, pool: Arc<Pool>) -> Self {
        Graph { pool, ..self }
    }

    /// Goes by the time of a clock.
    pub(crate) fn by(self, time: GraphTime) -> Self {
        Graph { time, ..self }
    }

    /// Takes a node out for its update; [`Graph::put_back`] brings it home.
    pub(super) fn take(&mut self, id: NodeId) -> Option<Box<Node>> {
        self.nodes.get_mut(id.0 as usize)?.take()
    }

    pub(super) fn put_back(&mut self, id: NodeId, node: Box<Node>) {
        self.nodes[id.0 as usize] = Some(node);
    }

    /// A slot for a node that is being built, and the handle that keeps it.
    pub(crate) fn reserve(&mut self) -> Arc<NodeHandle> {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.nodes.push(None);
            self.nodes.len() as u32 - 1
        });
        NodeHandle::new(NodeId(slot), self.graveyard.clone())
    }

    /// Links a built node: from the next cycle on it is kept right.
    pub(crate) fn insert(&mut self, id: NodeId, mut node: Node, is_source: bool) {
        node.level =
            node.inputs.iter().filter_map(|input| self.node(input.id())).map(|n| n.level + 1).max().unwrap_or(0);
        node.sources = self.sources_of(id, &node);
        for input in &node.inputs {
            if let Some(input) = self.nodes[input.id().0 as usize].as_deref_mut() {
                input.children.push(id);
            }
        }
        if is_source {
            self.sources.push(id);
            node.op.intake().into_iter().for_each(|intake| self.intakes.add(intake));
        }
        node.number = self.next_number;
        self.next_number += 1;
        self.nodes[id.0 as usize] = Some(Box::new(node));
        self.log_for(id);
        self.shadow(id);
    }

    /// The sources that a node is made of.
    fn sources_of(&self, id: NodeId, node: &Node) -> Vec<NodeId> {
        if node.inputs.is_empty() {
            return vec![id];
        }
        let inputs = node.inputs.iter().filter_map(|input| self.node(input.id()));
        let mut sources: Vec<NodeId> = inputs.flat_map(|input| &input.sources).copied().collect();
        sources.sort_unstable();
        sources.dedup();
        sources
    }

    /// Has the stored columns that a node reads back log their old values.
    fn log_for(&mut self, id: NodeId) {
        for at in self.stores_read_back(id) {
            if let Some(stored) = self.node_mut(at.node).and_then(|node| node.output.stored.get_mut(at.slot)) {
                stored.set_logging(true);
            }
        }
    }

    fn stores_read_back(&self, id: NodeId) -> Vec<StoreRef> {
        let mut found = Vec::new();
        let Some(node) = self.node(id) else { return found };
        if self.checks.is_some() {
            // What is checked is the old view of every column.
            found.extend((0..node.output.stored.len()).map(|slot| StoreRef { node: id, slot }));
        }
        for (input, column) in node.op.reads_old() {
            if let Some(input) = node.inputs.get(input).and_then(|input| self.node(input.id())) {
                input.columns[column].for_each_store(&mut |at| found.push(at));
            }
        }
        for input in node.op.reads_old_order() {
            let input = node.inputs.get(input).and_then(|input| self.node(input.id()));
            found.extend(input.and_then(|input| input.order.labels()));
        }
        found
    }

    /// Takes out the nodes whose last handle is gone, and those that only they kept.
    pub(crate) fn bury(&mut self) {
        let mut any = false;
        loop {
            let dead = std::mem::take(&mut *self.graveyard.lock().unwrap_or_else(PoisonError::into_inner));
            if dead.is_empty() {
                break;
            }
            for id in dead {
                any = true;
                self.free.push(id.0);
                self.forget_shadow(id);
                self.sources.retain(|&source| source != id);
                // A slot that was reserved and never filled holds nothing.
                if let Some(mut node) = self.nodes[id.0 as usize].take() {
                    for input in std::mem::take(&mut node.inputs) {
                        if let Some(input) = self.node_mut(input.id()) {
                            input.children.retain(|&child| child != id);
                        }
                    }
                    self.remains.add_node(*node);
                }
            }
        }
        if any {
            self.renew_logging();
        }
    }

    fn renew_logging(&mut self) {
        for node in self.nodes.iter_mut().flatten() {
            node.output.stored.iter_mut().for_each(|stored| stored.set_logging(false));
        }
        for slot in 0..self.nodes.len() {
            self.log_for(NodeId(slot as u32));
        }
    }

    /// The table of a node as an input of an update.
    pub(super) fn input_view(&self, id: NodeId) -> Option<InputView<'_>> {
        let node = self.node(id)?;
        let Output { rows, old_rows, delta, .. } = &node.output;
        Some(InputView { old: old_rows, new: rows, delta, columns: &node.columns, order: node.order })
    }

    /// Pins tables as they are now: afterwards they are read without the graph.
    ///
    /// # Errors
    /// The error of a failed table.
    pub(crate) fn pin(&self, ids: impl IntoIterator<Item = NodeId>) -> Result<Pin> {
        let mut pin = Pin::default();
        for id in ids {
            let node = self.require(id)?;
            node.state.readable()?;
            pin.add_table(node, self);
        }
        Ok(pin)
    }

    /// As [`Graph::pin`], for readers that hold the graph: the stored columns are left where they are.
    pub(crate) fn pin_rows(&self, ids: impl IntoIterator<Item = NodeId>) -> Result<Pin> {
        let mut pin = Pin::default();
        for id in ids {
            let node = self.require(id)?;
            node.state.readable()?;
            pin.add_rows(node);
        }
        Ok(pin)
    }

    /// Gives a node another name.
    pub(crate) fn rename(&mut self, id: NodeId, name: Arc<str>) {
        if let Some(node) = self.node_mut(id) {
            node.name = name;
        }
    }

    /// All nodes, by slot.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes.iter().enumerate().filter_map(|(slot, node)| Some((NodeId(slot as u32), node.as_deref()?)))
    }

    /// Fails or stops a node's children and all below them; each is told once.
    pub(super) fn spread(&mut self, id: NodeId, state: &State) {
        let children = self.node(id).map(|node| node.children.clone()).unwrap_or_default();
        for child in children {
            let Some(node) = self.node_mut(child) else { continue };
            let worse = matches!((&node.state, state), (State::Ready, _) | (State::Stopped(_), State::Failed(_)));
            if !worse {
                continue;
            }
            node.state = state.clone();
            if let Some(error) = state.error() {
                node.op.stopped(error);
            }
            if let State::Failed(_) = state {
                let contents = node.output.empty();
                self.remains.add_output(contents);
            }
            self.spread(child, state);
        }
    }

    /// Has the positions of a node's rows found with another.
    pub(crate) fn set_indexed(&mut self, id: NodeId, indexed: &Arc<NodeHandle>) {
        if let Some(node) = self.node_mut(id) {
            node.indexed = Arc::downgrade(indexed);
        }
    }

    /// How the rows of a node are ordered.
    pub(crate) fn order(&self, id: NodeId) -> Result<RowOrder> {
        Ok(self.require(id)?.order)
    }

    /// The column expressions of a node.
    pub(crate) fn columns(&self, id: NodeId) -> Result<Arc<[Column]>> {
        Ok(self.require(id)?.columns.clone())
    }

    /// Checks the structures of every node; the first fault, with the node's name.
    pub(crate) fn validate(&self) -> Result<(), String> {
        for (id, node) in self.nodes() {
            let name = &node.name;
            node.output.rows.validate().map_err(|fault| format!("{name}: rows: {fault}"))?;
            if node.output.rows != node.output.old_rows {
                return Err(format!("{name}: rows before and after differ between cycles"));
            }
            for stored in &node.output.stored {
                stored.validate().map_err(|fault| format!("{name}: column: {fault}"))?;
            }
            if node.order.index() == Some(id) {
                let labels = node.order.labels().and_then(|at| self.stored(at, View::New));
                let label = |row| labels.and_then(|labels| labels.integer(row)).map(|label| label as u64);
                let index = &node.output.index;
                index.validate(label).map_err(|fault| format!("{name}: index: {fault}"))?;
                if index.len() != node.output.rows.len() {
                    return Err(format!("{name}: an index of {} rows", index.len()));
                }
            }
            // The contents of a failed table are gone, whatever its operator still holds.
            if !matches!(node.state, State::Failed(_)) {
                node.op.validate(&node.output).map_err(|fault| format!("{name}: {fault}"))?;
            }
            for input in &node.inputs {
                let parent = self.node(input.id()).ok_or_else(|| format!("{name}: an input is gone"))?;
                if parent.level >= node.level || !parent.children.contains(&id) {
                    return Err(format!("{name}: not below its input {}", parent.name));
                }
            }
        }
        Ok(())
    }
}
