//! head and tail: so many rows from one end of a table.

use super::{Built, InputShape, Operator};
use crate::Result;
use crate::column::{Column, Ids, StoreRef, View, batches};
use crate::graph::{Cx, Delta, NodeId, Update};
use crate::plan::{End, Flavour};
use crate::rowset::RowSet;

/// Rows of a table that keeps them: columns are shared, the rows are its first or last.
struct Window {
    end: End,
    rows: u64,
}

/// Rows of all that ever passed through a blink table: they are copied before they go.
struct Passed {
    end: End,
    rows: u64,
    columns: Vec<Column>,
    /// The id of the next row.
    next: u64,
}

pub(super) fn build(end: End, rows: u64, input: &InputShape<'_>, node: NodeId) -> Built {
    if input.definition.flavour() != Flavour::Blink {
        return Built { op: Box::new(Window { end, rows }), columns: input.columns.to_vec(), stored: Vec::new() };
    }
    let stored: Vec<_> = input.columns.iter().map(Column::ty).collect();
    let at = |slot| StoreRef { node, slot };
    let columns = stored.iter().enumerate().map(|(slot, &ty)| Column::Stored { at: at(slot), ty }).collect();
    let op = Passed { end, rows, columns: input.columns.to_vec(), next: 0 };
    Built { op: Box::new(op), columns, stored }
}

/// The first or last `count` of `rows`.
fn cut(end: End, count: u64, rows: &RowSet) -> RowSet {
    match end {
        End::First => rows.slice_positions(0..count),
        End::Last => rows.slice_positions(rows.len().saturating_sub(count)..rows.len()),
    }
}

impl Operator for Window {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let input = cx.input();
        let old = cx.old_rows();
        let new = cut(self.end, self.rows, input.new);
        Ok(Update::new(shown(input.delta, old, &new), new))
    }
}

/// What becomes of a part of a table that shows the rows `old` before a delta and `new` after it.
pub(super) fn shown(delta: &Delta, old: &RowSet, new: &RowSet) -> Delta {
    let Delta { removed, added, modified, mask } = delta;
    // A row that was replaced is another one in the same place.
    let delta = Delta {
        removed: old.minus(new).union(&removed.intersect(old)),
        added: new.minus(old).union(&added.intersect(new)),
        modified: modified.intersect(&old.intersect(new)),
        mask: mask.clone(),
    };
    delta.normalized()
}

impl Operator for Passed {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let input = cx.input();
        let there = cx.old_rows().clone();
        let wanted = match self.end {
            End::First => self.rows - there.len(),
            End::Last => self.rows,
        };
        let first = self.next;
        batches(&cut(self.end, wanted, &input.delta.added), |ids| {
            let to = Ids::Range { start: self.next, len: ids.len() };
            for (slot, column) in self.columns.iter().enumerate() {
                let values = cx.read(column, ids, View::New)?.into_owned();
                cx.write(slot, to, &values)?;
            }
            self.next += ids.len() as u64;
            Ok::<_, crate::Error>(())
        })?;
        let added = RowSet::range(first..self.next);
        let too_many = (there.len() + added.len()).saturating_sub(self.rows);
        let delta = Delta { removed: there.slice_positions(0..too_many), added, ..Delta::default() };
        let rows = delta.apply(&there);
        Ok(Update::new(delta, rows))
    }
}
