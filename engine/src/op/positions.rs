//! The index of an ordered table's rows, for those who ask for positions: rows, columns and order pass through.

use super::{Built, InputShape, Operator};
use crate::Result;
use crate::column::{Stores, View, batches};
use crate::graph::{Cx, Delta, NodeId, Update};
use crate::op::sort::lost;
use crate::order::{RowLabels, RowOrder};
use crate::rowset::RowSet;
use crate::{Error, ErrorKind};

/// State: none but the index, which is the output's.
struct Positions;

pub(super) fn build(input: &InputShape<'_>, node: NodeId) -> Built {
    let order = input.order.indexed_by(node);
    Built { op: Box::new(Positions), columns: input.columns.to_vec(), stored: Vec::new(), order }
}

impl Operator for Positions {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let input = cx.input();
        let Delta { removed, added, modified, mask } = input.delta;
        let moved = if mask.has_order() { modified.clone() } else { RowSet::new() };
        let gone = labelled(cx, input.order, &removed.union(&moved), View::Old)?;
        let mut coming = labelled(cx, input.order, &added.union(&moved), View::New)?;
        coming.sort_unstable();
        let coming: Vec<(u128, u64)> = coming.into_iter().map(|(label, id)| (u128::from(label), id)).collect();

        let mut index = std::mem::take(cx.index_mut());
        let standing = input.order.labels().and_then(|at| cx.stored(at, View::New));
        let label = |id| standing.and_then(|labels| labels.integer(id)).unwrap_or_default() as u64;
        if gone.len() as u64 == index.len() {
            index.clear();
        } else {
            index.remove(gone, &RowLabels::given(&label)).map_err(lost)?;
        }
        // Labels differ: no row is put before or behind one of the same.
        index.insert(&coming, |_, a, b| a.cmp(&b), &mut RowLabels::given(&label));
        *cx.index_mut() = index;
        Ok(Update::new(input.delta.clone(), input.new.clone()))
    }

    fn reads_old_order(&self) -> Vec<usize> {
        vec![0]
    }
}

/// Rows, each with its label.
fn labelled(cx: &Cx<'_>, order: RowOrder, rows: &RowSet, view: View) -> Result<Vec<(u64, u64)>> {
    let Some(column) = order.label_column() else {
        return Err(Error::new(ErrorKind::Internal, "an index of a table that is in order of id"));
    };
    let mut labelled = Vec::with_capacity(rows.len() as usize);
    batches(rows, |ids| {
        let labels = cx.read(&column, ids, view)?;
        let labels = labels.native::<i64>().unwrap_or_default();
        labelled.extend(labels.iter().map(|&label| label as u64).zip(ids.iter()));
        Ok::<_, Error>(())
    })?;
    Ok(labelled)
}
