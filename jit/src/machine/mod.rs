//! Executable memory: kernels are compiled into it, called, and freed with it. All `unsafe` of the crate is below here,
//! in [`code`], which owns the memory, and in [`call`], which calls into it.

mod call;
mod code;

use std::panic::{AssertUnwindSafe, catch_unwind};

use cranelift::codegen::isa::OwnedTargetIsa;
use cranelift::codegen::settings::Flags;
use cranelift::prelude::{Configurable as _, FunctionBuilderContext, settings};

use crate::emit::emit;
use crate::shape::Shape;

pub(crate) use call::{Column, Kernel};

/// What makes kernels for the processor this runs on.
pub(crate) struct Machine {
    isa: OwnedTargetIsa,
}

impl Machine {
    /// The machine of this host, with Cranelift's verifier in front of it or not.
    ///
    /// # Errors
    /// Why kernels cannot be made here: another kind of processor, or memory that may not become executable.
    pub(crate) fn new(verify: bool) -> Result<Machine, String> {
        if !cfg!(target_arch = "x86_64") {
            return Err("machine code is made for x86-64 only".to_owned());
        }
        let mut flags = settings::builder();
        let verify = if verify { "true" } else { "false" };
        let wanted = [
            ("opt_level", "speed"),
            ("enable_verifier", verify),
            ("is_pic", "false"),
            ("use_colocated_libcalls", "false"),
            ("enable_probestack", "false"),
            ("unwind_info", "false"),
        ];
        for (flag, value) in wanted {
            flags.set(flag, value).map_err(|error| error.to_string())?;
        }
        let builder = cranelift::native::builder().map_err(str::to_owned)?;
        let isa = builder.finish(Flags::new(flags)).map_err(|error| error.to_string())?;
        if !isa.isa_flags().iter().any(|flag| flag.name == "has_sse42" && flag.as_bool() == Some(true)) {
            return Err("the processor has no SSE 4.2".to_owned());
        }
        Ok(Machine { isa })
    }

    /// The kernel of a shape.
    ///
    /// # Errors
    /// What Cranelift or the operating system says.
    pub(crate) fn compile(&self, shape: &Shape) -> Result<Kernel, String> {
        let made = catch_unwind(AssertUnwindSafe(|| {
            let function = emit(shape, &*self.isa, &mut FunctionBuilderContext::new());
            code::Code::new(&self.isa, function)
        }));
        let code = made.unwrap_or_else(|_| Err("the compiler panicked".to_owned()))?;
        Ok(Kernel::new(code, shape.clone()))
    }

    /// The function of a shape, as Cranelift writes it.
    #[cfg(test)]
    pub(crate) fn listing(&self, shape: &Shape) -> String {
        emit(shape, &*self.isa, &mut FunctionBuilderContext::new()).display().to_string()
    }
}

impl std::fmt::Debug for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Machine({})", self.isa.triple())
    }
}
