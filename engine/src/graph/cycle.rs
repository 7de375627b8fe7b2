//! One cycle: sources, then each dirty node once, lowest level first, then commit.

use std::cmp::Reverse;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

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
    /// What it took, by the clock of the session.
    pub elapsed: Duration,
    /// Whether that was longer than a cycle should take; see
    /// [`SessionBuilder::longest_cycle`](crate::SessionBuilder::longest_cycle).
    pub overran: bool,
    /// Sources whose rows were left waiting because memory is short.
    pub paused: usize,
}

impl Graph {
    /// Runs one cycle.
    pub(crate) fn run_cycle(&mut self) -> CycleReport {
        let started = self.time.elapsed();
        self.cycles += 1;
        let mut report = CycleReport { cycle: self.cycles, ..CycleReport::default() };
        let is_tight = self.is_tight();
        for at in 0..self.sources.len() {
            let source = self.sources[at];
            let Some(node) = self.node(source).filter(|node| node.op.has_work(&node.output)) else { continue };
            if is_tight && node.op.can_wait() {
                report.paused += 1;
            } else {
                self.enqueue(source);
            }
        }
        let ran = self.run_queue(Some(&mut report));
        self.commit(&ran);
        report.nodes = ran.len();
        report.elapsed = self.time.elapsed().saturating_sub(started);
        report
    }

    /// Brings one source and what is made of it up to date, apart from the cycles and without counting it.
    pub(crate) fn run_aside(&mut self, source: NodeId) {
        self.enqueue(source);
        let ran = self.run_queue(None);
        self.commit(&ran);
    }

    /// Ends a cycle: what was new is what there is.
    fn commit(&mut self, ran: &[NodeId]) {
        for (id, state) in std::mem::take(&mut self.stopping) {
            self.spread(id, &state);
        }
        self.tell_followers();
        for &id in ran {
            if let Some(node) = self.node_mut(id) {
                node.output.commit();
            }
        }
    }

    /// Whether some source has something for a cycle to do.
    pub(crate) fn has_work(&self) -> bool {
        let sources = self.sources.iter().filter_map(|&id| self.node(id));
        let mut working = sources.filter(|node| node.runs() && node.op.has_work(&node.output)).peekable();
        working.peek().is_some() && (!self.is_tight() || working.any(|node| !node.op.can_wait()))
    }

    fn enqueue(&mut self, id: NodeId) {
        let Some(node) = self.node_mut(id) else { return };
        if !node.queued && node.runs() {
            node.queued = true;
            let level = node.level;
            self.queue.push(Reverse((level, id)));
        }
    }

    /// Runs the dirty nodes once each, lowest level first; those that ran, in that order.
    fn run_queue(&mut self, mut report: Option<&mut CycleReport>) -> Vec<NodeId> {
        let mut ran = Vec::new();
        while let Some(&Reverse((level, _))) = self.queue.peek() {
            let first = ran.len();
            while let Some(&Reverse((at, id))) = self.queue.peek()
                && at == level
            {
                self.queue.pop();
                // An input that failed in this cycle took this node with it.
                if let Some(node) = self.node_mut(id) {
                    node.queued = false;
                    if node.runs() {
                        ran.push(id);
                    }
                }
            }
            self.run_level(&ran[first..], report.as_deref_mut());
        }
        ran
    }

    /// Updates the nodes of a level, none of which reads another: at the same time where several have much to do.
    fn run_level(&mut self, ids: &[NodeId], mut report: Option<&mut CycleReport>) {
        let is_large = |&&id: &&NodeId| self.node(id).is_some_and(|node| self.pool.is_large(self.rows_to_follow(node)));
        if ids.iter().filter(is_large).nth(1).is_none() {
            for &id in ids {
                if let Some(mut node) = self.take(id) {
                    let outcome = self.update_node(id, &mut node);
                    self.settle(id, node, outcome, report.as_deref_mut());
                }
            }
            return;
        }
        let mut nodes: Vec<(NodeId, Box<Node>)> = ids.iter().filter_map(|&id| Some((id, self.take(id)?))).collect();
        let outcomes = self.pool.map(nodes.iter_mut().collect(), |(id, node)| self.update_node(*id, node));
        for ((id, node), outcome) in nodes.into_iter().zip(outcomes) {
            self.settle(id, node, outcome, report.as_deref_mut());
        }
    }

    /// Rows that an update of a node has to follow.
    fn rows_to_follow(&self, node: &Node) -> u64 {
        let inputs = node.inputs.iter().filter_map(|input| self.node(input.id()));
        inputs.map(|input| input.output.delta.rows()).sum()
    }

    /// Takes the result of an update into the graph: its delta goes to the children, its failure to all below.
    fn settle(
        &mut self,
        id: NodeId,
        mut node: Box<Node>,
        (result, time): (Result<Update>, Duration),
        report: Option<&mut CycleReport>,
    ) {
        if let (Some(report), Ok(Update { delta, .. })) = (report, &result) {
            node.figures.count(delta, time);
            report.added += delta.added.len();
            report.removed += delta.removed.len();
            report.modified += delta.modified.len();
        }
        let result = result.and_then(|update| self.checked(id, &mut node, update));
        let mut spread = None;
        match result {
            Ok(Update { delta, rows, stop }) => {
                node.output.delta = delta;
                node.output.rows = rows;
                if let Some(error) = stop {
                    spread = Some(State::Stopped(located(error, &node)));
                }
            }
            Err(error) => {
                self.remains.add_output(node.output.empty());
                spread = Some(State::Failed(located(error, &node)));
            }
        }
        if let Some(state) = &spread {
            node.state = state.clone();
        }
        // The contents of a node that failed are gone, and its delta with them.
        if !node.output.delta.is_empty() {
            node.children.iter().for_each(|&child| self.enqueue(child));
        }
        self.put_back(id, node);
        match spread {
            // What was accepted before the fault still goes down in this cycle; the stop follows it.
            Some(stopped @ State::Stopped(_)) => self.stopping.push((id, stopped)),
            Some(failed) => self.spread(id, &failed),
            None => {}
        }
    }

    /// The result of a node's update, and how long it took.
    fn update_node(&self, id: NodeId, node: &mut Node) -> (Result<Update>, Duration) {
        let started = self.time.elapsed();
        let inputs: Vec<InputView<'_>> = node.inputs.iter().filter_map(|input| self.input_view(input.id())).collect();
        let result = guarded(|| node.op.update(&mut Cx::new(&inputs, self, id, &mut node.output).on(&self.pool)));
        (result, self.time.elapsed().saturating_sub(started))
    }
}

/// Runs an update or a part of one; a panic becomes an error.
pub(crate) fn guarded<T>(update: impl FnOnce() -> Result<T>) -> Result<T> {
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
