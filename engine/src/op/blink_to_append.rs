//! blink_to_append: every row that ever passed through a blink table, kept.

use super::{Built, InputShape, Operator};
use crate::Result;
use crate::column::{Column, Ids, StoreRef, View};
use crate::graph::{Cx, Delta, NodeId, Update};
use crate::order::RowOrder;
use crate::rowset::RowSet;

struct BlinkToAppend {
    columns: Vec<Column>,
    next: u64,
}

pub(super) fn build(input: &InputShape<'_>, node: NodeId) -> Built {
    let stored: Vec<_> = input.columns.iter().map(Column::ty).collect();
    let at = |slot| StoreRef { node, slot };
    let columns = stored.iter().enumerate().map(|(slot, &ty)| Column::Stored { at: at(slot), ty }).collect();
    Built {
        op: Box::new(BlinkToAppend { columns: input.columns.to_vec(), next: 0 }),
        columns,
        stored,
        order: RowOrder::BY_ID,
    }
}

impl Operator for BlinkToAppend {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let input = cx.input();
        let first = self.next;
        cx.in_order(0, &input.delta.added)?.batches(|ids| {
            let to = Ids::Range { start: self.next, len: ids.len() };
            for (slot, column) in self.columns.iter().enumerate() {
                let values = cx.read(column, ids, View::New)?.into_owned();
                cx.write(slot, to, &values)?;
            }
            self.next += ids.len() as u64;
            Ok::<_, crate::Error>(())
        })?;
        let delta = Delta { added: RowSet::range(first..self.next), ..Delta::default() };
        let rows = delta.apply(cx.old_rows());
        Ok(Update::new(delta, rows))
    }
}
