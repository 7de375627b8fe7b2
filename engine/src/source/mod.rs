//! How rows come in: batches through a bounded feed, regions read lazily.

mod batch;
pub(crate) mod feed;
mod keyed;
mod region;
mod ticks;

pub use batch::{Batch, BatchBuilder};
pub use feed::{DEFAULT_FEED_BYTES, Feed};
pub(crate) use keyed::Modification;
pub use keyed::{KeyedRows, RowChange};
pub use region::{REGION_BLOCK_ROWS, Region};
pub use ticks::Ticks;
