//! [`Labels`]: numbers for rows between others, with room left for more (docs/decisions/0017-order-labels.md).

use std::ops::Range;

/// Labels lie in here; the two ends stand for the rows before all and after all.
const SPAN: Range<u64> = 0..(1 << 63) - 1;

/// Room left behind the last row and before the first, for each row that is put there.
const STEP: u64 = 1 << 32;

/// In a narrow gap a row takes one part in `1 << NEAR` of the room there.
const NEAR: u32 = 8;

/// Rows of one leaf are spaced anew with at least this much room for each; those of two leaves with four times that.
const ROOM: u64 = 1 << 18;

/// `count` labels between two others, evenly spaced by `step` from `first`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Labels {
    first: u64,
    step: u64,
}

impl Labels {
    /// The room there is for each of `count` rows when they are labelled all at once.
    fn mean(count: u64) -> u64 {
        (SPAN.end / (2 * count.max(1))).max(1)
    }

    /// For a table of `count` rows: in the middle, so that there is room at both ends.
    pub(crate) fn fresh(count: u64) -> Self {
        let step = Labels::mean(count);
        Labels { first: SPAN.end / 4 + step / 2, step }
    }

    /// For `count` rows between two neighbours, or before all, or after all, of a table of `total` rows; `None` if there
    /// is no room.
    ///
    /// In a wide gap rows take the middle. A narrow one has been cut before, and rows often come one after the other at
    /// the same place: they are put near the neighbour on whose side labels lie closer already, which `is_before_closer`
    /// tells, and the room on the other side stays for the next.
    pub(crate) fn between(
        before: Option<u64>,
        after: Option<u64>,
        count: u64,
        total: u64,
        is_before_closer: impl FnOnce() -> bool,
    ) -> Option<Self> {
        let (low, high) = match (before, after) {
            (None, None) => return Some(Labels::fresh(count)),
            (Some(before), None) => {
                let step = STEP.min((SPAN.end - before) / (count + 1));
                return (step > 0).then(|| Labels { first: before + step, step });
            }
            (None, Some(after)) => {
                let step = STEP.min((after - SPAN.start) / (count + 1));
                return (step > 0).then(|| Labels { first: after - count * step, step });
            }
            (Some(before), Some(after)) => (before, after),
        };
        let gap = high - low;
        let even = gap / (count + 1);
        if even == 0 {
            return None;
        }
        if gap >= Labels::mean(total) / 4 {
            return Some(Labels { first: low + even, step: even });
        }
        let step = even.min((gap >> NEAR).max(1));
        let first = if is_before_closer() { low + step } else { high - count * step };
        Some(Labels { first, step })
    }

    /// For the `count` rows of some leaves that are spaced anew between two labels, or the ends of a table of `total`
    /// rows; `None` if they would lie too close. The more leaves it takes, the more room there has to be: who has moved
    /// that many rows should not have to again soon.
    pub(crate) fn spread(before: Option<u64>, after: Option<u64>, count: u64, leaves: u64, total: u64) -> Option<Self> {
        let (low, high) = match (before, after) {
            (None, None) => return Some(Labels::fresh(count)),
            (Some(low), None) => (low, SPAN.end.min(low.saturating_add(STEP.saturating_mul(count + 1)))),
            (None, Some(high)) => (high.saturating_sub(STEP.saturating_mul(count + 1)), high),
            (Some(low), Some(high)) => (low, high),
        };
        let step = (high - low) / (count + 1);
        let room = ROOM.saturating_mul(leaves.saturating_mul(leaves)).min(Labels::mean(total) / 4).max(1);
        (step >= room).then(|| Labels { first: low + step, step })
    }

    /// The label of one of the rows.
    pub(crate) fn get(self, index: u64) -> u64 {
        self.first + index * self.step
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOTAL: u64 = 1_000_000;

    #[test]
    fn there_is_room_for_a_billion_rows_and_at_both_ends() {
        let labels = Labels::fresh(1_000_000_000);
        assert!(labels.step > 1 << 30 && labels.first > 1 << 60);
        assert!(labels.get(999_999_999) < SPAN.end - (1 << 60));
    }

    #[test]
    fn rows_at_an_end_leave_the_same_room_each() {
        let labels = Labels::between(Some(100), None, 2, TOTAL, || true);
        assert_eq!(labels.map(|labels| labels.get(1)), Some(100 + 2 * STEP));
        let labels = Labels::between(None, Some(1 << 40), 2, TOTAL, || true);
        assert_eq!(labels.map(|labels| labels.get(0)), Some((1 << 40) - 2 * STEP));
    }

    #[test]
    fn rows_that_come_one_after_the_other_leave_the_room_where_the_next_will_come() {
        let mean = Labels::mean(TOTAL);
        let (mut low, mut high, mut beyond, mut rows) = (mean, 2 * mean, mean, 0);
        while let Some(labels) = Labels::between(Some(low), Some(high), 1, TOTAL, || beyond <= mean) {
            let label = labels.get(0);
            assert!(low < label && label < high);
            (beyond, low, rows) = (label - low, label, rows + 1);
        }
        assert!(rows > 4_000, "{rows} rows fit forwards");
        (low, high, beyond, rows) = (mean, 2 * mean, mean, 0);
        while let Some(labels) = Labels::between(Some(low), Some(high), 1, TOTAL, || mean <= beyond) {
            let label = labels.get(0);
            assert!(low < label && label < high);
            (beyond, high, rows) = (high - label, label, rows + 1);
        }
        assert!(rows > 4_000, "{rows} rows fit backwards");
    }

    #[test]
    fn without_room_rows_are_spaced_anew() {
        assert_eq!(Labels::between(Some(5), Some(6), 1, TOTAL, || true), None);
        assert_eq!(Labels::between(Some(5), Some(7), 1, TOTAL, || true).map(|labels| labels.get(0)), Some(6));
        assert_eq!(Labels::spread(Some(5), Some(5 + ROOM), 3, 1, TOTAL), None);
        assert_eq!(Labels::spread(Some(0), Some(4 * ROOM), 3, 1, TOTAL).map(|labels| labels.get(2)), Some(3 * ROOM));
        assert_eq!(Labels::spread(Some(0), Some(4 * ROOM), 3, 2, TOTAL), None);
    }
}
