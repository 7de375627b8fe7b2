//! How rows come in: batches through a bounded feed, rows by key, regions read lazily.

mod batch;
mod edits;
pub(crate) mod feed;
mod input;
pub(crate) mod intake;
mod keep;
mod keyed;
mod pieces;
mod positions;
mod publisher;
pub(crate) mod queue;
mod region;
mod ticks;
mod user;

pub use batch::{Batch, BatchBuilder};
pub(crate) use edits::{Edited, Edits, Write};
pub use feed::{DEFAULT_FEED_BYTES, Feed};
pub use input::InputTable;
pub(crate) use input::key_columns;
pub(crate) use keep::Limits;
pub use keep::{Keep, Retain};
pub(crate) use keyed::Modification;
pub use keyed::{KeyedRows, RowChange};
pub(crate) use pieces::{Arrived, Piece, Pieces};
pub use positions::Positions;
pub use publisher::TablePublisher;
pub use region::{REGION_BLOCK_ROWS, Region};
pub use ticks::Ticks;
pub use user::Source;
