//! Finding the groups of text that is kept as codes: a text is looked up once, its code ever after.

use super::NO_SLOT;
use super::by_columns::ByColumns;
use crate::column::{Codes, Texts};
use crate::vector::Vector;

/// Dictionaries remembered at a time: two sides of a join, and a column that was made anew.
const DICTIONARIES: usize = 4;

/// The slots of the texts of one dictionary, as far as they were asked for.
#[derive(Debug)]
pub(super) struct CodeSlots {
    /// Which dictionary.
    number: u64,
    /// The slot of each code, [`NO_SLOT`] where it is not known.
    slots: Vec<u32>,
    /// The code of each slot; that of a null or of no text is 0, and so is not remembered.
    codes: Vec<u32>,
}

impl CodeSlots {
    fn set(&mut self, code: u32, slot: u32) {
        if self.codes.len() <= slot as usize {
            self.codes.resize(slot as usize + 1, 0);
        }
        self.codes[slot as usize] = code;
        self.slots[code as usize] = slot;
    }

    pub(super) fn forget(&mut self, slot: u32) {
        if let Some(code) = self.codes.get_mut(slot as usize) {
            self.slots[std::mem::take(code) as usize] = NO_SLOT;
        }
    }

    pub(super) fn bytes(&self) -> usize {
        (self.slots.capacity() + self.codes.capacity()) * size_of::<u32>()
    }
}

impl ByColumns {
    /// As [`ByColumns::place`], of the codes of the only column.
    pub(super) fn place_codes(&mut self, codes: &Codes<'_>, out: &mut Vec<u32>) {
        self.by_code(codes, out, |table, texts, found| table.place(texts, texts[0].len(), found));
    }

    /// As [`ByColumns::locate`], of the codes of the only column.
    pub(super) fn locate_codes(&mut self, codes: &Codes<'_>, out: &mut Vec<u32>) {
        self.by_code(codes, out, |table, texts, found| table.locate(texts, texts[0].len(), found));
    }

    /// The slot of each row by its code, and by `look_up` for the texts of those that are not known.
    fn by_code(
        &mut self,
        codes: &Codes<'_>,
        out: &mut Vec<u32>,
        look_up: impl FnOnce(&mut Self, &[Vector<'_>], &mut Vec<u32>),
    ) {
        let at = self.code_slots(codes.texts);
        let known = &self.coded[at].slots;
        out.clear();
        out.extend(codes.codes.iter().map(|&code| known[code as usize]));
        let unknown: Vec<u32> = (0..).zip(&*out).filter(|&(_, &slot)| slot == NO_SLOT).map(|(row, _)| row).collect();
        if unknown.is_empty() {
            return;
        }
        let mut found = Vec::with_capacity(unknown.len());
        look_up(self, &[codes.texts_of(&unknown)], &mut found);
        for (&row, &slot) in unknown.iter().zip(&found) {
            let code = codes.codes[row as usize];
            out[row as usize] = slot;
            if code != 0 && slot != NO_SLOT {
                self.coded[at].set(code, slot);
            }
        }
    }

    /// Where the slots of a dictionary are remembered, with room for all its codes.
    fn code_slots(&mut self, texts: &Texts) -> usize {
        let at = self.coded.iter().position(|slots| slots.number == texts.number()).unwrap_or_else(|| {
            if self.coded.len() == DICTIONARIES {
                self.coded.remove(0);
            }
            self.coded.push(CodeSlots { number: texts.number(), slots: Vec::new(), codes: Vec::new() });
            self.coded.len() - 1
        });
        // Who reads an earlier state may see fewer.
        let slots = &mut self.coded[at].slots;
        slots.resize(slots.len().max(texts.len()), NO_SLOT);
        at
    }
}
