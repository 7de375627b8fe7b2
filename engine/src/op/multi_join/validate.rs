//! Checking the rows by key against the groups and the indexes.

use super::MultiJoin;
use crate::column::{Ids, View};
use crate::graph::Output;
use crate::types::Value;

impl MultiJoin {
    pub(super) fn check(&self, output: &Output) -> Result<(), String> {
        self.groups.validate(&output.rows)?;
        for (number, input) in self.inputs.iter().enumerate() {
            let fault = |fault: String| format!("table {}: {fault}", number + 1);
            input.rows.validate().map_err(fault)?;
            for slot in 0..self.groups.slots() as u32 {
                let rows = input.rows.get(slot);
                if rows.len() > 1 {
                    return Err(fault(format!("key slot {slot} has {} rows", rows.len())));
                }
                if self.groups.rows(slot) == 0 {
                    continue;
                }
                let expected = rows.first().map_or(Value::Null, |row| Value::I64(row as i64));
                let id = self.groups.ids(&[slot]);
                let kept = output.stored[input.slot].read(Ids::List(&id), View::New).value(0);
                if kept != expected {
                    return Err(fault(format!("row {} points at {kept}, and its key has {expected}", id[0])));
                }
            }
        }
        Ok(())
    }
}
