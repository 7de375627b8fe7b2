//! [`Gate`]: the graph, for whoever holds it.

use std::ops::{Deref, DerefMut};
use std::sync::MutexGuard;

use crate::graph::{Graph, Remains};
use crate::pool::Pool;

/// The graph while no cycle runs. What is no longer needed is freed when it opens, on another thread if that is large.
pub(crate) struct Gate<'s> {
    graph: MutexGuard<'s, Graph>,
    // Behind the guard: fields are dropped in order, so the gate is open when things are freed.
    freed: Freed<'s>,
}

struct Freed<'s> {
    pool: &'s Pool,
    remains: Remains,
}

impl<'s> Gate<'s> {
    pub(super) fn new(graph: MutexGuard<'s, Graph>, pool: &'s Pool) -> Self {
        Gate { graph, freed: Freed { pool, remains: Remains::default() } }
    }
}

impl Deref for Gate<'_> {
    type Target = Graph;

    fn deref(&self) -> &Graph {
        &self.graph
    }
}

impl DerefMut for Gate<'_> {
    fn deref_mut(&mut self) -> &mut Graph {
        &mut self.graph
    }
}

impl Drop for Gate<'_> {
    fn drop(&mut self) {
        self.freed.remains = self.graph.take_remains();
    }
}

impl Drop for Freed<'_> {
    fn drop(&mut self) {
        let remains = std::mem::take(&mut self.remains);
        if remains.is_large() {
            self.pool.free(remains);
        }
    }
}
