//! [`RowSet`]: an ordered set of row ids, encoded as ranges.
//!
//! Live tables are made of few long ranges: a source appends, a filter keeps stretches. So the set is built around runs, and only
//! falls back on blocks of 2^16 ids, each in its own best form, when runs get too many to copy and search in a flat array.
//!
//! | form | when | rank, select | memory |
//! |---|---|---|---|
//! | empty, one range | at most one run | O(1) | none on the heap |
//! | runs | up to 4096 runs, up to 8192 while it grows in place | one binary search | 16 bytes a run |
//! | blocks | beyond | two binary searches | at most 1 bit an id of a touched block, 2 bytes an id where sparse |
//!
//! A set is a value: cloning is O(1), a change copies what it touches (one block, and the small arrays that name the blocks) when a
//! clone still holds the old version, and nothing but the change itself when none does.
//!
//! One file for each facet: the two stores, then what is done with them.

mod algebra;
mod blocks;
mod build;
mod builder;
mod cursor;
mod fmt;
mod iter;
mod mutate;
mod positions;
mod predicates;
mod run_algebra;
mod run_list;
mod serial;
#[cfg(test)]
mod tests;
mod validate;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

pub use builder::RowSetBuilder;
pub use cursor::Cursor;
pub use iter::{Ids, Runs};

use blocks::Blocks;
use run_list::{RunList, RunView, Single};

/// One more than the largest id: ids have 63 bits, so that a signed 64-bit number can hold them and every range has an end.
pub(crate) const ID_LIMIT: u64 = 1 << 63;

/// An ordered set of row ids (63-bit), encoded as ranges.
///
/// A value type: `clone` is O(1) and a changed set never changes its clones. Ids above 2^63 - 1 are refused where they enter, by a
/// panic that says so: a table hands out its ids itself, so such an id is a fault of the engine and not input.
///
/// ```
/// use headwater_engine::RowSet;
///
/// let mut rows = RowSet::range(0..1_000_000_000);
/// rows.remove_all(&RowSet::range(10..20));
/// assert_eq!(rows.len(), 999_999_990);
/// assert_eq!(rows.rank(25), Ok(15));
/// assert_eq!(rows.select(15), Some(25));
/// assert_eq!(rows.to_string(), "{0-9,20-999999999}");
/// ```
#[derive(Clone, Default)]
pub struct RowSet {
    repr: Repr,
}

#[derive(Clone, Default)]
enum Repr {
    #[default]
    Empty,
    /// The common case, which touches no heap.
    Range(Single),
    /// Up to [`blocks::MOST_LISTED`] runs when made, [`blocks::MOST_GROWN`] when changed since; two at least.
    Runs(Arc<RunList>),
    /// No fewer than [`blocks::FEWEST_IN_BLOCKS`] runs: less than the most of a list, so that a set at the edge does not change its
    /// form with every change.
    Blocks(Arc<Blocks>),
}

impl RowSet {
    /// The number of ids. O(1).
    pub fn len(&self) -> u64 {
        match self.form() {
            Form::List(view) => view.len(),
            Form::Blocks(blocks) => blocks.len(),
        }
    }

    /// Whether the set holds no id. O(1).
    pub fn is_empty(&self) -> bool {
        matches!(self.repr, Repr::Empty)
    }

    /// The smallest id. O(1).
    pub fn first(&self) -> Option<u64> {
        (!self.is_empty()).then(|| self.span().start)
    }

    /// The largest id. O(1).
    pub fn last(&self) -> Option<u64> {
        self.span().end.checked_sub(1)
    }

    /// Whether the ids leave no gap, as those of an empty set do. O(1).
    pub fn is_contiguous(&self) -> bool {
        matches!(self.repr, Repr::Empty | Repr::Range(_))
    }

    /// The number of maximal runs of adjacent ids: the entries that [`runs`](Self::runs) yields. O(1) for a list of runs; else blocks
    /// are asked one by one.
    pub fn run_count(&self) -> usize {
        match self.form() {
            Form::List(view) => view.count(),
            Form::Blocks(blocks) => blocks.count_runs(usize::MAX),
        }
    }

    /// Heap and inline bytes this set takes, clones not told apart: storage shared with a clone is counted in both.
    pub fn bytes(&self) -> usize {
        let heap = match &self.repr {
            Repr::Empty | Repr::Range(_) => 0,
            Repr::Runs(list) => list.bytes(),
            Repr::Blocks(blocks) => blocks.bytes(),
        };
        size_of::<Self>() + heap
    }

    /// From the first id to one past the last; empty for the empty set.
    fn span(&self) -> Range<u64> {
        match self.form() {
            Form::List(view) => view.span(),
            Form::Blocks(blocks) => blocks.span(),
        }
    }

    fn form(&self) -> Form<'_> {
        match &self.repr {
            Repr::Empty => Form::List(RunView::EMPTY),
            Repr::Range(single) => Form::List(single.view()),
            Repr::Runs(list) => Form::List(list.view()),
            Repr::Blocks(blocks) => Form::Blocks(blocks),
        }
    }

    /// The ids in blocks, whatever their form.
    fn in_blocks(&self) -> Cow<'_, Blocks> {
        match self.form() {
            Form::List(view) => Cow::Owned(Blocks::from_runs(view.runs())),
            Form::Blocks(blocks) => Cow::Borrowed(blocks),
        }
    }
}

/// The two ways to store ids: an empty set and a single range look like lists of runs.
enum Form<'a> {
    List(RunView<'a>),
    Blocks(&'a Blocks),
}

impl PartialEq for RowSet {
    fn eq(&self, other: &Self) -> bool {
        if self.is_same(other) {
            return true;
        }
        match (self.form(), other.form()) {
            (Form::List(a), Form::List(b)) => a == b,
            (Form::Blocks(a), Form::Blocks(b)) => a == b,
            _ => self.len() == other.len() && self.runs().eq(other.runs()),
        }
    }
}

impl Eq for RowSet {}
