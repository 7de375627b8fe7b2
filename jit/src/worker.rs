//! The thread that compiles while formulas run on the interpreter.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::compiler::Compiler;
use crate::plan::Missing;

/// How long the thread waits for more before it ends.
const IDLE: Duration = Duration::from_secs(2);

/// A queue of kernels to make, and a thread that is there only while it has some.
#[derive(Debug)]
pub(crate) struct Worker {
    compiler: Arc<Compiler>,
    queue: Mutex<Queue>,
    more: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    jobs: VecDeque<Missing>,
    runs: bool,
}

impl Worker {
    pub(crate) fn new(compiler: Arc<Compiler>) -> Arc<Worker> {
        Arc::new(Worker { compiler, queue: Mutex::default(), more: Condvar::new() })
    }

    /// Has a kernel made some time soon.
    pub(crate) fn make(self: &Arc<Self>, missing: Missing) {
        let mut queue = self.lock();
        queue.jobs.push_back(missing);
        self.more.notify_one();
        if !queue.runs {
            let worker = self.clone();
            // Without a thread there is no kernel, and the interpreter goes on.
            queue.runs = thread::Builder::new().name("headwater-jit".to_owned()).spawn(move || worker.run()).is_ok();
        }
    }

    fn run(&self) {
        while let Some(missing) = self.next() {
            // A formula that is gone before its turn comes is not compiled.
            if Arc::strong_count(&missing.region) > 1 {
                missing.make(|shape| self.compiler.kernel(shape));
            }
        }
    }

    /// The next job; `None` when the thread is to end.
    fn next(&self) -> Option<Missing> {
        let queue = self.lock();
        let wait = self.more.wait_timeout_while(queue, IDLE, |queue| queue.jobs.is_empty());
        let (mut queue, _) = wait.unwrap_or_else(PoisonError::into_inner);
        let job = queue.jobs.pop_front();
        queue.runs = job.is_some();
        job
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
