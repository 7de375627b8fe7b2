//! [`Late`]: a table made of others while their cycles go on.
//!
//! It is built on a pin, outside the gate. What cycles did meanwhile is one delta, however many they were; with that
//! the table goes from pin to newer pin, each time with less to catch up with, until the rest is small enough to be
//! done under the gate. There it is linked, and is right from the next cycle on like any other.

#[cfg(test)]
mod tests;

use super::build::readable;
use super::{Gate, Session};
use crate::Result;
use crate::column::Stores;
use crate::graph::{Between, Cx, Delta, Filled, Followed, LateCheck, NodeId, Pin, guarded};
use crate::op::Built;
use crate::plan::Plan;

/// So few rows are caught up with under the gate, however many cycles they came in.
const FEW_ROWS: u64 = 1024;

/// A table that cannot keep up in so many rounds outside the gate would not keep up inside it either.
const MOST_ROUNDS: usize = 32;

/// A table that is filled and not linked yet.
pub(super) struct Late<'s> {
    session: &'s Session,
    plan: &'s Plan,
    node: NodeId,
    filled: Filled,
    /// The moment it shows.
    pin: Pin,
    check: Option<LateCheck>,
}

impl<'s> Late<'s> {
    /// Makes a table; the gate, which is held from the moment on that the table shows, and the last pin, to be dropped
    /// when the gate is open.
    pub(super) fn build(
        session: &'s Session,
        mut graph: Gate<'s>,
        plan: &'s Plan,
        inputs: &[NodeId],
        node: NodeId,
        build: impl FnOnce() -> Result<Built>,
    ) -> Result<(Gate<'s>, Filled, Pin)> {
        let (pin, followed) = (graph.pin(inputs.iter().copied())?, graph.follow(inputs));
        // Formulas are compiled and rows are read while cycles go on.
        drop(graph);
        let mut late = Late::fill(session, plan, build()?, pin, node)?;
        let graph = late.catch_up(inputs, &followed)?;
        Ok((graph, late.filled, late.pin))
    }

    /// Fills a table from a pin of its inputs.
    fn fill(session: &'s Session, plan: &'s Plan, built: Built, pin: Pin, node: NodeId) -> Result<Self> {
        let filled = session.fill(built, &pin.since_empty(), &pin, node)?;
        Ok(Late { session, plan, node, filled, pin, check: None })
    }

    /// Brings the table up to date with its inputs; the gate, which is held from the moment it shows on.
    fn catch_up(&mut self, inputs: &[NodeId], followed: &Followed) -> Result<Gate<'s>> {
        let mut round = 0;
        loop {
            let graph = self.session.gate()?;
            readable(&graph, inputs)?;
            let since = followed.take();
            if since.cycles == 0 {
                return Ok(graph);
            }
            if graph.checks_deltas() && self.check.is_none() {
                self.check = Some(LateCheck::new(self.node, &mut self.filled, &self.pin));
            }
            // One cycle's change costs no more here than it would have cost in that cycle.
            if since.cycles == 1 || since.rows() <= FEW_ROWS || round >= MOST_ROUNDS {
                let now = graph.pin_rows(inputs.iter().copied())?;
                self.session.inside(|| self.update(&now, &*graph, &since.deltas))?;
                return Ok(graph);
            }
            let now = graph.pin(inputs.iter().copied())?;
            drop(graph);
            self.update(&now, &now, &since.deltas)?;
            self.pin = now;
            round += 1;
        }
    }

    /// From the moment of its pin to `now`.
    fn update(&mut self, now: &Pin, stores: &dyn Stores, deltas: &[Delta]) -> Result<()> {
        let Late { session, plan, node, filled, pin, check } = self;
        let inputs = now.since(pin, deltas);
        let stores = Between { old: &*pin, new: stores };
        let Filled { op, output, .. } = &mut *filled;
        let mut update = guarded(|| op.update(&mut Cx::new(&inputs, &stores, *node, output).on(&session.inner.pool)))?;
        if let Some(check) = check {
            update = check.checked(*node, plan, filled, &stores, update)?;
        }
        filled.output.delta = update.delta;
        filled.output.rows = update.rows;
        filled.output.commit();
        Ok(())
    }
}
