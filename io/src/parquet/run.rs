//! [`Run`]: some blocks of one column read together, from the bytes of their pages to vectors.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use ::parquet::DecodeResult;
use ::parquet::arrow::ProjectionMask;
use ::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, RowSelection, RowSelector};
use ::parquet::arrow::push_decoder::ParquetPushDecoderBuilder;
use ::parquet::basic::Encoding;
use ::parquet::file::metadata::ColumnChunkMetaData;
use arrow::datatypes::{DataType, Schema, SchemaRef};
use headwater_engine::source::REGION_BLOCK_ROWS;
use headwater_engine::vector::{Vector, VectorBuilder};
use headwater_engine::{Error, ErrorKind, Result, Type};

use super::file::{DataFile, Opened};
use super::footer::unreadable;
use super::pages::Block;
use super::schema::reads_as;
use super::values::Converter;

/// Compressed bytes that one read of a scan takes, unless one column chunk without page positions has more.
const RUN_BYTES: u64 = 4 << 20;

/// Blocks that one read of a scan makes at most: a million rows.
const RUN_BLOCKS: u64 = 128;

/// A column of a file, found and checked against what the table says of it.
#[derive(Clone, Copy)]
pub(super) struct Run<'f> {
    file: &'f DataFile,
    opened: &'f Opened,
    /// The column's place among the fields of the file.
    root: usize,
    /// The column's place among the column chunks of a row group.
    leaf: usize,
    ty: Type,
}

impl<'f> Run<'f> {
    /// The column of that name, to be read as `ty`; `None` if the file does not have it.
    ///
    /// # Errors
    /// [`ErrorKind::Type`] if `ty` does not hold all values of the column's type.
    pub(super) fn find(file: &'f DataFile, opened: &'f Opened, name: &str, ty: Type) -> Result<Option<Self>> {
        let Ok(root) = opened.schema.index_of(name) else { return Ok(None) };
        let found = opened.schema.field(root).data_type();
        if !reads_as(found, ty) {
            let message = format!("the column is {found} here and {ty} in the table, as in its last file");
            let help = "write the file anew with that type, or take it out of the directory";
            return Err(Error::new(ErrorKind::Type, message).with_help(help));
        }
        let descriptor = opened.metadata.file_metadata().schema_descr();
        let leaf = (0..descriptor.num_columns()).find(|&leaf| descriptor.get_column_root_idx(leaf) == root);
        let leaf = leaf.ok_or_else(|| Error::new(ErrorKind::Format, "the column has no values"))?;
        Ok(Some(Run { file, opened, root, leaf, ty }))
    }

    /// The blocks worth reading together with `block`.
    ///
    /// With the positions of the pages known, a jump reads its block and a scan reads on to the end of the row group
    /// and further, up to [`RUN_BYTES`]. Without them the whole column chunk has to be read for one row, so all its
    /// blocks are made unless they would fill half the cache.
    pub(super) fn plan(self, block: u64, is_scan: bool, cache_bytes: usize) -> Range<u64> {
        let starts = &self.opened.starts;
        let groups = starts.len() - 1;
        let row = block * REGION_BLOCK_ROWS;
        let mut group = starts.partition_point(|&start| start <= row) - 1;
        let has_pages = self.opened.metadata.offset_index().is_some_and(|index| !index.is_empty());
        if has_pages && !is_scan {
            return block..block + 1;
        }
        let mut first = block;
        let is_small = self.chunk(group).uncompressed_size() as usize <= cache_bytes / 2;
        if !has_pages && is_small {
            first = starts[group].div_ceil(REGION_BLOCK_ROWS).min(block);
        }
        let mut bytes = self.chunk(group).compressed_size() as u64;
        let is_large = if has_pages { bytes > RUN_BYTES } else { !is_small };
        while is_scan && group + 1 < groups && bytes + self.chunk(group + 1).compressed_size() as u64 <= RUN_BYTES {
            group += 1;
            bytes += self.chunk(group).compressed_size() as u64;
        }
        let end = starts[group + 1];
        let last = if end == self.opened.rows() { end.div_ceil(REGION_BLOCK_ROWS) } else { end / REGION_BLOCK_ROWS };
        let limit = if is_large {
            RUN_BLOCKS / 2
        } else if has_pages {
            RUN_BLOCKS
        } else {
            u64::MAX
        };
        first..last.min(block.saturating_add(limit)).max(block + 1)
    }

    fn chunk(self, group: usize) -> &'f ColumnChunkMetaData {
        self.opened.metadata.row_group(group).column(self.leaf)
    }

    /// Reads blocks.
    ///
    /// # Errors
    /// [`ErrorKind::Format`] if the pages do not decode or hold a value out of range, with the row of the file, and
    /// what reading the file gives.
    pub(super) fn read(self, blocks: Range<u64>) -> Result<Vec<Block>> {
        // The decoder checks its input nearly everywhere; where it does not, it panics.
        catch_unwind(AssertUnwindSafe(|| self.decode(blocks))).unwrap_or_else(|_| {
            let error = Error::new(ErrorKind::Format, "the file does not decode: the decoder panicked");
            Err(error.with_help("the file is damaged: restore it, or write it anew"))
        })
    }

    fn decode(self, blocks: Range<u64>) -> Result<Vec<Block>> {
        let starts = &self.opened.starts;
        let rows = blocks.start * REGION_BLOCK_ROWS..(blocks.end * REGION_BLOCK_ROWS).min(self.opened.rows());
        let first = starts.partition_point(|&start| start <= rows.start) - 1;
        let last = starts.partition_point(|&start| start < rows.end) - 1;
        let options = ArrowReaderOptions::new().with_schema(self.schema(first..last + 1));
        let reader = ArrowReaderMetadata::try_new(self.opened.metadata.clone(), options).map_err(unreadable)?;
        let mut builder = ParquetPushDecoderBuilder::new_with_metadata(reader)
            .with_projection(ProjectionMask::roots(self.opened.metadata.file_metadata().schema_descr(), [self.root]))
            .with_row_groups((first..=last).collect())
            .with_batch_size(REGION_BLOCK_ROWS as usize);
        let (before, behind) = (rows.start - starts[first], starts[last + 1] - rows.end);
        if before + behind > 0 {
            let wanted = RowSelector::select((rows.end - rows.start) as usize);
            let selection = [RowSelector::skip(before as usize), wanted, RowSelector::skip(behind as usize)];
            builder = builder.with_row_selection(RowSelection::from(selection.to_vec()));
        }
        let mut decoder = builder.build().map_err(unreadable)?;
        // The decoder asks for one row group at a time: several small ones are fetched at once.
        let chunks: Vec<Range<u64>> = (first..=last).map(|group| bytes_of(self.chunk(group))).collect();
        if chunks.len() > 1 && chunks.iter().map(|chunk| chunk.end - chunk.start).sum::<u64>() <= RUN_BYTES {
            let fetched = self.file.fetch(chunks.clone())?;
            decoder.push_ranges(chunks, fetched).map_err(unreadable)?;
        }
        let mut converter = Converter::default();
        let mut cutter = Cutter::new(self.ty);
        loop {
            match decoder.try_decode().map_err(unreadable)? {
                DecodeResult::NeedsData(ranges) => {
                    let fetched = self.file.fetch(ranges.clone())?;
                    decoder.push_ranges(ranges, fetched).map_err(unreadable)?;
                }
                DecodeResult::Data(batch) => {
                    let vector = converter.vector(batch.column(0), self.ty);
                    cutter.push(vector.map_err(|error| match error.row() {
                        Some(row) => in_file(error, rows.start + cutter.rows + row),
                        None => error,
                    })?);
                }
                DecodeResult::Finished => break,
            }
        }
        if cutter.rows != rows.end - rows.start {
            let message =
                format!("the file has {} rows where its footer counts {}", cutter.rows, rows.end - rows.start);
            return Err(Error::new(ErrorKind::Format, message).with_help("the file is damaged: restore it"));
        }
        Ok(cutter.finish())
    }

    /// The file's schema, where text of the column comes as codes if all pages of these row groups have codes.
    fn schema(self, groups: Range<usize>) -> SchemaRef {
        if self.ty != Type::String {
            return self.opened.schema.clone();
        }
        let has_codes = |group| {
            let chunk = self.chunk(group);
            let only = |encoding| chunk.page_encoding_stats_mask().is_some_and(|mask| mask.is_only(encoding));
            chunk.dictionary_page_offset().is_some()
                && (only(Encoding::RLE_DICTIONARY) || only(Encoding::PLAIN_DICTIONARY))
        };
        let form = if groups.into_iter().all(has_codes) {
            DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
        } else {
            DataType::Utf8View
        };
        let mut fields = self.opened.schema.fields().to_vec();
        fields[self.root] = Arc::new(fields[self.root].as_ref().clone().with_data_type(form));
        Arc::new(Schema::new_with_metadata(fields, self.opened.schema.metadata().clone()))
    }
}

fn bytes_of(chunk: &ColumnChunkMetaData) -> Range<u64> {
    let (start, length) = chunk.byte_range();
    start..start + length
}

/// The same error at a row counted from the start of the file.
fn in_file(error: Error, row: u64) -> Error {
    Error::new(error.kind(), error.message()).with_row(row)
}

/// Cuts vectors of any length into blocks.
struct Cutter {
    ty: Type,
    open: VectorBuilder,
    blocks: Vec<Block>,
    rows: u64,
}

const BLOCK: usize = REGION_BLOCK_ROWS as usize;

impl Cutter {
    fn new(ty: Type) -> Self {
        Cutter { ty, open: VectorBuilder::new(ty), blocks: Vec::new(), rows: 0 }
    }

    fn push(&mut self, vector: Vector<'static>) {
        self.rows += vector.len() as u64;
        if self.open.is_empty() && vector.len() == BLOCK {
            self.blocks.push(Arc::new(vector));
            return;
        }
        let mut at = 0;
        while at < vector.len() {
            let end = vector.len().min(at + BLOCK - self.open.len());
            self.open.extend(&vector.slice(at..end));
            at = end;
            if self.open.len() == BLOCK {
                self.close();
            }
        }
    }

    fn close(&mut self) {
        let full = std::mem::replace(&mut self.open, VectorBuilder::new(self.ty));
        self.blocks.push(Arc::new(full.finish()));
    }

    fn finish(mut self) -> Vec<Block> {
        if !self.open.is_empty() {
            self.close();
        }
        self.blocks
    }
}
