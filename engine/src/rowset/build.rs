//! Making sets from ids and ranges.

use std::ops::Range;
use std::sync::Arc;

use super::blocks::{Blocks, FEWEST_IN_BLOCKS, MOST_LISTED};
use super::run_list::{RunList, Single};
use super::{ID_LIMIT, Repr, RowSet, RowSetBuilder};
use crate::vector::Bits;

/// Refuses ids that do not fit 63 bits.
pub(super) fn check(ids: &Range<u64>) {
    assert!(ids.end <= ID_LIMIT, "row ids have 63 bits, so they end at 9223372036854775807, not {}", ids.end - 1);
}

/// The range of one id, refused when it does not fit 63 bits.
pub(super) fn one(id: u64) -> Range<u64> {
    assert!(id < ID_LIMIT, "row ids have 63 bits, so they end at 9223372036854775807, not {id}");
    id..id + 1
}

/// Below this many ids sorting is as good.
const FEW: usize = 256;

/// The set of ids that lie close together, by marking each in a bitmap of their span: linear where sorting is not.
/// `None` if they are few or lie apart.
fn marked(ids: &[u64]) -> Option<RowSet> {
    let (first, last) = (*ids.iter().min()?, *ids.iter().max()?);
    if ids.len() < FEW || (last - first) / 64 >= ids.len() as u64 {
        return None;
    }
    // From a multiple of 64 on, so that whole words can be taken over.
    let base = first - first % 64;
    let len = (last - base + 1) as usize;
    let mut words = vec![0_u64; len.div_ceil(64)];
    for id in ids {
        words[((id - base) / 64) as usize] |= 1 << ((id - base) % 64);
    }
    let mut builder = RowSetBuilder::new();
    builder.push_bits(base, &Bits::from_words(words, len));
    Some(builder.finish())
}

impl RowSet {
    /// The empty set.
    pub fn new() -> Self {
        RowSet::default()
    }

    /// The ids of a half-open range; an empty range gives the empty set.
    ///
    /// # Panics
    /// If the range reaches above 2^63 - 1.
    pub fn range(ids: Range<u64>) -> Self {
        if ids.is_empty() {
            return RowSet::new();
        }
        check(&ids);
        RowSet { repr: Repr::Range(Single::new(ids)) }
    }

    /// The set of one id.
    ///
    /// # Panics
    /// If the id is above 2^63 - 1.
    pub fn single(id: u64) -> Self {
        RowSet::range(one(id))
    }

    /// The set of ids given in strictly ascending order.
    ///
    /// # Panics
    /// If the ids are not strictly ascending, or one is above 2^63 - 1.
    pub fn from_sorted(ids: &[u64]) -> Self {
        let mut builder = RowSetBuilder::new();
        builder.extend_sorted(ids);
        builder.finish()
    }

    /// The set of ids given in any order; repeated ones count once.
    ///
    /// # Panics
    /// If an id is above 2^63 - 1.
    pub fn from_unsorted(mut ids: Vec<u64>) -> Self {
        if ids.is_sorted_by(|a, b| a < b) {
            return RowSet::from_sorted(&ids);
        }
        if let Some(rows) = marked(&ids) {
            return rows;
        }
        ids.sort_unstable();
        ids.dedup();
        RowSet::from_sorted(&ids)
    }

    /// The union of ranges given in ascending order and disjoint; they may be adjacent or empty.
    ///
    /// # Panics
    /// If a range starts before the end of an earlier one, or reaches above 2^63 - 1.
    ///
    /// ```
    /// use headwater_engine::RowSet;
    /// assert_eq!(RowSet::from_runs([0..10, 10..20, 30..31]).to_string(), "{0-19,30}");
    /// ```
    pub fn from_runs(runs: impl IntoIterator<Item = Range<u64>>) -> Self {
        let mut builder = RowSetBuilder::new();
        runs.into_iter().for_each(|run| builder.push_range(run));
        builder.finish()
    }

    /// The set of a list of runs, in the form that fits their number.
    pub(super) fn from_list(mut list: RunList) -> Self {
        let view = list.view();
        match view.count() {
            0 => RowSet::new(),
            1 => RowSet::range(view.run(0)),
            count if count > MOST_LISTED => RowSet { repr: Repr::Blocks(Arc::new(Blocks::from_runs(view.runs()))) },
            _ => {
                list.shrink();
                RowSet { repr: Repr::Runs(Arc::new(list)) }
            }
        }
    }

    /// The set of blocks, in the form that fits the number of their runs.
    pub(super) fn from_blocks(blocks: Blocks) -> Self {
        if blocks.count_runs(FEWEST_IN_BLOCKS) < FEWEST_IN_BLOCKS {
            RowSet::from_list(blocks.to_list())
        } else {
            RowSet { repr: Repr::Blocks(Arc::new(blocks)) }
        }
    }
}

impl FromIterator<u64> for RowSet {
    /// The set of ids in any order; repeated ones count once.
    ///
    /// # Panics
    /// If an id is above 2^63 - 1.
    fn from_iter<I: IntoIterator<Item = u64>>(ids: I) -> Self {
        RowSet::from_unsorted(ids.into_iter().collect())
    }
}

impl From<Range<u64>> for RowSet {
    fn from(ids: Range<u64>) -> Self {
        RowSet::range(ids)
    }
}
