//! [`Figures`]: what cycles did to a node, and what that took.

use std::time::Duration;

use super::Delta;

/// Sums over all cycles since the node was linked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    /// Cycles that ran it.
    pub(crate) cycles: u64,
    pub(crate) added: u64,
    pub(crate) removed: u64,
    pub(crate) modified: u64,
    pub(crate) time: Duration,
}

impl Figures {
    pub(super) fn count(&mut self, delta: &Delta, time: Duration) {
        self.cycles += 1;
        self.added += delta.added.len();
        self.removed += delta.removed.len();
        self.modified += delta.modified.len();
        self.time += time;
    }
}
