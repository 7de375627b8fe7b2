//! Checking the state against itself and against the rows kept.

use super::FilterIn;
use crate::graph::Output;
use crate::rowset::RowSet;

impl FilterIn {
    pub(super) fn check(&self, output: &Output) -> Result<(), String> {
        self.keys.validate()?;
        let Some(rows) = &self.rows else {
            let counted = self.counts.iter().filter(|&&count| count > 0).count();
            let known = self.keys.len();
            return if counted == known { Ok(()) } else { Err(format!("{known} keys, of which {counted} have rows")) };
        };
        rows.validate()?;
        let mut used = 0;
        let mut kept = Vec::new();
        for slot in 0..self.keys.slots() as u32 {
            used += usize::from(self.is_in(slot) || !rows.is_empty(slot));
            if self.is_in(slot) != self.negated {
                rows.get(slot).for_each(|id| kept.push(id));
            }
        }
        if used != self.keys.len() {
            return Err(format!("{} keys, of which some row has {used}", self.keys.len()));
        }
        if RowSet::from_unsorted(kept) == output.rows {
            Ok(())
        } else {
            Err("other rows are kept than those of keys that are in".into())
        }
    }
}
