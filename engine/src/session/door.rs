//! [`Door`]: one inside at a time, and nobody waits for himself.
//!
//! Apart from the session, because it is small enough to be tried in every order of threads: `tests/loom` does.

use std::sync::PoisonError;

#[cfg(loom)]
use loom::{
    sync::{Mutex, MutexGuard},
    thread::{self, ThreadId},
};
#[cfg(not(loom))]
use std::{
    sync::{Mutex, MutexGuard},
    thread::{self, ThreadId},
};

/// What stands behind it is seen by one thread at a time.
pub(crate) struct Door<T> {
    state: Mutex<T>,
    /// The thread that is inside and runs code of others, which might come to the door again.
    inside: Mutex<Option<ThreadId>>,
}

/// Whoever asks is inside already: waiting would never end.
#[derive(Debug)]
pub(crate) struct Inside;

impl<T> Door<T> {
    pub(crate) fn new(state: T) -> Self {
        Door { state: Mutex::new(state), inside: Mutex::new(None) }
    }

    /// Waits until nobody is inside. A panic of somebody inside leaves the door usable: what stands behind it keeps
    /// itself in order.
    pub(crate) fn enter(&self) -> Result<MutexGuard<'_, T>, Inside> {
        if *lock(&self.inside) == Some(thread::current().id()) {
            return Err(Inside);
        }
        Ok(lock(&self.state))
    }

    /// Runs `work`, which may call anything, for the one who is inside.
    pub(crate) fn inside<R>(&self, work: impl FnOnce() -> R) -> R {
        struct Leave<'d>(&'d Mutex<Option<ThreadId>>);
        impl Drop for Leave<'_> {
            fn drop(&mut self) {
                *lock(self.0) = None;
            }
        }
        *lock(&self.inside) = Some(thread::current().id());
        let _leave = Leave(&self.inside);
        work()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
