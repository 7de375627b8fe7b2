//! [`RowSetBuilder`]: a set from ids that arrive in ascending order.

use std::ops::Range;

use super::RowSet;
use super::blocks::{BlocksBuilder, MOST_LISTED};
use super::build::{check, one};
use super::run_list::RunList;
use crate::vector::Bits;

/// Builds a [`RowSet`] from ids or ranges pushed in ascending order, a few nanoseconds each.
///
/// ```
/// use headwater_engine::rowset::RowSetBuilder;
/// let mut builder = RowSetBuilder::new();
/// builder.push(3);
/// builder.push(4);
/// builder.push_range(10..20);
/// assert_eq!(builder.finish().to_string(), "{3-4,10-19}");
/// ```
#[derive(Default)]
pub struct RowSetBuilder {
    /// The run still growing; empty before the first id.
    open: Range<u64>,
    done: RunList,
    /// Takes over once the list has too many runs.
    blocks: Option<Box<BlocksBuilder>>,
}

impl RowSetBuilder {
    /// A builder that holds nothing yet.
    pub fn new() -> Self {
        RowSetBuilder::default()
    }

    /// Adds one id.
    ///
    /// # Panics
    /// If the id is not above the last one, or above 2^63 - 1.
    pub fn push(&mut self, id: u64) {
        if id == self.open.end && !self.open.is_empty() {
            one(id);
            self.open.end += 1;
        } else {
            self.push_range(one(id));
        }
    }

    /// Adds the ids of a half-open range, which may be empty.
    ///
    /// # Panics
    /// If the range starts at or below the last id, or reaches above 2^63 - 1.
    pub fn push_range(&mut self, ids: Range<u64>) {
        if ids.is_empty() {
            return;
        }
        check(&ids);
        assert!(
            ids.start >= self.open.end,
            "row ids must ascend: {} came after {}",
            ids.start,
            self.open.end.wrapping_sub(1)
        );
        if ids.start == self.open.end && !self.open.is_empty() {
            self.open.end = ids.end;
        } else {
            self.close_run();
            self.open = ids;
        }
    }

    /// Adds `start + i` for every set bit `i`: a word at a time where the set is in blocks and `start` a multiple of 64.
    ///
    /// # Panics
    /// As [`push_range`](Self::push_range) does.
    pub fn push_bits(&mut self, start: u64, bits: &Bits) {
        if self.blocks.is_none() || !start.is_multiple_of(64) || bits.is_empty() {
            bits.runs().for_each(|run| self.push_range(start + run.start as u64..start + run.end as u64));
            return;
        }
        let all = start..start + bits.len() as u64;
        check(&all);
        assert!(start >= self.open.end, "row ids must ascend: {start} came after {}", self.open.end.wrapping_sub(1));
        self.close_run();
        if let Some(blocks) = &mut self.blocks {
            blocks.push_words(start, bits.words());
            self.open = all.end..all.end;
        }
    }

    /// Adds ids that ascend strictly.
    ///
    /// # Panics
    /// As [`push`](Self::push) does.
    pub fn extend_sorted(&mut self, ids: &[u64]) {
        ids.iter().for_each(|&id| self.push(id));
    }

    /// The set of all that was pushed.
    pub fn finish(mut self) -> RowSet {
        self.close_run();
        match self.blocks {
            None => RowSet::from_list(self.done),
            Some(blocks) => RowSet::from_blocks(blocks.finish()),
        }
    }

    fn close_run(&mut self) {
        if self.open.is_empty() {
            return;
        }
        match &mut self.blocks {
            Some(blocks) => blocks.push_run(self.open.clone()),
            None => {
                self.done.push(self.open.clone());
                if self.done.view().count() > MOST_LISTED {
                    let mut blocks = BlocksBuilder::default();
                    std::mem::take(&mut self.done).view().runs().for_each(|run| blocks.push_run(run));
                    self.blocks = Some(Box::new(blocks));
                }
            }
        }
    }
}
