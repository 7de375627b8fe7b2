//! Headwater's Cranelift back end: formulas as machine code.
//!
//! The decision this crate stands for: the engine defines what a backend is
//! ([`FormulaBackend`](headwater_engine::formula::FormulaBackend)) and never names one. So the engine works where code
//! may not be generated, the interpreter is the oracle of the compiler, and all executable memory of the workspace is
//! in here.
//!
//! The way of a formula:
//!
//! 1. `plan`: it is split into *regions*, parts that kernels compute, and the rest, which stays the interpreter's.
//! 2. `lower`: a region becomes a *shape*: null rules are bits, constants parameters, errors marked rows.
//! 3. `emit`: a shape becomes one loop of 128-bit vectors in Cranelift's IR.
//! 4. `machine`: that becomes executable memory, owned by a *kernel*, which formulas of one shape share.
//!
//! A kernel gives what the interpreter gives, bit for bit, or nothing; then the interpreter is asked. Which of several
//! NaNs an operation gives (its sign, its payload) neither of the two defines.

mod backend;
mod compiler;
mod cost;
mod emit;
mod few;
mod lower;
mod machine;
mod plan;
mod program;
mod shape;
mod worker;

pub use backend::{Choice, Jit};

#[cfg(test)]
mod tests;
