//! A source behind a [`Feed`]: append, where rows stay, blink, where they live for one cycle, ring, where the oldest go.

use std::sync::{Arc, Weak};

use super::ring::Ring;
use crate::Result;
use crate::column::Ids;
use crate::graph::{Cx, Delta, Output, Update};
use crate::op::Operator;
use crate::rowset::RowSet;
use crate::source::intake::{Intake, Prepare};
use crate::source::{Arrived, Feed, Limits, Piece, Pieces, Positions};

/// First id of the second of the two ranges that blink rows alternate between: an id of one cycle is never one of
/// the next, so the values of both stand side by side.
const SECOND_RANGE: u64 = 1 << 40;

pub(crate) struct FeedSource {
    intake: Arc<Intake<Pieces>>,
    stay: Stay,
    /// The id of the next row.
    next: u64,
    positions: Positions,
}

/// How long rows stay.
enum Stay {
    Always,
    OneCycle,
    Within(Ring),
}

impl FeedSource {
    fn new(feed: &Feed, pieces: Pieces, stay: Stay) -> Self {
        let intake = Intake::new(feed.queue().clone(), pieces);
        FeedSource { intake, stay, next: 0, positions: Positions::new() }
    }

    /// All rows stay; columns have blocks of `block` rows.
    pub(crate) fn append(feed: &Feed, block: usize) -> Self {
        FeedSource::new(feed, Pieces::in_a_row(block), Stay::Always)
    }

    /// Rows live for one cycle.
    pub(crate) fn blink(feed: &Feed, block: usize) -> Self {
        FeedSource::new(feed, Pieces::passing(block), Stay::OneCycle)
    }

    /// The newest rows stay.
    pub(crate) fn ring(feed: &Feed, block: usize, limits: Limits) -> Self {
        FeedSource::new(feed, Pieces::in_a_row(block), Stay::Within(Ring::new(limits)))
    }
}

impl Drop for FeedSource {
    fn drop(&mut self) {
        self.intake.close();
    }
}

impl Operator for FeedSource {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let taken = self.intake.take();
        let arrived: Vec<Arrived> = taken.ready.into_iter().collect::<Result<_>>()?;
        let mut delta = Delta::default();
        if matches!(self.stay, Stay::OneCycle) {
            delta.removed = cx.old_rows().clone();
            self.next = if delta.removed.first().is_some_and(|first| first < SECOND_RANGE) { SECOND_RANGE } else { 0 };
        }
        let came = self.next;
        let end = came + arrived.iter().map(Arrived::rows).sum::<u64>();
        let mut first = came;
        if let Stay::Within(ring) = &mut self.stay {
            let start = ring.start(cx, came, &arrived)?;
            delta.removed = cx.old_rows().slice_ids(0..start);
            first = came.max(start);
        }
        for Arrived { pieces, positions, .. } in arrived {
            for piece in pieces {
                self.next = write_from(cx, self.next, piece, first)?;
            }
            self.positions.advance(&positions);
        }
        delta.added = RowSet::range(first..end);
        let rows = delta.apply(cx.old_rows());
        if taken.failure.is_some() {
            self.intake.close();
        }
        Ok(Update { delta, rows, stop: taken.failure })
    }

    fn intake(&self) -> Option<Weak<dyn Prepare>> {
        let intake: Arc<dyn Prepare> = self.intake.clone();
        Some(Arc::downgrade(&intake))
    }

    fn can_wait(&self) -> bool {
        matches!(self.stay, Stay::Always)
    }

    fn has_work(&self, output: &Output) -> bool {
        self.intake.has_pending() || (matches!(self.stay, Stay::OneCycle) && !output.rows.is_empty())
    }

    fn positions(&self) -> Option<&Positions> {
        Some(&self.positions)
    }

    fn bytes(&self) -> usize {
        if let Stay::Within(ring) = &self.stay { ring.bytes() } else { 0 }
    }
}

/// Writes the rows of a piece, which begins at id `start`, that have ids from `first` on; the others are never seen.
/// Gives the id after the last.
fn write_from(cx: &mut Cx<'_>, start: u64, piece: Piece, first: u64) -> Result<u64> {
    let (len, end) = (piece.rows, start + piece.rows as u64);
    if first >= end {
        return Ok(end);
    }
    let skipped = first.saturating_sub(start) as usize;
    let ids = Ids::Range { start: start + skipped as u64, len: len - skipped };
    for (slot, values) in piece.columns.into_iter().enumerate() {
        match skipped {
            0 => cx.put(slot, ids, values)?,
            _ => cx.write(slot, ids, &values.slice(skipped..len))?,
        }
    }
    Ok(end)
}
