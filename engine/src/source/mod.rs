//! How rows come in: batches through a bounded feed, regions read lazily.

mod batch;
mod feed;
mod region;

pub use batch::{Batch, BatchBuilder};
pub use feed::{DEFAULT_FEED_BYTES, Feed};
pub use region::{REGION_BLOCK_ROWS, Region};
