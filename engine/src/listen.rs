//! Following a table: what cycles did to it as Arrow batches, after the cycle, to readers who are called or who ask.

mod captured;
mod changes;
mod export;
mod mailbox;
#[cfg(test)]
mod tests;

pub(crate) use captured::{Captured, Cells};
pub use changes::Changes;
pub use export::Export;
pub(crate) use export::Scope;
pub(crate) use mailbox::{Event, Mailbox};

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;

use crate::graph::NodeHandle;
use crate::plan::Definition;
use crate::types::{FromRow, Value};
use crate::vector::Vector;
use crate::{Error, ErrorKind, Result};

/// What a cycle did to a table; for a reader who is late, what all cycles since it was last told did, as one.
#[derive(Clone, Debug)]
pub struct Change {
    pub(crate) added: Rows,
    pub(crate) removed: Rows,
    pub(crate) modified: Rows,
    pub(crate) modified_previous: Rows,
    pub(crate) modified_columns: Vec<usize>,
}

impl Change {
    /// The rows that came (the new one of a replaced row too).
    pub fn added(&self) -> &Rows {
        &self.added
    }

    /// The rows that went, as they were (the old one of a replaced row too).
    pub fn removed(&self) -> &Rows {
        &self.removed
    }

    /// The rows that changed, as they are now.
    pub fn modified(&self) -> &Rows {
        &self.modified
    }

    /// The rows that changed, as they were: row for row those of [`Change::modified`].
    pub fn modified_previous(&self) -> &Rows {
        &self.modified_previous
    }

    /// The positions of the columns that may differ between [`Change::modified`] and its previous values.
    pub fn modified_columns(&self) -> &[usize] {
        &self.modified_columns
    }
}

/// Some rows of a table, as values of their own.
#[derive(Clone, Debug)]
pub struct Rows {
    definition: Definition,
    batch: RecordBatch,
    vectors: Arc<[Vector<'static>]>,
}

impl Rows {
    pub(crate) fn new(definition: &Definition, vectors: Vec<Vector<'static>>, rows: usize) -> Result<Self> {
        let fields: Vec<_> = definition.columns().iter().map(crate::ColumnDef::to_arrow).collect();
        let arrays = vectors.iter().map(|vector| vector.borrowed().into_arrow()).collect::<Result<_>>()?;
        let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
            .map_err(|error| Error::new(ErrorKind::Internal, "rows that make no batch").with_source(error))?;
        Ok(Rows { definition: definition.clone(), batch, vectors: vectors.into() })
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.batch.num_rows()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows as an Arrow batch.
    pub fn batch(&self) -> &RecordBatch {
        &self.batch
    }

    /// The definition of the table they are of.
    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    /// The values of a column.
    ///
    /// # Errors
    /// [`ErrorKind::Unknown`] if there is no such column.
    pub fn column(&self, name: &str) -> Result<&Vector<'static>> {
        Ok(&self.vectors[self.definition.require(name)?])
    }

    /// All columns, in order.
    pub fn columns(&self) -> &[Vector<'static>] {
        &self.vectors
    }

    /// One cell.
    ///
    /// # Panics
    /// If the row or column is out of range.
    pub fn value(&self, row: usize, column: usize) -> Value {
        self.vectors[column].value(row)
    }

    /// The rows as tuples of some columns.
    ///
    /// # Errors
    /// [`ErrorKind::Unknown`] for a missing column, [`ErrorKind::Type`] if a column cannot be read as the tuple wants,
    /// or holds a null where the tuple has no `Option`.
    pub fn rows<'n, T: FromRow>(&self, columns: impl IntoIterator<Item = &'n str>) -> Result<Vec<T>> {
        let columns: Vec<usize> =
            columns.into_iter().map(|name| self.definition.require(name)).collect::<Result<_>>()?;
        if columns.len() != T::CELLS {
            let message = format!("{} columns for a tuple of {}", columns.len(), T::CELLS);
            return Err(Error::new(ErrorKind::Argument, message));
        }
        let def = |index: usize| &self.definition.columns()[columns[index]];
        if let Some(index) = (0..columns.len()).find(|&index| !T::accepts(index, def(index).ty)) {
            let message = format!("column {} of type {} cannot be read so", def(index).name, def(index).ty);
            return Err(Error::new(ErrorKind::Type, message).with_column(&*def(index).name));
        }
        (0..self.len())
            .map(|row| {
                T::from_row(|index| self.value(row, columns[index])).map_err(|index| {
                    let message = format!("column {} is null", def(index).name);
                    Error::new(ErrorKind::Type, message)
                        .with_column(&*def(index).name)
                        .with_row(row as u64)
                        .with_help("read it as an Option")
                })
            })
            .collect()
    }
}

/// Keeps a listener attached; dropping it detaches.
#[must_use = "dropping a listener detaches it; keep it, or call detach() to let it run as long as the session"]
pub struct Listener {
    pub(crate) mailbox: Arc<Mailbox>,
    pub(crate) handle: Arc<NodeHandle>,
}

impl Listener {
    /// Why nothing more is delivered: the callback returned an error or panicked, or the table failed.
    pub fn error(&self) -> Option<Error> {
        self.mailbox.error()
    }

    /// Lets the listener run as long as the session does.
    pub fn detach(self) {
        std::mem::forget(self.handle);
    }
}

impl std::fmt::Debug for Listener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listener").field("error", &self.error()).finish_non_exhaustive()
    }
}
