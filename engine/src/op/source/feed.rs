//! A source behind a [`Feed`]: append, where rows stay, or blink, where they live for one cycle.

use super::write_batch;
use crate::Result;
use crate::graph::{Cx, Delta, Output, Update};
use crate::op::Operator;
use crate::plan::Flavour;
use crate::rowset::RowSet;
use crate::source::Feed;

/// First id of the second of the two ranges that blink rows alternate between: an id of one cycle is never one of
/// the next, so the values of both stand side by side.
const SECOND_RANGE: u64 = 1 << 40;

pub(crate) struct FeedSource {
    feed: Feed,
    flavour: Flavour,
    /// The id of the next row.
    next: u64,
}

impl FeedSource {
    pub(crate) fn new(feed: Feed, flavour: Flavour) -> Self {
        FeedSource { feed, flavour, next: 0 }
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
        if self.flavour == Flavour::Blink {
            delta.removed = cx.old_rows().clone();
            self.next = if delta.removed.first().is_some_and(|first| first < SECOND_RANGE) { SECOND_RANGE } else { 0 };
        }
        let first = self.next;
        for batch in &drained.batches {
            self.next = write_batch(cx, self.next, batch)?;
        }
        delta.added = RowSet::range(first..self.next);
        let rows = delta.apply(cx.old_rows());
        if drained.failure.is_some() {
            self.feed.close();
        }
        Ok(Update { delta, rows, stop: drained.failure })
    }

    fn can_wait(&self) -> bool {
        self.flavour == Flavour::Append
    }

    fn has_work(&self, output: &Output) -> bool {
        self.feed.has_pending() || (self.flavour == Flavour::Blink && !output.rows.is_empty())
    }
}
