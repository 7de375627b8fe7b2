//! [`GraphTime`]: one time for all tables of a cycle.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use super::Graph;
use crate::clock::{Clock, SystemClock};
use crate::types::Timestamp;
use crate::{Error, ErrorKind, Result};

/// The time of the running cycle, or of the last one. Cheap to clone; operators that go by time hold one.
#[derive(Clone, Debug)]
pub(crate) struct GraphTime {
    clock: Arc<dyn Clock>,
    now: Arc<AtomicI64>,
}

impl Default for GraphTime {
    fn default() -> Self {
        GraphTime::by(Arc::new(SystemClock::default()))
    }
}

impl GraphTime {
    pub(crate) fn by(clock: Arc<dyn Clock>) -> Self {
        GraphTime { clock, now: Arc::new(AtomicI64::new(i64::MIN)) }
    }

    /// The same in all of a cycle.
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_nanos(self.now.load(Ordering::Acquire))
    }

    /// What durations are measured by.
    pub(crate) fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }
}

impl Graph {
    /// Has time pass until now: what the next cycle goes by.
    ///
    /// # Errors
    /// [`ErrorKind::ClockWentBack`]: the time of the last cycle stays.
    pub(crate) fn tick(&mut self) -> Result<()> {
        let (last, now) = (self.time.now(), self.time.clock.now());
        if now < last {
            let back = Duration::from_nanos(last.nanos().abs_diff(now.nanos()));
            let message = format!("the clock went back by {back:?}, from {last} to {now}");
            let error = Error::new(ErrorKind::ClockWentBack, message);
            return Err(
                error.with_help("no cycle ran and nothing is lost: step again when the clock is past that time")
            );
        }
        self.time.now.store(now.nanos(), Ordering::Release);
        Ok(())
    }

    /// The time cycles go by.
    pub(crate) fn time(&self) -> &GraphTime {
        &self.time
    }

    /// How long until time alone gives some source work; `None` if it never will.
    pub(crate) fn due_in(&self) -> Option<Duration> {
        let due = self.sources.iter().filter_map(|&id| self.node(id)?.op.due()).min()?;
        let left = due.saturating_sub(self.time.clock.now().nanos());
        Some(Duration::from_nanos(u64::try_from(left).unwrap_or(0)))
    }
}
