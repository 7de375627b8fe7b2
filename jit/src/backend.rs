//! [`Jit`]: the backend, and the choice between it and the interpreter.

use std::str::FromStr;
use std::sync::{Arc, OnceLock};

use headwater_engine::formula::{Checked, FormulaBackend, Interpreter, Program};
use headwater_engine::{Error, ErrorKind, Result};

use crate::compiler::Compiler;
use crate::cost::Worth;
use crate::plan::Plan;
use crate::program::{Compiled, Interpreted, When};
use crate::worker::Worker;

/// Longer formulas are left to the interpreter: the time a compilation takes grows faster than what it is about.
const MOST_OPERATORS: usize = 512;

/// The backend that makes machine code of formulas. Cheap to clone.
///
/// Kernels are shared by all sessions of a process, made once for formulas that differ in names and constants only,
/// and freed with the last formula that uses them. On hosts where none can be made (no x86-64 with SSE 4.2, or memory
/// may not become executable) every formula runs on the interpreter, and `explain()` says so.
///
/// ```
/// use std::sync::Arc;
/// use headwater_engine::{Session, Type, vector::Vector};
/// use headwater_jit::Jit;
/// let session = Session::builder().backend(Arc::new(Jit::at_once())).build();
/// let numbers = session.static_table("numbers", [("A", Vector::from(vec![1.5, 2.5]))])?;
/// let twice = numbers.update("B = A > 2 ? A * 2 : A + 1")?;
/// assert_eq!(twice.snapshot()?.rows(0..9)?.rows::<(f64,)>(["B"])?, [(2.5,), (5.0,)]);
/// # Ok::<(), headwater_engine::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Jit {
    compiler: Result<Arc<Compiler>, String>,
    /// Who compiles in the background; `None`: nobody, kernels are made by those who ask for them.
    worker: Option<Arc<Worker>>,
}

impl Jit {
    /// Machine code for every formula that can have it, made when the formula first runs: nothing runs on the
    /// interpreter that need not. For tests, and where the first rows may wait.
    pub fn at_once() -> Jit {
        Jit { compiler: Compiler::shared(), worker: None }
    }

    /// Formulas start on the interpreter. Those that are worth it become machine code, on a thread of the backend's
    /// own that is there only while it compiles, once they have seen as many rows as pay for that. Both give the same
    /// values bit for bit, so that nobody sees which ran.
    pub fn auto() -> Jit {
        static WORKER: OnceLock<Arc<Worker>> = OnceLock::new();
        let compiler = Compiler::shared();
        let worker = compiler.clone().ok().map(|compiler| WORKER.get_or_init(|| Worker::new(compiler)).clone());
        Jit { compiler, worker }
    }

    /// As [`Jit::at_once`], with kernels of its own and Cranelift's verifier before each: for tests and fuzzing.
    pub fn verifying() -> Jit {
        Jit { compiler: Compiler::new(true), worker: None }
    }

    /// Why no machine code is made on this host; `None` if it is.
    pub fn unavailable(&self) -> Option<&str> {
        self.compiler.as_ref().err().map(String::as_str)
    }
}

impl FormulaBackend for Jit {
    fn name(&self) -> &'static str {
        if self.worker.is_some() { "auto" } else { "jit" }
    }

    fn compile(&self, checked: &Checked) -> Result<Arc<dyn Program>> {
        let program = Interpreter.compile(checked)?;
        let interpreted = |reason: String| -> Result<Arc<dyn Program>> {
            Ok(Arc::new(Interpreted { program: program.clone(), reason }))
        };
        let compiler = match &self.compiler {
            Ok(compiler) => compiler,
            Err(reason) => return interpreted(format!("no machine code on this host: {reason}")),
        };
        if !checked.is_pure() {
            return interpreted("it may give another value each time".to_owned());
        }
        if checked.operators() > MOST_OPERATORS {
            return interpreted(format!("it has more than {MOST_OPERATORS} operators"));
        }
        let plan = Plan::new(checked)?;
        if plan.regions().next().is_none() {
            return interpreted("nothing in it is for machine code".to_owned());
        }
        let worth = Worth::of(plan.regions().map(|region| region.expr()));
        let when = match &self.worker {
            None => When::AtOnce(compiler.clone()),
            Some(worker) => match worth.rows() {
                Some(rows) => When::After(worker.clone(), rows),
                None => return interpreted("machine code would save nothing".to_owned()),
            },
        };
        Ok(Arc::new(Compiled::new(plan, worth, when, program)))
    }
}

/// Which backend runs formulas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// The interpreter, always.
    Interpreter,
    /// [`Jit::at_once`].
    Jit,
    /// [`Jit::auto`].
    #[default]
    Auto,
}

impl Choice {
    /// The environment variable that chooses for sessions that are given no backend: `interpreter`, `jit` or `auto`.
    pub const VARIABLE: &'static str = "HEADWATER_BACKEND";

    /// What [`Choice::VARIABLE`] says; [`Choice::Auto`] if it is not set.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if it says anything else.
    pub fn from_environment() -> Result<Choice> {
        match std::env::var_os(Choice::VARIABLE) {
            None => Ok(Choice::default()),
            Some(value) => value.to_string_lossy().parse(),
        }
    }

    /// The backend of a session that is given none: as the environment says. If that says what there is not, it is a
    /// backend that refuses every formula with the error of [`Choice::from_environment`].
    pub fn session_backend() -> Arc<dyn FormulaBackend> {
        match Choice::from_environment() {
            Ok(choice) => choice.backend(),
            Err(error) => Arc::new(Refusing(error)),
        }
    }

    /// The backend.
    pub fn backend(self) -> Arc<dyn FormulaBackend> {
        match self {
            Choice::Interpreter => Arc::new(Interpreter),
            Choice::Jit => Arc::new(Jit::at_once()),
            Choice::Auto => Arc::new(Jit::auto()),
        }
    }
}

/// A backend that compiles nothing, because it was asked for by a name that does not exist.
#[derive(Debug)]
struct Refusing(Error);

impl FormulaBackend for Refusing {
    fn name(&self) -> &'static str {
        "no backend"
    }

    fn compile(&self, _checked: &Checked) -> Result<Arc<dyn Program>> {
        Err(self.0.clone())
    }
}

impl FromStr for Choice {
    type Err = Error;

    fn from_str(text: &str) -> Result<Choice> {
        match text {
            "interpreter" => Ok(Choice::Interpreter),
            "jit" => Ok(Choice::Jit),
            "auto" => Ok(Choice::Auto),
            other => {
                let message = format!("{} is {other:?}, which is no backend of formulas", Choice::VARIABLE);
                Err(Error::new(ErrorKind::Argument, message).with_help("say interpreter, jit or auto"))
            }
        }
    }
}
