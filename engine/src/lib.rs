//! The engine of Headwater.

pub mod error;
pub mod formula;
pub mod plan;
pub mod rowset;
pub mod source;
pub mod types;
pub mod vector;

pub use error::{Error, ErrorKind, Result};
pub use formula::{Formula, formula};
pub use plan::{ColumnDef, Definition, Flavour};
pub use rowset::RowSet;
pub use types::{Date, Str, Timestamp, Type, Value};
