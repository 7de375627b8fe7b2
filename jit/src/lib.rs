//! The place of Headwater's Cranelift back end.
//!
//! The decision this crate stands for: the engine defines what a backend is ([`FormulaBackend`]) and never names
//! one. So the engine works where code may not be generated, the interpreter is the oracle of the compiler, and all
//! executable memory of the workspace is in here. The back end itself is not written yet; formulas run on the
//! engine's interpreter until it is.

pub use headwater_engine::formula::{Checked, FormulaBackend, Program};
