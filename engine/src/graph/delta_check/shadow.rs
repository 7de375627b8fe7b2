//! [`Shadow`]: the cells of a table, apart from its storage.

use std::fmt;

use crate::column::{Column, Ids, Stores, View, batches};
use crate::rowset::RowSet;
use crate::types::Value;

/// A cell as its readers see it.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    Value(Value),
    /// Reading gives an error: a lazy formula that fails for the row is the reader's trouble, not the table's.
    Unreadable,
}

impl Cell {
    /// Whether both are the same bit by bit: what a delta may leave out.
    pub(super) fn identical(&self, other: &Cell) -> bool {
        match (self, other) {
            (Cell::Unreadable, Cell::Unreadable) => true,
            (Cell::Value(a), Cell::Value(b)) => identical(a, b),
            _ => false,
        }
    }
}

fn identical(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::F64(a), Value::F64(b)) => a.to_bits() == b.to_bits(),
        (Value::F32(a), Value::F32(b)) => a.to_bits() == b.to_bits(),
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| identical(&a, &b))
        }
        (a, b) => a == b,
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cell::Value(value) => fmt::Display::fmt(value, f),
            Cell::Unreadable => f.write_str("an error"),
        }
    }
}

/// The rows of a table and all their cells, column by column, in row order.
#[derive(Debug, Default)]
pub(super) struct Shadow {
    pub(super) rows: RowSet,
    columns: Vec<Vec<Cell>>,
}

impl Shadow {
    /// The table as it is now.
    pub(super) fn of(rows: &RowSet, columns: &[Column], stores: &dyn Stores) -> Self {
        Shadow::read(rows, columns, stores, View::New)
    }

    /// The cells of `rows` in one of the two views.
    pub(super) fn read(rows: &RowSet, columns: &[Column], stores: &dyn Stores, view: View) -> Self {
        let columns = columns
            .iter()
            .map(|column| {
                let mut cells = Vec::with_capacity(rows.len() as usize);
                let all: Result<(), ()> = batches(rows, |ids| {
                    cells.extend(read(column, stores, ids, view));
                    Ok(())
                });
                debug_assert!(all.is_ok());
                cells
            })
            .collect();
        Shadow { rows: rows.clone(), columns }
    }

    /// As [`Shadow::read`], but gathered from the last row to the first, as joins read.
    pub(super) fn read_backwards(rows: &RowSet, columns: &[Column], stores: &dyn Stores, view: View) -> Self {
        let mut ids = rows.to_vec();
        ids.reverse();
        let backwards = |column: &Column| {
            let mut cells: Vec<Cell> =
                ids.chunks(BACKWARDS_ROWS).flat_map(|ids| read(column, stores, Ids::List(ids), view)).collect();
            cells.reverse();
            cells
        };
        Shadow { rows: rows.clone(), columns: columns.iter().map(backwards).collect() }
    }

    /// The cell of a row that is there.
    pub(super) fn cell(&self, id: u64, column: usize) -> Option<&Cell> {
        let position = self.rows.rank(id).ok()?;
        self.columns.get(column)?.get(position as usize)
    }
}

/// A number that no block is a multiple of: reading backwards must cross their borders.
const BACKWARDS_ROWS: usize = 1000;

/// The cells of `ids`; where the batch cannot be read as a whole, each by itself.
fn read(column: &Column, stores: &dyn Stores, ids: Ids<'_>, view: View) -> Vec<Cell> {
    match column.read(stores, ids, view) {
        Ok(values) => values.iter().map(Cell::Value).collect(),
        Err(_) => ids
            .iter()
            .map(|id| match column.read(stores, Ids::List(&[id]), view) {
                Ok(value) => Cell::Value(value.value(0)),
                Err(_) => Cell::Unreadable,
            })
            .collect(),
    }
}
