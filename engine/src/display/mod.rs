//! What a user reads: printed tables, and how a table is made.

mod cell;
mod dot;
mod explain;
mod grid;
mod rows;
mod shown;
#[cfg(test)]
mod tests;

pub(crate) use cell::counted;
pub use explain::Explanation;
pub use shown::Shown;
