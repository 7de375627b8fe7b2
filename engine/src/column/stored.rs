//! [`Stored`]: a column whose values the engine keeps, written in place by the node that owns it.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::View;
use super::block::{Block, Slots};
use super::dictionary::{Coded, Dictionary};
use super::ids::{Ids, by_block};
use super::reading::{Nulls, Reading};
use super::spine::Spine;
use super::undo::Undo;
use crate::rowset::RowSet;
use crate::types::{List, Type};
use crate::vector::{Bits, Native, NativeKind, Values, Vector};

/// log2 of the values in a block, unless a session says otherwise.
pub(crate) const BLOCK_LOG2: u8 = 13;

/// A block is kept whole, as its old values, when more than one in so many of its rows change at once: copying it then costs less than
/// finding and writing down each.
const WHOLE_FROM: usize = 8;

/// Where values are read: in blocks as they are, and before those in the blocks that were kept of the time before the cycle.
#[derive(Clone, Copy)]
pub(super) struct Blocks<'a> {
    now: &'a Spine,
    kept: Option<&'a Undo>,
}

impl<'a> Blocks<'a> {
    pub(super) fn get(self, number: u64) -> Option<&'a Block> {
        self.kept.and_then(|kept| kept.block(number)).or_else(|| self.now.get(number))
    }
}

/// A stored column: blocks of values by id, and in a cycle the old values that some operator reads back.
///
/// What a pin holds shares the blocks. Writing copies what is shared, so a pin never changes.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(super) ty: Type,
    pub(super) log2: u8,
    pub(super) spine: Arc<Spine>,
    /// The distinct texts whose codes blocks keep; made by the first text written.
    pub(super) dictionary: Option<Dictionary>,
    pub(super) undo: Undo,
    /// Whether old values are logged: some operator reads them back.
    logging: bool,
    /// Bytes in blocks.
    pub(super) bytes: usize,
}

impl Stored {
    pub(crate) fn new(ty: Type, log2: u8) -> Self {
        Stored { ty, log2, spine: Arc::default(), dictionary: None, undo: Undo::default(), logging: false, bytes: 0 }
    }

    /// Values in a block.
    #[inline]
    pub(crate) fn block_rows(&self) -> usize {
        1 << self.log2
    }

    /// Bytes held in blocks, and of text that blocks keep codes of.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes + self.dictionary.as_ref().map_or(0, Dictionary::bytes)
    }

    pub(crate) fn set_logging(&mut self, logging: bool) {
        self.logging = logging;
    }

    /// The column as it stands, to be read without locks for as long as wanted.
    pub(crate) fn pin(&self) -> Stored {
        let dictionary = self.dictionary.as_ref().map(Dictionary::pin);
        Stored { undo: Undo::default(), logging: false, spine: self.spine.clone(), dictionary, ..*self }
    }

    /// The values of `ids`; an id that was never written reads as null.
    pub(crate) fn read(&self, ids: Ids<'_>, view: View) -> Vector<'_> {
        match view {
            View::Old if !self.undo.is_empty() => {
                if let Some(kept) = self.undo.kept(ids) {
                    return kept;
                }
                self.undo.patch(self.ty, ids, self.read_from(self.blocks_before(), ids))
            }
            _ => self.read_from(self.blocks(), ids),
        }
    }

    /// The label of a row that has one, of a column of labels, as it is now.
    pub(crate) fn label(&self, id: u64) -> u64 {
        self.integer(id).unwrap_or_default() as u64
    }

    /// The value of one row of a column of integers, as it is now.
    pub(crate) fn integer(&self, id: u64) -> Option<i64> {
        i64::slice(self.spine.get(id >> self.log2)?.values())?.get((id & self.mask()) as usize).copied()
    }

    pub(super) fn blocks(&self) -> Blocks<'_> {
        Blocks { now: &self.spine, kept: None }
    }

    pub(super) fn blocks_before(&self) -> Blocks<'_> {
        Blocks { now: &self.spine, kept: Some(&self.undo) }
    }

    fn read_from<'s>(&self, blocks: Blocks<'s>, ids: Ids<'_>) -> Vector<'s> {
        if let Some(vector) = self.slice(blocks, ids) {
            return vector;
        }
        match NativeKind::of(self.ty) {
            NativeKind::Bool => self.gather_bools(blocks, ids),
            NativeKind::I8 => self.gather::<i8>(blocks, ids),
            NativeKind::I16 => self.gather::<i16>(blocks, ids),
            NativeKind::I32 => self.gather::<i32>(blocks, ids),
            NativeKind::I64 => self.gather::<i64>(blocks, ids),
            NativeKind::F32 => self.gather::<f32>(blocks, ids),
            NativeKind::F64 => self.gather::<f64>(blocks, ids),
            NativeKind::I128 => self.gather::<i128>(blocks, ids),
            NativeKind::U16 => self.gather::<u16>(blocks, ids),
            NativeKind::Str => self.gather_text(blocks, ids),
            NativeKind::List => self.gather::<List>(blocks, ids),
        }
    }

    /// A range inside one block, without copying.
    fn slice<'s>(&self, blocks: Blocks<'s>, ids: Ids<'_>) -> Option<Vector<'s>> {
        let (block, range) = self.within(blocks, ids)?;
        let is_plain = block.values().kind() == NativeKind::of(self.ty);
        let valid = block.valid().map(|valid| valid.slice(range.clone()));
        is_plain.then(|| Vector::new(self.ty, block.values().slice(range), valid))
    }

    /// The slots of a range inside one block, all of them written.
    pub(super) fn within<'s>(&self, blocks: Blocks<'s>, ids: Ids<'_>) -> Option<(&'s Block, Range<usize>)> {
        let Ids::Range { start, len } = ids else { return None };
        let block = blocks.get(start >> self.log2)?;
        let from = (start & self.mask()) as usize;
        (from + len <= block.len()).then_some((block, from..from + len))
    }

    fn gather<'s, T: Native>(&self, blocks: Blocks<'s>, ids: Ids<'_>) -> Vector<'s> {
        let without_nulls = |block: Option<&'s Block>| match block {
            Some(block) if block.valid().is_some() => None,
            Some(block) => T::slice(block.values()),
            None => Some(&[][..]),
        };
        if let Some(found) = self.scattered(blocks, ids, without_nulls)
            && let Some(values) = found.all(ids, |values, slot| values.get(slot).cloned())
        {
            return Vector::new(self.ty, T::wrap(Cow::Owned(values)), None);
        }
        let mut reading = Reading::new(ids.len(), self.mask());
        by_block(ids, self.log2, |number, range| match blocks.get(number) {
            Some(block) => {
                let kept = T::slice(block.values()).unwrap_or_default();
                reading.take(block, kept, ids.part(range), Clone::clone);
            }
            None => reading.miss(range.len()),
        });
        let (values, valid) = reading.finish();
        Vector::new(self.ty, T::wrap(Cow::Owned(values)), valid)
    }

    /// The blocks of many ids here and there, as `of` sees them: looked for once, not once an id. `None` for few ids or
    /// ascending ones, which lead to one block after the other, or if `of` does not see one of the blocks; one that was
    /// never written is given as `None`.
    pub(super) fn scattered<'s, S>(
        &self,
        blocks: Blocks<'s>,
        ids: Ids<'_>,
        of: impl Fn(Option<&'s Block>) -> Option<S>,
    ) -> Option<Scattered<S>> {
        let Ids::List(list) = ids else { return None };
        if list.len() < MANY_IDS || list.is_sorted() {
            return None;
        }
        let span = ids.span();
        let first = span.start >> self.log2;
        let count = ((span.end - 1) >> self.log2) - first + 1;
        if count as usize > list.len() {
            return None;
        }
        let blocks = (first..first + count).map(|number| of(blocks.get(number))).collect::<Option<_>>()?;
        Some(Scattered { blocks, first, log2: self.log2 })
    }

    fn gather_bools<'s>(&self, blocks: Blocks<'s>, ids: Ids<'_>) -> Vector<'s> {
        let mut values = Bits::default();
        let mut nulls = Nulls::default();
        by_block(ids, self.log2, |number, range| {
            let block = blocks.get(number);
            for index in range {
                let slot = (ids.get(index) & self.mask()) as usize;
                let block = block.filter(|block| slot < block.len() && block.is_valid(slot));
                if block.is_none() {
                    nulls.push(values.len(), 1);
                }
                values.push(matches!(block.map(|block| block.values()), Some(Values::Bool(bits)) if bits.get(slot)));
            }
        });
        Vector::new(self.ty, Values::Bool(values), nulls.validity(ids.len()))
    }

    pub(super) fn mask(&self) -> u64 {
        (1 << self.log2) - 1
    }

    /// Writes one value an id. What stood there before is logged for the ids of `old` if some operator reads it back.
    ///
    /// # Panics
    /// If the values are of another type or number.
    pub(crate) fn write(&mut self, ids: Ids<'_>, vector: &Vector<'_>, old: &RowSet) {
        assert_eq!((vector.ty(), vector.len()), (self.ty, ids.len()), "values that do not fit the column");
        if self.logging {
            self.log(ids, old);
        }
        match self.as_kept(vector) {
            Some(kept) => self.write_kept(ids, &kept),
            None => self.write_kept(ids, vector),
        }
    }

    /// Writes values in the form in which they are kept.
    fn write_kept(&mut self, ids: Ids<'_>, vector: &Vector<'_>) {
        if let Ids::List(list) = ids
            && self.overwrite(list, vector)
        {
            return;
        }
        let (log2, mask, texts) = (self.log2, self.mask(), self.dictionary.as_ref().map(Dictionary::texts));
        let spine = Arc::make_mut(&mut self.spine);
        let mut bytes = self.bytes as isize;
        by_block(ids, log2, |number, range| {
            let block = spine.get_mut(number, vector.ty());
            bytes -= block.slot_bytes() as isize;
            bytes += block.fit(vector.values().kind(), texts);
            let slots = match ids {
                Ids::Range { start, .. } => Slots::From(((start + range.start as u64) & mask) as usize),
                Ids::List(list) => Slots::List { ids: &list[range.clone()], mask },
            };
            bytes += block.write(1 << log2, slots, vector, range);
            bytes += block.slot_bytes() as isize;
        });
        self.bytes = bytes as usize;
    }

    /// As [`Stored::write`], with values it may keep: those of a whole block become the block as they are.
    ///
    /// # Panics
    /// As [`Stored::write`].
    pub(crate) fn put(&mut self, ids: Ids<'_>, vector: Vector<'_>, old: &RowSet) {
        if !self.is_block(ids) || !vector.is_owned() {
            return self.write(ids, &vector, old);
        }
        assert_eq!((vector.ty(), vector.len()), (self.ty, ids.len()), "values that do not fit the column");
        if self.logging {
            self.log(ids, old);
        }
        let kept = self.as_kept(&vector).unwrap_or(vector);
        self.put_block(ids, kept);
    }

    /// As [`Stored::put`], with texts by their codes in the dictionary of this column.
    ///
    /// # Panics
    /// As [`Stored::write`].
    pub(crate) fn put_codes(&mut self, ids: Ids<'_>, coded: Coded, old: &RowSet) {
        let kept = coded.into_vector();
        assert_eq!((self.ty, kept.len()), (Type::String, ids.len()), "codes that do not fit the column");
        if self.logging {
            self.log(ids, old);
        }
        if self.is_block(ids) { self.put_block(ids, kept) } else { self.write_kept(ids, &kept) }
    }

    /// Whether `ids` are all those of a block.
    fn is_block(&self, ids: Ids<'_>) -> bool {
        matches!(ids, Ids::Range { start, len } if len == 1 << self.log2 && start & self.mask() == 0)
    }

    /// Makes values in the form in which they are kept a block.
    fn put_block(&mut self, ids: Ids<'_>, kept: Vector<'_>) {
        let block = Block::of(kept);
        self.bytes += block.slot_bytes() + block.heap_bytes();
        if let Some(before) = Arc::make_mut(&mut self.spine).set(ids.get(0) >> self.log2, block) {
            self.bytes -= before.slot_bytes() + before.heap_bytes();
        }
    }

    /// The values in the form in which they are kept, if it is another: text as codes, lists packed.
    fn as_kept(&mut self, vector: &Vector<'_>) -> Option<Vector<'static>> {
        self.as_codes(vector).or_else(|| vector.packed())
    }

    /// Keeps what stands at `ids`, of those in `old`: a block of which much changes as it is, else value by value.
    fn log(&mut self, ids: Ids<'_>, old: &RowSet) {
        if old.last().is_none_or(|last| ids.iter().all(|id| id > last)) {
            return;
        }
        let mut single = Vec::new();
        by_block(ids, self.log2, |number, range| match self.spine.shared(number) {
            _ if self.undo.block(number).is_some() => {}
            // A block that a pin holds is copied before it is written, whatever is written.
            Some(block) if Arc::strong_count(block) > 1 || range.len() * WHOLE_FROM > block.len() => {
                self.undo.keep(number, block.clone());
            }
            _ => single.push(range),
        });
        let rows = match single.iter().map(Range::len).sum::<usize>() {
            0 => return,
            all if all == ids.len() => ids.to_rowset(),
            _ => single.into_iter().flatten().map(|index| ids.get(index)).collect(),
        };
        let missing = self.undo.missing(rows.intersect(old));
        if !missing.is_empty() {
            let list = missing.to_vec();
            let values = self.read_from(self.blocks(), Ids::List(&list)).into_owned();
            self.undo.push(missing, values);
        }
    }

    /// Ends the cycle: forgets old values, and gives back the blocks of `dead` ids in which none of `alive` is left.
    pub(crate) fn commit(&mut self, dead: &RowSet, alive: &RowSet) {
        self.undo.clear();
        self.renew_texts();
        let mut last = None;
        for Range { start, end } in dead.runs() {
            for number in start >> self.log2..=(end - 1) >> self.log2 {
                let ids = number << self.log2..(number + 1) << self.log2;
                if last.replace(number) == Some(number) || alive.intersects_range(ids) {
                    continue;
                }
                if let Some(block) = Arc::make_mut(&mut self.spine).remove(number) {
                    self.bytes -= block.slot_bytes() + block.heap_bytes();
                }
            }
        }
    }

    /// The same column without a value: what a failed operator's becomes.
    pub(crate) fn emptied(&self) -> Stored {
        Stored { logging: self.logging, ..Stored::new(self.ty, self.log2) }
    }

    /// Checks the structure: order of the spine, and that the bytes counted are the bytes there.
    pub(crate) fn validate(&self) -> Result<(), String> {
        self.spine.validate()?;
        self.dictionary.as_ref().map_or(Ok(()), Dictionary::validate)?;
        let bytes: usize = self.spine.blocks().map(|block| block.slot_bytes() + block.heap_bytes()).sum();
        if bytes == self.bytes { Ok(()) } else { Err(format!("{} bytes counted, {bytes} there", self.bytes)) }
    }
}

/// Ids from which on blocks are looked for before values are read: then nothing but the values is waited for, and the
/// processor waits for many at once.
const MANY_IDS: usize = 256;

/// Blocks side by side.
pub(super) struct Scattered<S> {
    blocks: Vec<S>,
    first: u64,
    log2: u8,
}

impl<S> Scattered<S> {
    /// What is found in the blocks of ids, each at its slot; `None` if something is not there.
    pub(super) fn all<R: Clone + Default>(
        &self,
        ids: Ids<'_>,
        find: impl Fn(&S, usize) -> Option<R>,
    ) -> Option<Vec<R>> {
        let Ids::List(list) = ids else { return None };
        let mut are_all = true;
        let found = list.iter().map(|&id| {
            let block = &self.blocks[((id >> self.log2) - self.first) as usize];
            find(block, (id & ((1 << self.log2) - 1)) as usize).unwrap_or_else(|| {
                are_all = false;
                R::default()
            })
        });
        let found: Vec<R> = found.collect();
        are_all.then_some(found)
    }
}
