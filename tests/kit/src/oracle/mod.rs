//! The oracle: the plan of a table, stepped over plain rows.
//!
//! It recomputes every table from the whole of its inputs after each change, and shares no operator with the engine. It
//! keeps only the history that the semantics ask for: the places of groups, the rows that passed through a blink
//! table, what failed. Formulas are walked row by row, on single values.
//!
//! [`run`] plays a [`Case`](crate::script::Case) on both and compares after every cycle: rows, order, values, errors,
//! the changes a listener sees, and snapshots taken earlier.

mod aggregate;
mod as_of;
mod compare;
mod filter;
mod formula;
mod functions;
mod join;
mod listener;
mod merge;
mod multi_join;
mod order;
mod pairs;
mod part;
mod project;
mod range;
mod rows;
mod run;
mod source;
mod step;
mod ungroup;

pub use run::{Difference, run};
