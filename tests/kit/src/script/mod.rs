//! Random change scripts: sources, what happens to them cycle by cycle, and plans over them.
//!
//! A [`Case`] is made of one seed, and is data: it can be printed, run again, and made smaller by leaving parts out.
//! The cells are chosen to hurt: nulls everywhere, NaN, both zeros, infinities, extremes, few keys of which some are
//! much more frequent, text that is kept inline and text that is not.

mod aggregates;
mod case;
mod change;
#[cfg(test)]
mod coverage;
mod formulas;
mod grouped;
mod join;
mod merge;
mod order;
mod plan;
mod random;
mod shape;
mod shrink;
mod source;
mod step;
mod values;

pub use case::{Case, Origin};
pub use change::{Cells, Change, KeyedChange};
pub use plan::Operator;
pub use random::Random;
pub use shrink::shrink;
pub use source::{Source, SourceColumn, Supply};
pub use step::{Call, ShortForm, Step};
pub use values::Spread;
