//! [`KeyedRows`]: a live table whose caller names the row ids.

use std::sync::{Arc, Mutex, PoisonError};

use super::feed::Wake;
use crate::graph::Delta;
use crate::plan::Definition;
use crate::rowset::RowSet;
use crate::source::Batch;
use crate::vector::Vector;
use crate::{Error, ErrorKind, Result};

/// Ids have 63 bits.
const LAST_ID: u64 = i64::MAX as u64;

/// What happens at once to a table of named rows: first removals, then additions, then modifications.
///
/// An id may be removed and added in the same change: it is then another row in the same place.
#[derive(Clone, Debug)]
pub struct RowChange {
    pub(crate) remove: RowSet,
    /// An id to be removed that no row can have.
    never: Option<u64>,
    pub(crate) add: Option<(Vec<u64>, Batch)>,
    pub(crate) modify: Option<Modification>,
    definition: Definition,
}

/// New values of some columns, by position, one for each of `ids`.
#[derive(Clone, Debug)]
pub(crate) struct Modification {
    pub(crate) ids: Vec<u64>,
    pub(crate) columns: Vec<(usize, Vector<'static>)>,
}

impl RowChange {
    /// A change of nothing yet, for a table of this definition.
    pub fn new(definition: &Definition) -> Self {
        RowChange { remove: RowSet::new(), never: None, add: None, modify: None, definition: definition.clone() }
    }

    /// Removes rows.
    pub fn remove(mut self, ids: impl IntoIterator<Item = u64>) -> Self {
        let (ids, never): (Vec<u64>, Vec<u64>) = ids.into_iter().partition(|&id| id <= LAST_ID);
        self.remove = RowSet::from_unsorted(ids);
        self.never = never.first().copied();
        self
    }

    /// Adds one row for each of `ids`, which ascend.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if ids do not ascend or are not as many as the rows, or the rows are made for other
    /// columns; [`ErrorKind::Type`] if a type differs.
    pub fn add(mut self, ids: Vec<u64>, rows: Batch) -> Result<Self> {
        rows.check(&self.definition)?;
        ascending(&ids, rows.rows())?;
        self.add = Some((ids, rows));
        Ok(self)
    }

    /// Gives new values to some columns of the rows `ids`, which ascend.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if ids do not ascend or are not as many as the values, [`ErrorKind::Unknown`] and
    /// [`ErrorKind::Type`] if a column is not of the table.
    pub fn modify<'n>(
        mut self,
        ids: Vec<u64>,
        columns: impl IntoIterator<Item = (&'n str, Vector<'static>)>,
    ) -> Result<Self> {
        let mut resolved = Vec::new();
        for (name, values) in columns {
            let column = self.definition.require(name)?;
            ascending(&ids, values.len())?;
            let ty = self.definition.columns()[column].ty;
            if values.ty() != ty {
                let message = format!("values of type {} for a column of type {ty}", values.ty());
                return Err(Error::new(ErrorKind::Type, message).with_column(name));
            }
            resolved.push((column, values));
        }
        self.modify = Some(Modification { ids, columns: resolved });
        Ok(self)
    }
}

/// Refuses rows that are not all among those that are there.
fn all_there(ids: &RowSet, rows: &RowSet, what: &str) -> Result<()> {
    if rows.contains_all(ids) {
        return Ok(());
    }
    ids.minus(rows).first().map_or(Ok(()), |id| Err(refused(id, what)))
}

fn refused(id: u64, what: &str) -> Error {
    Error::new(ErrorKind::Argument, format!("row {id} {what}")).with_row(id)
}

fn ascending(ids: &[u64], rows: usize) -> Result<()> {
    if ids.len() != rows {
        return Err(Error::new(ErrorKind::Argument, format!("{} ids for {rows} rows", ids.len())));
    }
    match ids.windows(2).find(|pair| pair[0] >= pair[1]) {
        Some(pair) => {
            let message = format!("ids must ascend, and {} comes before {}", pair[0], pair[1]);
            Err(Error::new(ErrorKind::Argument, message))
        }
        None => match ids.last().filter(|&&last| last > LAST_ID) {
            Some(last) => Err(Error::new(ErrorKind::Argument, format!("a row id has 63 bits, and {last} has 64"))),
            None => Ok(()),
        },
    }
}

/// The writer's end of a table of named rows. Changes sent between two cycles become one.
#[derive(Clone, Debug)]
pub struct KeyedRows {
    shared: Arc<Mutex<Pending>>,
    definition: Definition,
    wake: Wake,
}

#[derive(Debug, Default)]
struct Pending {
    changes: Vec<RowChange>,
    /// What they come to: worked out as they are handed in, so that a cycle has only to write.
    delta: Delta,
    /// The rows as they will be after the changes that wait.
    rows: RowSet,
    closed: bool,
}

impl KeyedRows {
    pub(crate) fn new(definition: &Definition, wake: Wake) -> Self {
        KeyedRows { shared: Arc::default(), definition: definition.clone(), wake }
    }

    /// The columns of a row: what a [`RowChange`] is made for.
    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    /// Hands a change to the next cycle.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if it removes or modifies a row that is not there or adds one that is: nothing of
    /// the change is applied then. [`ErrorKind::Type`] if it was made for other columns. [`ErrorKind::Closed`] when the
    /// table is gone.
    pub fn apply(&self, change: RowChange) -> Result<()> {
        if change.definition.columns() != self.definition.columns() {
            return Err(Error::new(ErrorKind::Type, "the change was made for other columns than those of this table")
                .with_help("make it with RowChange::new(table.definition())"));
        }
        let mut pending = self.lock();
        if pending.closed {
            return Err(Error::new(ErrorKind::Closed, "the table written here is gone"));
        }
        if let Some(id) = change.never {
            return Err(refused(id, "is removed, and is not there"));
        }
        let removed = &change.remove;
        all_there(removed, &pending.rows, "is removed, and is not there")?;
        let mut rows = pending.rows.minus(removed);
        let mut delta = Delta { removed: removed.clone(), ..Delta::default() };
        if let Some(Modification { ids, columns }) = &change.modify {
            delta.modified = RowSet::from_sorted(ids);
            all_there(&delta.modified, &rows, "is modified, and is not there")?;
            delta.mask = columns.iter().map(|(column, _)| *column).collect();
        }
        // Rows of which no column gets another value stay as they are.
        if delta.mask.is_empty() {
            delta.modified = RowSet::new();
        }
        if let Some((ids, _)) = &change.add {
            delta.added = RowSet::from_sorted(ids);
            if let Some(id) = delta.added.intersect(&rows).first() {
                return Err(refused(id, "is added, and is there already"));
            }
            rows.insert_all(&delta.added);
        }
        pending.rows = rows;
        pending.delta = pending.delta.then(&delta.normalized());
        pending.changes.push(change);
        drop(pending);
        self.wake.notify();
        Ok(())
    }

    pub(crate) fn has_pending(&self) -> bool {
        !self.lock().changes.is_empty()
    }

    /// The changes that wait, what they come to, and the rows there are after them.
    pub(crate) fn drain(&self) -> (Vec<RowChange>, Delta, RowSet) {
        let mut pending = self.lock();
        (std::mem::take(&mut pending.changes), std::mem::take(&mut pending.delta), pending.rows.clone())
    }

    pub(crate) fn close(&self) {
        let mut pending = self.lock();
        pending.closed = true;
        pending.changes.clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Pending> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
