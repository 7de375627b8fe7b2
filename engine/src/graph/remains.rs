//! [`Remains`]: what dropped and failed tables held, on its way to be freed.

use super::{Graph, Node, Output};

/// From so many bytes on, freeing is left to another thread.
const LARGE_BYTES: usize = 1 << 20;

/// Contents that nobody reads any more. Giving back the blocks of a large table takes long, so a cycle only puts them
/// here.
#[derive(Default)]
pub(crate) struct Remains {
    nodes: Vec<Node>,
    outputs: Vec<Output>,
    bytes: usize,
}

impl Remains {
    pub(super) fn add_node(&mut self, node: Node) {
        self.bytes += node.bytes();
        self.nodes.push(node);
    }

    pub(super) fn add_output(&mut self, output: Output) {
        self.bytes += output.bytes();
        self.outputs.push(output);
    }

    /// Whether freeing it takes long.
    pub(crate) fn is_large(&self) -> bool {
        self.bytes >= LARGE_BYTES
    }
}

impl Graph {
    /// What can be freed, once the gate is open.
    pub(crate) fn take_remains(&mut self) -> Remains {
        std::mem::take(&mut self.remains)
    }
}
