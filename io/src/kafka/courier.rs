//! [`Courier`]: the thread that publishes a table, so that neither cycles nor listeners wait for brokers.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use headwater_engine::{Changes, Error, ErrorKind, Result};

use super::publisher::Sink;

/// How long the thread waits for a change before it looks whether it is asked for something.
const IDLE: Duration = Duration::from_millis(20);

/// What a publisher and its thread tell each other.
#[derive(Default)]
struct Desk {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// How often it was asked that all there is be handed to the client, and up to which of these that is done.
    asked: u64,
    answered: u64,
    ending: bool,
    ended: bool,
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread's handle. Dropping it ends the thread, once it has handed over what waits.
pub(super) struct Courier {
    desk: Arc<Desk>,
    sink: Arc<Sink>,
    timeout: Duration,
}

impl Courier {
    /// Starts the thread.
    pub(super) fn start(changes: Changes, sink: Arc<Sink>, timeout: Duration) -> Result<Courier> {
        let desk = Arc::new(Desk::default());
        let (its_desk, its_sink) = (desk.clone(), sink.clone());
        let thread = std::thread::Builder::new().name("headwater-kafka-publish".to_owned()).spawn(move || {
            carry(changes, &its_sink, &its_desk);
            its_desk.lock().ended = true;
            its_desk.changed.notify_all();
        });
        thread.map_err(|error| Error::new(ErrorKind::Io, "a thread cannot be started").with_source(error))?;
        Ok(Courier { desk, sink, timeout })
    }

    /// Waits until the client has the messages of all changes so far; says whether it has, or there is no thread
    /// any more.
    pub(super) fn hand_over(&self, timeout: Duration) -> bool {
        let mut state = self.desk.lock();
        state.asked += 1;
        let asked = state.asked;
        self.wait(state, timeout, |state| state.answered >= asked)
    }

    fn wait(&self, state: MutexGuard<'_, State>, timeout: Duration, done: impl Fn(&State) -> bool) -> bool {
        let waiting = |state: &mut State| !done(state) && !state.ended;
        let waited = self.desk.changed.wait_timeout_while(state, timeout, waiting);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    /// Ends the thread, then waits for what is on its way.
    pub(super) fn finish(&self) -> Result<()> {
        let started = Instant::now();
        let mut state = self.desk.lock();
        state.ending = true;
        if !self.wait(state, self.timeout, |_| false) {
            self.sink.abandon();
        }
        self.sink.finish(self.timeout.saturating_sub(started.elapsed()))
    }
}

impl Drop for Courier {
    fn drop(&mut self) {
        // An error goes to the caller's on_failure: a drop has nobody else to tell.
        let _ = self.finish();
    }
}

/// Publishes changes until told to end, or something fails.
fn carry(mut changes: Changes, sink: &Sink, desk: &Desk) {
    loop {
        changes.wait(IDLE);
        let (asked, ending) = {
            let state = desk.lock();
            (state.asked, state.ending)
        };
        let published = match changes.try_next() {
            Ok(Some(change)) => sink.publish(&change),
            Ok(None) if ending => return,
            Ok(None) => {
                desk.lock().answered = asked;
                desk.changed.notify_all();
                Ok(())
            }
            // The session is gone, and with it whoever could be told.
            Err(error) if error.kind() == ErrorKind::Closed => return,
            Err(error) => Err(error),
        };
        if let Err(error) = published {
            sink.fail(error);
            return;
        }
    }
}
