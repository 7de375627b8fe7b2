//! What the tests of joins share: tables whose rows are named by the test, and how much of a result changes.

use std::sync::{Arc, Mutex};

use crate::source::{Batch, KeyedRows, RowChange};
use crate::vector::Vector;
use crate::{ColumnDef, Error, Listener, Result, Session, Table, Type, Value};

/// A live table, and the writer of its rows.
pub(in crate::op) struct Live {
    pub(in crate::op) table: Table,
    rows: KeyedRows,
}

impl Live {
    pub(in crate::op) fn new(session: &Session, name: &str, columns: &[(&str, Type)]) -> Result<Self> {
        let columns = columns.iter().map(|&(name, ty)| ColumnDef::new(name, ty));
        let (table, rows) = session.keyed_rows(name, columns)?;
        Ok(Live { table, rows })
    }

    pub(in crate::op) fn add(&self, ids: impl IntoIterator<Item = u64>, columns: Vec<Vector<'static>>) -> Result<()> {
        let batch = Batch::new(self.table.definition(), columns)?;
        self.rows.apply(RowChange::new(self.table.definition()).add(ids.into_iter().collect(), batch)?)
    }

    pub(in crate::op) fn set(&self, id: u64, column: &str, value: impl Into<Value>) -> Result<()> {
        let ty = self.table.definition().columns()[self.table.definition().require(column)?].ty;
        let value = Vector::from_values(ty, [value.into()]).expect("a value of the column's type");
        self.rows.apply(RowChange::new(self.table.definition()).modify(vec![id], [(column, value)])?)
    }

    pub(in crate::op) fn remove(&self, ids: impl IntoIterator<Item = u64>) -> Result<()> {
        self.rows.apply(RowChange::new(self.table.definition()).remove(ids))
    }
}

/// Hears how many rows of a table are removed, added and modified.
pub(in crate::op) struct Ear {
    heard: Arc<Mutex<[usize; 3]>>,
    _listener: Listener,
}

impl Ear {
    pub(in crate::op) fn at(table: &Table) -> Result<Self> {
        let heard: Arc<Mutex<[usize; 3]>> = Arc::default();
        let tell = heard.clone();
        let listener = table.listen(move |change| {
            *tell.lock().expect("heard") = [change.removed().len(), change.added().len(), change.modified().len()];
            Ok(())
        })?;
        Ok(Ear { heard, _listener: listener })
    }

    /// What the last cycle did, which is forgotten.
    pub(in crate::op) fn heard(&self) -> [usize; 3] {
        std::mem::take(&mut *self.heard.lock().expect("heard"))
    }
}

/// A session whose deltas are checked behind every node.
pub(in crate::op) fn session() -> Session {
    Session::builder().check_deltas(true).build()
}

/// A cycle, after which all that is kept is sound.
pub(in crate::op) fn step(session: &Session) -> Result<()> {
    session.step()?;
    session.validate()
}

pub(in crate::op) fn len(table: &Table) -> Result<u64> {
    Ok(table.snapshot()?.len())
}

/// The cells of some columns, row by row, as text.
pub(in crate::op) fn shown(table: &Table, columns: &[&str]) -> Result<Vec<String>> {
    let snapshot = table.snapshot()?;
    let columns = columns.iter().map(|column| snapshot.column(column)).collect::<Result<Vec<_>>>()?;
    let row = |row| columns.iter().map(|column| column.value(row).to_string()).collect::<Vec<_>>().join(" ");
    Ok((0..snapshot.len() as usize).map(row).collect())
}

/// What some calls are refused with.
pub(in crate::op) fn refused(calls: impl IntoIterator<Item = Result<Table>>) -> String {
    let say = |call: Result<Table>| call.map_or_else(|error: Error| error.report(), |_| "not refused".into());
    calls.into_iter().map(say).collect::<Vec<_>>().join("\n\n")
}
