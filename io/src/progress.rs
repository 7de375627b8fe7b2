//! [`Progress`]: how far a long call is, as numbers.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How far a long call is.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// What is done, in `unit`s.
    pub done: u64,
    /// How much there is to do as far as known: it may still grow; `None` if unknown.
    pub total: Option<u64>,
    /// What is counted: `files listed`, `footers`, `bytes`.
    pub unit: &'static str,
    /// `unit`s a second since the first of them.
    pub rate: f64,
    /// What is worked on: the path of a file.
    pub current: String,
}

/// Where progress goes. Called on the thread whose call makes the progress, never while a lock is held.
pub(crate) type OnProgress = Arc<dyn Fn(&Progress) + Send + Sync>;

/// Reports are no denser than this, but for the last one.
const INTERVAL: Duration = Duration::from_millis(50);

/// Counts one unit of progress and reports it.
pub(crate) struct Meter {
    report: Option<OnProgress>,
    unit: &'static str,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    done: u64,
    total: Option<u64>,
    first: Option<Instant>,
    last: Option<Instant>,
}

impl Meter {
    pub(crate) fn new(unit: &'static str, report: Option<OnProgress>) -> Self {
        Meter { report, unit, state: Mutex::default() }
    }

    /// More is to be done.
    pub(crate) fn expect(&self, more: u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.total = Some(state.total.unwrap_or(0) + more);
        state.first.get_or_insert_with(Instant::now);
    }

    /// More is done.
    pub(crate) fn add(&self, more: u64, current: &str) {
        let Some(report) = &self.report else { return };
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.done += more;
        let first = *state.first.get_or_insert(now);
        let complete = state.total == Some(state.done);
        if !complete && state.last.is_some_and(|last| now - last < INTERVAL) {
            return;
        }
        state.last = Some(now);
        let seconds = (now - first).as_secs_f64();
        let rate = if seconds > 0.0 { state.done as f64 / seconds } else { 0.0 };
        let progress =
            Progress { done: state.done, total: state.total, unit: self.unit, rate, current: current.to_owned() };
        drop(state);
        report(&progress);
    }
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meter").field("unit", &self.unit).finish_non_exhaustive()
    }
}
