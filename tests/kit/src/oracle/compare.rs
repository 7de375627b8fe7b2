//! Holding a table of the engine against one of the oracle.

use headwater_engine::{Snapshot, Table, Value};

use super::formula::same;
use super::rows::{Cell, Rows};
use super::step::{Status, Table as Expected};

/// Whether two cells agree: floats, in lists too, up to a relative 1e-9, for sums are taken in another order.
pub(crate) fn agree(expected: &Value, found: &Value) -> bool {
    let close = |a: f64, b: f64| a.is_finite() && b.is_finite() && (a - b).abs() <= 1e-9 * a.abs().max(b.abs());
    match (expected, found) {
        (Value::F64(a), Value::F64(b)) => same(expected, found) || close(*a, *b),
        (Value::F32(a), Value::F32(b)) => same(expected, found) || close((*a).into(), (*b).into()),
        (Value::List(a), Value::List(b)) if a.item_type() == b.item_type() && a.len() == b.len() => {
            a.iter().zip(b.iter()).all(|(expected, found)| agree(&expected, &found))
        }
        _ => same(expected, found),
    }
}

/// Whether any cell cannot be read.
pub(crate) fn has_fault(rows: &Rows) -> bool {
    rows.iter().any(|row| row.cells.iter().any(Result::is_err))
}

/// Compares state and contents; what differs, in words.
pub(crate) fn compare(expected: &Expected, found: &Table) -> Result<(), String> {
    match (&expected.status, found.error()) {
        (Status::Ready, Some(error)) => return Err(format!("it failed, and should not have: {error:?}")),
        (Status::Failed(fault), None) => return Err(format!("it should have failed: {}", fault.0)),
        (Status::Stopped, None) => return Err("it should have stopped with its source".to_owned()),
        _ => {}
    }
    match (&expected.status, found.snapshot()) {
        (Status::Failed(_), Err(_)) => Ok(()),
        (Status::Failed(_), Ok(_)) => Err("it failed, and still has contents".to_owned()),
        (_, Err(error)) => Err(format!("no snapshot: {error:?}")),
        (_, Ok(snapshot)) => contents(&expected.contents.now, &snapshot),
    }
}

fn contents(expected: &Rows, found: &Snapshot) -> Result<(), String> {
    if expected.len() as u64 != found.len() {
        return Err(format!("{} rows, expected {}", found.len(), expected.len()));
    }
    for (at, def) in found.definition().columns().iter().enumerate() {
        let fault = expected.iter().find_map(|row| row.cells[at].as_ref().err());
        let values = match (fault, found.column(&def.name)) {
            (None, Ok(values)) => values,
            (Some(_), Err(_)) => continue,
            (Some(fault), Ok(_)) => {
                return Err(format!("column {} can be read, and should fail: {}", def.name, fault.0));
            }
            (None, Err(error)) => return Err(format!("column {} cannot be read: {error:?}", def.name)),
        };
        if values.ty() != def.ty {
            return Err(format!("column {} of type {} gives {}", def.name, def.ty, values.ty()));
        }
        for (place, row) in expected.iter().enumerate() {
            let found = values.value(place);
            if !cell_agrees(&row.cells[at], &found) {
                return Err(format!("row {place}, column {}: {found:?}, expected {:?}", def.name, row.cells[at]));
            }
        }
    }
    Ok(())
}

fn cell_agrees(expected: &Cell, found: &Value) -> bool {
    expected.as_ref().is_ok_and(|expected| agree(expected, found))
}
