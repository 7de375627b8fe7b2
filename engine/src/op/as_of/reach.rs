//! [`Reach`]: which right row a left row takes, and which left rows a right row may matter to.

use std::ops::RangeInclusive;

use crate::op::stamped::{LAST, Line, after, before, keys, stamp_of};
use crate::plan::Nearest;

/// Which way a left row looks in the line of right rows, and whether a row of its own stamp will do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach {
    backwards: bool,
    own: bool,
}

impl Reach {
    pub(super) fn new(nearest: Nearest) -> Self {
        let backwards = matches!(nearest, Nearest::AtOrBefore | Nearest::Before);
        Reach { backwards, own: matches!(nearest, Nearest::AtOrBefore | Nearest::AtOrAfter) }
    }

    /// The right row that a left row of this stamp takes: backwards the last of those nearest, forwards the first.
    pub(super) fn take(self, line: &Line, stamp: u128) -> Option<u64> {
        match (self.backwards, self.own) {
            (true, true) => line.last_to(*keys(stamp..=stamp).end()),
            (true, false) => line.last_to(before(stamp)?),
            (false, true) => line.first_from(*keys(stamp..=stamp).start()),
            (false, false) => line.first_from(after(stamp)?),
        }
        .map(|(_, id)| id)
    }

    /// The stamps of left rows between a right row of this stamp and the next one of the line: those that what became of
    /// it may matter to.
    pub(super) fn of(self, line: &Line, stamp: u128) -> Option<RangeInclusive<u128>> {
        let of_key = |found: Option<(u128, u64)>| found.map(|(key, _)| stamp_of(key));
        let (first, last) = if self.backwards {
            let next = after(stamp).and_then(|key| of_key(line.first_from(key)));
            match (self.own, next) {
                (true, next) => (stamp, next.map_or(LAST, |next| next - 1)),
                (false, next) => (stamp + 1, next.unwrap_or(LAST)),
            }
        } else {
            let before = before(stamp).and_then(|key| of_key(line.last_to(key)));
            match (self.own, before) {
                (true, before) => (before.map_or(0, |before| before + 1), stamp),
                (false, before) => (before.unwrap_or(0), stamp.checked_sub(1)?),
            }
        };
        (first <= last && first <= LAST).then_some(first..=last)
    }
}
