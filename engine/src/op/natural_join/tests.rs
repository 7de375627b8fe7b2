//! Joins against a recomputation from scratch, and the rules one by one.

mod model;
mod random;
mod rules;
mod towers;
