//! [`Followed`]: what becomes of tables while somebody works on a pin of them, outside the gate.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Delta, Graph, NodeId};

/// Some tables, and what the cycles since the last look did to them. Followed for as long as anybody holds it.
pub(crate) struct Followed {
    tables: Vec<NodeId>,
    since: Mutex<Since>,
}

/// What several cycles did, as if it had been one.
#[derive(Debug, Default)]
pub(crate) struct Since {
    /// One for each table followed.
    pub(crate) deltas: Vec<Delta>,
    /// Cycles in which one of the tables changed.
    pub(crate) cycles: u64,
}

impl Since {
    fn nothing(tables: usize) -> Self {
        Since { deltas: vec![Delta::default(); tables], cycles: 0 }
    }

    /// Rows in all sets of all deltas.
    pub(crate) fn rows(&self) -> u64 {
        self.deltas.iter().map(Delta::rows).sum()
    }
}

impl Followed {
    /// What became of the tables since the last call, or since they are followed. Whoever asks holds the gate, so
    /// that the answer is about the moment of its pin.
    pub(crate) fn take(&self) -> Since {
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *since, Since::nothing(self.tables.len()))
    }
}

impl Graph {
    /// Has the changes of tables put together from now on.
    pub(crate) fn follow(&mut self, tables: &[NodeId]) -> Arc<Followed> {
        let since = Mutex::new(Since::nothing(tables.len()));
        let followed = Arc::new(Followed { tables: tables.to_vec(), since });
        self.followers.push(Arc::downgrade(&followed));
        followed
    }

    /// Hands on what a cycle did, before it is forgotten.
    pub(super) fn tell_followers(&mut self) {
        self.followers.retain(|follower| follower.strong_count() > 0);
        for followed in self.followers.iter().filter_map(std::sync::Weak::upgrade) {
            let mut since = followed.since.lock().unwrap_or_else(PoisonError::into_inner);
            let mut any = false;
            for (at, &table) in followed.tables.iter().enumerate() {
                let Some(delta) = self.node(table).map(|node| &node.output.delta).filter(|delta| !delta.is_empty())
                else {
                    continue;
                };
                since.deltas[at] = since.deltas[at].then(delta);
                any = true;
            }
            since.cycles += u64::from(any);
        }
    }
}
