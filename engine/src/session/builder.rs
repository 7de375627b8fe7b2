//! [`SessionBuilder`]: the settings of a session.

use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use super::door::Door;
use super::{Inner, Session};
use crate::clock::{Clock, SystemClock};
use crate::column::BLOCK_LOG2;
use crate::formula::{FormulaBackend, FunctionRegistry, Interpreter};
use crate::graph::{Graph, GraphTime};
use crate::op::Outbox;
use crate::pool::{GRAIN_ROWS, Pool};
use crate::source::feed::Wake;
use crate::{Error, ErrorKind, Result};

/// Settings of a session, before it is made: of a [`Session`], or of a type `S` that wraps one.
#[derive(Debug)]
pub struct SessionBuilder<S = Session> {
    backend: Arc<dyn FormulaBackend>,
    block_log2: u8,
    check_deltas: bool,
    threads: usize,
    grain: u64,
    clock: Arc<dyn Clock>,
    memory_limit: Option<usize>,
    longest_cycle: Option<Duration>,
    made: PhantomData<fn() -> S>,
}

impl SessionBuilder {
    pub(super) fn new() -> Self {
        SessionBuilder {
            backend: Arc::new(Interpreter),
            block_log2: BLOCK_LOG2,
            check_deltas: false,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            grain: GRAIN_ROWS,
            clock: Arc::new(SystemClock::default()),
            memory_limit: None,
            longest_cycle: None,
            made: PhantomData,
        }
    }

    /// The same settings for a session that is wrapped in a type of the caller's own: what a crate that depends on the
    /// engine, and knows of other backends, gives its users.
    pub fn wrapped<S: From<Session>>(self) -> SessionBuilder<S> {
        SessionBuilder {
            backend: self.backend,
            block_log2: self.block_log2,
            check_deltas: self.check_deltas,
            threads: self.threads,
            grain: self.grain,
            clock: self.clock,
            memory_limit: self.memory_limit,
            longest_cycle: self.longest_cycle,
            made: PhantomData,
        }
    }
}

impl<S: From<Session>> SessionBuilder<S> {
    /// Threads that share large work, the one that calls included; as many as the machine has unless given, and at
    /// least one. They are started by the first work that is large enough, and end with the session. Results do not
    /// depend on their number.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads.max(1);
        self
    }

    /// Rows of work that a thread is given at a time, a power of two from 64; work on fewer than two such pieces
    /// stays on the calling thread. 16,384 unless given: sharing pays from two such pieces on. Small pieces are for tests.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for any other number.
    pub fn grain_rows(mut self, rows: u64) -> Result<Self> {
        if !rows.is_power_of_two() || rows < 64 {
            let message = format!("{rows} rows in a piece of work: it must be a power of two from 64");
            return Err(Error::new(ErrorKind::Argument, message));
        }
        self.grain = rows;
        Ok(self)
    }

    /// The backend that compiles formulas. Unless one is given, sessions of the engine have the interpreter, and those
    /// of the crate `headwater` what the environment variable `HEADWATER_BACKEND` says.
    pub fn backend(mut self, backend: Arc<dyn FormulaBackend>) -> Self {
        self.backend = backend;
        self
    }

    /// Where the session takes the time from; [`SystemClock`] unless given.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Bytes that the tables of the session together may hold; no limit unless given.
    ///
    /// From seven eighths of it on, append tables that are fed take no more rows: those wait in their feeds, which
    /// are bounded, so that in the end producers wait. A table that would go over the limit is refused, with
    /// [`ErrorKind::Limit`] and the names of those that hold most. What is held is counted in blocks of columns and
    /// the state of operators, not in what waits or in snapshots.
    pub fn memory_limit(mut self, bytes: usize) -> Self {
        self.memory_limit = Some(bytes);
        self
    }

    /// How long a cycle should take at most: a longer one is told in its [`CycleReport`](crate::CycleReport) and
    /// counted in [`Session::overruns`]. Unless given, the interval of [`Session::run`], and no time for
    /// [`Session::step`].
    pub fn longest_cycle(mut self, time: Duration) -> Self {
        self.longest_cycle = Some(time);
        self
    }

    /// Values in a block of a stored column, as a power of two from 64 to 8192 (the default). Small blocks are for
    /// tests: every border that large tables meet is met by small ones.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for any other number.
    pub fn block_rows(mut self, rows: usize) -> Result<Self> {
        if !rows.is_power_of_two() || !(64..=8192).contains(&rows) {
            let message = format!("{rows} rows in a block: it must be a power of two from 64 to 8192");
            return Err(Error::new(ErrorKind::Argument, message));
        }
        self.block_log2 = rows.ilog2() as u8;
        Ok(self)
    }

    /// Whether what every operator says it changed is held, in each cycle, against a copy of its table. An operator
    /// that says too little then fails with [`ErrorKind::Internal`] instead of spoiling the tables below it.
    ///
    /// For tests, and for hunting a table that went wrong: each cycle then costs as much as reading all live tables
    /// several times, and twice the memory. Off unless asked for, and then free.
    pub fn check_deltas(mut self, check: bool) -> Self {
        self.check_deltas = check;
        self
    }

    /// The session.
    pub fn build(self) -> S {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let graph = if self.check_deltas { Graph::checking_deltas() } else { Graph::default() };
        let pool = Arc::new(Pool::new(self.threads, self.grain));
        let functions = FunctionRegistry::with_clock(self.clock.clone());
        let graph = graph.on(pool.clone()).by(GraphTime::by(self.clock)).limited_to(self.memory_limit);
        let session = Session {
            inner: Arc::new(Inner {
                id: NEXT.fetch_add(1, Ordering::Relaxed),
                intakes: graph.intakes(),
                door: Door::new(graph),
                functions: RwLock::new(functions),
                backend: self.backend,
                wake: Wake::default(),
                outbox: Outbox::default(),
                block_log2: self.block_log2,
                pool,
                names: RwLock::default(),
                performance: Mutex::default(),
                longest_cycle: self.longest_cycle,
                overruns: AtomicU64::new(0),
            }),
        };
        session.into()
    }
}
