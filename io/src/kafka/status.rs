//! [`Status`]: how far a consumer is and how it fares.

use std::fmt;
use std::time::Duration;

use headwater_engine::Error;

/// How a consumer fares.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum State {
    /// What was in the topic when the consumer was opened is still being read.
    Loading {
        /// Messages read.
        done: u64,
        /// Messages there were.
        total: u64,
    },
    /// Reading as messages arrive.
    Live {
        /// Messages in the topic that have not been read, as far as the brokers told (twice a second).
        lag: u64,
    },
    /// Not reading although there may be messages; it goes on by itself, without loss or duplicates, when the reason
    /// is gone.
    Stalled {
        /// The reason.
        why: String,
        /// For how long.
        since: Duration,
    },
    /// Over: the table failed with this error.
    Failed(Error),
    /// Over: the table is gone, or the consumer was stopped.
    Stopped,
}

/// How far a consumer is, in each partition, and how it fares. `Display` is one line.
#[derive(Clone, Debug)]
pub struct Status {
    /// How the consumer fares.
    pub state: State,
    /// Messages received.
    pub received: u64,
    /// Rows put into the table.
    pub kept: u64,
    /// Messages that the filter dropped.
    pub filtered: u64,
    /// Messages that did not decode and were passed over.
    pub rejected: u64,
    /// Each partition, in ascending order.
    pub partitions: Vec<PartitionStatus>,
}

/// How far a consumer is in one partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartitionStatus {
    /// The partition.
    pub partition: i32,
    /// The offset of the next message: all before it are in the table, filtered or rejected. To go on from here
    /// later, give it to [`Offsets::given`](super::Offsets::given).
    pub next: i64,
    /// The offset after the newest message there is, as far as the brokers told.
    pub end: i64,
}

impl Status {
    /// Messages in the topic that have not been read.
    pub fn lag(&self) -> u64 {
        self.partitions.iter().map(|partition| partition.end.saturating_sub(partition.next).max(0) as u64).sum()
    }

    /// Whether all that was in the topic when the consumer was opened has been read.
    pub fn is_live(&self) -> bool {
        matches!(self.state, State::Live { .. })
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            State::Loading { done, total } => write!(f, "loading, {done} of {total}"),
            State::Live { lag: 0 } => f.write_str("live"),
            State::Live { lag } => write!(f, "live, {lag} behind"),
            State::Stalled { why, since } => write!(f, "stalled for {:.1} s: {why}", since.as_secs_f64()),
            State::Failed(error) => write!(f, "failed: {error}"),
            State::Stopped => f.write_str("stopped"),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Status { state, received, kept, filtered, rejected, .. } = self;
        write!(f, "{state}; {received} received, {kept} kept, {filtered} filtered, {rejected} rejected")
    }
}
