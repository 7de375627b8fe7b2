//! [`Code`]: a compiled function and the executable memory it lies in.
//!
//! Why unsafe: memory that holds instructions has to be given back by hand, once nobody can run them any more, and its
//! address has to be made a function. No safe interface does either. The memory is written first and made executable
//! afterwards, never both at once (that is [`JITModule::finalize_definitions`]).

#![allow(unsafe_code)]

use std::sync::Mutex;

use cranelift::codegen::ir::Function;
use cranelift::codegen::isa::OwnedTargetIsa;
use cranelift::jit::{JITBuilder, JITModule};
use cranelift::module::{Module as _, default_libcall_names};

/// The functions that [`emit`](crate::emit::emit) makes: reads, parameters, results, steps; they give the faults.
pub(super) type Entry = unsafe extern "C" fn(*const *const u8, *const u64, *const *mut u8, usize) -> u32;

/// A compiled function. Its memory lives as long as this.
pub(super) struct Code {
    entry: Entry,
    /// Only kept and dropped; the lock makes it sharable between threads.
    _memory: Mutex<Memory>,
    bytes: usize,
}

/// The memory of one module, which holds one function: memory is given back by whole modules only.
struct Memory(Option<JITModule>);

impl Drop for Memory {
    fn drop(&mut self) {
        if let Some(module) = self.0.take() {
            // SAFETY: `entry` of the one `Code` that owns this is the only pointer into the memory that was handed
            // out, and is called only by methods that borrow that `Code`. It is being dropped (or was never made), so
            // no call is running and none can follow.
            unsafe { module.free_memory() };
        }
    }
}

impl Code {
    /// Compiles a function of the type [`Entry`].
    ///
    /// # Errors
    /// What Cranelift or the operating system says.
    pub(super) fn new(isa: &OwnedTargetIsa, function: Function) -> Result<Code, String> {
        let builder = JITBuilder::with_isa(isa.clone(), default_libcall_names());
        let mut memory = Memory(Some(JITModule::new(builder)));
        let Some(module) = &mut memory.0 else { return Err("no module".to_owned()) };
        let mut context = module.make_context();
        context.func = function;
        let id = module.declare_anonymous_function(&context.func.signature).map_err(|error| error.to_string())?;
        module.define_function(id, &mut context).map_err(|error| format!("{error:?}"))?;
        let bytes = context.compiled_code().map_or(0, |code| code.code_buffer().len());
        module.finalize_definitions().map_err(|error| error.to_string())?;
        let address = module.get_finalized_function(id);
        // SAFETY: the address is that of a function which was compiled in the host's calling convention with the
        // signature made by `emit`, four pointers wide, giving 32 bits: that of `Entry`. It is never null.
        let entry = unsafe { std::mem::transmute::<*const u8, Entry>(address) };
        Ok(Code { entry, _memory: Mutex::new(memory), bytes })
    }

    /// The function. It must not be called once this is dropped.
    pub(super) fn entry(&self) -> Entry {
        self.entry
    }

    /// How long the function is.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}
