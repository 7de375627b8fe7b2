//! [`Block`]: the values of `1 << log2` neighbouring ids, as far as they were written.

use std::borrow::Cow;
use std::ops::Range;

use crate::match_values;
use crate::types::Type;
use crate::vector::{Bits, Native, Values, Vector};

/// The values of neighbouring ids. Slots after the last one written are not kept; a slot under a null is zeroed.
#[derive(Debug)]
pub(crate) struct Block {
    values: Values<'static>,
    /// `None` when no slot is null.
    valid: Option<Bits>,
}

/// A copy has the room of the original: what is counted as held does not depend on who held a pin.
impl Clone for Block {
    fn clone(&self) -> Self {
        #[allow(clippy::ptr_arg, reason = "the room of an owned slice is asked for")]
        fn copy<T: Native>(from: &Cow<'static, [T]>) -> Cow<'static, [T]> {
            let mut to = Vec::with_capacity(room(from) / size_of::<T>());
            to.extend_from_slice(from);
            Cow::Owned(to)
        }
        let values = match &self.values {
            Values::Bool(v) => Values::Bool(v.clone()),
            Values::I8(v) => Values::I8(copy(v)),
            Values::I16(v) => Values::I16(copy(v)),
            Values::I32(v) => Values::I32(copy(v)),
            Values::I64(v) => Values::I64(copy(v)),
            Values::F32(v) => Values::F32(copy(v)),
            Values::F64(v) => Values::F64(copy(v)),
            Values::I128(v) => Values::I128(copy(v)),
            Values::U16(v) => Values::U16(copy(v)),
            Values::Str(v) => Values::Str(copy(v)),
            Values::List(v) => Values::List(copy(v)),
        };
        Block { values, valid: self.valid.clone() }
    }
}

/// Slots a block starts with: small tables should not pay for whole blocks.
const FIRST_SLOTS: usize = 64;

impl Block {
    pub(crate) fn new(ty: Type) -> Self {
        Block { values: Values::empty(ty), valid: None }
    }

    /// A block that keeps the values of a vector, all its slots written.
    pub(crate) fn of(vector: Vector<'_>) -> Self {
        let (_, mut values, valid) = vector.into_owned().into_parts();
        if let Some(valid) = &valid {
            let nulls = valid.not();
            match_values!(
                &mut values,
                bits => *bits = bits.and(valid),
                values => {
                    let values = values.to_mut();
                    nulls.ones().for_each(|slot| values[slot] = Default::default());
                }
            );
        }
        Block { values, valid }
    }

    /// Slots kept.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    pub(crate) fn values(&self) -> &Values<'static> {
        &self.values
    }

    /// Keeps the same values in another form.
    pub(crate) fn replace(&mut self, values: Values<'static>) {
        debug_assert_eq!(values.len(), self.len());
        self.values = values;
    }

    pub(crate) fn valid(&self) -> Option<&Bits> {
        self.valid.as_ref()
    }

    pub(crate) fn is_valid(&self, slot: usize) -> bool {
        self.valid.as_ref().is_none_or(|valid| valid.get(slot))
    }

    /// The slots, to be written over; `None` if nulls are among them.
    pub(crate) fn slots_mut<T: Native>(&mut self) -> Option<&mut [T]> {
        if self.valid.is_some() { None } else { T::slice_mut(&mut self.values) }
    }

    /// Makes room for `slots` slots: a small block at most doubles, one on its way to be full becomes so at once.
    fn reserve(&mut self, slots: usize, full: usize) {
        let room = match slots.next_power_of_two().max(FIRST_SLOTS) {
            room if room * 4 >= full => full,
            room => room,
        };
        match_values!(&mut self.values, _ => {}, values => {
            let values = values.to_mut();
            if values.capacity() < slots {
                values.reserve_exact(room - values.len());
            }
        });
    }

    /// Makes slots up to `slots`, holding nothing yet.
    fn extend(&mut self, slots: usize) {
        let len = self.len();
        if slots <= len {
            return;
        }
        match_values!(
            &mut self.values,
            bits => bits.push_many(false, slots - len),
            values => values.to_mut().resize(slots, Default::default())
        );
        if let Some(valid) = &mut self.valid {
            valid.push_many(true, slots - len);
        }
    }

    /// Puts `range` of `from` behind the last slot; gives the change of bytes outside the slots.
    fn append(&mut self, from: &Vector<'_>, range: Range<usize>) -> isize {
        let mut heap = 0;
        match (&mut self.values, from.values()) {
            (Values::Bool(to), Values::Bool(from)) => to.extend_range(from, range.clone()),
            (Values::I8(to), Values::I8(from)) => to.to_mut().extend_from_slice(&from[range.clone()]),
            (Values::I16(to), Values::I16(from)) => to.to_mut().extend_from_slice(&from[range.clone()]),
            (Values::I32(to), Values::I32(from)) => to.to_mut().extend_from_slice(&from[range.clone()]),
            (Values::I64(to), Values::I64(from)) => to.to_mut().extend_from_slice(&from[range.clone()]),
            (Values::F32(to), Values::F32(from)) => to.to_mut().extend_from_slice(&from[range.clone()]),
            (Values::F64(to), Values::F64(from)) => to.to_mut().extend_from_slice(&from[range.clone()]),
            (Values::I128(to), Values::I128(from)) => to.to_mut().extend_from_slice(&from[range.clone()]),
            (Values::U16(to), Values::U16(from)) => to.to_mut().extend_from_slice(&from[range.clone()]),
            (Values::Str(to), Values::Str(from)) => heap = append(to.to_mut(), &from[range.clone()]),
            (Values::List(to), Values::List(from)) => heap = append(to.to_mut(), &from[range.clone()]),
            _ => unreachable!("a column is written with values of its own type"),
        }
        if let Some(valid) = &mut self.valid {
            valid.push_many(true, range.len());
        }
        heap
    }

    /// Writes `range` of `from` to `slots`; gives the change of bytes outside the slots.
    pub(crate) fn write(&mut self, full: usize, slots: Slots<'_>, from: &Vector<'_>, range: Range<usize>) -> isize {
        let end = slots.end(range.len());
        self.reserve(end, full);
        if matches!(slots, Slots::From(slot) if slot == self.len()) {
            let heap = self.append(from, range.clone());
            return heap + self.write_validity(slots, from.valid(), range);
        }
        self.extend(end);
        let mut heap = 0;
        match (&mut self.values, from.values()) {
            (Values::Bool(to), Values::Bool(from)) => match slots {
                Slots::From(slot) => to.copy_from(slot, from, range.clone()),
                Slots::List { .. } => {
                    for (at, index) in range.clone().enumerate() {
                        to.set(slots.get(at), from.get(index));
                    }
                }
            },
            (Values::I8(to), Values::I8(from)) => copy(to.to_mut(), slots, &from[range.clone()]),
            (Values::I16(to), Values::I16(from)) => copy(to.to_mut(), slots, &from[range.clone()]),
            (Values::I32(to), Values::I32(from)) => copy(to.to_mut(), slots, &from[range.clone()]),
            (Values::I64(to), Values::I64(from)) => copy(to.to_mut(), slots, &from[range.clone()]),
            (Values::F32(to), Values::F32(from)) => copy(to.to_mut(), slots, &from[range.clone()]),
            (Values::F64(to), Values::F64(from)) => copy(to.to_mut(), slots, &from[range.clone()]),
            (Values::I128(to), Values::I128(from)) => copy(to.to_mut(), slots, &from[range.clone()]),
            (Values::U16(to), Values::U16(from)) => copy(to.to_mut(), slots, &from[range.clone()]),
            (Values::Str(to), Values::Str(from)) => heap = share(to.to_mut(), slots, &from[range.clone()]),
            (Values::List(to), Values::List(from)) => heap = share(to.to_mut(), slots, &from[range.clone()]),
            _ => unreachable!("a column is written with values of its own type"),
        }
        heap + self.write_validity(slots, from.valid(), range)
    }

    fn write_validity(&mut self, slots: Slots<'_>, from: Option<&Bits>, range: Range<usize>) -> isize {
        if from.is_none() && self.valid.is_none() {
            return 0;
        }
        let len = self.len();
        let valid = self.valid.get_or_insert_with(|| Bits::filled(true, len));
        let mut heap = 0;
        for (at, index) in range.enumerate() {
            let slot = slots.get(at);
            let is_valid = from.is_none_or(|from| from.get(index));
            valid.set(slot, is_valid);
            if is_valid {
                continue;
            }
            match_values!(
                &mut self.values,
                bits => bits.set(slot, false),
                values => heap -= std::mem::take(&mut values.to_mut()[slot]).heap_bytes() as isize
            );
        }
        heap
    }

    /// Bytes of the slots there is room for; text and items outside them not counted.
    pub(crate) fn slot_bytes(&self) -> usize {
        let values = match &self.values {
            Values::Bool(bits) => bits.words().len() * 8,
            Values::I8(v) => room(v),
            Values::I16(v) => room(v),
            Values::I32(v) => room(v),
            Values::I64(v) => room(v),
            Values::F32(v) => room(v),
            Values::F64(v) => room(v),
            Values::I128(v) => room(v),
            Values::U16(v) => room(v),
            Values::Str(v) => room(v),
            Values::List(v) => room(v),
        };
        values + self.valid.as_ref().map_or(0, |valid| valid.words().len() * 8)
    }

    /// Bytes of text and items outside the slots.
    pub(crate) fn heap_bytes(&self) -> usize {
        match &self.values {
            Values::Str(values) => heap_bytes(values),
            Values::List(values) => heap_bytes(values),
            _ => 0,
        }
    }
}

/// Bytes of the slots there is room for.
#[allow(clippy::ptr_arg, reason = "the room of an owned slice is asked for")]
fn room<T: Native>(values: &Cow<'_, [T]>) -> usize {
    match values {
        Cow::Borrowed(values) => size_of_val(*values),
        Cow::Owned(values) => values.capacity() * size_of::<T>(),
    }
}

/// The slots of a block that a piece of a batch goes to.
#[derive(Clone, Copy)]
pub(crate) enum Slots<'a> {
    /// Neighbouring slots from this one on.
    From(usize),
    /// The low bits of each id.
    List { ids: &'a [u64], mask: u64 },
}

impl Slots<'_> {
    fn get(&self, at: usize) -> usize {
        match self {
            Slots::From(slot) => slot + at,
            Slots::List { ids, mask } => (ids[at] & mask) as usize,
        }
    }

    /// One past the last slot of `count`.
    fn end(&self, count: usize) -> usize {
        match self {
            Slots::From(slot) => slot + count,
            Slots::List { ids, mask } => ids.iter().map(|id| (id & mask) as usize + 1).max().unwrap_or(0),
        }
    }
}

fn copy<T: Native + Copy>(to: &mut [T], slots: Slots<'_>, from: &[T]) {
    match slots {
        Slots::From(slot) => to[slot..slot + from.len()].copy_from_slice(from),
        Slots::List { ids, mask } => {
            for (id, value) in ids.iter().zip(from) {
                to[(id & mask) as usize] = *value;
            }
        }
    }
}

fn heap_bytes<T: Native>(values: &[T]) -> usize {
    values.iter().map(Native::heap_bytes).sum()
}

/// Puts values that keep bytes outside their slots behind the last one; gives these bytes.
fn append<T: Native>(to: &mut Vec<T>, from: &[T]) -> isize {
    to.extend_from_slice(from);
    heap_bytes(from) as isize
}

/// As [`copy`]; gives the change of bytes outside the slots.
fn share<T: Native>(to: &mut [T], slots: Slots<'_>, from: &[T]) -> isize {
    let mut heap = 0;
    for (at, value) in from.iter().enumerate() {
        let slot = &mut to[slots.get(at)];
        heap += value.heap_bytes() as isize - slot.heap_bytes() as isize;
        slot.clone_from(value);
    }
    heap
}
