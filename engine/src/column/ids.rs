//! [`Ids`]: the row ids of one batch of reading, and how a row set is cut into such batches.

use std::ops::Range;

use crate::rowset::RowSet;
use crate::vector::VECTOR_ROWS;

/// The ids of a batch: a range, or a list. Lists of changed rows ascend; lists of gathered rows may not.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ids<'a> {
    Range { start: u64, len: usize },
    List(&'a [u64]),
}

impl Ids<'_> {
    pub(crate) fn len(&self) -> usize {
        match self {
            Ids::Range { len, .. } => *len,
            Ids::List(list) => list.len(),
        }
    }

    pub(crate) fn get(&self, index: usize) -> u64 {
        match self {
            Ids::Range { start, .. } => start + index as u64,
            Ids::List(list) => list[index],
        }
    }

    /// Those at some positions.
    pub(crate) fn part(&self, positions: Range<usize>) -> Self {
        match self {
            Ids::Range { start, .. } => Ids::Range { start: start + positions.start as u64, len: positions.len() },
            Ids::List(list) => Ids::List(&list[positions]),
        }
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = u64> + '_ {
        (0..self.len()).map(|index| self.get(index))
    }

    /// From the smallest id to one past the largest.
    pub(crate) fn span(self) -> Range<u64> {
        match self {
            Ids::Range { start, len } => start..start + len as u64,
            Ids::List(list) => match (list.iter().min(), list.iter().max()) {
                (Some(&first), Some(&last)) => first..last + 1,
                _ => 0..0,
            },
        }
    }

    /// The ids as a set.
    pub(crate) fn to_rowset(self) -> RowSet {
        match self {
            Ids::Range { start, len } => RowSet::range(start..start + len as u64),
            Ids::List(list) if list.is_sorted_by(|a, b| a < b) => RowSet::from_sorted(list),
            Ids::List(list) => RowSet::from_unsorted(list.to_vec()),
        }
    }
}

/// Runs shorter than this are cheaper to read by id than as a slice each.
const SHORT_RUN: u64 = 32;

/// Whether rows lie here and there rather than side by side. O(rows / [`SHORT_RUN`]) at most.
pub(crate) fn is_scattered(rows: &RowSet) -> bool {
    rows.runs().nth((rows.len() / SHORT_RUN) as usize).is_some()
}

/// Cuts `rows` into batches of at most [`VECTOR_ROWS`], in order: long runs as aligned ranges, which can be read
/// without copying, short ones gathered into lists.
pub(crate) fn batches<E>(rows: &RowSet, each: impl FnMut(Ids<'_>) -> Result<(), E>) -> Result<(), E> {
    batches_of(VECTOR_ROWS, rows, each)
}

/// As [`batches`], of at most `most` rows.
pub(crate) fn batches_of<E>(
    most: usize,
    rows: &RowSet,
    mut each: impl FnMut(Ids<'_>) -> Result<(), E>,
) -> Result<(), E> {
    // Whoever has one short run is likely to have more of them.
    let room = most.min(rows.len() as usize);
    let mut list: Vec<u64> = Vec::new();
    for Range { mut start, end } in rows.runs() {
        if end - start < SHORT_RUN {
            if list.len() + (end - start) as usize > most {
                each(Ids::List(&list))?;
                list.clear();
            }
            if list.is_empty() {
                list.reserve(room);
            }
            list.extend(start..end);
            continue;
        }
        if !list.is_empty() {
            each(Ids::List(&list))?;
            list.clear();
        }
        while start < end {
            let border = (start / most as u64 + 1) * most as u64;
            let stop = border.min(end);
            each(Ids::Range { start, len: (stop - start) as usize })?;
            start = stop;
        }
    }
    if list.is_empty() { Ok(()) } else { each(Ids::List(&list)) }
}

/// Cuts a batch where it crosses a border of blocks of `1 << log2` ids: block number, and positions in the batch.
///
/// A list is cut wherever the block changes, so each piece lies in one block.
pub(crate) fn by_block(ids: Ids<'_>, log2: u8, mut each: impl FnMut(u64, Range<usize>)) {
    match ids {
        Ids::Range { start, len } => {
            let mut at = 0;
            while at < len {
                let id = start + at as u64;
                let border = ((id >> log2) + 1) << log2;
                let stop = len.min((border - start) as usize);
                each(id >> log2, at..stop);
                at = stop;
            }
        }
        Ids::List(list) => {
            let mut at = 0;
            while at < list.len() {
                let block = list[at] >> log2;
                let mut stop = at + 1;
                while stop < list.len() && list[stop] >> log2 == block {
                    stop += 1;
                }
                each(block, at..stop);
                at = stop;
            }
        }
    }
}
