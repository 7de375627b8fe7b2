//! A source behind a [`Feed`]: append, where rows stay, blink, where they live for one cycle, ring, where the oldest go.

use super::ring::Ring;
use super::write_batch;
use crate::Result;
use crate::column::Ids;
use crate::graph::{Cx, Delta, Output, Update};
use crate::op::Operator;
use crate::rowset::RowSet;
use crate::source::{Batch, Feed, Limits, Positions};

/// First id of the second of the two ranges that blink rows alternate between: an id of one cycle is never one of
/// the next, so the values of both stand side by side.
const SECOND_RANGE: u64 = 1 << 40;

pub(crate) struct FeedSource {
    feed: Feed,
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
    fn new(feed: Feed, stay: Stay) -> Self {
        FeedSource { feed, stay, next: 0, positions: Positions::new() }
    }

    pub(crate) fn append(feed: Feed) -> Self {
        FeedSource::new(feed, Stay::Always)
    }

    pub(crate) fn blink(feed: Feed) -> Self {
        FeedSource::new(feed, Stay::OneCycle)
    }

    pub(crate) fn ring(feed: Feed, limits: Limits) -> Self {
        FeedSource::new(feed, Stay::Within(Ring::new(limits)))
    }
}

impl Drop for FeedSource {
    fn drop(&mut self) {
        self.feed.close();
    }
}

impl Operator for FeedSource {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let drained = self.feed.drain();
        let mut delta = Delta::default();
        if matches!(self.stay, Stay::OneCycle) {
            delta.removed = cx.old_rows().clone();
            self.next = if delta.removed.first().is_some_and(|first| first < SECOND_RANGE) { SECOND_RANGE } else { 0 };
        }
        let came = self.next;
        let end = came + drained.items.iter().map(|batch| batch.rows() as u64).sum::<u64>();
        let mut first = came;
        if let Stay::Within(ring) = &mut self.stay {
            let start = ring.start(cx, came, drained.items.iter())?;
            delta.removed = cx.old_rows().slice_ids(0..start);
            first = came.max(start);
        }
        for batch in &drained.items {
            self.next = write_from(cx, self.next, batch, first)?;
            self.positions.advance(batch.positions());
        }
        delta.added = RowSet::range(first..end);
        let rows = delta.apply(cx.old_rows());
        if drained.failure.is_some() {
            self.feed.close();
        }
        Ok(Update { delta, rows, stop: drained.failure })
    }

    fn can_wait(&self) -> bool {
        matches!(self.stay, Stay::Always)
    }

    fn has_work(&self, output: &Output) -> bool {
        self.feed.has_pending() || (matches!(self.stay, Stay::OneCycle) && !output.rows.is_empty())
    }

    fn positions(&self) -> Option<&Positions> {
        Some(&self.positions)
    }

    fn bytes(&self) -> usize {
        if let Stay::Within(ring) = &self.stay { ring.bytes() } else { 0 }
    }
}

/// Writes the rows of a batch, which begins at id `start`, that have ids from `first` on; the others are never seen.
/// Gives the id after the last.
fn write_from(cx: &mut Cx<'_>, start: u64, batch: &Batch, first: u64) -> Result<u64> {
    let (rows, end) = (batch.rows(), start + batch.rows() as u64);
    if first <= start {
        return write_batch(cx, start, batch);
    }
    if first < end {
        let skipped = (first - start) as usize;
        for (slot, values) in batch.columns().iter().enumerate() {
            cx.write(slot, Ids::Range { start: first, len: rows - skipped }, &values.slice(skipped..rows))?;
        }
    }
    Ok(end)
}
