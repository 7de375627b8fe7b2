#![doc = include_str!("../README.md")]

mod ctrl_c;

pub use ctrl_c::RunUntilCtrlC;
pub use headwater_engine::*;

#[cfg(feature = "kafka")]
pub use headwater_io::kafka;
#[cfg(feature = "parquet")]
pub use headwater_io::parquet;
#[cfg(feature = "jit")]
pub use headwater_jit as jit;

/// What most programs use.
pub mod prelude {
    pub use crate::RunUntilCtrlC;
    pub use headwater_engine::{
        Change, ColumnDef, Date, Decimal, Error, ErrorKind, List, Listener, Match, Result, Session, Snapshot, Stop,
        Table, Time, TimeDelta, Timestamp, Type, Value, agg, formula, on, source::Batch, vector::Vector,
    };
}
