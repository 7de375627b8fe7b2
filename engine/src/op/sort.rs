//! sort: rows and columns pass through; each row gets a label that tells its place.

use std::cell::RefCell;
use std::cmp::Ordering;

use super::{Built, InputShape, Operator};
use crate::column::{Ids, StoreRef, View, batches_of};
use crate::graph::{Cx, Delta, Mask, NodeId, Update};
use crate::order::{InOrder, Labels, OrderIndex, RowLabels, SortKey, SortKeys, bulk};
use crate::plan::SortBy;
use crate::pool::GRAIN_ROWS;
use crate::rowset::RowSet;
use crate::types::Type;
use crate::vector::{Values, Vector};
use crate::{Error, ErrorKind, Result};

/// The stored column of labels.
const LABELS: usize = 0;

/// State: none but labels and their index, which are the output's.
struct Sort {
    keys: SortKeys,
    key_mask: Mask,
    /// The input never changes.
    is_still: bool,
}

/// `by` has positions of columns in the input.
pub(super) fn build(by: &[(usize, SortBy)], input: &InputShape<'_>, node: NodeId) -> Built {
    let key = |&(column, by): &(usize, SortBy)| SortKey {
        column: input.columns[column].clone(),
        descending: by == SortBy::Descending,
    };
    let keys = SortKeys::new(by.iter().map(key).collect());
    let key_mask = by.iter().map(|&(column, _)| column).collect();
    let sort = Sort { keys, key_mask, is_still: input.definition.flavour().is_static() };
    Built {
        op: Box::new(sort),
        columns: input.columns.to_vec(),
        stored: vec![Type::I64],
        order: input.order.relabelled(StoreRef { node, slot: LABELS }),
    }
}

/// The rows of a merge, those of each input in its order: by the two columns that a merge has for it.
pub(super) fn in_turn(input: &InputShape<'_>, node: NodeId) -> Built {
    let width = input.definition.columns().len();
    let by: Vec<_> = (width..input.columns.len()).map(|column| (column, SortBy::Ascending)).collect();
    let built = build(&by, input, node);
    Built { columns: input.columns[..width].to_vec(), ..built }
}

impl Operator for Sort {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let input = cx.input();
        let Delta { removed, added, modified, mask } = input.delta;
        // Rows of equal keys are in the order they had: where that changes, they are put in anew.
        let is_hit = mask.intersects(&self.key_mask) || mask.has_order();
        let moved = if is_hit { modified.clone() } else { RowSet::new() };
        take_out(cx, &removed.union(&moved))?;
        let labelled = self.put_in(cx, &added.union(&moved))?;
        let moved = labelled.minus(added);
        let mut mask = mask.clone();
        // Numbers of rows may have changed with the order of the input.
        mask.set_order(!moved.is_empty() || mask.has_order());
        let delta = Delta { removed: removed.clone(), added: added.clone(), modified: modified.union(&moved), mask };
        Ok(Update::new(delta.normalized(), input.new.clone()))
    }
}

/// Takes rows out of the index, which knows them by the labels they have had until now.
fn take_out(cx: &mut Cx<'_>, rows: &RowSet) -> Result<()> {
    if rows.len() == cx.index_mut().len() {
        cx.index_mut().clear();
        return Ok(());
    }
    let mut index = std::mem::take(cx.index_mut());
    let labels = cx.own_column(LABELS);
    let label = |id| labels.label(id);
    let gone = rows.iter().map(|id| (label(id), id)).collect();
    index.remove(gone, &RowLabels::given(&label)).map_err(lost)?;
    *cx.index_mut() = index;
    Ok(())
}

/// A row that the index does not know.
pub(super) fn lost(id: u64) -> Error {
    Error::new(ErrorKind::Internal, "a row that is not where the order has it").with_row(id)
}

impl Sort {
    /// Puts rows in their places; the rows that got a label, and those that made room for them.
    fn put_in(&self, cx: &mut Cx<'_>, rows: &RowSet) -> Result<RowSet> {
        let sorted = Sorted::new(&self.keys, cx, rows)?;
        if cx.index_mut().len() == 0 {
            return self.fill(cx, rows, sorted);
        }
        let sorted: Vec<(u128, u64)> = sorted.iter().collect();
        let mut index = std::mem::take(cx.index_mut());
        let labels = cx.own_column(LABELS);
        let label = |id| labels.label(id);
        let mut labels = RowLabels::made(&label);
        let failed: RefCell<Option<Error>> = RefCell::default();
        let compare = |key, a, b| {
            self.compare(cx, key, a, b).unwrap_or_else(|error| {
                failed.borrow_mut().get_or_insert(error);
                Ordering::Equal
            })
        };
        index.insert(&sorted, compare, &mut labels);
        let made = labels.finish();
        if let Some(error) = failed.into_inner() {
            return Err(error);
        }
        *cx.index_mut() = index;
        let ids: Vec<u64> = made.iter().map(|&(id, _)| id).collect();
        let labelled = RowSet::from_sorted(&ids);
        write_labels(cx, &labelled, made.into_iter().map(|(_, label)| label as i64).collect())?;
        Ok(labelled)
    }

    /// Puts all rows there are in their places at once.
    fn fill(&self, cx: &mut Cx<'_>, rows: &RowSet, sorted: Sorted) -> Result<RowSet> {
        let labels = Labels::fresh(rows.len());
        *cx.index_mut() = match self.is_still {
            true => OrderIndex::still(sorted.iter().map(|(_, id)| id), |at| labels.get(at)),
            false => OrderIndex::build(sorted.iter(), |at| labels.get(at)),
        };
        let made = sorted.iter().enumerate().map(|(at, (_, id))| (id, labels.get(at as u64)));
        let made = in_order_of_id(rows, made);
        drop(sorted);
        write_labels(cx, rows, made)?;
        Ok(rows.clone())
    }

    /// How two rows of the same packed key stand to each other.
    fn compare(&self, cx: &Cx<'_>, key: u128, a: u64, b: u64) -> Result<Ordering> {
        let by_cells = match self.keys.is_whole(key) {
            true => Ordering::Equal,
            false => self.keys.compare_cells(&self.keys.cells(cx, &[a, b])?, 0, 1),
        };
        if by_cells != Ordering::Equal {
            return Ok(by_cells);
        }
        let places = cx.input().order.places(cx, Ids::List(&[a, b]), View::New)?;
        Ok(places[0].cmp(&places[1]))
    }
}

/// Rows by their keys, those of equal keys in the order they have in the input.
struct Sorted {
    /// The rows in the order they have in the input, and their packed keys.
    rows: InOrder,
    keys: Vec<u128>,
    /// Which of them comes first, and so on.
    at: Vec<u32>,
}

impl Sorted {
    fn new(by: &SortKeys, cx: &Cx<'_>, rows: &RowSet) -> Result<Self> {
        // Each row is asked for by its position, several times: a set would be searched for each.
        let rows = cx.in_order(0, rows)?.into_listed();
        let mut keys = vec![0; rows.len()];
        let pieces = rows.pieces(GRAIN_ROWS as usize).into_iter().zip(keys.chunks_mut(GRAIN_ROWS as usize)).collect();
        cx.share(pieces, |cx, (piece, keys): (InOrder, &mut [u128])| {
            let mut packed = 0;
            piece.batches(|ids| {
                packed += ids.len();
                by.pack(cx, ids, &mut keys[packed - ids.len()..packed])
            })
        })?;
        let at = bulk::sort(&keys, cx.pool());
        let mut sorted = Sorted { rows, keys, at };
        sorted.settle(by, cx)?;
        Ok(sorted)
    }

    fn id(&self, at: u32) -> u64 {
        self.rows.get(at as usize)
    }

    /// Keys and ids, first to last.
    fn iter(&self) -> impl ExactSizeIterator<Item = (u128, u64)> + '_ {
        self.at.iter().map(|&at| (self.keys[at as usize], self.id(at)))
    }

    /// Puts rows in order whose packed keys are the same and not all there is; those whose cells are the same stay in
    /// the order they have.
    fn settle(&mut self, by: &SortKeys, cx: &Cx<'_>) -> Result<()> {
        let Sorted { rows, keys, at } = self;
        for run in at.chunk_by_mut(|&a, &b| keys[a as usize] == keys[b as usize]) {
            if run.len() == 1 || by.is_whole(keys[run[0] as usize]) {
                continue;
            }
            let ids: Vec<u64> = run.iter().map(|&at| rows.get(at as usize)).collect();
            let cells = by.cells(cx, &ids)?;
            let mut order: Vec<usize> = (0..ids.len()).collect();
            order.sort_by(|&a, &b| by.compare_cells(&cells, a, b));
            let settled: Vec<u32> = order.into_iter().map(|at| run[at]).collect();
            run.copy_from_slice(&settled);
        }
        Ok(())
    }
}

/// What belongs to all of some rows, given in any order, in the order of their ids.
fn in_order_of_id(rows: &RowSet, values: impl Iterator<Item = (u64, u64)>) -> Vec<i64> {
    let mut ordered = vec![0; rows.len() as usize];
    let first = rows.first().unwrap_or_default();
    for (id, value) in values {
        let at = if rows.is_contiguous() { id - first } else { rows.rank(id).unwrap_or_default() };
        ordered[at as usize] = value as i64;
    }
    ordered
}

/// Writes the labels of rows, one an id.
fn write_labels(cx: &mut Cx<'_>, rows: &RowSet, labels: Vec<i64>) -> Result<()> {
    let mut written = 0;
    batches_of(cx.batch_rows(LABELS), rows, |ids| {
        let these = labels[written..written + ids.len()].to_vec();
        written += ids.len();
        cx.put(LABELS, ids, Vector::new(Type::I64, Values::I64(these.into()), None))
    })
}
