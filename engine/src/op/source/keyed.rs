//! The source behind [`KeyedRows`]: rows come, change and go by ids that the caller names.

use crate::Result;
use crate::column::Ids;
use crate::graph::{Cx, Delta, Mask, Output, Update};
use crate::op::Operator;
use crate::rowset::RowSet;
use crate::source::{KeyedRows, Modification, RowChange};

pub(crate) struct KeyedSource {
    rows: KeyedRows,
}

impl KeyedSource {
    pub(crate) fn new(rows: KeyedRows) -> Self {
        KeyedSource { rows }
    }
}

impl Drop for KeyedSource {
    fn drop(&mut self) {
        self.rows.close();
    }
}

impl Operator for KeyedSource {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let mut delta = Delta::default();
        for change in self.rows.drain() {
            delta = delta.then(&write(cx, change)?);
        }
        let rows = delta.apply(cx.old_rows());
        Ok(Update::new(delta, rows))
    }

    fn has_work(&self, _output: &Output) -> bool {
        self.rows.has_pending()
    }
}

/// Writes one change; the delta it makes by itself.
fn write(cx: &mut Cx<'_>, change: RowChange) -> Result<Delta> {
    let mut delta = Delta { removed: change.remove, ..Delta::default() };
    if let Some((ids, batch)) = change.add {
        for (slot, values) in batch.columns().iter().enumerate() {
            cx.write(slot, Ids::List(&ids), values)?;
        }
        delta.added = RowSet::from_sorted(&ids);
    }
    if let Some(Modification { ids, columns }) = change.modify {
        let rows = RowSet::from_sorted(&ids);
        for (slot, values) in &columns {
            cx.write(*slot, Ids::List(&ids), values)?;
        }
        // A row that came in this same change is new whatever else is written to it.
        delta.modified = rows.minus(&delta.added);
        delta.mask = columns.iter().map(|(column, _)| *column).collect::<Mask>();
    }
    Ok(delta.normalized())
}
