//! filter: the rows for which every condition is true, each condition asked only of the rows that those before left.

use headwater_engine::Value;
use headwater_engine::formula::Checked;
use headwater_engine::plan::Needs;

use super::formula::evaluate;
use super::rows::{Fault, Row, Rows};

pub(super) fn filter(conditions: &[Checked], needs: Needs, input: &Rows) -> Result<Rows, Fault> {
    let mut kept = Rows::new();
    for row in input {
        if passes(conditions, needs, row)? {
            kept.push(row.clone());
        }
    }
    Ok(kept)
}

/// Whether a row fulfils conditions.
pub(super) fn passes(conditions: &[Checked], needs: Needs, row: &Row) -> Result<bool, Fault> {
    for condition in conditions {
        let holds = matches!(evaluate(condition, |column| row.cells[column].clone())?, Value::Bool(true));
        if holds == (needs == Needs::Any) {
            return Ok(holds);
        }
    }
    Ok(needs == Needs::All)
}
