//! The plan: every operation is data first.
//!
//! A table method makes an [`Operation`], [`check`](check::check)s it against the definitions of its inputs, where
//! every mistake of the caller is found, and only then asks the session to make a node of it.

mod aggregate;
mod check;
mod definition;
mod node;
mod operation;
mod order;
mod situate;

pub use aggregate::{AggFunction, AggOptions, Aggregate};
pub use check::{Origin, Prepared, PreparedAggregate, ProjectedColumn, check};
pub use definition::{ColumnDef, Definition, Flavour};
pub use node::Plan;
pub use operation::{End, Match, Needs, Operation, PARTITION_NUMBER, Pair, Projection, Uneven};
pub use order::{SortBy, SortColumn, Window};
pub use situate::Standing;
