//! [`Promise`] and [`Slot`]: one thread makes a thing, the others that want it wait for that one.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use headwater_engine::{Error, ErrorKind, Result};

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A value that will be there once, or the error of making it.
#[derive(Debug)]
pub(crate) struct Promise<T> {
    state: Mutex<Option<Result<T>>>,
    made: Condvar,
}

impl<T: Clone> Promise<T> {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Promise { state: Mutex::new(None), made: Condvar::new() })
    }

    /// Blocks until the value is there.
    pub(crate) fn wait(&self) -> Result<T> {
        let mut state = lock(&self.state);
        loop {
            match &*state {
                Some(result) => return result.clone(),
                None => state = self.made.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    pub(crate) fn keep(&self, result: Result<T>) {
        lock(&self.state).get_or_insert(result);
        self.made.notify_all();
    }
}

/// A value made at most once, by whoever needs it first. An error goes to those who waited; the next one tries anew.
#[derive(Clone, Debug)]
pub(crate) struct Slot<T>(Arc<Mutex<Option<Arc<Promise<T>>>>>);

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Slot(Arc::default())
    }
}

/// The duty to make the value of a [`Slot`]. Dropping it undone (a panic) fails those who wait.
#[derive(Debug)]
pub(crate) struct Duty<T: Clone> {
    slot: Slot<T>,
    promise: Arc<Promise<T>>,
}

impl<T: Clone> Slot<T> {
    /// The duty to make the value, if nobody has it and the value is not there.
    pub(crate) fn claim(&self) -> Option<Duty<T>> {
        let mut slot = lock(&self.0);
        if slot.is_some() {
            return None;
        }
        let promise = Promise::new();
        *slot = Some(promise.clone());
        drop(slot);
        Some(Duty { slot: self.clone(), promise })
    }

    /// The value, made here unless it is there or somebody else is making it.
    pub(crate) fn get(&self, make: impl FnOnce() -> Result<T>) -> Result<T> {
        if let Some(duty) = self.claim() {
            return duty.done(make());
        }
        let promise = lock(&self.0).clone();
        match promise {
            Some(promise) => promise.wait(),
            // Its maker failed between the two looks.
            None => make(),
        }
    }
}

impl<T: Clone> Duty<T> {
    pub(crate) fn done(self, result: Result<T>) -> Result<T> {
        self.finish(result.clone());
        result
    }

    fn finish(&self, result: Result<T>) {
        if result.is_err() {
            let mut slot = lock(&self.slot.0);
            if slot.as_ref().is_some_and(|promise| Arc::ptr_eq(promise, &self.promise)) {
                *slot = None;
            }
        }
        self.promise.keep(result);
    }
}

impl<T: Clone> Drop for Duty<T> {
    fn drop(&mut self) {
        let kept = lock(&self.promise.state).is_some();
        if !kept {
            self.finish(Err(Error::new(ErrorKind::Internal, "the thread that was reading this panicked")));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn one_makes_and_the_others_wait() {
        let slot: Slot<u32> = Slot::default();
        let made = AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let value = slot.get(|| {
                        std::thread::sleep(std::time::Duration::from_millis(5));
                        Ok(made.fetch_add(1, Ordering::Relaxed) + 7)
                    });
                    assert_eq!(value.unwrap(), 7);
                });
            }
        });
        assert_eq!(made.into_inner(), 1);
    }

    #[test]
    fn an_error_is_told_once_and_tried_again() {
        let slot: Slot<u32> = Slot::default();
        assert!(slot.get(|| Err(Error::new(ErrorKind::Io, "no"))).is_err());
        assert_eq!(slot.get(|| Ok(1)).unwrap(), 1);
    }

    #[test]
    fn a_dropped_duty_fails_those_who_wait() {
        let slot: Slot<u32> = Slot::default();
        let duty = slot.claim().unwrap();
        std::thread::scope(|scope| {
            let waiter = scope.spawn(|| slot.get(|| Err(Error::new(ErrorKind::Internal, "made by the waiter"))));
            std::thread::sleep(std::time::Duration::from_millis(5));
            drop(duty);
            assert_eq!(waiter.join().unwrap().unwrap_err().kind(), ErrorKind::Internal);
        });
    }
}
