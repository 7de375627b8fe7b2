//! Rows of a table with an order of its own, placed by keys of which no two are the same.

use super::sort::{LABELS, write_labels};
use crate::Result;
use crate::graph::Cx;
use crate::order::{Labels, OrderIndex, RowLabels};
use crate::rowset::RowSet;

/// Puts rows in their places, which ascend by key; the rows that got a label, and those that made room for them.
pub(super) fn put_in(cx: &mut Cx<'_>, rows: &[(u128, u64)], is_still: bool) -> Result<RowSet> {
    if cx.index_mut().len() == 0 {
        return fill(cx, rows, is_still);
    }
    let mut index = std::mem::take(cx.index_mut());
    let labels = cx.own_column(LABELS);
    let label = |id| labels.label(id);
    let mut labels = RowLabels::made(&label);
    index.insert(rows, |_, a, b| a.cmp(&b), &mut labels);
    let made = labels.finish();
    *cx.index_mut() = index;
    let ids: Vec<u64> = made.iter().map(|&(id, _)| id).collect();
    let labelled = RowSet::from_sorted(&ids);
    write_labels(cx, &labelled, |at| made[at].1)?;
    Ok(labelled)
}

/// Puts all rows there are in their places at once.
fn fill(cx: &mut Cx<'_>, rows: &[(u128, u64)], is_still: bool) -> Result<RowSet> {
    let labels = Labels::fresh(rows.len() as u64);
    *cx.index_mut() = match is_still {
        true => OrderIndex::still(rows.len(), |at| rows[at].1, |at| labels.get(at), cx.pool()),
        false => OrderIndex::build(rows.len(), |at| rows[at], |at| labels.get(at), cx.pool()),
    };
    let mut by_id: Vec<(u64, u64)> = rows.iter().map(|&(_, id)| id).zip(0..).collect();
    by_id.sort_unstable();
    let placed: Vec<u64> = by_id.iter().map(|&(id, _)| id).collect();
    let placed = RowSet::from_sorted(&placed);
    write_labels(cx, &placed, |at| labels.get(by_id[at].1))?;
    Ok(placed)
}
