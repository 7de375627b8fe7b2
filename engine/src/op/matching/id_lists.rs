//! [`IdLists`]: which rows of one side have each key.

use crate::rowset::RowSet;

/// The head of a key without rows.
const NONE: u64 = u64::MAX;

/// Set in a head that names a set of several ids; ids have 63 bits.
const SEVERAL: u64 = 1 << 63;

/// The row ids of each key, by key slot. One id, the common case, takes eight bytes and nothing beside; ids that
/// equal their slots, those of a table whose every row has a key of its own, take nothing at all.
#[derive(Debug, Default)]
pub(in crate::op) struct IdLists {
    /// For each slot [`NONE`], an id, or [`SEVERAL`] and a place in `several`. Empty while `numbered` says it all.
    heads: Vec<u64>,
    /// While `heads` is empty: slots below this have the one row whose id is the slot.
    numbered: u32,
    several: Vec<RowSet>,
    /// Places in `several` to be used again.
    free: Vec<u32>,
    /// Rows that came below the last one of their key, until [`IdLists::settle`] puts them in together.
    late: Vec<(u32, u64)>,
}

/// The rows of one key, in row order.
#[derive(Clone, Copy, Debug)]
pub(in crate::op) enum RowsOfKey<'a> {
    None,
    One(u64),
    Several(&'a RowSet),
}

impl RowsOfKey<'_> {
    pub(in crate::op) fn first(self) -> Option<u64> {
        match self {
            RowsOfKey::None => None,
            RowsOfKey::One(id) => Some(id),
            RowsOfKey::Several(rows) => rows.first(),
        }
    }

    pub(in crate::op) fn len(self) -> u64 {
        match self {
            RowsOfKey::None => 0,
            RowsOfKey::One(_) => 1,
            RowsOfKey::Several(rows) => rows.len(),
        }
    }

    pub(in crate::op) fn for_each(self, each: impl FnMut(u64)) {
        match self {
            RowsOfKey::None => {}
            RowsOfKey::One(id) => std::iter::once(id).for_each(each),
            RowsOfKey::Several(rows) => rows.iter().for_each(each),
        }
    }
}

impl IdLists {
    /// The rows of a key. A slot never given a row has none.
    #[inline]
    pub(in crate::op) fn get(&self, slot: u32) -> RowsOfKey<'_> {
        match self.heads.get(slot as usize) {
            None if slot < self.numbered => RowsOfKey::One(slot.into()),
            None | Some(&NONE) => RowsOfKey::None,
            Some(&head) if head & SEVERAL == 0 => RowsOfKey::One(head),
            Some(&head) => RowsOfKey::Several(&self.several[(head & !SEVERAL) as usize]),
        }
    }

    pub(in crate::op) fn is_empty(&self, slot: u32) -> bool {
        matches!(self.get(slot), RowsOfKey::None)
    }

    /// Gives every slot its head.
    #[cold]
    fn write_out(&mut self) {
        self.heads.extend(0..u64::from(std::mem::take(&mut self.numbered)));
    }

    /// Gives a key a row it does not have; after the last one of a batch, [`IdLists::settle`].
    #[inline]
    pub(in crate::op) fn push(&mut self, slot: u32, id: u64) {
        if self.heads.is_empty() {
            if slot == self.numbered && id == u64::from(slot) {
                self.numbered += 1;
                return;
            }
            self.write_out();
        }
        if self.heads.len() <= slot as usize {
            self.heads.resize(slot as usize + 1, NONE);
        }
        let head = &mut self.heads[slot as usize];
        match *head {
            NONE => *head = id,
            one if one & SEVERAL == 0 => {
                let mut rows = RowSet::single(one.min(id));
                rows.append(one.max(id)..one.max(id) + 1);
                let at = self.free.pop().unwrap_or_else(|| {
                    self.several.push(RowSet::new());
                    self.several.len() as u32 - 1
                });
                self.several[at as usize] = rows;
                *head = SEVERAL | u64::from(at);
            }
            several => {
                let rows = &mut self.several[(several & !SEVERAL) as usize];
                if rows.last().is_some_and(|last| last < id) {
                    rows.append(id..id + 1);
                } else {
                    self.late.push((slot, id));
                }
            }
        }
    }

    /// Puts in the rows that came out of order: one union a key, however many they are.
    pub(in crate::op) fn settle(&mut self) {
        let mut late = std::mem::take(&mut self.late);
        late.sort_unstable();
        for of_key in late.chunk_by(|a, b| a.0 == b.0) {
            let head = self.heads[of_key[0].0 as usize];
            let ids: Vec<u64> = of_key.iter().map(|&(_, id)| id).collect();
            self.several[(head & !SEVERAL) as usize].insert_all(&RowSet::from_sorted(&ids));
        }
        late.clear();
        self.late = late;
    }

    /// Takes those of `gone` that have the key from it.
    pub(in crate::op) fn retract(&mut self, slot: u32, gone: &RowSet) {
        if self.heads.is_empty() {
            self.write_out();
        }
        let Some(head) = self.heads.get_mut(slot as usize) else { return };
        if *head & SEVERAL == 0 {
            if gone.contains(*head) {
                *head = NONE;
            }
        } else if *head != NONE {
            let at = (*head & !SEVERAL) as usize;
            let rows = &mut self.several[at];
            rows.remove_all(gone);
            match rows.len() {
                0 => *head = NONE,
                1 => *head = rows.first().unwrap_or(NONE),
                _ => return,
            }
            *rows = RowSet::new();
            self.free.push(at as u32);
        }
    }

    pub(in crate::op) fn bytes(&self) -> usize {
        let several: usize = self.several.iter().map(RowSet::bytes).sum();
        self.heads.capacity() * 8 + several + self.free.capacity() * 4 + self.late.capacity() * 16
    }

    /// Each slot that has rows, and those.
    pub(in crate::op) fn iter(&self) -> impl Iterator<Item = (u32, RowsOfKey<'_>)> {
        let slots = self.numbered.max(self.heads.len() as u32);
        let used = (0..slots).filter(|&slot| !self.is_empty(slot));
        used.map(|slot| (slot, self.get(slot)))
    }

    /// Checks that no row waits to be put in, and that sets are where one id would not do, each for one key.
    pub(in crate::op) fn validate(&self) -> Result<(), String> {
        if !self.late.is_empty() {
            return Err(format!("{} rows were never put in", self.late.len()));
        }
        let mut sets = 0;
        for (slot, rows) in self.iter() {
            if let RowsOfKey::Several(rows) = rows {
                sets += 1;
                rows.validate().map_err(|fault| format!("rows of key slot {slot}: {fault}"))?;
                if rows.len() < 2 {
                    return Err(format!("key slot {slot} keeps {} rows as a set", rows.len()));
                }
            }
        }
        let known = self.several.len() - self.free.len();
        if sets == known { Ok(()) } else { Err(format!("{sets} keys name {known} sets")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(lists: &IdLists, slot: u32) -> Vec<u64> {
        let mut ids = Vec::new();
        lists.get(slot).for_each(|id| ids.push(id));
        ids
    }

    #[test]
    fn keeps_rows_in_order_however_they_come() {
        let mut lists = IdLists::default();
        for id in [5, 2, 9, 4, 3, 11] {
            lists.push(1, id);
        }
        lists.settle();
        assert_eq!(ids(&lists, 1), [2, 3, 4, 5, 9, 11]);
        assert_eq!(lists.get(1).first(), Some(2));
        assert!(lists.is_empty(0) && lists.is_empty(7));
        lists.validate().expect("sound");
    }

    #[test]
    fn shrinks_to_one_row_and_to_none() {
        let mut lists = IdLists::default();
        (0..10).for_each(|id| lists.push(0, id));
        assert_eq!(ids(&lists, 0), (0..10).collect::<Vec<_>>());
        lists.retract(0, &RowSet::range(1..100));
        assert!(matches!(lists.get(0), RowsOfKey::One(0)));
        lists.validate().expect("the set of one was given back");
        lists.retract(0, &RowSet::single(0));
        assert!(lists.is_empty(0));
        (20..22).for_each(|id| lists.push(0, id));
        assert_eq!(lists.several.len(), 1, "the place of the set is used again");
    }

    #[test]
    fn rows_that_equal_their_slots_take_nothing_until_one_goes() {
        let mut lists = IdLists::default();
        (0..100).for_each(|id| lists.push(id as u32, id));
        assert_eq!((lists.bytes(), lists.iter().count()), (0, 100));
        assert!(matches!(lists.get(99), RowsOfKey::One(99)) && lists.is_empty(100));
        lists.retract(3, &RowSet::single(3));
        lists.push(7, 100);
        assert!(lists.is_empty(3) && matches!(lists.get(4), RowsOfKey::One(4)));
        assert_eq!(ids(&lists, 7), [7, 100]);
        lists.validate().expect("sound");
    }
}
