//! [`Clock`]: where a session takes the time from.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use crate::types::Timestamp;

/// What tells a session the time: once a cycle for its tables, and around each update for its figures.
pub trait Clock: Send + Sync + Debug {
    /// The time of day. A cycle at an earlier time than the last one's is refused.
    fn now(&self) -> Timestamp;

    /// The time since any moment that stays the same: what durations are measured by.
    fn elapsed(&self) -> Duration;
}

/// The clock of the machine. It never goes back: when the machine's does, it stands until that has caught up.
#[derive(Debug)]
pub struct SystemClock {
    started: Instant,
    latest: AtomicI64,
}

impl Default for SystemClock {
    fn default() -> Self {
        SystemClock { started: Instant::now(), latest: AtomicI64::new(i64::MIN) }
    }
}

impl Clock for SystemClock {
    #[allow(clippy::disallowed_types, reason = "the one door for the time of day, unless another clock is given")]
    fn now(&self) -> Timestamp {
        use std::time::SystemTime;
        // A machine set to a time before 1970 or after 2262 is taken to stand at the nearest of the two.
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let nanos = i64::try_from(since.as_nanos()).unwrap_or(i64::MAX);
        Timestamp::from_nanos(nanos.max(self.latest.fetch_max(nanos, Ordering::Relaxed)))
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// A clock that stands until it is told to move, for tests and for playing back what once happened. Clones are one
/// clock.
///
/// ```
/// use std::time::Duration;
/// use headwater_engine::{Session, SimulatedClock, Timestamp};
/// # fn main() -> headwater_engine::Result<()> {
/// let clock = SimulatedClock::at(Timestamp::from_nanos(0));
/// let session = Session::builder().clock(clock.clone()).build();
/// let ticks = session.time_table("ticks", Duration::from_secs(1))?;
/// clock.advance(Duration::from_secs(3));
/// session.step()?;
/// clock.advance(Duration::from_secs(2));
/// session.step()?;
/// assert_eq!(ticks.snapshot()?.len(), 3);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct SimulatedClock {
    nanos: Arc<AtomicI64>,
}

impl SimulatedClock {
    /// A clock that stands at `time`.
    pub fn at(time: Timestamp) -> Self {
        SimulatedClock { nanos: Arc::new(AtomicI64::new(time.nanos())) }
    }

    /// Moves it on; at the end of time it stands.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_nanos()).unwrap_or(i64::MAX);
        // The closure gives a value for every value, so there is always an update.
        let _ = self.nanos.fetch_update(Ordering::AcqRel, Ordering::Acquire, |nanos| Some(nanos.saturating_add(by)));
    }

    /// Sets it, also back: sessions then refuse to step until it is where it was.
    pub fn set(&self, time: Timestamp) {
        self.nanos.store(time.nanos(), Ordering::Release);
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_nanos(self.nanos.load(Ordering::Acquire))
    }

    fn elapsed(&self) -> Duration {
        Duration::from_nanos(u64::try_from(self.now().nanos()).unwrap_or(0))
    }
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }

    fn elapsed(&self) -> Duration {
        (**self).elapsed()
    }
}
