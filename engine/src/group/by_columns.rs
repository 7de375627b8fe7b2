//! [`ByColumns`]: keys of any types, compared column by column.
//!
//! Keys are kept column-wise by slot, the hash index holds nothing but slots, so growing it never touches a key. A slot
//! shows the key as it was seen first.

use hashbrown::HashTable;

use super::NO_SLOT;
use super::column::KeyColumn;
use super::hash::KeyHasher;
use crate::types::{Str, Type};
use crate::vector::{Bits, Vector};

/// Distinct keys by what their columns hold.
#[derive(Debug)]
pub(super) struct ByColumns {
    columns: Vec<KeyColumn>,
    /// The hash of each slot's key, so that the index grows and compares without reading keys.
    hashes: Vec<u64>,
    index: HashTable<u32>,
    /// Slots that the index does not lead to yet, and that have no hash yet.
    unindexed: Vec<u32>,
    /// Slots whose key was removed, the next to be used last.
    free: Vec<u32>,
    hasher: KeyHasher,
    /// The hashes of the batch at hand, kept for its allocation.
    scratch: Vec<u64>,
}

/// The texts by slot and those at hand, of keys that are one column of text in which no null was ever seen.
fn texts<'k>(columns: &'k [KeyColumn], keys: &'k [Vector<'_>]) -> Option<(&'k [Str], &'k [Str])> {
    match (columns, keys) {
        ([column], [key]) if column.has_no_null() && key.valid().is_none() => Some((column.texts()?, key.strings()?)),
        _ => None,
    }
}

/// Puts the slots of the rows from `row` on into `out`, up to the first row whose key is not there; gives that row.
#[inline(always)]
fn find_run(
    index: &HashTable<u32>,
    hashes: &[u64],
    mut row: usize,
    out: &mut Vec<u32>,
    same: impl Fn(usize, usize) -> bool,
) -> usize {
    while let Some(&hash) = hashes.get(row) {
        let Some(&slot) = index.find(hash, |&slot| same(slot as usize, row)) else { break };
        out.push(slot);
        row += 1;
    }
    row
}

impl ByColumns {
    /// An empty table for keys of these types; no types for the one key that every row has.
    pub(super) fn new(types: &[Type]) -> Self {
        ByColumns {
            columns: types.iter().map(|&ty| KeyColumn::new(ty)).collect(),
            hashes: Vec::new(),
            index: HashTable::new(),
            unindexed: Vec::new(),
            free: Vec::new(),
            hasher: KeyHasher::default(),
            scratch: Vec::new(),
        }
    }

    /// Distinct keys.
    pub(super) fn len(&self) -> usize {
        self.index.len() + self.unindexed.len()
    }

    /// One past the highest slot ever used: the length of arrays indexed by slot.
    pub(super) fn slots(&self) -> usize {
        self.hashes.len()
    }

    /// Makes room for `keys` keys more, so that a table whose size is known is not hashed anew while it grows.
    pub(super) fn reserve(&mut self, keys: usize) {
        let hashes = &self.hashes;
        self.index.reserve(keys, |&slot| hashes[slot as usize]);
        self.hashes.reserve(keys);
    }

    /// These keys by slot, those of the slots in `free` being none.
    pub(super) fn of(keys: &[Vector<'_>], slots: usize, free: Vec<u32>) -> Self {
        let mut table = ByColumns::new(&keys.iter().map(Vector::ty).collect::<Vec<_>>());
        table.hashes = vec![0; slots];
        for (column, key) in table.columns.iter_mut().zip(keys) {
            (0..slots).for_each(|slot| column.set(slot, key, slot));
        }
        let mut is_free = Bits::filled(false, slots);
        free.iter().for_each(|&slot| is_free.set(slot as usize, true));
        table.unindexed = is_free.not().ones().map(|slot| slot as u32).collect();
        free.iter().for_each(|&slot| table.columns.iter_mut().for_each(|column| column.clear(slot as usize)));
        table.free = free;
        table
    }

    /// Puts the slot of each of `rows` keys into `out`. A key that is not there yet gets one.
    pub(super) fn place(&mut self, keys: &[Vector<'_>], rows: usize, out: &mut Vec<u32>) {
        self.hash(keys, rows);
        let hashes = std::mem::take(&mut self.scratch);
        self.insert_hashed(keys, &hashes, out);
        self.scratch = hashes;
    }

    /// Puts the slot of each of `rows` keys into `out`, [`NO_SLOT`] for a key that is not there.
    pub(super) fn locate(&mut self, keys: &[Vector<'_>], rows: usize, out: &mut Vec<u32>) {
        self.hash(keys, rows);
        self.find_hashed(keys, &self.scratch, out);
    }

    fn hash(&mut self, keys: &[Vector<'_>], rows: usize) {
        self.index();
        assert_eq!(keys.len(), self.columns.len(), "keys of another number of columns");
        for (column, key) in self.columns.iter().zip(keys) {
            assert_eq!((column.ty(), rows), (key.ty(), key.len()), "keys of another type or number");
        }
        self.hasher.hash(keys, rows, &mut self.scratch);
    }

    pub(super) fn insert_hashed(&mut self, keys: &[Vector<'_>], hashes: &[u64], out: &mut Vec<u32>) {
        out.clear();
        if keys.is_empty() && !hashes.is_empty() {
            let slot = self.index.iter().next().copied().unwrap_or_else(|| self.insert(keys, 0, hashes[0]));
            out.resize(hashes.len(), slot);
            return;
        }
        out.reserve(hashes.len());
        let mut row = self.find_from(0, keys, hashes, out);
        while row < hashes.len() {
            out.push(self.insert(keys, row, hashes[row]));
            row = self.find_from(row + 1, keys, hashes, out);
        }
    }

    pub(super) fn find_hashed(&self, keys: &[Vector<'_>], hashes: &[u64], out: &mut Vec<u32>) {
        out.clear();
        out.reserve(hashes.len());
        let mut row = self.find_from(0, keys, hashes, out);
        while row < hashes.len() {
            out.push(NO_SLOT);
            row = self.find_from(row + 1, keys, hashes, out);
        }
    }

    /// As [`find_run`], with the fastest comparison for the keys at hand.
    fn find_from(&self, row: usize, keys: &[Vector<'_>], hashes: &[u64], out: &mut Vec<u32>) -> usize {
        let index = &self.index;
        match texts(&self.columns, keys) {
            Some((kept, keys)) => find_run(index, hashes, row, out, |slot, row| kept[slot] == keys[row]),
            _ => find_run(index, hashes, row, out, |slot, row| {
                // The hash is one number where the key is several values, each somewhere else.
                self.hashes[slot] == hashes[row]
                    && self.columns.iter().zip(keys).all(|(column, key)| column.same(slot, key, row))
            }),
        }
    }

    #[cold]
    fn insert(&mut self, keys: &[Vector<'_>], row: usize, hash: u64) -> u32 {
        let slot = self.slot_for(keys, row);
        self.hashes[slot as usize] = hash;
        let hashes = &self.hashes;
        self.index.insert_unique(hash, slot, |&slot| hashes[slot as usize]);
        slot
    }

    /// A slot for the key of a row.
    fn slot_for(&mut self, keys: &[Vector<'_>], row: usize) -> u32 {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.hashes.push(0);
            self.hashes.len() as u32 - 1
        });
        for (column, key) in self.columns.iter_mut().zip(keys) {
            column.set(slot as usize, key, row);
        }
        slot
    }

    /// Gives the key of a row, which is known not to be there, a slot. It is hashed once a key is looked up by value.
    pub(super) fn insert_unindexed(&mut self, keys: &[Vector<'_>], row: usize) -> u32 {
        let slot = self.slot_for(keys, row);
        self.unindexed.push(slot);
        slot
    }

    /// Puts the keys of another table, from which none was removed and none of which is here, in behind those here.
    pub(super) fn append(&mut self, other: &ByColumns) {
        let slots: Vec<u32> = (0..other.slots() as u32).collect();
        let keys: Vec<Vector<'_>> = other.columns.iter().map(|column| column.take(&slots)).collect();
        (0..slots.len()).for_each(|row| {
            self.insert_unindexed(&keys, row);
        });
    }

    /// Makes the index lead to all keys.
    pub(super) fn index(&mut self) {
        if self.unindexed.is_empty() {
            return;
        }
        let slots = std::mem::take(&mut self.unindexed);
        let keys: Vec<Vector<'_>> = self.columns.iter().map(|column| column.take(&slots)).collect();
        self.hasher.hash(&keys, slots.len(), &mut self.scratch);
        slots.iter().zip(&self.scratch).for_each(|(&slot, &hash)| self.hashes[slot as usize] = hash);
        let hashes = &self.hashes;
        self.index.reserve(slots.len(), |&slot| hashes[slot as usize]);
        for slot in slots {
            self.index.insert_unique(hashes[slot as usize], slot, |&slot| hashes[slot as usize]);
        }
    }

    /// Forgets the key of a slot, which has one.
    pub(super) fn remove(&mut self, slot: u32) {
        self.index();
        let found = self.index.find_entry(self.hashes[slot as usize], |&other| other == slot);
        assert!(found.is_ok(), "slot {slot} has no key");
        if let Ok(entry) = found {
            entry.remove();
        }
        self.columns.iter_mut().for_each(|column| column.clear(slot as usize));
        self.free.push(slot);
    }

    /// Key column `column` of each of `slots`.
    pub(super) fn keys(&self, column: usize, slots: &[u32]) -> Vector<'static> {
        self.columns[column].take(slots)
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        let columns: usize = self.columns.iter().map(KeyColumn::bytes).sum();
        let lists = self.free.capacity() + self.unindexed.capacity();
        columns + self.hashes.capacity() * 8 + self.index.allocation_size() + lists * 4
    }

    /// Checks the structure: every slot is free or found by its key.
    pub(super) fn validate(&self) -> Result<(), String> {
        if self.len() + self.free.len() != self.hashes.len() {
            let (keys, free, slots) = (self.len(), self.free.len(), self.hashes.len());
            return Err(format!("{keys} keys and {free} free slots of {slots}"));
        }
        let mut slots: Vec<u32> = self.index.iter().copied().collect();
        slots.sort_unstable();
        let mut others = self.free.iter().chain(&self.unindexed);
        if let Some(slot) = others.find(|slot| slots.binary_search(slot).is_ok()) {
            return Err(format!("slot {slot} is found, and is free or is not to be found yet"));
        }
        let keys: Vec<Vector<'_>> = (0..self.columns.len()).map(|column| self.keys(column, &slots)).collect();
        let hashes: Vec<u64> = slots.iter().map(|&slot| self.hashes[slot as usize]).collect();
        let mut found = Vec::new();
        self.find_hashed(&keys, &hashes, &mut found);
        match slots.iter().zip(&found).find(|(slot, found)| slot != found) {
            Some((slot, found)) => Err(format!("the key of slot {slot} is found in slot {found}")),
            None => Ok(()),
        }
    }
}
