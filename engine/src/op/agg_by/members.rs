//! [`Members`]: the rows of each group, where rows can be taken back and an aggregate must find the next best.

use super::groups::Groups;
use crate::column::Ids;
use crate::rowset::RowSet;

/// A row set a group, by slot.
#[derive(Debug, Default)]
pub(super) struct Members {
    sets: Vec<RowSet>,
    /// Rows to be put in or taken out together: one change of a set a group, not one a row.
    waiting: Vec<(u32, u64)>,
}

impl Members {
    pub(super) fn of(&self, slot: u32) -> &RowSet {
        &self.sets[slot as usize]
    }

    /// Remembers rows for [`Members::remove_waiting`].
    pub(super) fn wait(&mut self, slots: &[u32], ids: Ids<'_>) {
        self.waiting.extend(slots.iter().copied().zip(ids.iter()));
    }

    /// Makes room for this many slots.
    pub(super) fn resize(&mut self, slots: usize) {
        self.sets.resize(slots, RowSet::new());
    }

    /// Puts rows in: those after the last of their group now, others at [`Members::insert_waiting`].
    pub(super) fn insert(&mut self, slots: &[u32], ids: Ids<'_>) {
        for (&slot, id) in slots.iter().zip(ids.iter()) {
            let set = &mut self.sets[slot as usize];
            if set.last().is_none_or(|last| last < id) {
                set.append(id..id + 1);
            } else {
                self.waiting.push((slot, id));
            }
        }
    }

    pub(super) fn insert_waiting(&mut self) {
        self.settle(|set, ids| set.insert_all(ids));
    }

    pub(super) fn remove_waiting(&mut self) {
        self.settle(|set, ids| set.remove_all(ids));
    }

    fn settle(&mut self, change: impl Fn(&mut RowSet, &RowSet)) {
        self.waiting.sort_unstable();
        for rows in self.waiting.chunk_by(|a, b| a.0 == b.0) {
            let ids: RowSet = rows.iter().map(|&(_, id)| id).collect();
            change(&mut self.sets[rows[0].0 as usize], &ids);
        }
        self.waiting.clear();
    }

    pub(super) fn bytes(&self) -> usize {
        self.sets.iter().map(RowSet::bytes).sum::<usize>() + self.waiting.capacity() * size_of::<(u32, u64)>()
    }

    /// Checks every set, and that it has as many rows as are counted.
    pub(super) fn validate(&self, groups: &Groups) -> Result<(), String> {
        for (slot, set) in self.sets.iter().enumerate() {
            set.validate()?;
            let counted = groups.rows(slot as u32);
            if set.len() != counted {
                return Err(format!("slot {slot} counts {counted} rows and has {}", set.len()));
            }
        }
        Ok(())
    }
}
