//! [`Compiler`]: makes kernels, each shape once for all who use it at the same time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use crate::machine::{Kernel, Machine};
use crate::shape::Shape;

/// Kernels alive at the same time, at most: each takes a page of memory and what Cranelift keeps beside it.
const MOST_KERNELS: usize = 16_384;

/// The kernels of a process, or of a test.
#[derive(Debug)]
pub(crate) struct Compiler {
    machine: Machine,
    kernels: Mutex<Kernels>,
}

/// The kernels in use, by shape. Nobody but the formulas that use one keeps it alive.
#[derive(Debug, Default)]
struct Kernels {
    by_shape: HashMap<Shape, Arc<Slot>>,
    /// How many there may be before those nobody uses any more are taken out.
    room: usize,
}

/// The place of one kernel; its lock is held while the kernel is made, so that it is made once.
#[derive(Debug, Default)]
struct Slot(Mutex<Weak<Kernel>>);

impl Compiler {
    /// # Errors
    /// Why kernels cannot be made on this host.
    pub(crate) fn new(verify: bool) -> Result<Arc<Compiler>, String> {
        Ok(Arc::new(Compiler { machine: Machine::new(verify)?, kernels: Mutex::default() }))
    }

    /// The one of the process.
    ///
    /// # Errors
    /// As for [`Compiler::new`]; also if memory does not become executable, which is tried once.
    pub(crate) fn shared() -> Result<Arc<Compiler>, String> {
        static SHARED: OnceLock<Result<Arc<Compiler>, String>> = OnceLock::new();
        let make = || {
            let compiler = Compiler::new(cfg!(debug_assertions))?;
            compiler.try_out()?;
            Ok(compiler)
        };
        SHARED.get_or_init(make).clone()
    }

    /// Makes the least of kernels, and runs it.
    fn try_out(&self) -> Result<(), String> {
        use crate::shape::{Bit, Builder, Form};
        let mut builder = Builder::default();
        let id = builder.bit(Bit::Known(true));
        let (shape, arguments, _) = builder.finish(vec![(Form::Bits, id)], None);
        let kernel = self.machine.compile(&shape)?;
        match kernel.run(&[], &arguments, 1) {
            Some(_) => Ok(()),
            None => Err("a kernel does not run".to_owned()),
        }
    }

    /// The kernel of a shape, made unless somebody uses it already.
    ///
    /// # Errors
    /// Why it cannot be made.
    pub(crate) fn kernel(&self, shape: &Shape) -> Result<Arc<Kernel>, String> {
        let slot = lock(&self.kernels).slot(shape)?;
        let mut kernel = lock(&slot.0);
        if let Some(known) = kernel.upgrade() {
            return Ok(known);
        }
        let made = Arc::new(self.machine.compile(shape)?);
        *kernel = Arc::downgrade(&made);
        Ok(made)
    }

    #[cfg(test)]
    pub(crate) fn machine(&self) -> &Machine {
        &self.machine
    }

    /// How many shapes are known, those nobody uses any more included.
    #[cfg(test)]
    pub(crate) fn known(&self) -> usize {
        lock(&self.kernels).by_shape.len()
    }
}

impl Kernels {
    fn slot(&mut self, shape: &Shape) -> Result<Arc<Slot>, String> {
        if let Some(slot) = self.by_shape.get(shape) {
            return Ok(slot.clone());
        }
        if self.by_shape.len() >= self.room {
            // A slot that somebody else holds is being filled.
            self.by_shape.retain(|_, slot| Arc::strong_count(slot) > 1 || lock(&slot.0).strong_count() > 0);
            if self.by_shape.len() >= MOST_KERNELS {
                return Err(format!("{MOST_KERNELS} kernels are in use"));
            }
            self.room = (2 * self.by_shape.len()).max(64);
        }
        let slot = Arc::<Slot>::default();
        self.by_shape.insert(shape.clone(), slot.clone());
        Ok(slot)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
