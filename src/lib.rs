#![doc = include_str!("../README.md")]

mod ctrl_c;
mod session;

pub use ctrl_c::RunUntilCtrlC;
pub use headwater_engine::*;

#[cfg(feature = "kafka")]
pub use headwater_io::kafka;
#[cfg(feature = "parquet")]
pub use headwater_io::parquet;
#[cfg(feature = "jit")]
pub use headwater_jit as jit;
pub use session::Session;

/// What most programs use.
pub mod prelude {
    pub use crate::{RunUntilCtrlC, Session};
    pub use headwater_engine::{
        Change, ColumnDef, Date, Decimal, Error, ErrorKind, List, Listener, Match, Result, Scaled, Snapshot, Stop,
        Table, Time, TimeDelta, Timestamp, Type, Uneven, Value, agg, by, col, formula, lit, on, source::Batch,
        vector::Vector, when,
    };
}
