//! Where the column chunks of a Parquet file lie: what tests hold byte ranges against.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::Path;

use parquet::file::reader::{FileReader as _, SerializedFileReader};

/// The values of one column in one row group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// The column's name.
    pub column: String,
    /// The number of the row group.
    pub group: usize,
    /// The bytes of the file with its pages.
    pub bytes: Range<u64>,
}

impl Chunk {
    /// Whether a range of the file has bytes of this chunk.
    pub fn touches(&self, bytes: &Range<u64>) -> bool {
        bytes.start < self.bytes.end && self.bytes.start < bytes.end
    }
}

/// The column chunks of a file.
///
/// # Errors
/// What reading its footer gives.
pub fn chunks(path: &Path) -> io::Result<Vec<Chunk>> {
    let reader = SerializedFileReader::new(File::open(path)?).map_err(io::Error::other)?;
    let groups = reader.metadata().row_groups().iter().enumerate();
    let chunks = groups.flat_map(|(group, metadata)| {
        metadata.columns().iter().map(move |chunk| {
            let (start, length) = chunk.byte_range();
            Chunk { column: chunk.column_path().string(), group, bytes: start..start + length }
        })
    });
    Ok(chunks.collect())
}
