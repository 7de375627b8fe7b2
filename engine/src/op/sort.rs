//! sort: rows and columns pass through; each row gets a label that tells its place.

use std::cell::RefCell;
use std::cmp::Ordering;

use super::{Built, InputShape, Operator};
use crate::column::{Ids, StoreRef, View, batches_of};
use crate::graph::{Cx, Delta, Mask, NodeId, Update};
use crate::order::{Labels, OrderIndex, RowLabels, SortKey, SortKeys, bulk};
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
}

/// `by` has positions of columns in the input.
pub(super) fn build(by: &[(usize, SortBy)], input: &InputShape<'_>, node: NodeId) -> Built {
    let key = |&(column, by): &(usize, SortBy)| SortKey {
        column: input.columns[column].clone(),
        descending: by == SortBy::Descending,
    };
    let keys = SortKeys::new(by.iter().map(key).collect());
    let sort = Sort { keys, key_mask: by.iter().map(|&(column, _)| column).collect() };
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
    let label = |id| labels.integer(id).unwrap_or_default() as u64;
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
        let sorted = self.sorted(cx, rows)?;
        let mut index = std::mem::take(cx.index_mut());
        if index.len() == 0 {
            let labels = Labels::fresh(sorted.len() as u64);
            *cx.index_mut() = OrderIndex::build(sorted.iter().copied(), |at| labels.get(at));
            let made = sorted.iter().enumerate().map(|(at, &(_, id))| (id, labels.get(at as u64)));
            write_labels(cx, rows, in_order_of_id(rows, made))?;
            return Ok(rows.clone());
        }
        let labels = cx.own_column(LABELS);
        let label = |id| labels.integer(id).unwrap_or_default() as u64;
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

    /// Rows by their keys, those of equal keys in the order they have in the input.
    fn sorted(&self, cx: &Cx<'_>, rows: &RowSet) -> Result<Vec<(u128, u64)>> {
        let pieces = cx.in_order(0, rows)?.pieces(GRAIN_ROWS as usize);
        let packed = cx.share(pieces, |cx, piece| {
            let mut packed = Vec::with_capacity(piece.len());
            piece.batches(|ids| {
                packed.extend(self.keys.pack(cx, ids, View::New)?);
                Ok::<_, Error>(())
            })?;
            Ok((packed, piece.into_ids()))
        })?;
        let (keys, ids): (Vec<Vec<u128>>, Vec<Vec<u64>>) = packed.into_iter().unzip();
        let (keys, ids) = (keys.concat(), ids.concat());
        let at = bulk::sort(&keys, cx.pool());
        let mut sorted: Vec<(u128, u64)> = at.into_iter().map(|at| (keys[at as usize], ids[at as usize])).collect();
        for run in sorted.chunk_by_mut(|a, b| a.0 == b.0) {
            if run.len() > 1 && !self.keys.is_whole(run[0].0) {
                self.settle(cx, run)?;
            }
        }
        Ok(sorted)
    }

    /// Puts rows in order whose packed keys are the same; those whose cells are the same stay in the order they have.
    fn settle(&self, cx: &Cx<'_>, run: &mut [(u128, u64)]) -> Result<()> {
        let ids: Vec<u64> = run.iter().map(|&(_, id)| id).collect();
        let cells = self.keys.cells(cx, &ids)?;
        let mut order: Vec<usize> = (0..ids.len()).collect();
        order.sort_by(|&a, &b| self.keys.compare_cells(&cells, a, b));
        for (row, at) in run.iter_mut().zip(order) {
            row.1 = ids[at];
        }
        Ok(())
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
