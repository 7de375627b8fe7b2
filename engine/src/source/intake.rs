//! [`Intake`]: the way of what was sent into a table, all of which but the last step lies outside the gate.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::queue::{Queue, Weight};
use crate::graph::guarded;
use crate::pool::Pool;
use crate::{Error, Result};

/// What a kind of source makes of what was sent, so that a cycle has only to write it.
pub(crate) trait Stage: Send {
    type Sent: Weight + Send;
    type Ready: Send;

    /// Makes things ready, which come in the order in which they were sent.
    ///
    /// # Errors
    /// What the table fails with.
    fn make_ready(&mut self, sent: VecDeque<Self::Sent>, pool: &Pool) -> Result<Self::Ready>;
}

/// A queue, what is made of its items before a cycle has the gate, and what of that waits for the cycle.
pub(crate) struct Intake<S: Stage> {
    queue: Arc<Queue<S::Sent>>,
    /// Held from the queue to the shelf, so that things keep their order whoever makes them ready.
    stage: Mutex<S>,
    shelf: Mutex<Taken<S::Ready>>,
}

/// What a cycle takes in.
pub(crate) struct Taken<R> {
    pub(crate) ready: Vec<Result<R>>,
    /// The source will give no more, and why.
    pub(crate) failure: Option<Error>,
    bytes: usize,
}

impl<R> Default for Taken<R> {
    fn default() -> Self {
        Taken { ready: Vec::new(), failure: None, bytes: 0 }
    }
}

impl<R> Taken<R> {
    fn is_empty(&self) -> bool {
        self.ready.is_empty() && self.failure.is_none()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<S: Stage> Intake<S> {
    pub(crate) fn new(queue: Arc<Queue<S::Sent>>, stage: S) -> Arc<Self> {
        Arc::new(Intake { queue, stage: Mutex::new(stage), shelf: Mutex::default() })
    }

    /// Whether a cycle has something to take in, now or when it is made ready.
    pub(crate) fn has_pending(&self) -> bool {
        !lock(&self.shelf).is_empty() || self.queue.has_pending()
    }

    /// What is ready. Under the gate.
    pub(crate) fn take(&self) -> Taken<S::Ready> {
        let taken = std::mem::take(&mut *lock(&self.shelf));
        self.queue.release(taken.bytes);
        taken
    }

    /// Lets nothing more in.
    pub(crate) fn close(&self) {
        self.queue.close();
    }

    /// The stage, and whether all that it made ready was taken in.
    pub(crate) fn stage<T>(&self, look: impl FnOnce(&S, bool) -> T) -> T {
        let stage = lock(&self.stage);
        look(&stage, lock(&self.shelf).is_empty())
    }
}

/// An [`Intake`] of whatever kind, as the session knows it.
pub(crate) trait Prepare: Send + Sync {
    /// Makes ready what was sent so far; large work is shared.
    fn prepare(&self, pool: &Pool);

    /// Bytes that were sent and are not ready.
    fn unprepared(&self) -> usize;
}

impl<S: Stage> Prepare for Intake<S> {
    fn prepare(&self, pool: &Pool) {
        let mut stage = lock(&self.stage);
        let sent = self.queue.drain();
        if sent.items.is_empty() && sent.failure.is_none() {
            return;
        }
        let ready = (!sent.items.is_empty()).then(|| guarded(|| stage.make_ready(sent.items, pool)));
        let mut shelf = lock(&self.shelf);
        shelf.ready.extend(ready);
        shelf.bytes += sent.bytes;
        shelf.failure = shelf.failure.take().or(sent.failure);
    }

    fn unprepared(&self) -> usize {
        self.queue.undrained_bytes()
    }
}

/// From so many bytes on, preparing is work to be shared.
const LARGE_BYTES: usize = 1 << 18;

/// The intakes of a session. Cheap to clone; all clones are one list.
#[derive(Clone, Default)]
pub(crate) struct Intakes {
    list: Arc<Mutex<Vec<Weak<dyn Prepare>>>>,
}

impl Intakes {
    pub(crate) fn add(&self, intake: Weak<dyn Prepare>) {
        lock(&self.list).push(intake);
    }

    /// Makes ready all that was sent so far: several sources at the same time, if they have much.
    pub(crate) fn prepare(&self, pool: &Pool) {
        let mut list = lock(&self.list);
        list.retain(|intake| intake.strong_count() > 0);
        let intakes: Vec<Arc<dyn Prepare>> = list.iter().filter_map(Weak::upgrade).collect();
        drop(list);
        let is_large = |intake: &&Arc<dyn Prepare>| intake.unprepared() >= LARGE_BYTES;
        if intakes.iter().filter(is_large).nth(1).is_some() {
            pool.map(intakes, |intake| intake.prepare(pool));
        } else {
            intakes.iter().for_each(|intake| intake.prepare(pool));
        }
    }
}
