//! [`Plan`]: an operation, the plans of its inputs, and what comes out.

use std::sync::Arc;

use super::{Definition, Operation};

/// A table as a value: an operation, the plans of its inputs, and the definition of the result.
///
/// The plan is what `explain()` prints, what the oracle steps and what identifies state; it holds no rows.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Plan {
    /// What is done.
    pub operation: Operation,
    /// To what: for joins the left table, then the right.
    pub inputs: Vec<Arc<Plan>>,
    /// What comes out.
    pub definition: Definition,
}

impl Plan {
    /// This plan and all it is made of, inputs before those that read them, each once.
    pub fn in_order(self: &Arc<Self>) -> Vec<Arc<Plan>> {
        fn visit(plan: &Arc<Plan>, out: &mut Vec<Arc<Plan>>) {
            if out.iter().any(|seen| Arc::ptr_eq(seen, plan)) {
                return;
            }
            plan.inputs.iter().for_each(|input| visit(input, out));
            out.push(plan.clone());
        }
        let mut out = Vec::new();
        visit(self, &mut out);
        out
    }
}
