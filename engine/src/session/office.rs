//! [`Office`]: who is to be called, for the thread that calls listeners under [`Session::run`](super::Session::run).

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use super::lock;
use crate::listen::Mailbox;

/// Listeners that have something waiting, each listed once however many cycles ran meanwhile.
#[derive(Default)]
pub(super) struct Office {
    calls: Mutex<Calls>,
    changed: Condvar,
}

#[derive(Default)]
struct Calls {
    waiting: Vec<Arc<Mailbox>>,
    closed: bool,
}

impl Office {
    /// Has listeners called.
    pub(super) fn call(&self, listeners: Vec<Arc<Mailbox>>) {
        let mut calls = lock(&self.calls);
        for listener in listeners {
            if !calls.waiting.iter().any(|other| Arc::ptr_eq(other, &listener)) {
                calls.waiting.push(listener);
            }
        }
        drop(calls);
        self.changed.notify_all();
    }

    /// Calls listeners until the office is closed and nobody waits.
    pub(super) fn serve(&self) {
        loop {
            let calls = lock(&self.calls);
            let wait = |calls: &mut Calls| calls.waiting.is_empty() && !calls.closed;
            let mut calls = self.changed.wait_while(calls, wait).unwrap_or_else(PoisonError::into_inner);
            if calls.waiting.is_empty() {
                return;
            }
            let next = calls.waiting.remove(0);
            drop(calls);
            next.deliver();
        }
    }

    /// Closes the office when dropped, however the loop that fills it ends.
    pub(super) fn closing(&self) -> impl Drop {
        struct Closing<'o>(&'o Office);
        impl Drop for Closing<'_> {
            fn drop(&mut self) {
                lock(&self.0.calls).closed = true;
                self.0.changed.notify_all();
            }
        }
        Closing(self)
    }
}
