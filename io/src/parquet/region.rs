//! [`FileRegion`]: one file as the engine sees it.

use std::sync::Arc;

use headwater_engine::source::{REGION_BLOCK_ROWS, Region};
use headwater_engine::vector::Vector;
use headwater_engine::{Error, ErrorKind, Result, Type, Value};

use super::file::DataFile;
use super::pages::{Block, ColumnKey};
use super::run::Run;

/// Where a column of the table comes from.
#[derive(Debug)]
pub(super) enum Origin {
    /// The file's place in the tree: the number of the key.
    Partition(usize),
    /// The column of that name in the file, or nulls.
    File(Arc<str>),
}

/// A column of the table.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) origin: Origin,
    pub(super) ty: Type,
}

/// A file and its values of the partition keys.
#[derive(Debug)]
pub(super) struct FileRegion {
    file: DataFile,
    columns: Arc<[Column]>,
    partition: Vec<Value>,
}

impl FileRegion {
    pub(super) fn new(file: DataFile, columns: Arc<[Column]>, partition: Vec<Value>) -> Self {
        FileRegion { file, columns, partition }
    }

    fn read(&self, index: usize, column: &str, ty: Type, block: u64) -> Result<Block> {
        let opened = self.file.opened()?;
        let Some(run) = Run::find(&self.file, &opened, column, ty)? else {
            return Ok(Arc::new(Vector::nulls(ty, self.block_rows(opened.rows(), block)?)));
        };
        self.block_rows(opened.rows(), block)?;
        let key = ColumnKey { file: self.file.number, column: index as u32 };
        let pages = &self.file.shared.pages;
        let plan = |is_scan| run.plan(block, is_scan, pages.capacity());
        pages.get(key, block, plan, |blocks| run.read(blocks))
    }

    /// How many rows the block has.
    fn block_rows(&self, rows: u64, block: u64) -> Result<usize> {
        let start = block.saturating_mul(REGION_BLOCK_ROWS);
        if start >= rows {
            return Err(Error::new(ErrorKind::Internal, format!("block {block} of a file of {rows} rows")));
        }
        Ok((rows - start).min(REGION_BLOCK_ROWS) as usize)
    }
}

impl Region for FileRegion {
    fn name(&self) -> &str {
        &self.file.name
    }

    fn constant(&self, column: usize) -> Option<&Value> {
        match self.columns[column].origin {
            Origin::Partition(key) => Some(&self.partition[key]),
            Origin::File(_) => None,
        }
    }

    fn rows(&self) -> Result<u64> {
        let footer = self.file.footer()?;
        Ok(footer.row_groups().iter().map(|group| group.num_rows() as u64).sum())
    }

    fn block(&self, column: usize, block: u64) -> Result<Block> {
        let Column { origin, ty } = &self.columns[column];
        match origin {
            Origin::Partition(key) => {
                let rows = self.block_rows(self.rows()?, block)?;
                Vector::constant(*ty, &self.partition[*key], rows)
                    .map(Arc::new)
                    .ok_or_else(|| Error::new(ErrorKind::Internal, "a partition value of another type than its column"))
            }
            Origin::File(name) => self
                .read(column, name, *ty, block)
                .map_err(|error| error.with_path(&*self.file.name).with_column(&**name)),
        }
    }

    fn prefetch_rows(&self) {
        self.file.prefetch_footer();
    }
}
