//! [`Node`]: a table in the graph: its operator, its rows and columns, its place.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::Output;
use super::figures::Figures;
use crate::column::Column;
use crate::op::Operator;
use crate::order::RowOrder;
use crate::plan::Plan;
use crate::{Error, Result};

/// A node's slot in the slab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NodeId(pub(crate) u32);

/// Nodes whose last handle is gone, to be freed at the next gate: dropping a table never waits for a cycle.
pub(crate) type Graveyard = Arc<Mutex<Vec<NodeId>>>;

/// Keeps a node alive: tables hold one, and so does every node for each of its inputs.
#[derive(Debug)]
pub(crate) struct NodeHandle {
    id: NodeId,
    graveyard: Graveyard,
}

impl NodeHandle {
    pub(crate) fn new(id: NodeId, graveyard: Graveyard) -> Arc<Self> {
        Arc::new(NodeHandle { id, graveyard })
    }

    pub(crate) fn id(&self) -> NodeId {
        self.id
    }
}

impl Drop for NodeHandle {
    fn drop(&mut self) {
        self.graveyard.lock().unwrap_or_else(PoisonError::into_inner).push(self.id);
    }
}

/// Whether a table is still kept right.
#[derive(Clone, Debug)]
pub(crate) enum State {
    /// It is.
    Ready,
    /// A source above it failed: what that source gave stays, and nothing more comes of it. Other inputs are still
    /// followed: columns are shared, so a table that stood still above one that moves would show neither.
    Stopped(Error),
    /// It or an operator above it failed: its contents are gone.
    Failed(Error),
}

impl State {
    pub(crate) fn error(&self) -> Option<&Error> {
        match self {
            State::Ready => None,
            State::Stopped(error) | State::Failed(error) => Some(error),
        }
    }

    /// The contents may be read.
    pub(crate) fn readable(&self) -> Result<()> {
        match self {
            State::Ready | State::Stopped(_) => Ok(()),
            State::Failed(error) => Err(error.clone()),
        }
    }
}

impl Node {
    /// Whether cycles still run it: a source that failed is over, what is made of it is not.
    pub(super) fn runs(&self) -> bool {
        match self.state {
            State::Ready => true,
            State::Stopped(_) => !self.inputs.is_empty(),
            State::Failed(_) => false,
        }
    }
}

/// What an operator has made of its inputs: itself, how its columns are read, and its rows.
pub(crate) struct Filled {
    pub(crate) op: Box<dyn Operator>,
    pub(crate) columns: Arc<[Column]>,
    pub(crate) order: RowOrder,
    pub(crate) output: Output,
}

impl Filled {
    /// With rows in order of id.
    pub(crate) fn by_id(op: Box<dyn Operator>, columns: Arc<[Column]>, output: Output) -> Self {
        Filled { op, columns, order: RowOrder::BY_ID, output }
    }

    /// Bytes of its own columns and of its operator.
    pub(crate) fn bytes(&self) -> usize {
        self.output.bytes() + self.op.bytes()
    }
}

impl Node {
    /// A table kept right, not linked yet.
    pub(crate) fn new(
        plan: Arc<Plan>,
        name: impl Into<Arc<str>>,
        inputs: Vec<Arc<NodeHandle>>,
        filled: Filled,
    ) -> Self {
        let Filled { op, columns, order, output } = filled;
        let (name, state) = (name.into(), State::Ready);
        Node {
            plan,
            name,
            number: 0,
            level: 0,
            inputs,
            sources: Vec::new(),
            children: Vec::new(),
            indexed: Weak::new(),
            op,
            columns,
            order,
            output,
            state,
            queued: false,
            figures: Figures::default(),
        }
    }
}

/// A table in the graph.
pub(crate) struct Node {
    pub(crate) plan: Arc<Plan>,
    /// What errors and `explain()` call it.
    pub(crate) name: Arc<str>,
    /// Unlike its slot, never that of another node of the session; given when it is linked.
    pub(crate) number: u64,
    /// One more than the highest of its inputs.
    pub(crate) level: u32,
    pub(crate) inputs: Vec<Arc<NodeHandle>>,
    /// The sources it is made of, which its inputs keep; itself for a source. Known when it is linked.
    pub(crate) sources: Vec<NodeId>,
    pub(crate) children: Vec<NodeId>,
    /// The node that keeps the positions of its rows, if somebody asked for them.
    pub(crate) indexed: Weak<NodeHandle>,
    pub(crate) op: Box<dyn Operator>,
    pub(crate) columns: Arc<[Column]>,
    pub(crate) order: RowOrder,
    pub(crate) output: Output,
    pub(crate) state: State,
    /// Queued for the running cycle.
    pub(crate) queued: bool,
    pub(crate) figures: Figures,
}
