//! [`Cpu`]: which instructions the kernels are compiled for, chosen once.

use std::sync::OnceLock;

use fearless_simd::Level;
#[cfg(target_arch = "x86_64")]
use fearless_simd::{Avx2, Avx512, Simd as _};

use crate::{Error, ErrorKind, Result};

/// What forces a level.
const VARIABLE: &str = "HEADWATER_CPU";

/// The instructions that the interpreter's kernels use. Results are the same bit for bit on all of them: products and
/// sums are rounded each by itself, and nothing is summed in another order.
///
/// A level exists only where the processor has it, so holding one is the proof that its kernels may run.
///
/// ```
/// use headwater_engine::formula::Cpu;
/// assert_eq!(Cpu::all()[0], Cpu::BASELINE);
/// assert!(Cpu::named("pentium").is_err());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Cpu(Instructions);

#[derive(Clone, Copy, Debug)]
enum Instructions {
    Baseline,
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
}

impl Cpu {
    /// What every processor of the target has.
    pub const BASELINE: Cpu = Cpu(Instructions::Baseline);

    /// The levels that this machine has, the plainest first.
    pub fn all() -> Vec<Cpu> {
        let mut all = vec![Cpu::BASELINE];
        #[cfg(target_arch = "x86_64")]
        {
            let level = Level::new();
            all.extend(level.as_avx2().map(|token| Cpu(Instructions::Avx2(token))));
            all.extend(level.as_avx512().map(|token| Cpu(Instructions::Avx512(token))));
        }
        all
    }

    /// The level of that name: `baseline`, `avx2` (with FMA present), `avx512`, or `native` for the best there is.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for another name, and for a level that this machine does not have.
    pub fn named(name: &str) -> Result<Cpu> {
        let all = Cpu::all();
        let found = match name {
            "native" => all.last().copied(),
            name => all.iter().copied().find(|cpu| cpu.name() == name),
        };
        found.ok_or_else(|| {
            let message = match name {
                "avx2" | "avx512" => format!("this machine has no {name}"),
                name => format!("`{name}` is no level of instructions"),
            };
            let known: Vec<&str> = all.iter().map(|cpu| cpu.name()).chain(["native"]).collect();
            Error::new(ErrorKind::Argument, message).with_help(format!("here it can be one of {}", known.join(", ")))
        })
    }

    /// The level that formulas run on: the best there is, unless the environment's `HEADWATER_CPU` names another.
    /// Looked up once in a process.
    ///
    /// # Errors
    /// As [`Cpu::named`], for the variable's value.
    pub fn chosen() -> Result<Cpu> {
        static CHOSEN: OnceLock<Result<Cpu>> = OnceLock::new();
        let choose = || match std::env::var_os(VARIABLE) {
            None => Cpu::named("native"),
            Some(name) => Cpu::named(&name.to_string_lossy()).map_err(|error| {
                let told = Error::new(error.kind(), format!("{VARIABLE}: {}", error.message()));
                told.with_help(error.help().unwrap_or_default())
            }),
        };
        CHOSEN.get_or_init(choose).clone()
    }

    /// The name it is chosen by.
    pub fn name(self) -> &'static str {
        match self.0 {
            Instructions::Baseline => "baseline",
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2(_) => "avx2",
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512(_) => "avx512",
        }
    }

    /// Runs a loop compiled for these instructions. Each call is a copy of the loop for every level, so this is for
    /// loops that are hot and gain by it; the closure has to be `#[inline(always)]`, or it stays outside.
    #[inline(always)]
    pub(super) fn run<R>(self, work: impl FnOnce() -> R) -> R {
        match self.0 {
            Instructions::Baseline => work(),
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2(token) => token.vectorize(work),
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512(token) => token.vectorize(work),
        }
    }
}

impl PartialEq for Cpu {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Cpu {}
