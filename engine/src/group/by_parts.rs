//! [`ByParts`]: keys of several columns. Each column has a table of its own, and the slots there, side by side in one
//! number, are the key.

use std::slice;

use super::by_columns::ByColumns;
use super::keys::KeyPart;
use super::numbers::Numbers;
use super::{KeyTable, NO_SLOT};
use crate::Result;
use crate::types::Type;
use crate::vector::Vector;

/// Bits of a number.
const BITS: u32 = u64::BITS;

/// Values that so many keys share are few.
const KEYS_A_VALUE: usize = 4;

/// Distinct keys by the slots of their parts.
#[derive(Debug)]
pub(super) struct ByParts {
    parts: Vec<Part>,
    numbers: Numbers,
    /// The numbers of the batch at hand, kept for their allocation.
    scratch: Vec<u64>,
}

/// A column.
#[derive(Debug)]
struct Part {
    table: KeyTable,
    /// How many keys each slot is part of.
    uses: Vec<u32>,
    /// The bits of the number that hold its slot: how many, and behind how many others.
    bits: u32,
    shift: u32,
    /// The slots of the batch at hand.
    slots: Vec<u32>,
}

impl Part {
    /// Its slot in a number.
    #[inline]
    fn of(&self, number: u64) -> u32 {
        (number >> self.shift) as u32 & ((1_u64 << self.bits) - 1) as u32
    }

    /// Counts a key more that has its slot in a number.
    fn count(&mut self, number: u64) {
        let slot = self.of(number);
        self.uses[slot as usize] += 1;
    }

    /// Bits that hold any of its slots.
    fn needed(&self) -> u32 {
        usize::BITS - self.table.slots().saturating_sub(1).leading_zeros()
    }
}

impl ByParts {
    pub(super) fn new(types: &[Type]) -> Self {
        let part =
            |&ty: &Type| Part { table: KeyTable::new(&[ty]), uses: Vec::new(), bits: 0, shift: 0, slots: Vec::new() };
        ByParts { parts: types.iter().map(part).collect(), numbers: Numbers::default(), scratch: Vec::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    pub(super) fn slots(&self) -> usize {
        self.numbers.slots()
    }

    pub(super) fn reserve(&mut self, more: usize) {
        self.numbers.reserve(more);
    }

    /// Puts the slot of each key into `out`. A key that is not there yet gets one. `false` if numbers of so many parts
    /// do not fit: then nothing is put.
    pub(super) fn place(&mut self, keys: &[KeyPart<'_>], rows: usize, out: &mut Vec<u32>) -> Result<bool> {
        for (part, key) in self.parts.iter_mut().zip(keys) {
            part.table.place_parts(slice::from_ref(key), rows, &mut part.slots)?;
            part.uses.resize(part.table.slots(), 0);
        }
        if !self.fits() {
            return Ok(false);
        }
        self.number(rows);
        self.place_numbers(out);
        Ok(true)
    }

    /// Puts the slot here of each slot of another table, from which no key was ever removed, into `out`. A key that is not
    /// there yet gets one. `false` as [`ByParts::place`].
    pub(super) fn place_all(&mut self, other: &ByParts, out: &mut Vec<u32>) -> Result<bool> {
        for (part, of) in self.parts.iter_mut().zip(&other.parts) {
            part.table.place_all(&of.table, &mut part.slots)?;
            part.uses.resize(part.table.slots(), 0);
        }
        if !self.fits() {
            return Ok(false);
        }
        self.scratch.clear();
        self.scratch.extend((0..other.slots() as u32).map(|slot| {
            let number = other.numbers.number(slot);
            let parts = self.parts.iter().zip(&other.parts);
            parts.fold(0, |whole, (part, of)| whole | u64::from(part.slots[of.of(number) as usize]) << part.shift)
        }));
        self.place_numbers(out);
        Ok(true)
    }

    /// Puts the slot of each number at hand into `out`. One that is not there yet gets one.
    fn place_numbers(&mut self, out: &mut Vec<u32>) {
        self.numbers.find(self.scratch.iter().copied(), out);
        for (&number, slot) in self.scratch.iter().zip(out).filter(|(_, slot)| **slot == NO_SLOT) {
            let (placed, is_new) = self.numbers.place(number);
            *slot = placed;
            if is_new {
                self.parts.iter_mut().for_each(|part| part.count(number));
            }
        }
    }

    /// Makes numbers of the parts as they are now, of which some may be new; takes those out again if that cannot be.
    fn fits(&mut self) -> bool {
        let fits = self.parts.iter().all(|part| part.needed() <= part.bits) || self.widen();
        if !fits {
            self.forget_unused();
        }
        fits
    }

    /// Puts the slot of each key into `out`, [`NO_SLOT`] for one that is not there.
    pub(super) fn locate(&mut self, keys: &[KeyPart<'_>], rows: usize, out: &mut Vec<u32>) {
        for (part, key) in self.parts.iter_mut().zip(keys) {
            part.table.locate_parts(slice::from_ref(key), rows, &mut part.slots);
        }
        self.number(rows);
        self.numbers.find(self.scratch.iter().copied(), out);
        for part in &self.parts {
            if part.slots.contains(&NO_SLOT) {
                out.iter_mut().zip(&part.slots).filter(|(_, of)| **of == NO_SLOT).for_each(|(slot, _)| *slot = NO_SLOT);
            }
        }
    }

    /// Puts the slots of the parts of each row together.
    fn number(&mut self, rows: usize) {
        self.scratch.clear();
        self.scratch.resize(rows, 0);
        for part in &self.parts {
            let shift = part.shift;
            self.scratch.iter_mut().zip(&part.slots).for_each(|(number, &slot)| *number |= u64::from(slot) << shift);
        }
    }

    /// Makes room in numbers for all slots of the parts; `false` if there is none.
    fn widen(&mut self) -> bool {
        if self.parts.iter().map(Part::needed).sum::<u32>() > BITS {
            return false;
        }
        let before: Vec<(u32, u32)> = self.parts.iter().map(|part| (part.bits, part.shift)).collect();
        let mut shift = 0;
        for part in &mut self.parts {
            // The last part may end at the last bit, where no shift by all bits is asked for.
            (part.bits, part.shift) = (part.needed(), shift.min(BITS - 1));
            shift += part.bits;
        }
        let parts = &self.parts;
        self.numbers.renumber(|number| {
            let slots = before.iter().map(|&(bits, shift)| number >> shift & ((1_u64 << bits) - 1));
            slots.zip(parts).fold(0, |number, (slot, part)| number | slot << part.shift)
        });
        true
    }

    /// Takes parts out that no key has.
    fn forget_unused(&mut self) {
        for part in &mut self.parts {
            let mut unused: Vec<u32> =
                part.slots.iter().copied().filter(|&slot| part.uses[slot as usize] == 0).collect();
            unused.sort_unstable();
            unused.dedup();
            unused.into_iter().for_each(|slot| part.table.remove(slot));
        }
    }

    /// The same keys in the same slots, compared column by column.
    pub(super) fn by_columns(&self) -> ByColumns {
        let slots: Vec<u32> = (0..self.slots() as u32).collect();
        let columns: Vec<Vector<'_>> = (0..self.parts.len()).map(|column| self.keys(column, &slots)).collect();
        ByColumns::of(&columns, slots.len(), self.numbers.free().to_vec())
    }

    pub(super) fn remove(&mut self, slot: u32) {
        let number = self.numbers.number(slot);
        self.numbers.remove(slot);
        for part in &mut self.parts {
            let slot = part.of(number);
            let uses = &mut part.uses[slot as usize];
            *uses -= 1;
            if *uses == 0 {
                part.table.remove(slot);
            }
        }
    }

    /// A column of the keys of slots.
    pub(super) fn keys(&self, column: usize, slots: &[u32]) -> Vector<'static> {
        let part = &self.parts[column];
        let slots: Vec<u32> = slots.iter().map(|&slot| part.of(self.numbers.number(slot))).collect();
        part.table.keys(0, &slots)
    }

    /// The values that the keys of slots have in a column, and the place of each key's among them, if there are few.
    pub(super) fn shared(&self, column: usize, slots: &[u32]) -> Option<(Vector<'static>, Vec<u32>)> {
        let part = &self.parts[column];
        let values = part.table.slots();
        if values * KEYS_A_VALUE > slots.len() {
            return None;
        }
        let all: Vec<u32> = (0..values as u32).collect();
        let places = slots.iter().map(|&slot| part.of(self.numbers.number(slot))).collect();
        Some((part.table.keys(0, &all), places))
    }

    pub(super) fn bytes(&self) -> usize {
        let part = |part: &Part| part.table.bytes() + part.uses.capacity() * size_of::<u32>();
        self.numbers.bytes() + self.parts.iter().map(part).sum::<usize>()
    }

    pub(super) fn validate(&self) -> Result<(), String> {
        self.numbers.validate(0)?;
        let free = self.numbers.free();
        let used: Vec<u32> = (0..self.slots() as u32).filter(|slot| !free.contains(slot)).collect();
        for part in &self.parts {
            part.table.validate()?;
            let mut uses = vec![0; part.uses.len()];
            used.iter().for_each(|&slot| uses[part.of(self.numbers.number(slot)) as usize] += 1);
            if uses != part.uses {
                return Err("parts of keys are used otherwise than counted".to_owned());
            }
            if uses.iter().filter(|&&uses| uses > 0).count() != part.table.len() {
                return Err("a part is kept that no key has".to_owned());
            }
        }
        Ok(())
    }
}
