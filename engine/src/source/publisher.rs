//! [`TablePublisher`]: rows pushed one by one by the program itself.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{BatchBuilder, Feed};
use crate::plan::Definition;
use crate::types::{Type, Value};
use crate::{Error, ErrorKind, Result};

/// Rows gathered before they are handed on without being asked.
const FLUSH_ROWS: usize = 2048;

/// Rows of the program's own, pushed one by one from any thread into a blink table. Cheap to clone; all clones push
/// into one table.
///
/// Rows are gathered, and handed to the next cycle by [`TablePublisher::flush`], or when there are 2,048 of them.
///
/// ```
/// use headwater_engine::{ColumnDef, ErrorKind, Session, Type, Value};
/// # fn main() -> headwater_engine::Result<()> {
/// let session = Session::new();
/// let columns = [ColumnDef::new("Level", Type::String), ColumnDef::new("Code", Type::I64)];
/// let (log, publisher) = session.publisher("log", columns)?;
/// let by_level = log.count_by("Lines", "Level")?;
/// publisher.push(["info".into(), Value::I64(200)])?;
/// publisher.push(["warn".into(), Value::Null])?;
/// assert_eq!(publisher.push(["warn".into(), "text".into()]).unwrap_err().kind(), ErrorKind::Type);
/// publisher.flush()?;
/// session.step()?;
/// assert_eq!((log.snapshot()?.len(), by_level.snapshot()?.len()), (2, 2));
/// publisher.stop()?;
/// assert_eq!(publisher.push(["info".into(), Value::Null]).unwrap_err().kind(), ErrorKind::Closed);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct TablePublisher {
    feed: Feed,
    rows: Arc<Mutex<BatchBuilder>>,
}

impl TablePublisher {
    pub(crate) fn new(feed: Feed) -> Self {
        let rows = Arc::new(Mutex::new(BatchBuilder::new(feed.definition())));
        TablePublisher { feed, rows }
    }

    /// The columns of a row.
    pub fn definition(&self) -> &Definition {
        self.feed.definition()
    }

    /// Adds a row: one cell a column, in their order. Waits while the session has too much to do.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for too few or too many cells, [`ErrorKind::Type`] for one of another type: nothing of
    /// the row is added then. [`ErrorKind::Closed`] when the table is gone, or the publisher was stopped.
    pub fn push(&self, row: impl IntoIterator<Item = Value>) -> Result<()> {
        if self.feed.is_closed() {
            return Err(Error::new(
                ErrorKind::Closed,
                "nothing more can be published: the table is gone, or was ended",
            ));
        }
        let cells: Vec<Value> = row.into_iter().collect();
        let defs = self.definition().columns();
        if cells.len() != defs.len() {
            let message = format!("{} cells given, the table has {} columns", cells.len(), defs.len());
            return Err(Error::new(ErrorKind::Argument, message));
        }
        let fits = |(cell, ty): (Option<Type>, Type)| cell.is_none_or(|cell| cell == ty);
        if let Some((cell, def)) = cells.iter().zip(defs).find(|(cell, def)| !fits((cell.ty(), def.ty))) {
            let message = format!("the cell {cell} does not go into a column of type {}", def.ty);
            return Err(Error::new(ErrorKind::Type, message).with_column(&*def.name));
        }
        let mut rows = self.lock();
        for (column, cell) in rows.columns().iter_mut().zip(&cells) {
            // The types were compared.
            let _ = column.push(cell);
        }
        if rows.rows() < FLUSH_ROWS { Ok(()) } else { self.hand_on(rows) }
    }

    /// Hands the rows gathered so far to the next cycle.
    ///
    /// # Errors
    /// [`ErrorKind::Closed`] when the table is gone.
    pub fn flush(&self) -> Result<()> {
        let rows = self.lock();
        if rows.rows() == 0 { Ok(()) } else { self.hand_on(rows) }
    }

    /// Hands on what was gathered, and ends publishing: the table takes these rows, and then stays empty.
    ///
    /// # Errors
    /// As [`TablePublisher::flush`].
    pub fn stop(&self) -> Result<()> {
        let handed = self.flush();
        self.feed.end();
        handed
    }

    /// Ends publishing with an error: the table takes the rows pushed so far, then stops, and says why.
    ///
    /// # Errors
    /// As [`TablePublisher::flush`].
    pub fn fail(&self, error: Error) -> Result<()> {
        let handed = self.stop();
        self.feed.fail(error);
        handed
    }

    /// Rows of several threads go in the order in which they were pushed, so the lock is held while they go.
    fn hand_on(&self, mut rows: MutexGuard<'_, BatchBuilder>) -> Result<()> {
        self.feed.send(rows.take()?)
    }

    fn lock(&self) -> MutexGuard<'_, BatchBuilder> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
