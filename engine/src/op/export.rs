//! The export node: what a table's readers see of a cycle, captured inside it, delivered outside.

use std::sync::{Arc, Mutex, PoisonError};

use super::Operator;
use crate::column::{Column, View, batches};
use crate::graph::{Cx, Delta, Update};
use crate::listen::{Change, Event, ListenerCore, Rows};
use crate::plan::Definition;
use crate::rowset::RowSet;
use crate::vector::{Vector, VectorBuilder};
use crate::{Error, Result};

/// What waits for delivery: filled inside the cycle, emptied outside.
pub(crate) type Outbox = Arc<Mutex<Vec<(Arc<ListenerCore>, Event)>>>;

pub(crate) struct Export {
    pub(crate) listener: Arc<ListenerCore>,
    pub(crate) outbox: Outbox,
    pub(crate) definition: Definition,
    /// Whether the rows that are there when the node is built are a change to report.
    pub(crate) initial: bool,
    pub(crate) built: bool,
}

impl Operator for Export {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let input = cx.input();
        if std::mem::replace(&mut self.built, true) || (self.initial && !input.delta.is_empty()) {
            let Delta { removed, added, modified, mask } = input.delta;
            let capture = |rows, view| self.capture(cx, input.columns, rows, view);
            let change = Change {
                added: capture(added, View::New)?,
                removed: capture(removed, View::Old)?,
                modified: capture(modified, View::New)?,
                modified_previous: capture(modified, View::Old)?,
                modified_columns: mask.columns().collect(),
            };
            self.post(Event::Change(Box::new(change)));
        }
        Ok(Update::new(Delta::default(), RowSet::new()))
    }

    fn reads_old(&self) -> Vec<(usize, usize)> {
        (0..self.definition.columns().len()).map(|column| (0, column)).collect()
    }

    fn stopped(&mut self, error: &Error) {
        self.post(Event::Stopped(error.clone()));
    }
}

impl Export {
    fn post(&self, event: Event) {
        let mut outbox = self.outbox.lock().unwrap_or_else(PoisonError::into_inner);
        outbox.push((self.listener.clone(), event));
    }

    fn capture(&self, cx: &Cx<'_>, columns: &[Column], rows: &RowSet, view: View) -> Result<Rows> {
        let mut builders: Vec<VectorBuilder> =
            columns.iter().map(|column| VectorBuilder::with_capacity(column.ty(), rows.len() as usize)).collect();
        batches(rows, |ids| {
            for (column, builder) in columns.iter().zip(&mut builders) {
                builder.extend(&cx.read(column, ids, view)?);
            }
            Ok::<_, Error>(())
        })?;
        let vectors: Vec<Vector<'static>> = builders.into_iter().map(VectorBuilder::finish).collect();
        Rows::new(&self.definition, vectors, rows.len() as usize)
    }
}
