//! [`InputTable`]: the writer's end of a table of rows by key.

use std::sync::Arc;

use super::feed::Wake;
use super::queue::{Queue, Weight, patiently};
use super::{Batch, DEFAULT_FEED_BYTES};
use crate::plan::{Definition, Flavour};
use crate::vector::Vector;
use crate::{Error, ErrorKind, Result};

/// The writer's end of a table with one row a key: rows are put in, or go, by key. Cheap to clone; writes from any
/// thread are applied in the order in which they were made, all that wait in one cycle.
///
/// Null is a key like any other, all NaN are one, -0.0 is 0.0. A key that is there keeps its row and its place, and
/// the row shows the key as it came first; a key that comes again after it was deleted is a new row, the last one.
///
/// ```
/// use headwater_engine::source::Batch;
/// use headwater_engine::{ColumnDef, Session, Type, vector::Vector};
/// # fn main() -> headwater_engine::Result<()> {
/// let session = Session::new();
/// let columns = [ColumnDef::new("Order", Type::I64), ColumnDef::new("Price", Type::F64)];
/// let (orders, writer) = session.input_table("orders", columns, ["Order"])?;
/// let rows = |ids: Vec<i64>, prices: Vec<f64>| Batch::new(orders.definition(), vec![ids.into(), prices.into()]);
/// writer.upsert(rows(vec![7, 8, 9], vec![1.0, 2.0, 3.0])?)?;
/// writer.delete([Vector::from(vec![8_i64])])?;
/// writer.upsert(rows(vec![9, 7], vec![3.5, 1.5])?)?;
/// session.step()?;
/// let rows = orders.snapshot()?.rows(0..9)?;
/// assert_eq!(rows.rows::<(i64, f64)>(["Order", "Price"])?, [(7, 1.5), (9, 3.5)]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct InputTable {
    queue: Arc<Queue<Edit>>,
    definition: Definition,
    keys: Definition,
}

/// A write that waits for a cycle.
#[derive(Debug)]
pub(crate) enum Edit {
    /// Rows put in.
    Upsert(Batch),
    /// Keys whose rows go.
    Delete(Batch),
}

impl Weight for Edit {
    fn bytes(&self) -> usize {
        match self {
            Edit::Upsert(batch) | Edit::Delete(batch) => batch.bytes(),
        }
    }
}

impl InputTable {
    /// The writer of a table with key columns at `keys`.
    pub(crate) fn new(definition: &Definition, keys: &[usize], wake: Wake) -> Result<Self> {
        let columns = keys.iter().map(|&key| definition.columns()[key].clone());
        let keys = Definition::new(columns, Flavour::Static)?;
        Ok(InputTable { queue: Arc::new(Queue::new(DEFAULT_FEED_BYTES, wake)), definition: definition.clone(), keys })
    }

    /// The columns of a row.
    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    /// The key columns, in the order in which [`InputTable::delete`] takes them.
    pub fn keys(&self) -> &Definition {
        &self.keys
    }

    /// Puts rows in, one after the other: the row of a key that is there takes the new cells. Waits while 64 MiB of
    /// writes wait for a cycle; the thread that runs the cycles uses [`InputTable::try_upsert`].
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] or [`ErrorKind::Type`] for a batch made for other columns: nothing of it is written.
    /// [`ErrorKind::Closed`] when the table is gone.
    pub fn upsert(&self, rows: Batch) -> Result<()> {
        rows.check(&self.definition)?;
        self.queue.send(Edit::Upsert(rows), patiently)
    }

    /// As [`InputTable::upsert`], but never waits.
    ///
    /// # Errors
    /// As [`InputTable::upsert`]; [`ErrorKind::Limit`] (retriable) when too much waits.
    pub fn try_upsert(&self, rows: Batch) -> Result<()> {
        rows.check(&self.definition)?;
        self.queue.send(Edit::Upsert(rows), |_| Err(self.queue.full()))
    }

    /// Removes the rows of keys, given as one vector for each key column; a key that is not there is nothing to do.
    /// Waits as [`InputTable::upsert`] does.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for vectors too few, too many or of unequal length, [`ErrorKind::Type`] for one of
    /// another type; [`ErrorKind::Closed`] when the table is gone.
    pub fn delete(&self, keys: impl IntoIterator<Item = Vector<'static>>) -> Result<()> {
        self.queue.send(Edit::Delete(self.keyed(keys)?), patiently)
    }

    /// As [`InputTable::delete`], but never waits.
    ///
    /// # Errors
    /// As [`InputTable::delete`]; [`ErrorKind::Limit`] (retriable) when too much waits.
    pub fn try_delete(&self, keys: impl IntoIterator<Item = Vector<'static>>) -> Result<()> {
        self.queue.send(Edit::Delete(self.keyed(keys)?), |_| Err(self.queue.full()))
    }

    fn keyed(&self, keys: impl IntoIterator<Item = Vector<'static>>) -> Result<Batch> {
        let names = || crate::error::list(self.keys.columns().iter().map(|column| &*column.name), 12);
        Batch::new(&self.keys, keys.into_iter().collect()).map_err(|error| match error.kind() {
            ErrorKind::Argument => error.with_help(format!("the key columns are {}", names())),
            _ => error,
        })
    }

    pub(crate) fn queue(&self) -> &Arc<Queue<Edit>> {
        &self.queue
    }
}

/// The key columns by position, each once.
///
/// # Errors
/// [`ErrorKind::Argument`] if there is none, [`ErrorKind::Unknown`] for one that is not there.
pub(crate) fn key_columns(definition: &Definition, names: &[Arc<str>]) -> Result<Vec<usize>> {
    let mut keys = Vec::with_capacity(names.len());
    for name in names {
        let key = definition.require(name)?;
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    if keys.is_empty() {
        return Err(Error::new(ErrorKind::Argument, "no key column given")
            .with_help("rows without a key go into an append_table"));
    }
    Ok(keys)
}
