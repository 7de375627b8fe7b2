//! [`Numbers`]: keys that are one number each, and their slots.

use std::hash::{BuildHasher, Hasher};
use std::ops::Range;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::NO_SLOT;

/// Numbers that lie close together are looked up in an array: of at most so many places a number, and so many in any
/// case.
const PLACES_A_NUMBER: u64 = 4;
const PLACES: u64 = 1 << 16;

/// Distinct numbers by slot, and the slots by number. Slots that no number leads to may be among them.
#[derive(Debug)]
pub(super) struct Numbers {
    /// The number of each slot.
    numbers: Vec<u64>,
    index: Index,
    /// Slots whose numbers the index does not lead from yet, in ranges.
    waiting: Vec<Range<u32>>,
    /// How many numbers the index leads from.
    indexed: usize,
    /// The least and the greatest number there ever was.
    span: Option<(u64, u64)>,
    /// Slots that are not used, the next to be used last.
    free: Vec<u32>,
    state: RandomState,
}

#[derive(Debug)]
enum Index {
    /// The slot of each number from `first` on.
    Array { first: u64, slots: Vec<u32> },
    /// Numbers beside their slots, so that a lookup waits for memory once.
    Hashed(HashTable<(u64, u32)>),
}

#[inline]
fn hash(state: &RandomState, number: u64) -> u64 {
    let mut hasher = state.build_hasher();
    hasher.write_u64(number);
    hasher.finish()
}

impl Default for Numbers {
    fn default() -> Self {
        Numbers {
            numbers: Vec::new(),
            index: Index::Array { first: 0, slots: Vec::new() },
            waiting: Vec::new(),
            indexed: 0,
            span: None,
            free: Vec::new(),
            state: RandomState::default(),
        }
    }
}

impl Numbers {
    /// Slots in use.
    pub(super) fn len(&self) -> usize {
        self.numbers.len() - self.free.len()
    }

    pub(super) fn slots(&self) -> usize {
        self.numbers.len()
    }

    /// The number of a slot.
    #[inline]
    pub(super) fn number(&self, slot: u32) -> u64 {
        self.numbers[slot as usize]
    }

    pub(super) fn free(&self) -> &[u32] {
        &self.free
    }

    pub(super) fn reserve(&mut self, more: usize) {
        self.numbers.reserve(more);
        if let Index::Hashed(table) = &mut self.index {
            table.reserve(more, |&(number, _)| hash(&self.state, number));
        }
    }

    /// Puts the slot of each number into `out`, [`NO_SLOT`] for one that is not there.
    #[inline]
    pub(super) fn find(&mut self, numbers: impl Iterator<Item = u64>, out: &mut Vec<u32>) {
        self.index();
        out.clear();
        match &self.index {
            Index::Array { first, slots } => {
                let (first, slots) = (*first, &slots[..]);
                out.extend(numbers.map(|number| at(slots, first, number)));
            }
            Index::Hashed(table) => out.extend(numbers.map(|number| self.find_hashed(table, number))),
        }
    }

    fn find_hashed(&self, table: &HashTable<(u64, u32)>, number: u64) -> u32 {
        table.find(hash(&self.state, number), |&(other, _)| other == number).map_or(NO_SLOT, |&(_, slot)| slot)
    }

    /// The slot of a number, [`NO_SLOT`] if it is not there.
    fn get(&self, number: u64) -> u32 {
        match &self.index {
            Index::Array { first, slots } => at(slots, *first, number),
            Index::Hashed(table) => self.find_hashed(table, number),
        }
    }

    /// The slot of a number, which gets one if it is not there yet; whether it was not.
    pub(super) fn place(&mut self, number: u64) -> (u32, bool) {
        self.index();
        let slot = self.get(number);
        if slot != NO_SLOT {
            return (slot, false);
        }
        let slot = self.slot_for(number);
        self.link(number, slot);
        (slot, true)
    }

    /// Puts all numbers of other ones, none of which is here, in behind those here; no number leads to slot `apart` there.
    /// The index is left for whoever looks for one first.
    pub(super) fn append(&mut self, other: &Numbers, apart: u32) {
        let (start, end) = (self.slots() as u32, (self.slots() + other.slots()) as u32);
        self.numbers.extend_from_slice(&other.numbers);
        // Without one that is apart, all are in front of it.
        let apart = if apart == NO_SLOT { end } else { start + apart };
        let ranges = [start..apart, (apart + 1).min(end)..end];
        self.waiting.extend(ranges.into_iter().filter(|range| !range.is_empty()));
    }

    /// Makes the index lead from all numbers.
    #[inline]
    pub(super) fn index(&mut self) {
        if !self.waiting.is_empty() {
            self.index_waiting();
        }
    }

    #[cold]
    fn index_waiting(&mut self) {
        for slot in std::mem::take(&mut self.waiting).into_iter().flatten() {
            self.link(self.numbers[slot as usize], slot);
        }
    }

    /// A slot that no number leads to.
    pub(super) fn place_apart(&mut self) -> u32 {
        self.slot_for(0)
    }

    fn slot_for(&mut self, number: u64) -> u32 {
        if let Some(slot) = self.free.pop() {
            self.numbers[slot as usize] = number;
            return slot;
        }
        self.numbers.push(number);
        self.numbers.len() as u32 - 1
    }

    /// Makes the index lead from a number, which is not in it, to a slot.
    fn link(&mut self, number: u64, slot: u32) {
        let (least, greatest) = self.span.map_or((number, number), |(a, b)| (a.min(number), b.max(number)));
        self.span = Some((least, greatest));
        self.indexed += 1;
        let are_close = greatest - least < PLACES + PLACES_A_NUMBER * self.indexed as u64;
        match &mut self.index {
            Index::Array { first, slots } if are_close => {
                grow(first, slots, least, greatest);
                slots[(number - *first) as usize] = slot;
            }
            Index::Array { .. } => {
                // There is room for as many as are known to come.
                let mut table = HashTable::with_capacity(self.numbers.capacity());
                for (number, slot) in self.pairs() {
                    table.insert_unique(hash(&self.state, number), (number, slot), |_| 0);
                }
                self.index = Index::Hashed(table);
                self.insert_hashed(number, slot);
            }
            // Before so many are hashed anew it is asked whether they need to be hashed at all.
            Index::Hashed(table) if table.len() == table.capacity() && are_close => {
                let (mut first, mut slots) = (least, Vec::new());
                grow(&mut first, &mut slots, least, greatest);
                self.pairs().chain([(number, slot)]).for_each(|(number, slot)| slots[(number - first) as usize] = slot);
                self.index = Index::Array { first, slots };
            }
            Index::Hashed(_) => self.insert_hashed(number, slot),
        }
    }

    fn insert_hashed(&mut self, number: u64, slot: u32) {
        if let Index::Hashed(table) = &mut self.index {
            let state = &self.state;
            table.insert_unique(hash(state, number), (number, slot), |&(number, _)| hash(state, number));
        }
    }

    /// All numbers the index leads from, and where to.
    fn pairs(&self) -> Box<dyn Iterator<Item = (u64, u32)> + '_> {
        match &self.index {
            Index::Array { first, slots } => {
                let places = (*first..).zip(slots.iter().copied());
                Box::new(places.filter(|&(_, slot)| slot != NO_SLOT))
            }
            Index::Hashed(table) => Box::new(table.iter().copied()),
        }
    }

    /// Takes the number of a slot out of the index and gives the slot back.
    pub(super) fn remove(&mut self, slot: u32) {
        self.index();
        let number = self.number(slot);
        let was_there = match &mut self.index {
            Index::Array { first, slots } => {
                let place = slots.get_mut(number.wrapping_sub(*first) as usize);
                place.is_some_and(|found| std::mem::replace(found, NO_SLOT) == slot)
            }
            Index::Hashed(table) => match table.find_entry(hash(&self.state, number), |&(_, other)| other == slot) {
                Ok(entry) => entry.remove().0.1 == slot,
                Err(_) => false,
            },
        };
        assert!(was_there, "slot {slot} has no key");
        self.indexed -= 1;
        self.free.push(slot);
    }

    /// Gives a slot back that no number leads to.
    pub(super) fn remove_apart(&mut self, slot: u32) {
        self.free.push(slot);
    }

    /// Gives every number another one, as `other` says.
    pub(super) fn renumber(&mut self, other: impl Fn(u64) -> u64) {
        self.index();
        let pairs: Vec<(u64, u32)> = self.pairs().map(|(number, slot)| (other(number), slot)).collect();
        self.index = Index::Array { first: 0, slots: Vec::new() };
        (self.indexed, self.span) = (0, None);
        for (number, slot) in pairs {
            self.numbers[slot as usize] = number;
            self.link(number, slot);
        }
    }

    pub(super) fn bytes(&self) -> usize {
        let index = match &self.index {
            Index::Array { slots, .. } => slots.capacity() * size_of::<u32>(),
            Index::Hashed(table) => table.allocation_size(),
        };
        let waiting = self.waiting.capacity() * size_of::<Range<u32>>();
        index + waiting + self.numbers.capacity() * size_of::<u64>() + self.free.capacity() * size_of::<u32>()
    }

    /// Checks that all slots but the free ones and `apart` others are found by their numbers.
    pub(super) fn validate(&self, apart: usize) -> Result<(), String> {
        let pairs: Vec<(u64, u32)> = self.pairs().collect();
        let waiting = self.waiting.iter().map(ExactSizeIterator::len).sum::<usize>();
        if pairs.len() != self.indexed || pairs.len() + waiting + apart + self.free.len() != self.numbers.len() {
            let (slots, free) = (self.numbers.len(), self.free.len());
            let (found, counted) = (pairs.len(), self.indexed);
            return Err(format!(
                "{found} keys, {counted} counted, {waiting} to be indexed, {free} free slots of {slots}"
            ));
        }
        match pairs.iter().find(|&&(number, slot)| self.number(slot) != number || self.get(number) != slot) {
            Some((number, slot)) => Err(format!("the number {number} of slot {slot} is not found there")),
            None => Ok(()),
        }
    }
}

#[inline]
fn at(slots: &[u32], first: u64, number: u64) -> u32 {
    slots.get(number.wrapping_sub(first) as usize).copied().unwrap_or(NO_SLOT)
}

/// Makes an array of slots reach from one number to another, with room for more in front if it grows there.
fn grow(first: &mut u64, slots: &mut Vec<u32>, least: u64, greatest: u64) {
    if slots.is_empty() {
        *first = least;
    }
    if least < *first {
        let more = (*first - least).max(slots.len() as u64 / 2).min(*first);
        slots.splice(0..0, std::iter::repeat_n(NO_SLOT, more as usize));
        *first -= more;
    }
    let needed = (greatest - *first) as usize + 1;
    if needed > slots.len() {
        slots.resize(needed, NO_SLOT);
    }
}
