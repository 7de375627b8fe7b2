//! The source of a time table: a row for each period that has passed.

use std::sync::Arc;

use crate::Result;
use crate::column::Series;
use crate::graph::{Cx, Delta, GraphTime, Output, Update};
use crate::op::Operator;
use crate::rowset::RowSet;

/// Rows count upwards for ever, and their timestamps follow from that: nothing is kept.
pub(crate) struct TickSource {
    series: Arc<Series>,
    time: GraphTime,
    /// Whether each row lives for one cycle.
    passing: bool,
    /// The number of the next tick, which is the id of its row.
    next: u64,
}

impl TickSource {
    pub(crate) fn new(series: Arc<Series>, time: GraphTime, passing: bool) -> Self {
        TickSource { series, time, passing, next: 0 }
    }
}

impl Operator for TickSource {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let (now, period) = (self.time.now().nanos(), self.series.step());
        let start = self.series.start_at(now - now.rem_euclid(period));
        let passed = now.checked_sub(start).map_or(0, |since| since.div_euclid(period) + 1);
        let end = u64::try_from(passed).unwrap_or(0).max(self.next);
        let removed = if self.passing { cx.old_rows().clone() } else { RowSet::new() };
        let delta = Delta { removed, added: RowSet::range(self.next..end), ..Delta::default() };
        self.next = end;
        let rows = delta.apply(cx.old_rows());
        Ok(Update::new(delta, rows))
    }

    fn has_work(&self, output: &Output) -> bool {
        let is_due = self.due().is_none_or(|due| due <= self.time.now().nanos());
        is_due || (self.passing && !output.rows.is_empty())
    }

    fn due(&self) -> Option<i64> {
        Some(self.series.start()?.saturating_add(self.series.step().saturating_mul(self.next as i64)))
    }
}
