//! [`Consumer`]: the handle of a topic that is being read.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use headwater_engine::Table;

use super::health::Health;
use super::rejected::Rejected;
use super::status::Status;

/// How long dropping a consumer waits for its threads: they look at least this often, unless a registry call holds
/// one up.
const PATIENCE: Duration = Duration::from_secs(2);

/// A topic that is being read into a table. Dropping it stops the reading; the table stays as it is then.
#[derive(Debug)]
#[must_use = "dropping a consumer stops it"]
pub struct Consumer {
    table: Table,
    health: Arc<Health>,
    /// A sender is with each thread; all are gone when all threads have ended.
    alive: Option<mpsc::Sender<()>>,
    ended: mpsc::Receiver<()>,
}

impl Consumer {
    pub(super) fn new(table: Table, health: Arc<Health>) -> Self {
        let (alive, ended) = mpsc::channel();
        Consumer { table, health, alive: Some(alive), ended }
    }

    /// What a thread holds as long as it runs.
    pub(super) fn guard(&self) -> Option<mpsc::Sender<()>> {
        self.alive.clone()
    }

    /// The table.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// How far the consumer is and how it fares.
    pub fn status(&self) -> Status {
        self.health.status()
    }

    /// The messages that did not decode, by reason, with samples.
    pub fn rejected(&self) -> Rejected {
        self.health.rejected()
    }

    /// Stops reading and waits for the threads, for up to two seconds. What was read is in the table at the next
    /// cycle.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        self.health.stop();
        self.alive = None;
        // Nothing is ever sent: this ends when the last sender is gone.
        let _ = self.ended.recv_timeout(PATIENCE);
    }
}
