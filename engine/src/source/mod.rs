//! How rows come in: batches through a bounded feed, rows by key, regions read lazily.

mod batch;
pub(crate) mod feed;
mod input;
mod keep;
mod keyed;
mod positions;
mod publisher;
pub(crate) mod queue;
mod region;
mod ticks;
mod user;

pub use batch::{Batch, BatchBuilder};
pub use feed::{DEFAULT_FEED_BYTES, Feed};
pub use input::InputTable;
pub(crate) use input::{Edit, key_columns};
pub(crate) use keep::Limits;
pub use keep::{Keep, Retain};
pub(crate) use keyed::Modification;
pub use keyed::{KeyedRows, RowChange};
pub use positions::Positions;
pub use publisher::TablePublisher;
pub use region::{REGION_BLOCK_ROWS, Region};
pub use ticks::Ticks;
pub use user::Source;
