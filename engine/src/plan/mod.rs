//! The plan: every operation is data first.

mod definition;

pub use definition::{ColumnDef, Definition, Flavour};
