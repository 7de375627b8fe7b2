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
    dead_letters: Option<Table>,
    health: Arc<Health>,
    /// A sender is with each thread; all are gone when all threads have ended.
    ended: mpsc::Receiver<()>,
}

impl Consumer {
    pub(super) fn new(
        table: Table,
        dead_letters: Option<Table>,
        health: Arc<Health>,
        ended: mpsc::Receiver<()>,
    ) -> Self {
        Consumer { table, dead_letters, health, ended }
    }

    /// The table.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The messages that did not decode, under [`OnError::DeadLetter`](super::OnError::DeadLetter): an append table
    /// of `Topic`, `Partition`, `Offset`, `Key`, `Value` and `Reason`. Key and value are shown whole: printable ASCII
    /// as it is, all other bytes, backslashes and quotes escaped as in a Rust byte string.
    pub fn dead_letters(&self) -> Option<&Table> {
        self.dead_letters.as_ref()
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
        // Nothing is ever sent: this ends when the last sender is gone.
        let _ = self.ended.recv_timeout(PATIENCE);
    }
}
