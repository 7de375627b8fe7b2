//! The changes a listener is told, held against what the oracle saw become of the rows.

use std::sync::{Arc, Mutex, PoisonError};

use headwater_engine::{Change, Listener, Result as EngineResult, Rows as Batch, Table, Value};

use super::compare::{agree, has_fault};
use super::rows::{Contents, Row};
use super::step::{Status, Table as Expected};

/// A listener and what it was told since it was last asked.
pub(crate) struct Watch {
    listener: Listener,
    told: Arc<Mutex<Vec<Change>>>,
    /// It was told of an end, and is told nothing more.
    over: bool,
}

impl Watch {
    pub(crate) fn new(table: &Table) -> EngineResult<Self> {
        let told: Arc<Mutex<Vec<Change>>> = Arc::default();
        let log = told.clone();
        let listener = table.listen(move |change| {
            log.lock().unwrap_or_else(PoisonError::into_inner).push(change.clone());
            Ok(())
        })?;
        Ok(Watch { listener, told, over: false })
    }

    /// Compares what was told in a cycle with what happened in it.
    pub(crate) fn check(&mut self, expected: &Expected) -> Result<(), String> {
        let told = std::mem::take(&mut *self.told.lock().unwrap_or_else(PoisonError::into_inner));
        if self.over {
            return if told.is_empty() { Ok(()) } else { Err("a listener is told more after the end".to_owned()) };
        }
        let Contents { before, now } = &expected.contents;
        if has_fault(before) || has_fault(now) {
            // A listener reads every cell: it ends where one cannot be read.
            self.over = self.listener.error().is_some();
            return Ok(());
        }
        self.over = expected.status != Status::Ready;
        match (self.over, self.listener.error()) {
            (true, None) => return Err("a listener is not told of the end".to_owned()),
            (false, Some(error)) => return Err(format!("a listener failed: {error:?}")),
            _ => {}
        }
        if matches!(expected.status, Status::Failed(_)) {
            return Ok(());
        }
        match &told[..] {
            [] => unchanged(&expected.contents),
            [change] => check_change(&expected.contents, change),
            more => Err(format!("a listener is told {} changes of one cycle", more.len())),
        }
    }
}

fn unchanged(contents: &Contents) -> Result<(), String> {
    let changed = contents.kept().iter().any(|(before, now)| differ(before, now));
    if changed || !contents.added().is_empty() || !contents.removed().is_empty() {
        return Err("a listener is not told of a change".to_owned());
    }
    Ok(())
}

fn check_change(contents: &Contents, change: &Change) -> Result<(), String> {
    same_rows("added", &contents.added(), change.added())?;
    same_rows("removed", &contents.removed(), change.removed())?;
    let (previous, modified) = (change.modified_previous(), change.modified());
    if previous.len() != modified.len() {
        return Err(format!("{} modified rows, {} previous ones", modified.len(), previous.len()));
    }
    for row in 0..modified.len() {
        for column in (0..modified.columns().len()).filter(|column| !change.modified_columns().contains(column)) {
            let (old, new) = (previous.value(row, column), modified.value(row, column));
            if !super::formula::same(&old, &new) {
                return Err(format!("column {column} is not among the modified, and went from {old:?} to {new:?}"));
            }
        }
    }
    // The modified rows are some of those that stayed, in order, and all that changed are among them.
    let mut next = 0;
    for (before, now) in contents.kept() {
        if next < modified.len() && is(before, previous, next) && is(now, modified, next) {
            next += 1;
        } else if differ(before, now) {
            return Err(format!("a listener is not told that {:?} became {:?}", before.cells, now.cells));
        }
    }
    if next < modified.len() {
        return Err(format!("a listener is told of a modified row {:?} that is none", row_of(modified, next)));
    }
    Ok(())
}

fn same_rows(what: &str, expected: &[&Row], found: &Batch) -> Result<(), String> {
    if expected.len() != found.len() {
        return Err(format!("a listener is told of {} rows {what}, expected {}", found.len(), expected.len()));
    }
    match expected.iter().enumerate().find(|(place, row)| !is(row, found, *place)) {
        Some((place, row)) => Err(format!("row {what}: {:?}, expected {:?}", row_of(found, place), row.cells)),
        None => Ok(()),
    }
}

fn is(expected: &Row, found: &Batch, place: usize) -> bool {
    let cells = expected.cells.iter().enumerate();
    cells.into_iter().all(|(at, cell)| cell.as_ref().is_ok_and(|cell| agree(cell, &found.value(place, at))))
}

fn differ(before: &Row, now: &Row) -> bool {
    before.cells.iter().zip(now.cells.iter()).any(|(before, now)| match (before, now) {
        (Ok(before), Ok(now)) => !agree(before, now),
        (before, now) => before != now,
    })
}

fn row_of(batch: &Batch, place: usize) -> Vec<Value> {
    (0..batch.columns().len()).map(|column| batch.value(place, column)).collect()
}
