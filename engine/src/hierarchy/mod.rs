//! Tables in levels: a [`Rollup`] groups rows by ever fewer keys, a [`Tree`] hangs rows below each other by the id of a
//! parent. What is seen of either is an [`Outline`]: a window of the rows that are visible while some nodes are expanded.
//!
//! Both are put together of operations on tables, which keep them right as they keep all tables. An outline pins those
//! tables at one moment and walks them when the gate is open again, so that nothing waits for it.

mod expanded;
mod outline;
mod rollup;
mod search;
#[cfg(test)]
mod tests;
mod tree;
mod walk;

pub use expanded::Expanded;
pub use outline::Outline;
pub use rollup::Rollup;
pub use tree::Tree;

use crate::{Error, ErrorKind};

/// The error of an operation that needs the rows of a blink table to stay.
fn passing(operator: &'static str, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Unsupported, message)
        .with_operator(operator)
        .with_help("keep them first: table.blink_to_append()?")
}
