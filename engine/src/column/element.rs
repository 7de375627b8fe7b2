//! [`Element`]: columns of single values of lists, each of which is named by a row and a position.

use std::ops::Range;

use super::{Column, Ids, StoreRef, Stores, View, find};
use crate::types::{List, Type};
use crate::vector::{Vector, VectorBuilder};
use crate::{Error, ErrorKind, Result};

/// Two stored columns, of ids of rows and of positions from 0, and the column of lists of those rows: the value at the
/// position, null where the list has none there.
///
/// Lists that are themselves read from rows are never made: the value is read where it is.
#[derive(Debug)]
pub(crate) struct Element {
    row: StoreRef,
    position: StoreRef,
    lists: Column,
}

/// Values side by side in one list.
struct Run {
    row: u64,
    positions: Range<usize>,
}

impl Element {
    pub(crate) fn new(row: StoreRef, position: StoreRef, lists: Column) -> Self {
        Element { row, position, lists }
    }

    pub(super) fn ty(&self) -> Type {
        self.lists.ty().item().unwrap_or(Type::Bool)
    }

    /// Where rows and positions are, and the column of lists.
    pub(super) fn parts(&self) -> ([StoreRef; 2], &Column) {
        ([self.row, self.position], &self.lists)
    }

    pub(super) fn read(&self, stores: &dyn Stores, ids: Ids<'_>, view: View) -> Result<Vector<'static>> {
        let runs = self.runs(stores, ids, view)?;
        let mut rows: Vec<u64> = runs.iter().map(|run| run.row).collect();
        rows.dedup();
        let mut values = VectorBuilder::with_capacity(self.ty(), ids.len());
        if let Column::Listed(listed) = &self.lists {
            let (at, source) = listed.parts();
            let lists = find(stores, at, view)?.read(Ids::List(&rows), view);
            let (mut targets, mut there) = (Vec::with_capacity(ids.len()), Vec::with_capacity(runs.len()));
            each_part(&runs, &rows, &lists, |list, part| {
                let ids = list.native::<i64>().unwrap_or_default();
                targets.extend(ids[part.clone()].iter().map(|&id| id as u64));
                there.push(part.len());
            })?;
            let read = source.read(stores, Ids::List(&targets), view)?;
            let mut start = 0;
            for (run, there) in runs.iter().zip(there) {
                values.extend(&read.slice(start..start + there));
                values.push_nulls(run.positions.len() - there);
                start += there;
            }
        } else {
            let lists = self.lists.read(stores, Ids::List(&rows), view)?;
            let mut run = runs.iter();
            each_part(&runs, &rows, &lists, |list, part| {
                // An empty list may be of no type.
                if !part.is_empty() {
                    values.extend(&list.items().slice(part.clone()));
                }
                let wanted = run.next().map_or(0, |run| run.positions.len());
                values.push_nulls(wanted - part.len());
            })?;
        }
        Ok(values.finish())
    }

    fn runs(&self, stores: &dyn Stores, ids: Ids<'_>, view: View) -> Result<Vec<Run>> {
        let rows = find(stores, self.row, view)?.read(ids, view);
        let positions = find(stores, self.position, view)?.read(ids, view);
        let (Some(rows), Some(positions)) = (rows.native::<i64>(), positions.native::<i64>()) else {
            return Err(Error::new(ErrorKind::Internal, "an element column without rows or positions"));
        };
        let mut runs: Vec<Run> = Vec::new();
        for (&row, &position) in rows.iter().zip(positions) {
            let (row, position) = (row as u64, position as usize);
            match runs.last_mut() {
                Some(run) if run.row == row && run.positions.end == position => run.positions.end += 1,
                _ => runs.push(Run { row, positions: position..position + 1 }),
            }
        }
        Ok(runs)
    }
}

/// Calls `each` for every run with the list of its row and the positions of the run that the list has; `rows` are those
/// of the runs, one for those side by side, and have the lists. A null has none, whatever list stands under it.
fn each_part(runs: &[Run], rows: &[u64], lists: &Vector<'_>, mut each: impl FnMut(&List, Range<usize>)) -> Result<()> {
    let cells = cells(lists)?;
    let mut at = 0;
    for run in runs {
        while rows[at] != run.row {
            at += 1;
        }
        let end = if lists.is_valid(at) { cells[at].len() } else { 0 };
        each(&cells[at], run.positions.start.min(end)..run.positions.end.min(end));
    }
    Ok(())
}

impl Column {
    /// How many values the lists of some rows have, none where the list is null.
    pub(crate) fn list_lengths(&self, stores: &dyn Stores, ids: Ids<'_>, view: View) -> Result<Vec<usize>> {
        let lists = match self {
            // The rows that a list is read from are as many as its values.
            Column::Listed(listed) => find(stores, listed.parts().0, view)?.read(ids, view),
            lists => lists.read(stores, ids, view)?,
        };
        let lengths = cells(&lists)?.iter().enumerate();
        Ok(lengths.map(|(row, list)| if lists.is_valid(row) { list.len() } else { 0 }).collect())
    }
}

fn cells<'v>(lists: &'v Vector<'_>) -> Result<&'v [List]> {
    lists.lists().ok_or_else(|| Error::new(ErrorKind::Internal, "a column that does not hold lists"))
}
