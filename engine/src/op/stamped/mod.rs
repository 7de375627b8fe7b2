//! Rows in the order of a value, for each key: what joins that look for neighbours or ranges keep.

mod line;
mod rows;
mod side;
mod stamp;

pub(super) use line::Line;
pub(super) use rows::{StampedRows, Touched};
pub(super) use side::{Located, StampedSide};
pub(super) use stamp::Stamp;
