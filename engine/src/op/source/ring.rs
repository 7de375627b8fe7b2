//! [`Ring`]: which of the rows that came are still kept.

use std::collections::VecDeque;

use crate::Result;
use crate::column::{Ids, View};
use crate::graph::Cx;
use crate::source::{Arrived, Limits};
use crate::vector::{VECTOR_ROWS, Vector};

/// The limits, and what they have to know of the rows there are. Rows go in the order they came, so what is kept is
/// told by one id: the first.
pub(super) struct Ring {
    limits: Limits,
    /// The first row kept.
    start: u64,
    /// The newest timestamp that ever came.
    newest: Option<i64>,
    shares: Shares,
}

impl Ring {
    pub(super) fn new(limits: Limits) -> Self {
        Ring { limits, start: 0, newest: None, shares: Shares::default() }
    }

    /// The first row to keep once `batches` are in, whose rows have ids from `came` on.
    pub(super) fn start(&mut self, cx: &Cx<'_>, came: u64, arrived: &[Arrived]) -> Result<u64> {
        let end = came + arrived.iter().map(Arrived::rows).sum::<u64>();
        let mut start = self.start;
        if let Some(rows) = self.limits.rows {
            start = start.max(end.saturating_sub(rows));
        }
        if let Some(limit) = self.limits.bytes {
            let mut first = came;
            for &(rows, bytes) in arrived.iter().flat_map(|arrived| &arrived.sizes) {
                self.shares.push(first, first + rows, bytes);
                first += rows;
            }
            start = start.max(self.shares.first_within(limit).unwrap_or(start));
        }
        if let Some((slot, age)) = self.limits.age {
            let pieces = || arrived.iter().flat_map(|arrived| &arrived.pieces).map(|piece| &piece.columns[slot]);
            let latest = pieces().filter_map(latest).max();
            self.newest = self.newest.max(latest);
            if let Some(newest) = self.newest {
                start = past(cx, slot, start, came, pieces(), newest.saturating_sub(age));
            }
        }
        self.shares.drop_before(start);
        self.start = start;
        Ok(start)
    }

    pub(super) fn bytes(&self) -> usize {
        self.shares.list.capacity() * size_of::<Share>()
    }
}

fn stamps<'v>(column: &'v Vector<'_>) -> impl Iterator<Item = Option<i64>> + 'v {
    let stamps = column.native::<i64>().unwrap_or_default();
    stamps.iter().enumerate().map(|(row, &stamp)| column.is_valid(row).then_some(stamp))
}

fn latest(column: &Vector<'_>) -> Option<i64> {
    stamps(column).flatten().max()
}

/// The first row from `start` on that is not older than `cutoff`: of those there, then of those that come.
fn past<'p>(
    cx: &Cx<'_>,
    slot: usize,
    start: u64,
    came: u64,
    pieces: impl Iterator<Item = &'p Vector<'static>>,
    cutoff: i64,
) -> u64 {
    let young = |stamp: Option<i64>| stamp.is_some_and(|stamp| stamp >= cutoff);
    let mut first = start;
    while first < came {
        let len = VECTOR_ROWS.min((came - first) as usize);
        let own = cx.own(slot, Ids::Range { start: first, len }, View::New);
        if let Some(at) = stamps(&own).position(young) {
            return first + at as u64;
        }
        first += len as u64;
    }
    let mut from = came;
    for piece in pieces {
        let end = from + piece.len() as u64;
        let skipped = first.saturating_sub(from) as usize;
        if let Some(at) = stamps(piece).skip(skipped).position(young) {
            return from + (skipped + at) as u64;
        }
        (from, first) = (end, first.max(end));
    }
    first
}

/// How many bytes which rows brought, batch by batch.
#[derive(Default)]
struct Shares {
    list: VecDeque<Share>,
    total: usize,
}

struct Share {
    start: u64,
    end: u64,
    bytes: usize,
}

impl Shares {
    fn push(&mut self, start: u64, end: u64, bytes: usize) {
        self.total += bytes;
        self.list.push_back(Share { start, end, bytes });
    }

    /// The first row after which there are no more than `limit` bytes; `None` if there are not more now.
    fn first_within(&self, limit: usize) -> Option<u64> {
        let mut over = self.total.checked_sub(limit).filter(|&over| over > 0)?;
        for share in &self.list {
            if share.bytes > over {
                let rows = u128::from(share.end - share.start);
                return Some(share.start + (rows * over as u128).div_ceil(share.bytes as u128) as u64);
            }
            over -= share.bytes;
            if over == 0 {
                return Some(share.end);
            }
        }
        self.list.back().map(|share| share.end)
    }

    fn drop_before(&mut self, first: u64) {
        while let Some(share) = self.list.front_mut().filter(|share| share.start < first) {
            let gone = if share.end <= first {
                share.bytes
            } else {
                let rows = u128::from(share.end - share.start);
                (share.bytes as u128 * u128::from(first - share.start) / rows) as usize
            };
            self.total -= gone;
            if share.end > first {
                (share.start, share.bytes) = (first, share.bytes - gone);
                break;
            }
            self.list.pop_front();
        }
    }
}
