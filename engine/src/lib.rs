//! The engine of Headwater: live tables, kept right by work proportional to what changed.
//!
//! A [`Session`] holds tables. A [`Table`] is made by a source or by an operation on other tables, and stays right:
//! each cycle ([`Session::step`], [`Session::run`]) takes what the sources have and carries it, as a set of rows
//! added, removed and modified, down to every table made of them. The same operations mean the same on tables that
//! never change. The engine does no I/O, starts no runtime, and reads no clock but the
//! session's own ([`SessionBuilder::clock`]).

mod clock;
mod column;
mod display;
pub mod error;
pub mod formula;
mod graph;
mod group;
mod hierarchy;
mod listen;
mod op;
mod order;
mod partitioned;
pub mod plan;
mod pool;
pub mod rowset;
mod session;
pub mod source;
mod table;
pub mod types;
pub mod vector;

pub use arrow;
pub use clock::{Clock, SimulatedClock, SystemClock};
pub use display::{Explanation, Shown};
pub use error::{Error, ErrorKind, Result};
pub use formula::{Expression, Formula, call, col, formula, lit, when};
pub use graph::CycleReport;
pub use hierarchy::{Expanded, Outline, Rollup, Tree};
pub use listen::{Change, Changes, Export, Listener, Rows};
pub use partitioned::{PartitionedProxy, PartitionedTable};
pub use plan::{ColumnDef, Definition, Flavour, Match, Uneven};
pub use rowset::RowSet;
pub use session::{Condition, Session, SessionBuilder, Stop};
pub use table::{Aggregates, By, Columns, Formulas, On, Pairs, Snapshot, SortColumns, Table, agg, asc, by, desc, on};
pub use types::{Date, Decimal, FromCell, FromRow, List, Scaled, Str, Time, TimeDelta, Timestamp, Type, Value};
