//! One cycle: sources, then each dirty node once, lowest level first, then commit.

use std::cmp::Reverse;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Cx, Graph, InputView, Node, NodeId, State, Update};
use crate::{Error, ErrorKind, Result};

/// What a cycle did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CycleReport {
    /// The number of the cycle, from 1.
    pub cycle: u64,
    /// Nodes that ran.
    pub nodes: usize,
    /// Rows added, over all nodes.
    pub added: u64,
    /// Rows removed, over all nodes.
    pub removed: u64,
    /// Rows modified, over all nodes.
    pub modified: u64,
}

impl Graph {
    /// Runs one cycle.
    pub(crate) fn run_cycle(&mut self) -> CycleReport {
        self.cycles += 1;
        let mut report = CycleReport { cycle: self.cycles, ..CycleReport::default() };
        for source in self.sources.clone() {
            if self.node(source).is_some_and(|node| node.op.has_work(&node.output)) {
                self.enqueue(source);
            }
        }
        let mut ran = Vec::new();
        while let Some(Reverse((_, id))) = self.queue.pop() {
            self.run_node(id, &mut report);
            ran.push(id);
        }
        for (id, state) in std::mem::take(&mut self.stopping) {
            self.spread(id, &state);
        }
        self.tell_followers();
        for &id in &ran {
            if let Some(node) = self.node_mut(id) {
                node.output.commit();
            }
        }
        report.nodes = ran.len();
        report
    }

    /// Whether some source has something for a cycle to do.
    pub(crate) fn has_work(&self) -> bool {
        self.sources.iter().filter_map(|&id| self.node(id)).any(|node| node.runs() && node.op.has_work(&node.output))
    }

    fn enqueue(&mut self, id: NodeId) {
        let Some(node) = self.node_mut(id) else { return };
        if !node.queued && node.runs() {
            node.queued = true;
            let level = node.level;
            self.queue.push(Reverse((level, id)));
        }
    }

    fn run_node(&mut self, id: NodeId, report: &mut CycleReport) {
        let Some(mut node) = self.take(id) else { return };
        node.queued = false;
        // An input that failed in this cycle took this node with it.
        if !node.runs() {
            self.put_back(id, node);
            return;
        }
        let result = self.update_node(id, &mut node).and_then(|update| self.checked(id, &mut node, update));
        let mut spread = None;
        match result {
            Ok(Update { delta, rows, stop }) => {
                report.added += delta.added.len();
                report.removed += delta.removed.len();
                report.modified += delta.modified.len();
                node.output.delta = delta;
                node.output.rows = rows;
                if let Some(error) = stop {
                    spread = Some(State::Stopped(located(error, &node)));
                }
            }
            Err(error) => {
                node.output.clear();
                spread = Some(State::Failed(located(error, &node)));
            }
        }
        if let Some(state) = &spread {
            node.state = state.clone();
        }
        let children = if node.output.delta.is_empty() { Vec::new() } else { node.children.clone() };
        self.put_back(id, node);
        match spread {
            // What was accepted before the fault still goes down in this cycle; the stop follows it.
            Some(State::Stopped(error)) => {
                children.into_iter().for_each(|child| self.enqueue(child));
                self.stopping.push((id, State::Stopped(error)));
            }
            Some(state) => self.spread(id, &state),
            None => children.into_iter().for_each(|child| self.enqueue(child)),
        }
    }

    fn update_node(&self, id: NodeId, node: &mut Node) -> Result<Update> {
        let inputs: Vec<InputView<'_>> = node.inputs.iter().filter_map(|input| self.input_view(input.id())).collect();
        guarded(|| node.op.update(&mut Cx::new(&inputs, self, id, &mut node.output)))
    }
}

/// Runs an update; a panic becomes an error.
pub(crate) fn guarded(update: impl FnOnce() -> Result<Update>) -> Result<Update> {
    catch_unwind(AssertUnwindSafe(update)).unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "a panic without text".to_owned());
        Err(Error::new(ErrorKind::Internal, format!("the operator panicked: {text}")))
    })
}

fn located(error: Error, node: &Node) -> Error {
    error.with_table(&*node.name).with_operator(node.plan.operation.name())
}
