//! [`Ticks`]: when the rows of a time table come.

use std::time::Duration;

use crate::types::Timestamp;

/// The times at which a time table gets a row; see [`Session::time_table`](crate::Session::time_table). A
/// [`Duration`] alone is a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticks {
    pub(crate) period: Duration,
    pub(crate) start: Option<Timestamp>,
    pub(crate) passing: bool,
}

impl Ticks {
    /// One every `period`, from the first cycle on.
    pub fn every(period: Duration) -> Self {
        Ticks { period, start: None, passing: false }
    }

    /// The first one at `start`, which may lie in the past: the ticks since then come with the first cycle.
    pub fn from(self, start: Timestamp) -> Self {
        Ticks { start: Some(start), ..self }
    }

    /// Each row lives for one cycle: a blink table.
    pub fn blink(self) -> Self {
        Ticks { passing: true, ..self }
    }
}

impl From<Duration> for Ticks {
    fn from(period: Duration) -> Self {
        Ticks::every(period)
    }
}
