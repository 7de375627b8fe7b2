//! [`Sorted`]: many rows by their keys, before they have their places.

use crate::Result;
use crate::graph::Cx;
use crate::order::{InOrder, Labels, OrderIndex, Packed, SortKeys, bulk};
use crate::pool::{GRAIN_ROWS, Pool};
use crate::rowset::RowSet;

/// Rows by their keys, those of equal keys in the order they have in the input.
pub(super) struct Sorted {
    /// The rows in the order they have in the input, and their packed keys.
    rows: InOrder,
    keys: Keys,
    /// Which of them comes first, and so on.
    order: Vec<u32>,
    /// Whether the input is in order of id.
    is_by_id: bool,
}

/// Packed keys, one a row.
enum Keys {
    Narrow(Vec<u64>),
    Wide(Vec<u128>),
}

impl Sorted {
    pub(super) fn new(by: &SortKeys, cx: &Cx<'_>, rows: &RowSet) -> Result<Self> {
        let is_by_id = cx.input().order.is_by_id();
        // Each row is asked for by its position, several times: a set would be searched for each.
        let rows = cx.in_order(0, rows)?.into_listed();
        let (keys, order) = if by.bits() <= u64::BITS {
            let keys = pack(by, cx, &rows)?;
            let order = bulk::sort(&keys, |key: u64| by.is_whole(key.into()), cx.pool());
            (Keys::Narrow(keys), order)
        } else {
            let keys = pack(by, cx, &rows)?;
            let order = bulk::sort(&keys, |key: u128| by.is_whole(key), cx.pool());
            (Keys::Wide(keys), order)
        };
        let bulk::Order { positions: mut order, ties } = order;
        for tie in ties {
            settle(by, cx, &rows, &mut order[tie])?;
        }
        Ok(Sorted { rows, keys, order, is_by_id })
    }

    /// Keys and ids, first to last.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (u128, u64)> + '_ {
        self.order.iter().map(|&at| (self.keys.get(at), self.id(at)))
    }

    /// An index of just these rows with their labels; without keys if its rows never change.
    pub(super) fn index(&self, labels: Labels, is_still: bool, pool: &Pool) -> OrderIndex {
        let id = |place: usize| self.id(self.order[place]);
        let label = |place| labels.get(place);
        match is_still {
            true => OrderIndex::still(self.order.len(), id, label, pool),
            false => {
                OrderIndex::build(self.order.len(), |place| (self.keys.get(self.order[place]), id(place)), label, pool)
            }
        }
    }

    /// The places of the same rows, given as a set, in the order of their ids.
    pub(super) fn into_places(self, rows: &RowSet, pool: &Pool) -> Vec<u32> {
        let Sorted { rows: listed, keys, order, is_by_id } = self;
        drop(keys);
        if is_by_id {
            return bulk::places(&order, pool);
        }
        let rank = |at: &u32| rows.rank(listed.get(*at as usize)).unwrap_or_default() as u32;
        bulk::places(&order.iter().map(rank).collect::<Vec<_>>(), pool)
    }

    fn id(&self, at: u32) -> u64 {
        self.rows.get(at as usize)
    }
}

impl Keys {
    fn get(&self, at: u32) -> u128 {
        match self {
            Keys::Narrow(keys) => keys[at as usize].into(),
            Keys::Wide(keys) => keys[at as usize],
        }
    }
}

/// Puts rows in order whose packed keys are the same and not all there is; those whose cells are the same stay in the
/// order they have.
fn settle(by: &SortKeys, cx: &Cx<'_>, rows: &InOrder, tied: &mut [u32]) -> Result<()> {
    let ids: Vec<u64> = tied.iter().map(|&at| rows.get(at as usize)).collect();
    let cells = by.cells(cx, &ids)?;
    let mut order: Vec<usize> = (0..ids.len()).collect();
    order.sort_by(|&a, &b| by.compare_cells(&cells, a, b));
    let settled: Vec<u32> = order.into_iter().map(|at| tied[at]).collect();
    tied.copy_from_slice(&settled);
    Ok(())
}

/// The packed keys of rows.
fn pack<K: Packed>(by: &SortKeys, cx: &Cx<'_>, rows: &InOrder) -> Result<Vec<K>> {
    let mut keys = vec![K::default(); rows.len()];
    let grain = GRAIN_ROWS as usize;
    let pieces = rows.pieces(grain).into_iter().zip(keys.chunks_mut(grain)).collect();
    cx.share(pieces, |cx, (piece, keys): (InOrder, &mut [K])| {
        let mut packed = 0;
        piece.batches(|ids| {
            packed += ids.len();
            by.pack(cx, ids, &mut keys[packed - ids.len()..packed])
        })
    })?;
    Ok(keys)
}
