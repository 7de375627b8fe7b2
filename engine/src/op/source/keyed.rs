//! The source behind [`KeyedRows`]: rows come, change and go by ids that the caller names.

use crate::Result;
use crate::column::Ids;
use crate::graph::{Cx, Output, Update};
use crate::op::Operator;
use crate::source::{KeyedRows, Modification};

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
        let (changes, delta, rows) = self.rows.drain();
        for change in changes {
            if let Some((ids, batch)) = change.add {
                for (slot, values) in batch.columns().iter().enumerate() {
                    cx.write(slot, Ids::List(&ids), values)?;
                }
            }
            if let Some(Modification { ids, columns }) = change.modify {
                columns.iter().try_for_each(|(slot, values)| cx.write(*slot, Ids::List(&ids), values))?;
            }
        }
        Ok(Update::new(delta, rows))
    }

    fn has_work(&self, _output: &Output) -> bool {
        self.rows.has_pending()
    }
}
