//! [`Compiled`]: a formula that runs as kernels where they are there, on the interpreter where they are not.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use headwater_engine::Result;
use headwater_engine::formula::Program;
use headwater_engine::vector::{Bits, Vector};

use crate::compiler::Compiler;
use crate::cost::Worth;
use crate::plan::{Missing, Plan, Stopped};
use crate::worker::Worker;

/// When kernels are made.
#[derive(Clone, Debug)]
pub(crate) enum When {
    /// As soon as they are asked for, by who asks.
    AtOnce(Arc<Compiler>),
    /// By the thread of the worker, after so many rows.
    After(Arc<Worker>, u64),
}

/// A formula with its plan.
#[derive(Debug)]
pub(crate) struct Compiled {
    plan: Plan,
    worth: Worth,
    when: When,
    /// What every error, and every value as long as there are no kernels, comes from.
    interpreter: Arc<dyn Program>,
    /// Rows evaluated so far, on the interpreter.
    seen: AtomicU64,
}

impl Compiled {
    pub(crate) fn new(plan: Plan, worth: Worth, when: When, interpreter: Arc<dyn Program>) -> Self {
        Compiled { plan, worth, when, interpreter, seen: AtomicU64::new(0) }
    }

    /// What the plan gives, once its kernels are there and no row is a fault.
    fn planned<T>(&self, rows: usize, run: impl Fn() -> Result<T, Stopped>) -> Option<T> {
        if let When::After(_, enough) = &self.when
            && self.seen.load(Ordering::Relaxed) < *enough
        {
            self.seen.fetch_add(rows as u64, Ordering::Relaxed);
            return None;
        }
        // Each turn makes a kernel that was missing, of which there are few.
        loop {
            match run() {
                Ok(values) => return Some(values),
                Err(Stopped::Fault) => return None,
                Err(Stopped::Missing(missing)) => self.provide(&missing).then_some(())?,
            }
        }
    }

    /// Whether the kernel is there now.
    fn provide(&self, missing: &Missing) -> bool {
        match &self.when {
            When::AtOnce(compiler) => {
                missing.make(|shape| compiler.kernel(shape));
                true
            }
            When::After(worker, _) => {
                if missing.ask() {
                    worker.make(missing.clone());
                }
                false
            }
        }
    }
}

impl Program for Compiled {
    fn evaluate<'v>(&self, inputs: &[Vector<'v>], rows: usize) -> Result<Vector<'v>> {
        match self.planned(rows, || self.plan.evaluate(inputs, rows)) {
            Some(vector) => Ok(vector),
            None => self.interpreter.evaluate(inputs, rows),
        }
    }

    fn matches(&self, inputs: &[Vector<'_>], rows: usize) -> Result<Bits> {
        match self.planned(rows, || self.plan.matches(inputs, rows)) {
            Some(bits) => Ok(bits),
            None => self.interpreter.matches(inputs, rows),
        }
    }

    fn explain(&self) -> Option<String> {
        let bytes: usize = self.plan.regions().map(|region| region.bytes()).sum();
        let operators = match self.worth.operators {
            1 => "1 operator".to_owned(),
            many => format!("{many} operators"),
        };
        let round = match self.plan.interpreted() {
            0 => String::new(),
            1 => ", round a part that is the interpreter's".to_owned(),
            many => format!(", round {many} parts that are the interpreter's"),
        };
        if let Some(reason) = self.plan.regions().find_map(|region| region.refused()) {
            return Some(format!("by the interpreter: a kernel could not be made: {reason}"));
        }
        Some(match &self.when {
            _ if bytes > 0 => format!("as machine code: {operators} in {bytes} bytes{round}"),
            When::AtOnce(_) => format!("as machine code, made when it first runs: {operators}{round}"),
            When::After(_, enough) => format!(
                "by the interpreter, after {enough} rows as machine code: {operators}, which saves about {}.{:02} ns a \
                 row{round}",
                self.worth.saves / 100,
                self.worth.saves % 100
            ),
        })
    }
}

/// A formula that is the interpreter's, and why.
#[derive(Debug)]
pub(crate) struct Interpreted {
    pub(crate) program: Arc<dyn Program>,
    pub(crate) reason: String,
}

impl Program for Interpreted {
    fn evaluate<'v>(&self, inputs: &[Vector<'v>], rows: usize) -> Result<Vector<'v>> {
        self.program.evaluate(inputs, rows)
    }

    fn matches(&self, inputs: &[Vector<'_>], rows: usize) -> Result<Bits> {
        self.program.matches(inputs, rows)
    }

    fn explain(&self) -> Option<String> {
        Some(format!("by the interpreter: {}", self.reason))
    }
}
