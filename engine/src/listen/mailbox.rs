//! [`Mailbox`]: what waits for one reader.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError};
use std::task::Waker;
use std::time::{Duration, Instant};

use super::Change;
use super::captured::Captured;
use crate::plan::{Definition, Flavour};
use crate::{Error, ErrorKind, Result};

/// Changes that wait one by one; when there are more, neighbours become one.
const APART: usize = 4;

/// Bytes of blink rows that wait: they cannot become fewer.
const BLINK_BYTES: usize = 64 << 20;

type OnChange = Box<dyn FnMut(&Change) -> Result<()> + Send>;
type OnStop = Box<dyn FnMut(&Error) + Send>;

/// What a reader is to be told.
#[derive(Debug)]
pub(crate) enum Event {
    /// What a cycle did.
    Change(Box<Captured>),
    /// The table failed, or the source of it stopped: nothing more will come.
    Stopped(Error),
}

/// What waits for one reader: filled after each cycle, emptied when the reader likes.
///
/// However late the reader is, what waits comes to no more than the table before and the table now: changes of
/// several cycles become one. Those that become one are of about equal size, so a cycle costs its rows and not what
/// waits already.
pub(crate) struct Mailbox {
    definition: Definition,
    state: Mutex<State>,
    arrived: Condvar,
    callbacks: Option<Mutex<(OnChange, OnStop)>>,
}

#[derive(Default)]
struct State {
    waiting: Vec<Captured>,
    /// Nothing more will come, and why.
    stop: Option<Error>,
    /// The reader was told of the end, or is the cause of it.
    over: Option<Error>,
    waker: Option<Waker>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Mailbox {
    /// For a reader who comes and asks.
    pub(crate) fn new(definition: Definition) -> Arc<Self> {
        Arc::new(Mailbox { definition, state: Mutex::default(), arrived: Condvar::new(), callbacks: None })
    }

    /// For a reader who is called.
    pub(crate) fn calling(
        definition: Definition,
        on_change: impl FnMut(&Change) -> Result<()> + Send + 'static,
        on_stop: impl FnMut(&Error) + Send + 'static,
    ) -> Arc<Self> {
        let callbacks = Some(Mutex::new((Box::new(on_change) as OnChange, Box::new(on_stop) as OnStop)));
        Arc::new(Mailbox { definition, state: Mutex::default(), arrived: Condvar::new(), callbacks })
    }

    /// Whether the reader is to be called.
    pub(crate) fn calls(&self) -> bool {
        self.callbacks.is_some()
    }

    fn is_blink(&self) -> bool {
        self.definition.flavour() == Flavour::Blink
    }

    /// Whether nobody wants anything more.
    pub(crate) fn is_over(&self) -> bool {
        lock(&self.state).over.is_some()
    }

    /// Why nothing more is told.
    pub(crate) fn error(&self) -> Option<Error> {
        lock(&self.state).over.clone()
    }

    pub(crate) fn is_empty(&self) -> bool {
        let state = lock(&self.state);
        state.over.is_some() || state.waiting.is_empty() && state.stop.is_none()
    }

    /// Puts in what a cycle had for the reader.
    pub(crate) fn post(&self, event: Event) {
        match event {
            Event::Change(change) => self.put(*change),
            Event::Stopped(error) => self.stop(&error),
        }
    }

    fn put(&self, change: Captured) {
        let mut state = lock(&self.state);
        if state.stop.is_some() || state.over.is_some() {
            return;
        }
        state.waiting.push(change);
        while let [.., before, last] = &state.waiting[..]
            && state.waiting.len() > APART
            && before.rows() <= 2 * last.rows().max(1)
        {
            fold_last(&mut state.waiting, &self.definition);
        }
        if self.is_blink() && state.waiting.iter().map(Captured::bytes).sum::<usize>() > BLINK_BYTES {
            let message = format!("the reader is more than {BLINK_BYTES} bytes of rows of a blink table behind");
            let error = Error::new(ErrorKind::Limit, message);
            state.stop = Some(error.with_help("filter or aggregate the table first, or read it faster"));
        }
        self.wake(state);
    }

    /// Says that nothing more will come; the first reason counts.
    pub(crate) fn stop(&self, error: &Error) {
        let mut state = lock(&self.state);
        state.stop.get_or_insert_with(|| error.clone());
        self.wake(state);
    }

    fn wake(&self, mut state: MutexGuard<'_, State>) {
        let waker = state.waker.take();
        drop(state);
        self.arrived.notify_all();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Takes all that waits, as one change (of blink rows for a reader who is called, the first change); then, once, the reason of the end as an error. `None` if nothing waits.
    pub(crate) fn take(&self) -> Option<Result<Change>> {
        self.take_or(|_| {})
    }

    /// As [`Mailbox::take`]; leaves a waker if nothing waits. `Err` if nothing ever will.
    pub(crate) fn poll(&self, waker: &Waker) -> Result<Option<Result<Change>>> {
        if let Some(over) = self.error() {
            return Err(over);
        }
        Ok(self.take_or(|state| state.waker = Some(waker.clone())))
    }

    fn take_or(&self, otherwise: impl FnOnce(&mut State)) -> Option<Result<Change>> {
        let mut state = lock(&self.state);
        if state.over.is_some() {
            return None;
        }
        let mut waiting = match state.waiting.is_empty() {
            // Changes of blink rows put together no longer tell which of them went: who is called hears each by itself.
            false if self.calls() && self.is_blink() => vec![state.waiting.remove(0)],
            _ => std::mem::take(&mut state.waiting),
        };
        if waiting.is_empty() {
            match state.stop.clone() {
                Some(error) => {
                    state.over = Some(error.clone());
                    return Some(Err(error));
                }
                None => otherwise(&mut state),
            }
            return None;
        }
        drop(state);
        while waiting.len() > 1 {
            fold_last(&mut waiting, &self.definition);
        }
        waiting.pop().map(|change| change.into_change(&self.definition))
    }

    /// Waits until something can be taken, or the time is over; says whether something can.
    pub(crate) fn wait(&self, timeout: Duration) -> bool {
        let deadline = Instant::now().checked_add(timeout);
        let mut state = lock(&self.state);
        while state.over.is_none() && state.stop.is_none() && state.waiting.is_empty() {
            let left = deadline.map_or(Duration::from_secs(3600), |at| at.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return false;
            }
            state = self.arrived.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// Calls the reader with all that waits. A reader that fails once, or panics, is not called again.
    ///
    /// While one thread calls, no other does, nor does the reader itself by way of a cycle that it runs: what arrives
    /// meanwhile is delivered by whoever calls already.
    pub(crate) fn deliver(&self) {
        let Some(callbacks) = &self.callbacks else { return };
        while !self.is_empty() {
            let mut callbacks = match callbacks.try_lock() {
                Ok(callbacks) => callbacks,
                Err(TryLockError::Poisoned(callbacks)) => callbacks.into_inner(),
                Err(TryLockError::WouldBlock) => return,
            };
            let (on_change, on_stop) = &mut *callbacks;
            while let Some(event) = self.take() {
                let outcome = catch_unwind(AssertUnwindSafe(|| match event {
                    Ok(change) => on_change(&change),
                    Err(error) => {
                        on_stop(&error);
                        Err(error)
                    }
                }));
                if let Err(error) = outcome.unwrap_or_else(|_| Err(panicked())) {
                    let is_news = lock(&self.state).over.replace(error.clone()).is_none();
                    if is_news {
                        // The listener itself is the cause, and is told so; what it makes of that changes nothing.
                        let _ = catch_unwind(AssertUnwindSafe(|| on_stop(&error)));
                    }
                }
            }
        }
    }
}

fn fold_last(waiting: &mut Vec<Captured>, definition: &Definition) {
    if let (Some(last), Some(before)) = (waiting.pop(), waiting.pop()) {
        waiting.push(before.then(last, definition));
    }
}

fn panicked() -> Error {
    Error::new(ErrorKind::UserFunction, "the listener panicked")
}
