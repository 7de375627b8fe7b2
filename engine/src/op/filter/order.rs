//! In which order a filter asks its conditions: the one first that decides about a row for the least. One that may fail
//! stays in its place, and none is moved past it: which rows it sees is part of what the filter means.

use super::condition::Condition;
use crate::display::counted;
use crate::rowset::RowSet;

/// Rows to try conditions on, in so many places; of fewer than `WORTH` times that many the order matters little.
const SAMPLE: u64 = 512;
const PLACES: u64 = 4;
const WORTH: u64 = 16;

/// Puts the conditions in the order in which to ask them; those that cost the same stay as they were given.
pub(super) fn arrange(conditions: &[Condition], order: &mut Vec<usize>) {
    order.clear();
    order.extend(0..conditions.len());
    let are_free = |&a: &usize, &b: &usize| !conditions[a].is_fallible() && !conditions[b].is_fallible();
    for free in order.chunk_by_mut(are_free) {
        free.sort_by(|&a, &b| conditions[a].cost_of_decision().total_cmp(&conditions[b].cost_of_decision()));
    }
}

/// Rows from several places of a large set; none of a small one.
pub(super) fn samples(rows: &RowSet) -> Vec<RowSet> {
    if rows.len() < WORTH * PLACES * SAMPLE {
        return Vec::new();
    }
    let starts = (0..PLACES).map(|place| rows.len() / PLACES * place);
    let sample = |start: u64| Some(rows.slice_ids(rows.select(start)?..rows.select(start + SAMPLE)?));
    starts.filter_map(sample).collect()
}

/// The order as `explain()` tells it; `None` where there is no choice.
pub(super) fn tell(conditions: &[Condition], order: &[usize]) -> Option<String> {
    if conditions.len() < 2 {
        return None;
    }
    let told = order.iter().map(|&at| {
        let condition = &conditions[at];
        let text = condition.formula().text().trim();
        match condition.seen() {
            _ if condition.is_fallible() => format!("{text} (may fail: in its place)"),
            (0, _) => format!("{text} (not asked yet)"),
            (asked, left) => format!("{text} (left {} % of {})", left * 100 / asked, counted(asked, "row")),
        }
    });
    Some(format!("asked in this order: {}", told.collect::<Vec<_>>().join(", ")))
}
