//! Checking the lines against each other and against the index.

use super::{AsOf, INDEX};
use crate::column::{Ids, View};
use crate::graph::Output;
use crate::op::stamped::Stamp;
use crate::rowset::RowSet;
use crate::types::Value;

impl<S: Stamp> AsOf<S> {
    pub(super) fn check(&self, output: &Output) -> Result<(), String> {
        self.keys.validate()?;
        self.right.validate().map_err(|fault| format!("right rows: {fault}"))?;
        if !self.left.are_kept() {
            return Ok(());
        }
        self.left.validate().map_err(|fault| format!("left rows: {fault}"))?;
        let (mut used, mut ids, mut taken) = (0, Vec::new(), Vec::new());
        for slot in 0..self.keys.slots() as u32 {
            let (left, right) = (self.left.get(slot), self.right.get(slot));
            used += usize::from(!(left.is_empty() && right.is_empty()));
            left.for_each(|key, id| {
                ids.push(id);
                taken.push(self.reach.take(right, &S::of(key)));
            });
        }
        if used != self.keys.len() {
            return Err(format!("{} keys, of which some row has {used}", self.keys.len()));
        }
        for ((id, taken), kept) in
            ids.iter().zip(taken).zip(output.stored[INDEX].read(Ids::List(&ids), View::New).iter())
        {
            let expected = taken.map_or(Value::Null, |right| Value::I64(right as i64));
            if kept != expected {
                return Err(format!("left row {id} points at {kept}, and its stamp gives {expected}"));
            }
        }
        let count = ids.len() as u64;
        if count != output.rows.len() || RowSet::from_unsorted(ids) != output.rows {
            return Err(format!("{count} left rows in lines, {} in all, or others", output.rows.len()));
        }
        Ok(())
    }
}
