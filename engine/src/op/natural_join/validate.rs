//! Checking the state of a join against itself and against its index column.

use super::INDEX;
use super::NaturalJoin;
use super::rule::Choice;
use crate::column::{Ids, View, batches};
use crate::graph::Output;
use crate::op::matching::{IdLists, RowsOfKey};
use crate::rowset::RowSet;
use crate::types::Value;

impl NaturalJoin {
    pub(super) fn check(&self, output: &Output) -> Result<(), String> {
        self.keys.validate()?;
        self.right_rows.validate().map_err(|fault| format!("right rows: {fault}"))?;
        match &self.left_rows {
            Some(lists) => self.check_left(lists, output),
            None => self.check_index(output),
        }
    }

    /// Checks that the lists hold the left rows, each once, and that the index holds what their keys give.
    fn check_left(&self, lists: &IdLists, output: &Output) -> Result<(), String> {
        lists.validate().map_err(|fault| format!("left rows: {fault}"))?;
        let mut slots_used = 0;
        let mut ids = Vec::new();
        for slot in 0..self.keys.slots() as u32 {
            slots_used += usize::from(!(lists.is_empty(slot) && self.right_rows.is_empty(slot)));
            let rows = lists.get(slot);
            let choice = self.rule.choose(self.right_rows.get(slot));
            if rows.len() > 0 && !self.rule.allows(choice) {
                return Err(format!("left rows have the key of slot {slot}, which gives {choice:?}"));
            }
            let mut of_key = Vec::new();
            rows.for_each(|id| of_key.push(id));
            // Which of several rows comes first is known inside a cycle only; one of them it is.
            if let (true, RowsOfKey::Several(given)) = (self.by_place, self.right_rows.get(slot)) {
                let is_given = |kept| matches!(kept, Value::I64(id) if given.contains(id as u64));
                if !output.stored[INDEX].read(Ids::List(&of_key), View::New).iter().all(is_given) {
                    return Err(format!("a left row of slot {slot} points at a row that its key does not have"));
                }
                ids.extend(of_key);
                continue;
            }
            for (id, kept) in of_key.iter().zip(output.stored[INDEX].read(Ids::List(&of_key), View::New).iter()) {
                let expected = match choice {
                    Choice::Row(id) => Value::I64(id as i64),
                    _ => Value::Null,
                };
                if kept != expected {
                    return Err(format!("left row {id} points at {kept}, and its key gives {expected}"));
                }
            }
            ids.extend(of_key);
        }
        if slots_used != self.keys.len() {
            return Err(format!("{} keys, of which some row has {slots_used}", self.keys.len()));
        }
        let count = ids.len() as u64;
        if count != output.rows.len() || RowSet::from_unsorted(ids) != output.rows {
            return Err(format!("{count} left rows by key, {} in all, or others", output.rows.len()));
        }
        Ok(())
    }

    /// Checks that every left row points at a row that some key gives.
    fn check_index(&self, output: &Output) -> Result<(), String> {
        let mut given = Vec::new();
        for (_, rows) in self.right_rows.iter() {
            match self.rule.choose(rows) {
                Choice::Row(_) if self.by_place => rows.for_each(|id| given.push(id)),
                Choice::Row(id) => given.push(id),
                _ => {}
            }
        }
        let given = RowSet::from_unsorted(given);
        batches(&output.rows, |ids| {
            for (at, target) in output.stored[INDEX].read(ids, View::New).iter().enumerate() {
                match target {
                    Value::Null if self.rule.allows(Choice::Nothing) => {}
                    Value::I64(id) if given.contains(id as u64) => {}
                    other => return Err(format!("left row {} points at {other}, which no key gives", ids.get(at))),
                }
            }
            Ok(())
        })
    }
}
