//! [`ByText`]: keys of one column of text. A text that is kept as a code is looked up once, its code ever after.

use super::NO_SLOT;
use super::by_columns::ByColumns;
use crate::column::{Codes, Texts};
use crate::types::Type;
use crate::vector::Vector;

/// Dictionaries remembered at a time: two sides of a join, and a column that was made anew.
const DICTIONARIES: usize = 4;

/// Distinct texts by slot.
#[derive(Debug)]
pub(super) struct ByText {
    table: ByColumns,
    coded: Vec<CodeSlots>,
    origin: Origin,
}

/// Where all keys came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// There was none yet.
    Nowhere,
    /// The dictionary of this number, which is remembered: what no code of it leads to is not there.
    Codes(u64),
    Anywhere,
}

/// The slots of the texts of one dictionary, as far as they are known.
#[derive(Debug)]
struct CodeSlots {
    /// Which dictionary.
    number: u64,
    /// The slot of each code, [`NO_SLOT`] where it is not known.
    slots: Vec<u32>,
    /// The slot of null, whose code is that of the empty text.
    null: u32,
    /// Of each slot which code leads to it: [`NO_CODE`] if none does, or that of null.
    codes: Vec<u32>,
}

const NO_CODE: u32 = u32::MAX;

impl CodeSlots {
    fn new(number: u64) -> Self {
        CodeSlots { number, slots: Vec::new(), null: NO_SLOT, codes: Vec::new() }
    }

    fn get(&self, codes: &Codes<'_>, row: usize) -> u32 {
        if codes.is_valid(row) { self.slots[codes.codes[row] as usize] } else { self.null }
    }

    fn set(&mut self, codes: &Codes<'_>, row: usize, slot: u32) {
        self.lead(codes.is_valid(row).then(|| codes.codes[row]), slot);
    }

    /// Has a code, or null, lead to a slot.
    fn lead(&mut self, code: Option<u32>, slot: u32) {
        let Some(code) = code else {
            self.null = slot;
            return;
        };
        if self.codes.len() <= slot as usize {
            self.codes.resize(slot as usize + 1, NO_CODE);
        }
        self.codes[slot as usize] = code;
        self.slots[code as usize] = slot;
    }

    fn forget(&mut self, slot: u32) {
        if slot == self.null {
            self.null = NO_SLOT;
        } else if let Some(code) = self.codes.get_mut(slot as usize).filter(|code| **code != NO_CODE) {
            self.slots[std::mem::replace(code, NO_CODE) as usize] = NO_SLOT;
        }
    }

    /// Room for all codes of a dictionary that has so many.
    fn reach(&mut self, texts: usize) {
        // Who reads an earlier state may see fewer.
        self.slots.resize(self.slots.len().max(texts), NO_SLOT);
    }

    fn bytes(&self) -> usize {
        (self.slots.capacity() + self.codes.capacity()) * size_of::<u32>()
    }
}

impl ByText {
    pub(super) fn new() -> Self {
        ByText { table: ByColumns::new(&[Type::String]), coded: Vec::new(), origin: Origin::Nowhere }
    }

    pub(super) fn len(&self) -> usize {
        self.table.len()
    }

    pub(super) fn slots(&self) -> usize {
        self.table.slots()
    }

    pub(super) fn reserve(&mut self, more: usize) {
        self.table.reserve(more);
    }

    /// Puts the slot of each text into `out`. One that is not there yet gets one.
    pub(super) fn place(&mut self, texts: &Vector<'_>, out: &mut Vec<u32>) {
        self.origin = Origin::Anywhere;
        self.table.place(std::slice::from_ref(texts), texts.len(), out);
    }

    /// Puts the slot of each text into `out`, [`NO_SLOT`] for one that is not there.
    pub(super) fn locate(&mut self, texts: &Vector<'_>, out: &mut Vec<u32>) {
        self.table.locate(std::slice::from_ref(texts), texts.len(), out);
    }

    /// As [`ByText::place`], of texts by code.
    pub(super) fn place_codes(&mut self, codes: &Codes<'_>, out: &mut Vec<u32>) {
        let at = self.by_code(codes, out);
        let unknown = unknown(out);
        if unknown.is_empty() {
            return;
        }
        let number = codes.texts.number();
        if self.origin == Origin::Nowhere {
            self.origin = Origin::Codes(number);
        }
        let texts = codes.texts_of(&unknown);
        if self.origin == Origin::Codes(number) {
            for (index, &row) in unknown.iter().enumerate() {
                let slot = &mut out[row as usize];
                *slot = self.coded[at].get(codes, row as usize);
                if *slot == NO_SLOT {
                    *slot = self.table.insert_unindexed(std::slice::from_ref(&texts), index);
                    self.coded[at].set(codes, row as usize, *slot);
                }
            }
            return;
        }
        let mut found = Vec::with_capacity(unknown.len());
        self.place(&texts, &mut found);
        self.remember(at, codes, &unknown, &found, out);
    }

    /// As [`ByText::locate`], of texts by code.
    pub(super) fn locate_codes(&mut self, codes: &Codes<'_>, out: &mut Vec<u32>) {
        let at = self.by_code(codes, out);
        let unknown = unknown(out);
        if unknown.is_empty() || self.origin == Origin::Codes(codes.texts.number()) {
            return;
        }
        let mut found = Vec::with_capacity(unknown.len());
        self.locate(&codes.texts_of(&unknown), &mut found);
        self.remember(at, codes, &unknown, &found, out);
    }

    /// The slot of each row by its code, [`NO_SLOT`] where it is not known, and where its dictionary is remembered.
    fn by_code(&mut self, codes: &Codes<'_>, out: &mut Vec<u32>) -> usize {
        let at = self.code_slots(codes.texts);
        let known = &self.coded[at];
        out.clear();
        out.extend(codes.codes.iter().map(|&code| known.slots[code as usize]));
        if let Some(valid) = &codes.valid {
            valid.not().ones().for_each(|row| out[row] = known.null);
        }
        at
    }

    /// Puts what was found out about some of the rows into `out`, and remembers it by their codes.
    fn remember(&mut self, at: usize, codes: &Codes<'_>, rows: &[u32], found: &[u32], out: &mut [u32]) {
        for (&row, &slot) in rows.iter().zip(found) {
            out[row as usize] = slot;
            if slot != NO_SLOT {
                self.coded[at].set(codes, row as usize, slot);
            }
        }
    }

    /// Makes all texts ready to be looked up by value.
    pub(super) fn index(&mut self) {
        self.table.index();
    }

    /// Where the slots of a dictionary are remembered, with room for all its codes.
    fn code_slots(&mut self, texts: &Texts) -> usize {
        let at = self.coded.iter().position(|slots| slots.number == texts.number()).unwrap_or_else(|| {
            if self.coded.len() == DICTIONARIES {
                let forgotten = self.coded.remove(0);
                if self.origin == Origin::Codes(forgotten.number) {
                    self.origin = Origin::Anywhere;
                }
            }
            self.coded.push(CodeSlots::new(texts.number()));
            self.coded.len() - 1
        });
        self.coded[at].reach(texts.len());
        at
    }

    /// Puts the slot here of each slot of another table, from which no key was ever removed, into `out`. A text that is
    /// not there yet gets one.
    pub(super) fn place_all(&mut self, other: &ByText, out: &mut Vec<u32>) {
        let (Origin::Codes(number), true) = (other.origin, self.origin == other.origin) else {
            let all: Vec<u32> = (0..other.slots() as u32).collect();
            return self.place(&other.keys(&all), out);
        };
        let of_number = |coded: &CodeSlots| coded.number == number;
        let (Some(here), Some(there)) =
            (self.coded.iter_mut().find(|coded| of_number(coded)), other.coded.iter().find(|coded| of_number(coded)))
        else {
            unreachable!("the dictionary that all keys come from is remembered");
        };
        here.reach(there.slots.len());
        let code = |slot: u32| there.codes.get(slot as usize).copied().filter(|&code| code != NO_CODE);
        out.clear();
        out.extend(
            (0..other.slots() as u32).map(|slot| code(slot).map_or(here.null, |code| here.slots[code as usize])),
        );
        let unknown = unknown(out);
        let texts = [other.keys(&unknown)];
        for (row, slot) in unknown.into_iter().enumerate() {
            let placed = self.table.insert_unindexed(&texts, row);
            here.lead(code(slot), placed);
            out[slot as usize] = placed;
        }
    }

    pub(super) fn remove(&mut self, slot: u32) {
        self.table.remove(slot);
        self.coded.iter_mut().for_each(|slots| slots.forget(slot));
    }

    /// The texts of slots.
    pub(super) fn keys(&self, slots: &[u32]) -> Vector<'static> {
        self.table.keys(0, slots)
    }

    pub(super) fn bytes(&self) -> usize {
        self.table.bytes() + self.coded.iter().map(CodeSlots::bytes).sum::<usize>()
    }

    /// Checks that every text is found, and that codes and slots lead to each other.
    pub(super) fn validate(&self) -> Result<(), String> {
        self.table.validate()?;
        for coded in &self.coded {
            let known = (0..).zip(&coded.slots).filter(|(_, slot)| **slot != NO_SLOT);
            let mut leading = 0;
            for (code, &slot) in known {
                leading += 1;
                if coded.codes.get(slot as usize) != Some(&code) {
                    return Err(format!("code {code} leads to slot {slot}, which knows of another"));
                }
            }
            let led = coded.codes.iter().filter(|code| **code != NO_CODE).count();
            let all = self.table.len() - usize::from(coded.null != NO_SLOT);
            if led != leading || self.origin == Origin::Codes(coded.number) && led != all {
                return Err(format!("{leading} codes lead to slots, {led} slots have codes, of {all}"));
            }
        }
        Ok(())
    }
}

/// The rows whose slot is not known.
fn unknown(slots: &[u32]) -> Vec<u32> {
    (0..).zip(slots).filter(|&(_, &slot)| slot == NO_SLOT).map(|(row, _)| row).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::column::Dictionary;
    use crate::types::{Str, Value};
    use crate::vector::Bits;

    /// Texts of a few rows: null, empty and others.
    fn texts(random: &mut impl FnMut(u64) -> u64) -> Vec<Option<String>> {
        let text = |number: u64| match number {
            0 => None,
            1 => Some(String::new()),
            number => Some(format!("text {number}, which is too long to be kept inline")),
        };
        (0..1 + random(20)).map(|_| text(random(40))).collect()
    }

    fn vector(texts: &[Option<String>]) -> Vector<'static> {
        let value = |text: &Option<String>| text.as_deref().map_or(Value::Null, Value::from);
        Vector::from_values(Type::String, texts.iter().map(value)).unwrap()
    }

    fn coded<'d>(dictionary: &'d mut Dictionary, texts: &[Option<String>]) -> Codes<'d> {
        let valid: Bits = texts.iter().map(Option::is_some).collect();
        let strs: Vec<Str> = texts.iter().map(|text| Str::from(text.as_deref().unwrap_or_default())).collect();
        let codes = dictionary.encode(&strs, Some(&valid), texts.len()).unwrap().codes().to_vec();
        Codes { codes, valid: (!valid.all()).then_some(valid), texts: dictionary.texts() }
    }

    #[test]
    fn texts_are_found_by_code_and_by_value_wherever_they_came_from() {
        for seed in 0..200_u64 {
            let mut state = seed;
            let mut random = |below: u64| {
                state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
                (state >> 33) % below
            };
            // Some tables only ever see one dictionary, some more than are remembered.
            let dictionaries = 1 + random(2) * random(6);
            let mut dictionaries: Vec<Dictionary> = (0..dictionaries).map(|_| Dictionary::new()).collect();
            let (mut table, mut model) = (ByText::new(), HashMap::<Option<String>, u32>::new());
            let mut out = Vec::new();
            for _ in 0..30 {
                let keys = texts(&mut random);
                let at = random(dictionaries.len() as u64) as usize;
                match random(if dictionaries.len() > 1 { 5 } else { 4 }) {
                    0 => table.locate(&vector(&keys), &mut out),
                    1 => table.locate_codes(&coded(&mut dictionaries[at], &keys), &mut out),
                    2 if !model.is_empty() => {
                        let removed = model.keys().nth(random(model.len() as u64) as usize).unwrap().clone();
                        table.remove(model.remove(&removed).unwrap());
                        table.locate(&vector(&keys), &mut out);
                    }
                    2 | 3 => table.place_codes(&coded(&mut dictionaries[at], &keys), &mut out),
                    _ => table.place(&vector(&keys), &mut out),
                }
                table.validate().unwrap();
                for (key, &slot) in keys.iter().zip(&out) {
                    match model.get(key) {
                        Some(&known) => assert_eq!(slot, known, "{key:?}"),
                        None if slot != NO_SLOT => {
                            assert!(model.values().all(|&other| other != slot), "{key:?}");
                            assert!(table.keys(&[slot]).value(0).same(&vector(std::slice::from_ref(key)).value(0)));
                            model.insert(key.clone(), slot);
                        }
                        None => {}
                    }
                }
                assert_eq!(table.len(), model.len());
            }
        }
    }

    #[test]
    fn tables_are_put_together() {
        let (mut one, mut other) = (Dictionary::new(), Dictionary::new());
        let [first, second] = [0, 20].map(|from| {
            let text = |number: u64| Some(format!("text {number}"));
            [vec![None, Some(String::new())], (from..from + 30).map(text).collect()].concat()
        });
        let made = |codes: Codes<'_>| {
            let (mut table, mut out) = (ByText::new(), Vec::new());
            table.place_codes(&codes, &mut out);
            table
        };
        for is_same in [true, false] {
            let mut whole = made(coded(&mut one, &first));
            let more = made(coded(if is_same { &mut one } else { &mut other }, &second));
            let mut out = Vec::new();
            whole.place_all(&more, &mut out);
            whole.validate().unwrap();
            assert_eq!(out, [0, 1].into_iter().chain(22..52).collect::<Vec<u32>>());
            assert_eq!(whole.origin == Origin::Anywhere, !is_same);
            whole.locate(&vector(&second), &mut out);
            assert_eq!(out, [0, 1].into_iter().chain(22..52).collect::<Vec<u32>>());
        }
    }
}
