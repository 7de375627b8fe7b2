//! [`Pieces`]: what was sent to a feed, in pieces that the columns of its table take up quickly.

use std::collections::VecDeque;
use std::iter::once;
use std::ops::Range;

use super::intake::Stage;
use super::{Batch, Positions};
use crate::Result;
use crate::pool::Pool;
use crate::vector::{Vector, VectorBuilder};

/// Batches of fewer rows are put together: taking up one more by itself costs more than copying it.
const SMALL_ROWS: usize = 256;

/// So many rows of small batches are put together at most.
const JOINED_ROWS: usize = 2048;

/// Puts small batches together, and cuts what fills whole blocks of a column out of large ones: such a block becomes
/// one of the table without being copied again.
pub(crate) struct Pieces {
    /// Rows in a block of a column.
    block: usize,
    /// Where in a block the next row comes to stand.
    at: usize,
    /// Whether the rows of each cycle begin with a block.
    anew: bool,
}

/// Rows as columns take them up.
pub(crate) struct Piece {
    pub(crate) rows: usize,
    pub(crate) columns: Vec<Vector<'static>>,
}

/// What was sent, ready to be written.
pub(crate) struct Arrived {
    pub(crate) pieces: Vec<Piece>,
    /// Rows and bytes of each batch as it was sent.
    pub(crate) sizes: Vec<(u64, usize)>,
    pub(crate) positions: Positions,
}

impl Arrived {
    pub(crate) fn rows(&self) -> u64 {
        self.sizes.iter().map(|(rows, _)| rows).sum()
    }
}

impl Pieces {
    /// For a table whose rows stay where they are put, one after the other.
    pub(crate) fn in_a_row(block: usize) -> Self {
        Pieces { block, at: 0, anew: false }
    }

    /// For a table whose rows live for one cycle.
    pub(crate) fn passing(block: usize) -> Self {
        Pieces { anew: true, ..Pieces::in_a_row(block) }
    }

    /// Puts a batch that is not small behind the pieces.
    fn cut(&self, batch: Batch, pool: &Pool, pieces: &mut Vec<Piece>) {
        let rows = batch.rows();
        let head = (self.block - self.at) % self.block;
        let blocks = rows.saturating_sub(head) / self.block;
        if blocks == 0 || rows == self.block && batch.columns().iter().all(Vector::is_owned) {
            pieces.push(Piece { rows, columns: batch.into_columns() });
            return;
        }
        let tail = head + blocks * self.block;
        let blocks = (head..tail).step_by(self.block).map(|start| start..start + self.block);
        let ranges = once(0..head).chain(blocks).chain(once(tail..rows)).filter(|range| !range.is_empty());
        let piece = |rows: Range<usize>| Piece {
            rows: rows.len(),
            columns: batch.columns().iter().map(|column| column.slice(rows.clone()).into_owned()).collect(),
        };
        match pool.is_large(rows as u64 / 2) {
            true => pieces.extend(pool.map(ranges.collect(), piece)),
            false => pieces.extend(ranges.map(piece)),
        }
    }
}

/// Small batches in a row.
fn join(batches: &mut Vec<Batch>, pieces: &mut Vec<Piece>) {
    let rows = batches.iter().map(Batch::rows).sum();
    let columns = match &mut batches[..] {
        [] => return,
        [_] => batches.pop().map(Batch::into_columns).unwrap_or_default(),
        [first, ..] => {
            let types: Vec<_> = first.columns().iter().map(Vector::ty).collect();
            let mut builders: Vec<_> = types.iter().map(|&ty| VectorBuilder::with_capacity(ty, rows)).collect();
            for batch in batches.drain(..) {
                builders.iter_mut().zip(batch.columns()).for_each(|(builder, column)| builder.extend(column));
            }
            builders.into_iter().map(VectorBuilder::finish).collect()
        }
    };
    pieces.push(Piece { rows, columns });
}

impl Stage for Pieces {
    type Sent = Batch;
    type Ready = Arrived;

    fn make_ready(&mut self, sent: VecDeque<Batch>, pool: &Pool) -> Result<Arrived> {
        let sizes = sent.iter().map(|batch| (batch.rows() as u64, batch.bytes())).collect();
        let mut arrived = Arrived { pieces: Vec::new(), sizes, positions: Positions::new() };
        let (mut small, mut joined) = (Vec::new(), 0);
        if self.anew {
            self.at = 0;
        }
        for batch in sent {
            arrived.positions.advance(batch.positions());
            let rows = batch.rows();
            if rows >= SMALL_ROWS || joined + rows > JOINED_ROWS {
                join(&mut small, &mut arrived.pieces);
                joined = 0;
            }
            if rows >= SMALL_ROWS {
                self.cut(batch, pool, &mut arrived.pieces);
            } else {
                joined += rows;
                small.push(batch);
            }
            self.at = (self.at + rows) % self.block;
        }
        join(&mut small, &mut arrived.pieces);
        Ok(arrived)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{ColumnDef, Definition, Flavour};
    use crate::types::Type;

    fn batch(values: Range<i64>) -> Batch {
        let definition = Definition::new([ColumnDef::new("V", Type::I64)], Flavour::Append).unwrap();
        Batch::new(&definition, vec![Vector::from(values.collect::<Vec<_>>())]).unwrap()
    }

    /// The rows of each piece, checked to be those sent, in order.
    fn pieces(stage: &mut Pieces, sent: &[i64], next: &mut i64) -> Vec<usize> {
        let first = *next;
        let batches = sent.iter().map(|rows| {
            *next += rows;
            batch(*next - rows..*next)
        });
        let arrived = stage.make_ready(batches.collect(), &Pool::new(2, 64)).unwrap();
        let values = arrived.pieces.iter().flat_map(|piece| piece.columns[0].native::<i64>().unwrap()).copied();
        assert_eq!(values.collect::<Vec<_>>(), (first..*next).collect::<Vec<_>>());
        assert_eq!(arrived.rows(), (*next - first) as u64);
        arrived.pieces.iter().map(|piece| piece.rows).collect()
    }

    #[test]
    fn small_batches_are_joined_and_whole_blocks_cut_out() {
        let (mut stage, mut next) = (Pieces::in_a_row(1024), 0);
        assert_eq!(pieces(&mut stage, &[100, 100], &mut next), [200]);
        assert_eq!(pieces(&mut stage, &[300, 200, 0, 200], &mut next), [300, 400]);
        // 900 rows so far: 124 to the border, then whole blocks.
        assert_eq!(pieces(&mut stage, &[3000, 1], &mut next), [124, 1024, 1024, 828, 1]);
        assert_eq!(pieces(&mut stage, &[300], &mut next), [300]);
        assert_eq!(pieces(&mut stage, &[200; 12], &mut next), [2000, 400]);
        assert_eq!(pieces(&mut stage, &[], &mut next), [0; 0]);
    }

    #[test]
    fn rows_that_pass_begin_with_a_block_each_time() {
        let (mut stage, mut next) = (Pieces::passing(1024), 0);
        for _ in 0..2 {
            assert_eq!(pieces(&mut stage, &[1000, 2000], &mut next), [1000, 24, 1024, 952]);
        }
    }
}
