//! Pairs get their places: those that go are taken out of the index, those that move and those that come are put in.

use super::fresh::{Fresh, row};
use super::places::keys_of;
use super::{LEFT, PairJoin};
use crate::Result;
use crate::column::{Ids, View, batches};
use crate::graph::Cx;
use crate::op::placed::put_in;
use crate::op::sort::take_out;
use crate::rowset::RowSet;

impl PairJoin {
    /// The pairs that came, and those that got a label: all that came or moved, and those that made room for them.
    pub(super) fn settle(
        &mut self,
        cx: &mut Cx<'_>,
        gone: &RowSet,
        moved: &RowSet,
        fresh: Fresh,
    ) -> Result<(RowSet, RowSet)> {
        take_out(cx, &gone.union(moved))?;
        let mut placed: Vec<(u128, u64)> = Vec::with_capacity(moved.len() as usize);
        batches(moved, |ids| {
            let keys = keys_of(cx, &PairJoin::rows_of(cx, ids), View::New)?;
            placed.extend(keys.into_iter().zip(ids.iter()));
            Ok::<_, crate::Error>(())
        })?;
        let keys = keys_of(cx, &fresh.pairs, View::New)?;
        let mut coming: Vec<_> = keys.into_iter().zip(fresh.pairs).collect();
        coming.sort_unstable();
        let (first, mut next) = (self.next, self.next);
        for pairs in coming.chunks(cx.batch_rows(LEFT)) {
            pairs.iter().for_each(|&(_, (left, right))| {
                self.left_index.push(row(left));
                self.right_index.push(row(right));
            });
            let ids = Ids::Range { start: next, len: pairs.len() };
            self.left_index.write(cx, ids)?;
            self.right_index.write(cx, ids)?;
            placed.extend(pairs.iter().zip(ids.iter()).map(|(&(key, _), id)| (key, id)));
            next += pairs.len() as u64;
        }
        self.next = next;
        if !moved.is_empty() {
            placed.sort_unstable();
        }
        let labelled = put_in(cx, &placed, false)?;
        Ok((RowSet::range(first..next), labelled))
    }
}
