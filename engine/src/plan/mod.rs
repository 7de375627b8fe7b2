//! The plan: every operation is data first.
//!
//! A table method makes an [`Operation`], [`check`](check::check)s it against the definitions of its inputs, where
//! every mistake of the caller is found, and only then asks the session to make a node of it.

mod aggregate;
mod check;
mod contribution;
mod definition;
mod keep;
mod nearest;
mod node;
mod operation;
mod order;
mod situate;
mod term;
mod within;

pub use aggregate::{AggFunction, AggOptions, Aggregate};
pub use check::{KeyColumns, Origin, Prepared, PreparedAggregate, ProjectedColumn, check};
pub use contribution::Contribution;
pub use definition::{ColumnDef, Definition, Flavour};
pub use keep::Keep;
pub use nearest::Nearest;
pub use node::Plan;
pub use operation::{Match, Needs, Operation, PARTITION_NUMBER, Pair, Projection, Uneven};
pub use order::{SortBy, SortColumn, Window};
pub use situate::Standing;
pub use term::Term;
pub use within::{Bound, Within};
