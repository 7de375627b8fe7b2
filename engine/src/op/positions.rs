//! The index of an ordered table's rows, for those who ask for positions: rows, columns and order pass through.

use super::{Built, InputShape, Operator};
use crate::Result;
use crate::column::{Stores, View};
use crate::graph::{Cx, NodeId, Update};
use crate::op::sort::lost;
use crate::order::RowLabels;
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
        let moved = input.delta.moved();
        let order = input.order.of_labels();
        let gone = order.placed(cx, &input.delta.removed.union(&moved), View::Old)?;
        let coming = order.placed(cx, &input.delta.added.union(&moved), View::New)?;
        let coming: Vec<(u128, u64)> = coming.into_iter().map(|(label, id)| (u128::from(label), id)).collect();

        let mut index = std::mem::take(cx.index_mut());
        let Some(labels) = order.labels().and_then(|at| cx.stored(at, View::New)) else {
            return Err(Error::new(ErrorKind::Internal, "an index of a table that is in order of id"));
        };
        let label = |id| labels.label(id);
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
