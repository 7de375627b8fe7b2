//! The source behind an [`InputTable`]: one row a key, put in and taken out by key.

use std::sync::{Arc, Weak};

use crate::Result;
use crate::column::Ids;
use crate::graph::{Cx, Delta, Output, Update};
use crate::op::Operator;
use crate::plan::Definition;
use crate::source::intake::{Intake, Prepare};
use crate::source::{Edited, Edits, InputTable, Write};

/// The keys are with those who make edits ready: a cycle only writes.
pub(crate) struct InputSource {
    intake: Arc<Intake<Edits>>,
    /// Bytes of the keys.
    bytes: usize,
}

impl InputSource {
    pub(crate) fn new(input: &InputTable, definition: &Definition, keys: Vec<usize>) -> Self {
        InputSource { intake: Intake::new(input.queue().clone(), Edits::new(definition, keys)), bytes: 0 }
    }
}

impl Drop for InputSource {
    fn drop(&mut self) {
        self.intake.close();
    }
}

impl Operator for InputSource {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let mut all = Delta::default();
        for edited in self.intake.take().ready {
            let Edited { delta, writes, bytes } = edited?;
            for Write { ids, columns } in &writes {
                columns.iter().try_for_each(|(slot, values)| cx.write(*slot, Ids::List(ids), values))?;
            }
            all = all.then(&delta);
            self.bytes = bytes;
        }
        let rows = all.apply(cx.old_rows());
        Ok(Update::new(all, rows))
    }

    fn intake(&self) -> Option<Weak<dyn Prepare>> {
        let intake: Arc<dyn Prepare> = self.intake.clone();
        Some(Arc::downgrade(&intake))
    }

    fn has_work(&self, _output: &Output) -> bool {
        self.intake.has_pending()
    }

    fn bytes(&self) -> usize {
        self.bytes
    }

    fn validate(&self, output: &Output) -> Result<(), String> {
        // What is ready and not taken in yet is among the keys and not among the rows.
        self.intake.stage(|edits, is_taken_in| if is_taken_in { edits.validate(&output.rows) } else { Ok(()) })
    }
}
