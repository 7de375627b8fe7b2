//! filter: the rows for which every condition is true, each condition asked only of the rows that those before left.

use headwater_engine::Value;
use headwater_engine::formula::Checked;

use super::formula::evaluate;
use super::rows::{Fault, Row, Rows};

pub(super) fn filter(conditions: &[Checked], input: &Rows) -> Result<Rows, Fault> {
    let mut kept = Rows::new();
    for row in input {
        if passes(conditions, row)? {
            kept.push(row.clone());
        }
    }
    Ok(kept)
}

fn passes(conditions: &[Checked], row: &Row) -> Result<bool, Fault> {
    for condition in conditions {
        if !matches!(evaluate(condition, |column| row.cells[column].clone())?, Value::Bool(true)) {
            return Ok(false);
        }
    }
    Ok(true)
}
