//! sort: rows and columns pass through; each row gets a label that tells its place.

mod sorted;

use std::cell::RefCell;
use std::cmp::Ordering;

use self::sorted::Sorted;
use super::{Built, InputShape, Operator};
use crate::column::{Ids, StoreRef, View, batches_of};
use crate::graph::{Cx, Delta, Mask, NodeId, Update};
use crate::order::{Labels, RowLabels, SortKey, SortKeys};
use crate::plan::SortBy;
use crate::rowset::RowSet;
use crate::types::Type;
use crate::vector::{Values, Vector};
use crate::{Error, ErrorKind, Result};

/// The stored column of labels.
pub(super) const LABELS: usize = 0;

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
pub(super) fn take_out(cx: &mut Cx<'_>, rows: &RowSet) -> Result<()> {
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
        write_labels(cx, &labelled, |at| made[at].1)?;
        Ok(labelled)
    }

    /// Puts all rows there are in their places at once.
    fn fill(&self, cx: &mut Cx<'_>, rows: &RowSet, sorted: Sorted) -> Result<RowSet> {
        let labels = Labels::fresh(rows.len());
        *cx.index_mut() = sorted.index(labels, self.is_still, cx.pool());
        let places = sorted.into_places(rows, cx.pool());
        write_labels(cx, rows, |at| labels.get(places[at].into()))?;
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

/// Writes the labels of rows, one an id.
pub(super) fn write_labels(cx: &mut Cx<'_>, rows: &RowSet, label: impl Fn(usize) -> u64) -> Result<()> {
    let mut written = 0;
    batches_of(cx.batch_rows(LABELS), rows, |ids| {
        let these: Vec<i64> = (written..written + ids.len()).map(|at| label(at) as i64).collect();
        written += ids.len();
        cx.put(LABELS, ids, Vector::new(Type::I64, Values::I64(these.into()), None))
    })
}
