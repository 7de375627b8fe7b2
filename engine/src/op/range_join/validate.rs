//! Checking the lines and the lists by key against each other and the rows.

use super::RangeJoin;
use crate::graph::Output;
use crate::op::stamped::Stamp;
use crate::rowset::RowSet;

impl<S: Stamp> RangeJoin<S> {
    pub(super) fn check(&self, output: &Output) -> Result<(), String> {
        self.keys.validate()?;
        self.right.validate().map_err(|fault| format!("right rows: {fault}"))?;
        let Some(rows) = &self.lefts else { return Ok(()) };
        rows.validate().map_err(|fault| format!("left rows: {fault}"))?;
        let (mut used, mut ids) = (0, Vec::new());
        for slot in 0..self.keys.slots() as u32 {
            used += usize::from(!(rows.is_empty(slot) && self.right.get(slot).is_empty()));
            ids.extend(rows.ids(slot));
        }
        if used != self.keys.len() {
            return Err(format!("{} keys, of which some row has {used}", self.keys.len()));
        }
        let count = ids.len() as u64;
        if count != output.rows.len() || RowSet::from_unsorted(ids) != output.rows {
            return Err(format!("{count} left rows by key, {} in all, or others", output.rows.len()));
        }
        Ok(())
    }
}
