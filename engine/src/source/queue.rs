//! [`Queue`]: what producers hand to the next cycle, bounded in bytes.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::feed::Wake;
use crate::{Error, ErrorKind, Result};

/// What waits in a queue and counts against its bound.
pub(crate) trait Weight {
    /// Bytes held.
    fn bytes(&self) -> usize;
}

/// Items from any thread, taken out all at once by a cycle.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    state: Mutex<State<T>>,
    room: Condvar,
    capacity: usize,
    wake: Wake,
}

#[derive(Debug)]
struct State<T> {
    items: VecDeque<T>,
    /// Bytes of the items.
    bytes: usize,
    /// Bytes of items that were taken out and are not in a table yet.
    on_the_way: usize,
    failure: Option<Error>,
    /// Why nothing more is let in.
    shut: Option<&'static str>,
}

/// What is taken out of a queue.
#[derive(Debug)]
pub(crate) struct Drained<T> {
    pub(crate) items: VecDeque<T>,
    /// Bytes of the items, which count as waiting until they are [released](Queue::release).
    pub(crate) bytes: usize,
    pub(crate) failure: Option<Error>,
}

impl<T: Weight> Queue<T> {
    pub(crate) fn new(capacity: usize, wake: Wake) -> Self {
        let state = State { items: VecDeque::new(), bytes: 0, on_the_way: 0, failure: None, shut: None };
        Queue { state: Mutex::new(state), room: Condvar::new(), capacity, wake }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an item in when there is room; one larger than the bound is let in when nothing else waits.
    ///
    /// As long as there is none, `wait` is told for how long that has been so, and says after what time to ask it
    /// again, or gives up.
    pub(crate) fn send(&self, item: T, mut wait: impl FnMut(Duration) -> Result<Duration>) -> Result<()> {
        let bytes = item.bytes();
        let start = Instant::now();
        let mut state = self.lock();
        while state.shut.is_none() && state.waiting() > 0 && state.waiting() + bytes > self.capacity {
            let patience = wait(start.elapsed())?;
            state = self.room.wait_timeout(state, patience).unwrap_or_else(PoisonError::into_inner).0;
        }
        if let Some(why) = state.shut {
            return Err(Error::new(ErrorKind::Closed, why));
        }
        state.bytes += bytes;
        state.items.push_back(item);
        drop(state);
        self.wake.notify();
        Ok(())
    }

    /// What a sender that does not wait is told.
    pub(crate) fn full(&self) -> Error {
        let message = format!("the queue holds its {} bytes until the next cycle", self.capacity);
        Error::new(ErrorKind::Limit, message).retriable().with_help("run a cycle, or send less at a time")
    }

    /// Has the next cycle end the table after the items sent so far.
    pub(crate) fn fail(&self, error: Error) {
        self.lock().failure.get_or_insert(error);
        self.wake.notify();
    }

    /// Lets nothing more in; what waits is still taken.
    pub(crate) fn end(&self) {
        self.lock().shut.get_or_insert("the producer has ended this feed");
        self.room.notify_all();
    }

    /// Lets nothing more in, and forgets what waits: nobody will take it.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.shut = Some("the table fed here is gone");
        state.items.clear();
        state.bytes = 0;
        drop(state);
        self.room.notify_all();
    }

    /// Whether nothing more is let in.
    pub(crate) fn is_shut(&self) -> bool {
        self.lock().shut.is_some()
    }

    pub(crate) fn pending_bytes(&self) -> usize {
        self.lock().waiting()
    }

    /// Bytes of items that nobody has taken out.
    pub(crate) fn undrained_bytes(&self) -> usize {
        self.lock().bytes
    }

    pub(crate) fn has_pending(&self) -> bool {
        let state = self.lock();
        !state.items.is_empty() || state.failure.is_some()
    }

    /// Takes all items out. There is room for others when these are released.
    pub(crate) fn drain(&self) -> Drained<T> {
        let mut state = self.lock();
        let bytes = std::mem::take(&mut state.bytes);
        state.on_the_way += bytes;
        Drained { items: std::mem::take(&mut state.items), bytes, failure: state.failure.take() }
    }

    /// Says that items taken out, of so many bytes, are where they were to go.
    pub(crate) fn release(&self, bytes: usize) {
        self.lock().on_the_way -= bytes;
        self.room.notify_all();
    }
}

impl<T> State<T> {
    fn waiting(&self) -> usize {
        self.bytes + self.on_the_way
    }
}

/// Waits until there is room.
pub(crate) fn patiently(_so_far: Duration) -> Result<Duration> {
    Ok(Duration::from_secs(3600))
}
