//! [`Regions`]: the rows of a lazily read table, region after region, each at a border of blocks.

use std::sync::Arc;

use super::constant;
use super::ids::{Ids, by_block};
use crate::rowset::{RowSet, RowSetBuilder};
use crate::source::{REGION_BLOCK_ROWS, Region};
use crate::types::Type;
use crate::vector::{Vector, VectorBuilder};
use crate::{Error, ErrorKind, Result};

const BLOCK_LOG2: u8 = REGION_BLOCK_ROWS.ilog2() as u8;

/// Regions laid out over ids: each starts at a multiple of [`REGION_BLOCK_ROWS`].
#[derive(Debug)]
pub(crate) struct Regions {
    regions: Vec<Arc<dyn Region>>,
    /// The first id of each region.
    starts: Vec<u64>,
    rows: RowSet,
}

impl Regions {
    /// Lays the regions out, which asks each for its row count.
    pub(crate) fn open(regions: Vec<Arc<dyn Region>>) -> Result<Self> {
        for region in &regions {
            region.prefetch_rows();
        }
        let mut starts = Vec::with_capacity(regions.len());
        let mut rows = RowSetBuilder::new();
        let mut next = 0_u64;
        for region in &regions {
            let count = region.rows()?;
            starts.push(next);
            if count > 0 {
                rows.push_range(next..next + count);
            }
            next = (next + count).next_multiple_of(REGION_BLOCK_ROWS);
        }
        Ok(Regions { regions, starts, rows: rows.finish() })
    }

    pub(crate) fn rows(&self) -> &RowSet {
        &self.rows
    }

    pub(crate) fn read(&self, column: usize, ty: Type, ids: Ids<'_>) -> Result<Vector<'static>> {
        let mut out = VectorBuilder::with_capacity(ty, ids.len());
        let mut failure = None;
        by_block(ids, BLOCK_LOG2, |number, range| {
            if failure.is_some() {
                return;
            }
            let first = (ids.get(range.start) % REGION_BLOCK_ROWS) as u32;
            let positions = match ids {
                Ids::Range { .. } => Positions::Range(first, range.len()),
                Ids::List(list) => {
                    Positions::List(list[range].iter().map(|id| (id % REGION_BLOCK_ROWS) as u32).collect())
                }
            };
            if let Err(error) = self.read_block(column, ty, number, positions, &mut out) {
                failure = Some(error);
            }
        });
        match failure {
            Some(error) => Err(error),
            None => Ok(out.finish()),
        }
    }

    fn read_block(
        &self,
        column: usize,
        ty: Type,
        number: u64,
        positions: Positions,
        out: &mut VectorBuilder,
    ) -> Result<()> {
        let id = number * REGION_BLOCK_ROWS;
        let at = self.starts.partition_point(|&start| start <= id) - 1;
        let region = &self.regions[at];
        if let Some(value) = region.constant(column) {
            out.extend(&constant(ty, value, positions.len())?);
            return Ok(());
        }
        let block = region.block(column, (id - self.starts[at]) / REGION_BLOCK_ROWS)?;
        if block.ty() != ty {
            let message = format!("values of type {} where {ty} was announced", block.ty());
            return Err(Error::new(ErrorKind::Internal, message).with_path(region.name()));
        }
        if positions.end() > block.len() {
            let message = format!("block {number} has {} rows, fewer than announced", block.len());
            return Err(Error::new(ErrorKind::Format, message).with_path(region.name()));
        }
        match positions {
            Positions::Range(first, len) => out.extend(&block.slice(first as usize..first as usize + len)),
            Positions::List(list) => out.extend(&block.take(&list)),
        }
        Ok(())
    }
}

/// Rows within one block.
enum Positions {
    Range(u32, usize),
    List(Vec<u32>),
}

impl Positions {
    fn len(&self) -> usize {
        match self {
            Positions::Range(_, len) => *len,
            Positions::List(list) => list.len(),
        }
    }

    /// One past the last row.
    fn end(&self) -> usize {
        match self {
            Positions::Range(first, len) => *first as usize + len,
            Positions::List(list) => list.iter().max().map_or(0, |&last| last as usize + 1),
        }
    }
}
