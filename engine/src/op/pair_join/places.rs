//! Where pairs stand: the places of their rows, as the keys of the index, and the pairs found by them.

use super::PairJoin;
use super::fresh::{NOBODY, Pair};
use crate::Result;
use crate::column::{Ids, View, batches};
use crate::graph::Cx;
use crate::rowset::RowSet;

/// The bits of a place that tell rows of one table apart: labels and ids have 63, and where rows are reversed the bit
/// above is set in all of them.
const PLACE: u64 = u64::MAX >> 1;

/// The place of left rows that are not there: behind all that are.
const BEHIND: u64 = 1 << 63;

/// The key of a pair, given the places of its rows.
fn key(left: Option<u64>, right: Option<u64>) -> u128 {
    let left = left.map_or(BEHIND, |place| place & PLACE);
    u128::from(left) << 64 | u128::from(right.map_or(0, |place| place & PLACE))
}

/// The keys of pairs.
pub(super) fn keys_of(cx: &Cx<'_>, pairs: &[Pair], view: View) -> Result<Vec<u128>> {
    let mut keys = Vec::with_capacity(pairs.len());
    for pairs in pairs.chunks(crate::vector::VECTOR_ROWS) {
        let left = places(cx, 0, pairs.iter().map(|&(left, _)| left), view)?;
        let right = places(cx, 1, pairs.iter().map(|&(_, right)| right), view)?;
        keys.extend(left.into_iter().zip(right).map(|(left, right)| key(left, right)));
    }
    Ok(keys)
}

/// The places of rows of an input, some of which are not there.
fn places(cx: &Cx<'_>, input: usize, rows: impl Iterator<Item = u64> + Clone, view: View) -> Result<Vec<Option<u64>>> {
    let there: Vec<u64> = rows.clone().filter(|&row| row != NOBODY).collect();
    let mut places = cx.inputs[input].order.places(cx, Ids::List(&there), view)?.into_iter();
    Ok(rows.map(|row| if row == NOBODY { None } else { places.next() }).collect())
}

impl PairJoin {
    /// Adds the ids of the pairs that some left rows had.
    pub(super) fn add_pairs_of_left(&self, cx: &Cx<'_>, rows: &RowSet, pairs: &mut Vec<u64>) -> Result<()> {
        batches(rows, |ids| {
            for place in cx.inputs[0].order.places(cx, ids, View::Old)? {
                let first = key(Some(place), None);
                cx.own_index().for_each_of(first..=first | u128::from(u64::MAX), |id| pairs.push(id));
            }
            Ok(())
        })
    }

    /// Adds the ids of the pairs that some right rows had. It is called while the lists hold the rows of then.
    pub(super) fn add_pairs_of_right(&mut self, cx: &Cx<'_>, rows: &RowSet, pairs: &mut Vec<u64>) -> Result<()> {
        let mut by_key: Vec<(u32, u64)> = Vec::new();
        self.right.each_old(cx, &mut self.keys, rows, |slot, id| {
            by_key.push((slot, id));
            Ok(())
        })?;
        by_key.sort_unstable();
        for of_key in by_key.chunk_by(|a, b| a.0 == b.0) {
            let mut partners: Vec<u64> = Vec::new();
            self.left_rows.get(of_key[0].0).for_each(|id| partners.push(id));
            if partners.is_empty() && self.keeps_right() {
                partners.push(NOBODY);
            }
            for &(_, right) in of_key {
                let these: Vec<Pair> = partners.iter().map(|&left| (left, right)).collect();
                find(cx, &these, pairs)?;
            }
        }
        Ok(())
    }
}

/// Adds the ids of pairs there were.
pub(super) fn find(cx: &Cx<'_>, pairs: &[Pair], ids: &mut Vec<u64>) -> Result<()> {
    for key in keys_of(cx, pairs, View::Old)? {
        cx.own_index().for_each_of(key..=key, |id| ids.push(id));
    }
    Ok(())
}
