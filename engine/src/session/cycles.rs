//! Driving cycles: by hand, or by event until told to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::office::Office;
use super::{Session, lock};
use crate::Result;
use crate::graph::CycleReport;
use crate::listen::Mailbox;

/// How long [`Session::run`] waits before it looks at its stop flag again when nothing arrives.
const IDLE_WAIT: Duration = Duration::from_millis(50);

/// Tells [`Session::run`] to end, from any thread. Cheap to clone; all clones are one flag.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    flag: Arc<AtomicBool>,
}

impl Stop {
    /// A flag that is not raised.
    pub fn new() -> Self {
        Stop::default()
    }

    /// Raises the flag.
    pub fn stop(&self) {
        self.flag.store(true, Ordering::Release);
    }

    /// Whether the flag is raised.
    pub fn is_stopped(&self) -> bool {
        self.flag.load(Ordering::Acquire)
    }

    /// The flag itself, for signal handlers that set one.
    pub fn flag(&self) -> Arc<AtomicBool> {
        self.flag.clone()
    }
}

impl Session {
    /// Runs one cycle: takes what the sources have, brings every table up to date, then tells the listeners.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InsideCycle`] from inside a cycle; [`crate::ErrorKind::ClockWentBack`], then no cycle ran.
    /// A table that fails does not make the step fail: [`crate::Table::error`] tells.
    pub fn step(&self) -> Result<CycleReport> {
        let report = self.cycle(self.inner.longest_cycle)?;
        self.mail().iter().for_each(|listener| listener.deliver());
        Ok(report)
    }

    /// Runs cycles on this thread until `stop` is raised: one as soon as a source has something or a timer is due, at
    /// least `min_interval` after the one before. Listeners are called on a thread of their own.
    ///
    /// # Errors
    /// As [`Session::step`].
    pub fn run(&self, stop: &Stop, min_interval: Duration) -> Result<()> {
        let longest = self.inner.longest_cycle.or(Some(min_interval)).filter(|longest| !longest.is_zero());
        let office = Office::default();
        std::thread::scope(|scope| {
            let _closing = office.closing();
            scope.spawn(|| office.serve());
            while !stop.is_stopped() {
                let started = Instant::now();
                if self.has_work()? {
                    self.cycle(longest)?;
                }
                office.call(self.mail());
                match min_interval.checked_sub(started.elapsed()) {
                    Some(rest) => std::thread::sleep(rest),
                    None if self.has_work()? => continue,
                    None => {}
                }
                let due = self.gate()?.due_in();
                self.inner.wake.wait(due.map_or(IDLE_WAIT, |due| due.min(IDLE_WAIT)));
            }
            Ok(())
        })
    }

    /// Cycles that took longer than they should; see
    /// [`SessionBuilder::longest_cycle`](crate::SessionBuilder::longest_cycle).
    pub fn overruns(&self) -> u64 {
        self.inner.overruns.load(Ordering::Relaxed)
    }

    fn has_work(&self) -> Result<bool> {
        let mut graph = self.gate()?;
        graph.tick()?;
        Ok(graph.has_work())
    }

    fn cycle(&self, longest: Option<Duration>) -> Result<CycleReport> {
        self.inner.intakes.prepare(&self.inner.pool);
        let mut graph = self.gate()?;
        graph.tick()?;
        let mut report = self.inside(|| graph.run_cycle());
        report.overran = longest.is_some_and(|longest| report.elapsed > longest);
        if report.overran {
            self.inner.overruns.fetch_add(1, Ordering::Relaxed);
        }
        self.tell_performance(&mut graph)?;
        Ok(report)
    }

    /// Hands out what cycles had for readers; those of them that are to be called.
    fn mail(&self) -> Vec<Arc<Mailbox>> {
        // The lock is held throughout, so that events of a reader stay in order whoever runs cycles.
        let mut outbox = lock(&self.inner.outbox);
        let mut called: Vec<Arc<Mailbox>> = Vec::new();
        for (mailbox, event) in outbox.drain(..) {
            mailbox.post(event);
            if mailbox.calls() && !called.iter().any(|other| Arc::ptr_eq(other, &mailbox)) {
                called.push(mailbox);
            }
        }
        called
    }
}
