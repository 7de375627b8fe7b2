//! [`DeltaChecks`]: every delta held against a copy of the table it changes.
//!
//! A delta that lists too little corrupts tables far below the operator that made it, cycles later. So a session
//! built with `check_deltas(true)` keeps the cells of every live table beside it, and checks the whole contract of
//! [`Delta`] after each update, while both views can still be read.

mod rules;
mod shadow;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use rules::{Broken, Contract};
use shadow::Shadow;

use super::{Cx, Filled, Graph, Node, NodeId, Output, Update};
use crate::Result;
use crate::column::{Column, Stores};
use crate::order::RowOrder;
use crate::plan::Plan;

/// The shadows of all live tables.
#[derive(Debug, Default)]
pub(crate) struct DeltaChecks {
    shadows: HashMap<NodeId, Shadow>,
}

impl Graph {
    /// Checks every delta from now on, for a graph without nodes.
    pub(crate) fn checking_deltas() -> Self {
        let mut graph = Graph::default();
        graph.checks = Some(DeltaChecks::default());
        graph
    }

    /// Copies the cells of a node that was just linked.
    pub(super) fn shadow(&mut self, id: NodeId) {
        let Some(mut checks) = self.checks.take() else { return };
        if let Some(node) = self.node(id).filter(|node| is_live(node)) {
            checks.shadows.insert(id, Shadow::of(&node.output.rows, &checked_columns(&node.columns, node.order), self));
        }
        self.checks = Some(checks);
    }

    /// Forgets the cells of a node that is freed.
    pub(super) fn forget_shadow(&mut self, id: NodeId) {
        if let Some(checks) = &mut self.checks {
            checks.shadows.remove(&id);
        }
    }

    /// Passes an update on if it keeps the contract; the shadow then shows the rows after it.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Internal`] with the rule that is broken, and the row, column and values that break it.
    pub(super) fn checked(&mut self, id: NodeId, node: &mut Node, update: Update) -> Result<Update> {
        let Some(mut checks) = self.checks.take() else { return Ok(update) };
        let outcome = match checks.shadows.remove(&id) {
            Some(before) => {
                let columns = checked_columns(&node.columns, node.order);
                let Node { output, plan, .. } = &mut *node;
                check(&before, id, plan, &columns, output, &*self, &update)
            }
            None => Ok(None),
        };
        let outcome = outcome.map(|after| {
            if let Some(after) = after {
                checks.shadows.insert(id, after);
            }
            update
        });
        self.checks = Some(checks);
        outcome.map_err(|broken| broken.into_error(&node.name))
    }

    /// Whether every delta is checked.
    pub(crate) fn checks_deltas(&self) -> bool {
        self.checks.is_some()
    }
}

/// The table after an update that breaks no rule; `None` if nothing was done to it.
fn check(
    before: &Shadow,
    id: NodeId,
    plan: &Plan,
    columns: &[Column],
    output: &mut Output,
    stores: &dyn Stores,
    update: &Update,
) -> Result<Option<Shadow>, Broken> {
    let old_rows = output.old_rows.clone();
    let stores = Cx::new(&[], stores, id, output);
    let names = plan.definition.columns();
    Contract { names, columns, stores: &stores, old_rows: &old_rows, update }.check(before)
}

/// The shadow of a table that no cycle runs yet, for the updates by which it catches up with its inputs.
pub(crate) struct LateCheck {
    shadow: Shadow,
}

impl LateCheck {
    /// Copies the cells of a table that was just filled, and has it log what it will overwrite.
    pub(crate) fn new(id: NodeId, filled: &mut Filled, stores: &dyn Stores) -> Self {
        let columns = checked_columns(&filled.columns, filled.order);
        let output = &mut filled.output;
        output.stored.iter_mut().for_each(|stored| stored.set_logging(true));
        let rows = output.rows.clone();
        LateCheck { shadow: Shadow::of(&rows, &columns, &Cx::new(&[], stores, id, output)) }
    }

    /// Passes an update on if it keeps the contract; the shadow then shows the rows after it.
    ///
    /// # Errors
    /// As [`Graph::checked`].
    pub(crate) fn checked(
        &mut self,
        id: NodeId,
        plan: &Plan,
        filled: &mut Filled,
        stores: &dyn Stores,
        update: Update,
    ) -> Result<Update> {
        let columns = checked_columns(&filled.columns, filled.order);
        let after = check(&self.shadow, id, plan, &columns, &mut filled.output, stores, &update);
        let after = after.map_err(|broken| broken.into_error(plan.operation.name()))?;
        self.shadow = after.unwrap_or_else(|| std::mem::take(&mut self.shadow));
        Ok(update)
    }
}

/// The columns of a table and, last, those of its order: columns like any other, but for their bit in the mask.
fn checked_columns(columns: &[Column], order: RowOrder) -> Vec<Column> {
    columns.iter().cloned().chain(order.columns()).collect()
}

/// Static tables never run, and reading them may fetch pages.
fn is_live(node: &Node) -> bool {
    !node.plan.definition.flavour().is_static()
}
