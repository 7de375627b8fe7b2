//! [`Feed`]: the bounded way into a live table, from any thread.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Batch;
use super::queue::{Queue, Weight, patiently};
use crate::plan::Definition;
use crate::{Error, ErrorKind, Result};

/// How many bytes wait for the next cycle before a producer has to wait.
pub const DEFAULT_FEED_BYTES: usize = 64 << 20;

/// The producer's end of a live table: batches go in from any thread, the next cycle takes them all.
///
/// Bounded in bytes: [`Feed::send`] waits while the queue is full, [`Feed::try_send`] says so. A batch larger
/// than the bound is let in when the queue is empty. When the table is dropped, sending gives [`ErrorKind::Closed`].
/// The thread that runs the cycles should not wait: nobody else makes room.
///
/// ```
/// use headwater_engine::source::Batch;
/// use headwater_engine::{ColumnDef, ErrorKind, Session, Type, vector::Vector};
/// # fn main() -> headwater_engine::Result<()> {
/// let session = Session::new();
/// let (prices, feed) = session.append_table("prices", [ColumnDef::new("Price", Type::F64)])?;
/// feed.send(Batch::new(prices.definition(), vec![Vector::from(vec![1.5, 2.5])])?)?;
/// let counts = Vector::from(vec![1_i64]);
/// assert_eq!(Batch::new(prices.definition(), vec![counts]).unwrap_err().kind(), ErrorKind::Type);
/// feed.end();
/// session.step()?;
/// assert_eq!(prices.snapshot()?.len(), 2);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Feed {
    queue: Arc<Queue<Batch>>,
    definition: Definition,
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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Weight for Batch {
    fn bytes(&self) -> usize {
        Batch::bytes(self)
    }
}

impl Feed {
    pub(crate) fn new(definition: &Definition, capacity: usize, wake: Wake) -> Self {
        Feed { queue: Arc::new(Queue::new(capacity, wake)), definition: definition.clone() }
    }

    /// The columns of the table fed: what batches are made for.
    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    /// Puts a batch in, waiting while the queue is full.
    ///
    /// # Errors
    /// [`ErrorKind::Closed`] when the table is gone or was failed, or the feed was ended; [`ErrorKind::Type`] for a
    /// batch that was made for other columns.
    pub fn send(&self, batch: Batch) -> Result<()> {
        self.fits(&batch)?;
        self.queue.send(batch, patiently)
    }

    /// As [`Feed::send`], but asks `give_up` every few milliseconds while it waits, how long it has waited so far;
    /// where that says so, the batch is dropped: for a producer that is told to stop while the queue is full.
    ///
    /// # Errors
    /// As [`Feed::send`]; [`ErrorKind::Closed`] too if the producer gave up.
    pub fn send_unless(&self, batch: Batch, mut give_up: impl FnMut(Duration) -> bool) -> Result<()> {
        const PATIENCE: Duration = Duration::from_millis(20);
        self.fits(&batch)?;
        self.queue.send(batch, |so_far| {
            if give_up(so_far) { Err(Error::new(ErrorKind::Closed, "the producer stopped")) } else { Ok(PATIENCE) }
        })
    }

    /// As [`Feed::send`], but gives up after `timeout`.
    ///
    /// # Errors
    /// As [`Feed::send`]; [`ErrorKind::Limit`] (retriable) when the time is over.
    pub fn send_timeout(&self, batch: Batch, timeout: Duration) -> Result<()> {
        self.fits(&batch)?;
        self.queue.send(batch, |so_far| match timeout.checked_sub(so_far) {
            Some(left) if !left.is_zero() => Ok(left),
            _ => Err(self.queue.full()),
        })
    }

    /// Puts a batch in if there is room.
    ///
    /// # Errors
    /// As [`Feed::send`]; [`ErrorKind::Limit`] (retriable) when the queue is full.
    pub fn try_send(&self, batch: Batch) -> Result<()> {
        self.fits(&batch)?;
        self.queue.send(batch, |_| Err(self.queue.full()))
    }

    fn fits(&self, batch: &Batch) -> Result<()> {
        batch.check(&self.definition)
    }

    /// Fails the table at the next cycle, after the batches sent so far: they stay readable.
    pub fn fail(&self, error: Error) {
        self.queue.fail(error);
    }

    /// Says that nothing more will come. What was sent is taken; the table stays as it is then.
    pub fn end(&self) {
        self.queue.end();
    }

    /// Whether nothing more is let in: the table is gone, or the feed was ended.
    pub fn is_closed(&self) -> bool {
        self.queue.is_shut()
    }

    /// Bytes waiting for the next cycle.
    pub fn pending_bytes(&self) -> usize {
        self.queue.pending_bytes()
    }

    pub(crate) fn queue(&self) -> &Arc<Queue<Batch>> {
        &self.queue
    }
}
