//! [`Groups`]: keys, rows counted and output ids of the groups, and which of them a cycle touched.

use std::collections::VecDeque;

use crate::group::{KeyTable, Keys, NO_SLOT};
use crate::rowset::RowSet;
use crate::types::Type;
use crate::vector::Vector;
use crate::{Error, ErrorKind, Result};

/// Emptied groups that are kept in any case, so that a returning key finds its old place.
const KEPT_EMPTY: usize = 1 << 16;

/// The groups by slot. A slot may be used again for another key, an output id never.
pub(super) struct Groups {
    keys: KeyTable,
    slots: Vec<Group>,
    next_id: u64,
    /// The first output id that this cycle gives.
    first_new: u64,
    /// Whether a group is shown without rows.
    preserve_empty: bool,
    /// The groups that are shown.
    alive: usize,
    /// Slots in the order in which they lost their last row; entries that no longer hold are skipped.
    emptied: VecDeque<(u32, u32)>,
    kept_empty: usize,
    cycle: u32,
    touched: Vec<Touch>,
}

/// A group touched in this cycle.
#[derive(Clone, Copy, Debug)]
struct Touch {
    id: u64,
    slot: u32,
    /// Whether it was shown before.
    was_shown: bool,
}

#[derive(Clone, Copy, Debug)]
struct Group {
    rows: u64,
    id: u64,
    /// The last cycle in which it was touched.
    cycle: u32,
    /// How often it was emptied: tells entries of the queue that hold from those that do not.
    emptied: u32,
}

const FRESH: Group = Group { rows: 0, id: u64::MAX, cycle: 0, emptied: 0 };

/// The groups touched by a cycle, each list in order of output id.
pub(super) struct Touched {
    pub(super) added: Vec<u32>,
    pub(super) removed: Vec<u32>,
    pub(super) stayed: Vec<u32>,
}

impl Groups {
    pub(super) fn new(types: &[Type]) -> Self {
        Groups {
            keys: KeyTable::new(types),
            slots: Vec::new(),
            next_id: 0,
            first_new: 0,
            preserve_empty: false,
            alive: 0,
            emptied: VecDeque::new(),
            kept_empty: KEPT_EMPTY,
            cycle: 0,
            touched: Vec::new(),
        }
    }

    /// The same groups, which are shown without rows too, or not.
    pub(super) fn preserving_empty(self, preserve_empty: bool) -> Self {
        Groups { preserve_empty, ..self }
    }

    /// Begins a cycle.
    pub(super) fn start(&mut self) {
        self.touched.clear();
        self.first_new = self.next_id;
        if self.cycle == u32::MAX {
            self.slots.iter_mut().for_each(|group| group.cycle = 0);
            self.cycle = 0;
        }
        self.cycle += 1;
    }

    /// One past the highest slot.
    pub(super) fn slots(&self) -> usize {
        self.slots.len()
    }

    /// The rows counted for a group.
    pub(super) fn rows(&self, slot: u32) -> u64 {
        self.slots[slot as usize].rows
    }

    /// The output ids of groups.
    pub(super) fn ids(&self, slots: &[u32]) -> Vec<u64> {
        slots.iter().map(|&slot| self.slots[slot as usize].id).collect()
    }

    /// A key column of groups.
    pub(super) fn keys(&self, column: usize, slots: &[u32]) -> Vector<'static> {
        self.keys.keys(column, slots)
    }

    /// A key column of groups where it is text that many of them share: the texts, and the place of each group's among them.
    pub(super) fn shared_texts(&self, column: usize, slots: &[u32]) -> Option<(Vector<'static>, Vec<u32>)> {
        self.keys.shared_texts(column, slots)
    }

    /// Makes room for so many groups that this cycle brings.
    pub(super) fn reserve(&mut self, groups: usize) {
        self.keys.reserve(groups);
        self.slots.reserve(groups);
        self.touched.reserve(groups);
    }

    /// The slots of rows whose groups exist.
    pub(super) fn find(&mut self, keys: &Keys<'_>, rows: usize, out: &mut Vec<u32>) -> Result<()> {
        self.locate(keys, rows, out);
        if out.contains(&NO_SLOT) {
            return Err(Error::new(ErrorKind::Internal, "a row of the input is in no group"));
        }
        Ok(())
    }

    /// The slots of rows, [`NO_SLOT`] where there is no such group.
    pub(super) fn locate(&mut self, keys: &Keys<'_>, rows: usize, out: &mut Vec<u32>) {
        self.keys.locate(keys, rows, out);
    }

    /// Counts rows into groups that are there.
    pub(super) fn count_rows(&mut self, slots: &[u32]) {
        self.touch_each(slots, |group| group.rows += 1);
    }

    /// Counts rows into the one group of a table without keys.
    pub(super) fn add_to_only(&mut self, rows: u64) -> Result<()> {
        if rows > 0 {
            let mut slots = Vec::with_capacity(1);
            self.add_rows(&Keys::none(), 1, &mut slots)?;
            slots.iter().for_each(|&slot| self.slots[slot as usize].rows += rows - 1);
        }
        Ok(())
    }

    /// Counts rows out of the one group of a table without keys.
    pub(super) fn take_from_only(&mut self, rows: u64) -> Result<()> {
        if rows > 0 {
            let mut slots = Vec::with_capacity(1);
            self.find(&Keys::none(), 1, &mut slots)?;
            slots.iter().for_each(|&slot| self.slots[slot as usize].rows -= rows - 1);
            self.take_rows(&slots);
        }
        Ok(())
    }

    /// Counts rows into their groups, which are made where they are not there yet.
    pub(super) fn add_rows(&mut self, keys: &Keys<'_>, rows: usize, out: &mut Vec<u32>) -> Result<()> {
        self.find_or_make(keys, rows, out)?;
        self.count_rows(out);
        Ok(())
    }

    /// Counts the rows of the groups of a lane, which have slots there in the order of their first rows, into groups here,
    /// whose slots it gives.
    pub(super) fn add_lane(&mut self, lane: KeyTable, rows: &[u32], out: &mut Vec<u32>) -> Result<()> {
        if self.slots.is_empty() {
            *out = (0..lane.slots() as u32).collect();
            self.keys = lane;
        } else {
            self.keys.place_all(&lane, out)?;
        }
        self.number(out);
        for (&slot, &rows) in out.iter().zip(rows) {
            self.touch_each(&[slot], |group| group.rows += u64::from(rows));
        }
        Ok(())
    }

    /// Puts the groups of a share in behind those that are there, none of which has the key of another: `rows` many each.
    /// Gives their slots. They have no place yet.
    pub(super) fn add_share(&mut self, keys: &KeyTable, rows: &[u32], out: &mut Vec<u32>) -> Result<()> {
        self.keys.append(keys)?;
        out.clear();
        out.extend(self.slots.len() as u32..self.keys.slots() as u32);
        self.slots.extend(rows.iter().map(|&rows| Group { rows: rows.into(), cycle: self.cycle, ..FRESH }));
        Ok(())
    }

    /// Gives the first groups there are, which came by shares, each its place among all, by slot.
    pub(super) fn number_shares(&mut self, places: impl Iterator<Item = u32>) {
        self.touched = vec![Touch { id: 0, slot: 0, was_shown: false }; self.slots.len()];
        self.next_id = self.slots.len() as u64;
        for ((group, slot), place) in self.slots.iter_mut().zip(0..).zip(places) {
            group.id = place.into();
            self.touched[place as usize] = Touch { id: place.into(), slot, was_shown: false };
        }
    }

    /// Makes all keys ready to be looked up.
    pub(super) fn index(&mut self) {
        self.keys.index();
    }

    /// Makes groups where they are not there yet, without rows.
    pub(super) fn seed(&mut self, keys: &Keys<'_>, rows: usize, out: &mut Vec<u32>) -> Result<()> {
        self.find_or_make(keys, rows, out)?;
        self.touch(out);
        Ok(())
    }

    fn find_or_make(&mut self, keys: &Keys<'_>, rows: usize, out: &mut Vec<u32>) -> Result<()> {
        let before = self.keys.len();
        self.keys.place(keys, rows, out)?;
        if self.keys.len() > before {
            self.number(out);
        }
        Ok(())
    }

    /// Gives output ids to groups that have none yet.
    fn number(&mut self, slots: &[u32]) {
        self.slots.resize(self.keys.slots(), FRESH);
        for &slot in slots {
            let group = &mut self.slots[slot as usize];
            if group.id == u64::MAX {
                group.id = self.next_id;
                self.next_id += 1;
            }
        }
    }

    /// Takes rows out of their groups.
    pub(super) fn take_rows(&mut self, slots: &[u32]) {
        self.touch_each(slots, |group| group.rows -= 1);
    }

    /// Notes groups that may not stay as they are.
    pub(super) fn touch(&mut self, slots: &[u32]) {
        self.touch_each(slots, |_| {});
    }

    fn touch_each(&mut self, slots: &[u32], change: impl Fn(&mut Group)) {
        for &slot in slots {
            let group = &mut self.slots[slot as usize];
            if group.cycle != self.cycle {
                group.cycle = self.cycle;
                let was_shown = if self.preserve_empty { group.id < self.first_new } else { group.rows > 0 };
                self.touched.push(Touch { id: group.id, slot, was_shown });
            }
            change(group);
        }
    }

    /// The slots of groups that were touched and have no row.
    pub(super) fn emptied(&self) -> impl Iterator<Item = u32> + '_ {
        self.touched.iter().map(|touch| touch.slot).filter(|&slot| self.slots[slot as usize].rows == 0)
    }

    /// The groups touched, by what became of them.
    pub(super) fn touched(&mut self) -> Touched {
        let mut touched = std::mem::take(&mut self.touched);
        touched.sort_unstable_by_key(|touch| touch.id);
        let mut sorted = Touched { added: Vec::new(), removed: Vec::new(), stayed: Vec::new() };
        for &Touch { slot, was_shown, .. } in &touched {
            let group = &mut self.slots[slot as usize];
            match (was_shown, self.preserve_empty || group.rows > 0) {
                (false, true) => sorted.added.push(slot),
                (true, true) => sorted.stayed.push(slot),
                (true, false) => {
                    group.emptied = group.emptied.wrapping_add(1);
                    self.emptied.push_back((slot, group.emptied));
                    sorted.removed.push(slot);
                }
                (false, false) => {}
            }
        }
        self.alive = self.alive + sorted.added.len() - sorted.removed.len();
        self.touched = touched;
        sorted
    }

    /// Gives up the groups emptied longest ago while those kept outnumber the living ones and a fixed number; gives
    /// their slots, which are used again for other keys.
    pub(super) fn reclaim(&mut self) -> Vec<u32> {
        let keep = self.alive.max(self.kept_empty);
        let mut given_up = Vec::new();
        while self.keys.len() - self.alive > keep {
            let Some((slot, emptied)) = self.emptied.pop_front() else { break };
            let group = &mut self.slots[slot as usize];
            if group.rows == 0 && group.emptied == emptied {
                *group = Group { id: u64::MAX, ..*group };
                self.keys.remove(slot);
                given_up.push(slot);
            }
        }
        // Groups that come and go leave entries that no longer hold.
        if self.emptied.len() > 2 * (self.keys.len() - self.alive) + 64 {
            let slots = &self.slots;
            self.emptied.retain(|&(slot, emptied)| {
                let group = &slots[slot as usize];
                group.rows == 0 && group.emptied == emptied && group.id != u64::MAX
            });
        }
        given_up
    }

    pub(super) fn bytes(&self) -> usize {
        self.keys.bytes()
            + self.slots.capacity() * size_of::<Group>()
            + self.emptied.capacity() * size_of::<(u32, u32)>()
            + self.touched.capacity() * size_of::<Touch>()
    }

    /// The output ids of the groups that have rows.
    pub(super) fn living(&self) -> RowSet {
        self.slots.iter().filter(|group| group.rows > 0).map(|group| group.id).collect()
    }

    /// The rows of all groups.
    pub(super) fn counted(&self) -> u64 {
        self.slots.iter().map(|group| group.rows).sum()
    }

    /// Checks keys, counts and ids, and that the groups with rows are the rows of the result.
    pub(super) fn validate(&self, rows: &RowSet) -> Result<(), String> {
        self.keys.validate()?;
        if self.keys.slots() != self.slots.len() {
            return Err(format!("{} slots of keys, {} of groups", self.keys.slots(), self.slots.len()));
        }
        let mut used: Vec<u64> = self.slots.iter().map(|group| group.id).filter(|&id| id != u64::MAX).collect();
        used.sort_unstable();
        if used.len() != self.keys.len() || used.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(format!("{} ids for {} keys, or one id twice", used.len(), self.keys.len()));
        }
        if used.last().is_some_and(|&last| last >= self.next_id) {
            return Err("an id that was not given yet".to_owned());
        }
        let is_shown = |group: &&Group| group.rows > 0 || self.preserve_empty && group.id != u64::MAX;
        let alive: RowSet = self.slots.iter().filter(is_shown).map(|group| group.id).collect();
        if alive.len() != self.alive as u64 {
            return Err(format!("{} groups counted, {} are to be shown", self.alive, alive.len()));
        }
        if &alive == rows { Ok(()) } else { Err(format!("groups {alive} give rows {rows}")) }
    }

    /// Keeps fewer emptied groups, so that tests need not make 65,536.
    #[cfg(test)]
    pub(super) fn keep_empty(&mut self, groups: usize) {
        self.kept_empty = groups;
    }
}
