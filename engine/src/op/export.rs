//! The export node: what a table's readers see of a cycle, captured inside it, delivered outside.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::Operator;
use super::slice::shown;
use crate::column::{Column, Together, View, batches};
use crate::graph::{Cx, Delta, Mask, Update};
use crate::listen::{Captured, Cells, Event, Mailbox, Scope};
use crate::order::RowOrder;
use crate::rowset::RowSet;
use crate::vector::{Vector, VectorBuilder};
use crate::{Error, ErrorKind, Result};

/// What a cycle has for whom: filled inside it, handed out when it is over.
pub(crate) type Outbox = Arc<Mutex<Vec<(Arc<Mailbox>, Event)>>>;

pub(crate) struct Export {
    mailbox: Arc<Mailbox>,
    outbox: Outbox,
    scope: Scope,
    /// The rows of the window, as the reader knows them.
    shown: RowSet,
    built: bool,
    /// Its columns, once any is read.
    together: OnceLock<Together>,
}

impl Export {
    pub(crate) fn new(mailbox: Arc<Mailbox>, outbox: Outbox, scope: Scope) -> Self {
        Export { mailbox, outbox, scope, shown: RowSet::new(), built: false, together: OnceLock::new() }
    }

    /// The part of a delta that the reader sees.
    fn seen(&mut self, cx: &Cx<'_>, delta: &Delta) -> Result<Delta> {
        let mut seen = match &self.scope.window {
            None => delta.clone(),
            Some(window) => {
                let now = cx.positions(0)?.rows(window.start.min(window.end)..window.end);
                let seen = shown(delta, &self.shown, &now);
                self.shown = now;
                seen
            }
        };
        let columns = self.scope.columns.iter().enumerate();
        seen.mask = columns.filter(|&(_, &column)| delta.mask.contains(column)).map(|(at, _)| at).collect::<Mask>();
        if seen.mask.is_empty() {
            seen.modified = RowSet::new();
        }
        Ok(seen.normalized())
    }

    fn capture(&self, cx: &Cx<'_>, delta: Delta) -> Result<Captured> {
        let together = self.together.get_or_init(|| {
            let columns = self.scope.columns.iter().map(|&column| cx.input().columns[column].clone());
            Together::new(columns.collect())
        });
        let order = cx.input().order;
        let places = if order.is_by_id() { None } else { Some(order) };
        let cells = |rows: &RowSet, view| cells(cx, together, places, rows, view);
        Ok(Captured {
            added: cells(&delta.added, View::New)?,
            removed: cells(&delta.removed, View::Old)?,
            modified: cells(&delta.modified, View::New)?,
            previous: cells(&delta.modified, View::Old)?,
            delta,
        })
    }

    fn post(&self, event: Event) {
        let mut outbox = self.outbox.lock().unwrap_or_else(PoisonError::into_inner);
        outbox.push((self.mailbox.clone(), event));
    }
}

impl Operator for Export {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let input = cx.input();
        let is_first = !std::mem::replace(&mut self.built, true);
        let seen = self.seen(cx, input.delta)?;
        if !seen.is_empty() && (!is_first || self.scope.initial) && !self.mailbox.is_over() {
            // What cannot be read ends this reader, and nobody else.
            let captured = self.capture(cx, seen);
            let captured = captured.inspect_err(|error| self.post(Event::Stopped(error.clone())))?;
            self.post(Event::Change(Box::new(captured)));
        }
        Ok(Update::new(Delta::default(), RowSet::new()))
    }

    fn reads_old_order(&self) -> Vec<usize> {
        vec![0]
    }

    fn reads_old(&self) -> Vec<(usize, usize)> {
        self.scope.columns.iter().map(|&column| (0, column)).collect()
    }

    fn stopped(&mut self, error: &Error) {
        self.post(Event::Stopped(error.clone()));
    }
}

impl Drop for Export {
    fn drop(&mut self) {
        // A reader who waits for the next change would wait for ever.
        self.mailbox.stop(&Error::new(ErrorKind::Closed, "the session is gone"));
    }
}

/// The cells of rows, by id; where rows are ordered otherwise, their places are one column more.
fn cells(cx: &Cx<'_>, columns: &Together, places: Option<RowOrder>, rows: &RowSet, view: View) -> Result<Cells> {
    let types = columns.columns().iter().map(Column::ty);
    let mut builders: Vec<VectorBuilder> =
        types.map(|ty| VectorBuilder::with_capacity(ty, rows.len() as usize)).collect();
    let mut placed: Vec<i64> = Vec::new();
    batches(rows, |ids| {
        for (values, builder) in columns.read(cx, ids, view)?.into_iter().zip(&mut builders) {
            builder.extend(&values);
        }
        if let Some(order) = places {
            placed.extend(order.places(cx, ids, view)?.into_iter().map(|place| (place ^ 1 << 63) as i64));
        }
        Ok::<_, Error>(())
    })?;
    let placed = places.map(|_| Vector::from(placed));
    Ok(builders.into_iter().map(VectorBuilder::finish).chain(placed).collect())
}
