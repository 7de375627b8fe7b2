//! What a lazily read data set looks like to the engine: regions of rows, read block by block when asked.

use std::fmt::Debug;
use std::sync::Arc;

use crate::Result;
use crate::types::Value;
use crate::vector::Vector;

/// Rows of one block of a region column: the grain of reading.
pub const REGION_BLOCK_ROWS: u64 = 8192;

/// A part of a lazily read table, such as a file: it knows some columns' only value at once (its place in a
/// partitioned tree), its row count at the price of a footer, and its values at the price of pages.
///
/// Columns are named by their position in the table's definition. All calls may come from any thread.
pub trait Region: Send + Sync + Debug {
    /// The name shown in errors and `explain()`: the path of the file.
    fn name(&self) -> &str;

    /// The one value the column has in all rows of this region, if that is known without reading anything.
    fn constant(&self, column: usize) -> Option<&Value>;

    /// How many rows there are; the first call may read metadata.
    fn rows(&self) -> Result<u64>;

    /// The values of rows `block * REGION_BLOCK_ROWS ..` of a column, as many as there are up to a block's worth.
    ///
    /// The implementation caches; a caller that needs some rows of a block asks for the block again and again.
    fn block(&self, column: usize, block: u64) -> Result<Arc<Vector<'static>>>;

    /// Several regions' row counts at once, for implementations that can fetch them concurrently.
    fn prefetch_rows(&self) {}
}
