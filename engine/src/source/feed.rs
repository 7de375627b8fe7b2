//! [`Feed`]: the bounded way into a live table, from any thread.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Batch;
use crate::{Error, ErrorKind, Result};

/// How many bytes wait for the next cycle before a producer has to wait.
pub const DEFAULT_FEED_BYTES: usize = 64 << 20;

/// The producer's end of a live table: batches go in from any thread, the next cycle takes them all.
///
/// Bounded in bytes: [`Feed::send`] waits while the queue is full, [`Feed::try_send`] says so. A batch larger
/// than the bound is let in when the queue is empty. When the table is dropped, sending gives [`ErrorKind::Closed`].
#[derive(Clone, Debug)]
pub struct Feed {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    queue: Mutex<Queue>,
    room: Condvar,
    capacity: usize,
    wake: Wake,
}

#[derive(Debug, Default)]
struct Queue {
    batches: VecDeque<Batch>,
    bytes: usize,
    failure: Option<Error>,
    closed: bool,
}

/// Told when a feed has something for the next cycle; sessions that run by event wait on it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wake {
    state: Arc<(Mutex<bool>, Condvar)>,
}

impl Wake {
    pub(crate) fn notify(&self) {
        *lock(&self.state.0) = true;
        self.state.1.notify_all();
    }

    /// Waits until notified or the time is over; says whether it was notified.
    pub(crate) fn wait(&self, timeout: Duration) -> bool {
        let (mut woken, _) = self
            .state
            .1
            .wait_timeout_while(lock(&self.state.0), timeout, |woken| !*woken)
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *woken)
    }
}

/// What a cycle takes out of a feed.
#[derive(Debug, Default)]
pub(crate) struct Drained {
    pub(crate) batches: VecDeque<Batch>,
    pub(crate) failure: Option<Error>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Feed {
    pub(crate) fn new(capacity: usize, wake: Wake) -> Self {
        Feed { shared: Arc::new(Shared { queue: Mutex::default(), room: Condvar::new(), capacity, wake }) }
    }

    /// Puts a batch in, waiting while the queue is full.
    ///
    /// # Errors
    /// [`ErrorKind::Closed`] when the table is gone or was failed.
    pub fn send(&self, batch: Batch) -> Result<()> {
        let queue = lock(&self.shared.queue);
        let queue = self
            .shared
            .room
            .wait_while(queue, |queue| !queue.closed && self.is_full(queue, &batch))
            .unwrap_or_else(PoisonError::into_inner);
        self.push(queue, batch)
    }

    /// As [`Feed::send`], but asks `give_up` every few milliseconds while it waits, how long it has waited so far;
    /// where that says so, the batch is dropped: for a producer that is told to stop while the queue is full.
    ///
    /// # Errors
    /// [`ErrorKind::Closed`] when the table is gone or the producer gave up.
    pub fn send_unless(&self, batch: Batch, mut give_up: impl FnMut(Duration) -> bool) -> Result<()> {
        const PATIENCE: Duration = Duration::from_millis(20);
        let start = Instant::now();
        let mut queue = lock(&self.shared.queue);
        while !queue.closed && self.is_full(&queue, &batch) {
            queue = self.shared.room.wait_timeout(queue, PATIENCE).unwrap_or_else(PoisonError::into_inner).0;
            if give_up(start.elapsed()) {
                return Err(Error::new(ErrorKind::Closed, "the producer stopped"));
            }
        }
        self.push(queue, batch)
    }

    /// As [`Feed::send`], but gives up after `timeout`, with [`ErrorKind::Limit`] (retriable).
    pub fn send_timeout(&self, batch: Batch, timeout: Duration) -> Result<()> {
        let deadline = Instant::now() + timeout;
        let mut queue = lock(&self.shared.queue);
        while !queue.closed && self.is_full(&queue, &batch) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(self.full());
            }
            queue = self.shared.room.wait_timeout(queue, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        self.push(queue, batch)
    }

    /// Puts a batch in if there is room.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] (retriable) when the queue is full, [`ErrorKind::Closed`] when the table is gone.
    pub fn try_send(&self, batch: Batch) -> Result<()> {
        let queue = lock(&self.shared.queue);
        if !queue.closed && self.is_full(&queue, &batch) {
            return Err(self.full());
        }
        self.push(queue, batch)
    }

    /// Fails the table at the next cycle, after the batches sent so far: they stay readable.
    pub fn fail(&self, error: Error) {
        lock(&self.shared.queue).failure.get_or_insert(error);
        self.shared.wake.notify();
    }

    /// Whether the table is gone.
    pub fn is_closed(&self) -> bool {
        lock(&self.shared.queue).closed
    }

    /// Bytes waiting for the next cycle.
    pub fn pending_bytes(&self) -> usize {
        lock(&self.shared.queue).bytes
    }

    fn is_full(&self, queue: &Queue, batch: &Batch) -> bool {
        queue.bytes > 0 && queue.bytes + batch.bytes() > self.shared.capacity
    }

    fn full(&self) -> Error {
        let message = format!("the queue holds its {} bytes until the next cycle", self.shared.capacity);
        Error::new(ErrorKind::Limit, message).retriable()
    }

    fn push(&self, mut queue: MutexGuard<'_, Queue>, batch: Batch) -> Result<()> {
        if queue.closed {
            return Err(Error::new(ErrorKind::Closed, "the table fed here is gone"));
        }
        queue.bytes += batch.bytes();
        queue.batches.push_back(batch);
        drop(queue);
        self.shared.wake.notify();
        Ok(())
    }

    pub(crate) fn has_pending(&self) -> bool {
        let queue = lock(&self.shared.queue);
        !queue.batches.is_empty() || queue.failure.is_some()
    }

    pub(crate) fn drain(&self) -> Drained {
        let mut queue = lock(&self.shared.queue);
        queue.bytes = 0;
        let drained = Drained { batches: std::mem::take(&mut queue.batches), failure: queue.failure.take() };
        drop(queue);
        self.shared.room.notify_all();
        drained
    }

    pub(crate) fn close(&self) {
        let mut queue = lock(&self.shared.queue);
        queue.closed = true;
        queue.batches.clear();
        queue.bytes = 0;
        drop(queue);
        self.shared.room.notify_all();
    }
}
