//! How a stored column keeps text: as codes of a dictionary while its distinct texts are few, else as it is. Blocks
//! of both kinds may stand side by side, and codes of 16 bits beside codes of 32.

use std::borrow::Cow;
use std::sync::Arc;

use super::dictionary::{Coded, Codes, Dictionary, Texts};
use super::ids::{Ids, by_block};
use super::reading::Reading;
use super::stored::{Blocks, Stored};
use super::{View, block::Block};
use crate::types::Str;
use crate::vector::{Bits, Native, NativeKind, Values, Vector};

/// The codes of a block.
enum Kept<'s> {
    Narrow(&'s [u16]),
    Wide(&'s [i32]),
}

impl Stored {
    /// The distinct texts, if some blocks keep their codes.
    pub(crate) fn texts(&self) -> Option<&Texts> {
        self.dictionary.as_ref().map(|dictionary| dictionary.texts())
    }

    /// The texts of `ids` by code; `None` if not all are kept so.
    pub(crate) fn codes(&self, ids: Ids<'_>, view: View) -> Option<Codes<'_>> {
        let texts = self.texts()?;
        let blocks = match view {
            View::Old if self.undo.has_single(ids) => return None,
            View::Old => self.blocks_before(),
            View::New => self.blocks(),
        };
        if let Some((block, range)) = self.within(blocks, ids) {
            let codes = match block.values() {
                Values::U16(kept) => kept[range.clone()].iter().map(|&code| code.into()).collect(),
                Values::I32(kept) => kept[range.clone()].iter().map(|&code| code as u32).collect(),
                _ => return None,
            };
            return Some(Codes { codes, valid: block.valid().map(|valid| valid.slice(range)), texts });
        }
        let mut reading = Reading::new(ids.len(), self.mask());
        let mut all_coded = true;
        by_block(ids, self.log2, |number, range| {
            let Some(block) = blocks.get(number) else { return reading.miss(range.len()) };
            let ids = ids.part(range);
            match block.values() {
                Values::U16(kept) => reading.take(block, kept, ids, |&code| code.into()),
                Values::I32(kept) => reading.take(block, kept, ids, |&code| code as u32),
                _ => all_coded = false,
            }
        });
        let (codes, valid) = reading.finish();
        all_coded.then_some(Codes { codes, valid, texts })
    }

    /// The texts of `ids`, copied.
    pub(super) fn gather_text<'s>(&self, blocks: Blocks<'s>, ids: Ids<'_>) -> Vector<'s> {
        if let (Some((block, range)), Some(texts)) = (self.within(blocks, ids), self.texts()) {
            let values = match block.values() {
                Values::U16(kept) => texts.decode(kept[range.clone()].iter().map(|&code| code.into())),
                Values::I32(kept) => texts.decode(kept[range.clone()].iter().map(|&code| code as u32)),
                _ => unreachable!("plain text in one block is not copied"),
            };
            let valid = block.valid().map(|valid| valid.slice(range));
            return Vector::new(self.ty, Values::Str(Cow::Owned(values)), valid);
        }
        if let Some(values) = self.scattered_text(blocks, ids) {
            return Vector::new(self.ty, Values::Str(Cow::Owned(values)), None);
        }
        let decoder = self.texts().map(Texts::decoder);
        let text = |code: u32| decoder.as_ref().map(|texts| texts.get(code).clone()).unwrap_or_default();
        let mut reading = Reading::new(ids.len(), self.mask());
        by_block(ids, self.log2, |number, range| {
            let Some(block) = blocks.get(number) else { return reading.miss(range.len()) };
            let ids = ids.part(range);
            match block.values() {
                Values::Str(kept) => reading.take(block, kept, ids, Clone::clone),
                Values::U16(kept) => reading.take(block, kept, ids, |&code| text(code.into())),
                Values::I32(kept) => reading.take(block, kept, ids, |&code| text(code as u32)),
                _ => unreachable!("text is kept as text or as codes"),
            }
        });
        let (values, valid) = reading.finish();
        Vector::new(self.ty, Values::Str(Cow::Owned(values)), valid)
    }

    /// The texts of many ids here and there, none of them null.
    fn scattered_text<'s>(&self, blocks: Blocks<'s>, ids: Ids<'_>) -> Option<Vec<Str>> {
        let without_nulls = |block: Option<&'s Block>| block.filter(|block| block.valid().is_none());
        let codes = self.scattered(blocks, ids, |block| match without_nulls(block)?.values() {
            Values::U16(codes) => Some(Kept::Narrow(codes)),
            Values::I32(codes) => Some(Kept::Wide(codes)),
            _ => None,
        });
        if let Some(codes) = codes {
            // First all codes, then all texts: waits for memory overlap in either.
            let codes = codes.all(ids, |kept, slot| match kept {
                Kept::Narrow(codes) => codes.get(slot).map(|&code| code.into()),
                Kept::Wide(codes) => codes.get(slot).map(|&code| code as u32),
            })?;
            return Some(self.texts()?.decode(codes.into_iter()));
        }
        let texts = self.scattered(blocks, ids, |block| Str::slice(without_nulls(block)?.values()))?;
        texts.all(ids, |texts, slot| texts.get(slot).cloned())
    }

    /// The codes of texts, those taken in that were never seen; `None` if this column keeps text as it is.
    pub(crate) fn encode(&mut self, texts: &Vector<'_>) -> Option<Coded> {
        let Values::Str(values) = texts.values() else { return None };
        let dictionary = self.dictionary.get_or_insert_with(Dictionary::new);
        let rows = self.bytes / dictionary.slot_bytes();
        dictionary.encode(values, texts.valid(), rows)
    }

    /// Codes of this column's dictionary, to be written.
    pub(crate) fn coded(&self, codes: Vec<u32>, valid: Option<Bits>) -> Option<Coded> {
        self.dictionary.as_ref().map(|dictionary| dictionary.coded(codes, valid))
    }

    /// Text as codes, which is how blocks keep it as long as there are not too many.
    pub(super) fn as_codes(&mut self, vector: &Vector<'_>) -> Option<Vector<'static>> {
        self.encode(vector).map(Coded::into_vector)
    }

    /// Makes the dictionary anew if most of its texts are of rows that are gone. Called between cycles: nobody reads
    /// codes as they were, and what a pin holds has its own dictionary.
    pub(super) fn renew_texts(&mut self) {
        let Some(old) = &self.dictionary else { return };
        let rows = self.bytes / old.slot_bytes();
        let Some(old) = self.dictionary.take_if(|old| old.is_outdated(rows)) else { return };
        let mut new = Dictionary::new();
        self.bytes = 0;
        for block in Arc::make_mut(&mut self.spine).all_mut() {
            block.fit(NativeKind::Str, Some(old.texts()));
            if let Values::Str(texts) = block.values()
                && let Some(coded) = new.encode(texts, block.valid(), rows)
            {
                let (_, values, _) = coded.into_vector().into_parts();
                block.replace(values);
            }
            self.bytes += block.slot_bytes() + block.heap_bytes();
        }
        self.dictionary = Some(new);
    }
}

impl Block {
    /// Makes a block keep its values in a form into which values of `kind` can be written: text may be kept as codes, of
    /// 16 bits or of 32, or as it is. Gives the change of bytes outside the slots.
    pub(super) fn fit(&mut self, kind: NativeKind, texts: Option<&Texts>) -> isize {
        let Some(texts) = texts.filter(|_| self.values().kind() != kind) else { return 0 };
        let codes: Vec<u32> = match self.values() {
            Values::U16(codes) => codes.iter().map(|&code| code.into()).collect(),
            Values::I32(codes) => codes.iter().map(|&code| code as u32).collect(),
            _ => return 0,
        };
        let is_wide = kind == NativeKind::I32;
        self.replace(if is_wide {
            Values::I32(codes.into_iter().map(|code| code as i32).collect())
        } else {
            Values::Str(codes.into_iter().map(|code| texts.get(code).clone()).collect())
        });
        self.heap_bytes() as isize
    }
}
