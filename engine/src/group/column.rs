//! [`KeyColumn`]: one column of the keys of a table, by slot.

use std::borrow::Cow;

use crate::match_values;
use crate::types::{List, Str, Type};
use crate::vector::{Bits, Native, Values, Vector};

/// The values of one key column by slot.
#[derive(Debug)]
pub(super) struct KeyColumn {
    ty: Type,
    values: Values<'static>,
    /// `None` until a null is among the keys.
    valid: Option<Bits>,
}

/// Equality as keys.
trait KeyValue: Native {
    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

impl KeyValue for i8 {}
impl KeyValue for i16 {}
impl KeyValue for i32 {}
impl KeyValue for i64 {}
impl KeyValue for i128 {}
impl KeyValue for u16 {}
impl KeyValue for Str {}

impl KeyValue for List {
    fn same(&self, other: &Self) -> bool {
        List::same(self, other)
    }
}

impl KeyValue for f32 {
    fn same(&self, other: &Self) -> bool {
        self == other || (self.is_nan() && other.is_nan())
    }
}

impl KeyValue for f64 {
    fn same(&self, other: &Self) -> bool {
        self == other || (self.is_nan() && other.is_nan())
    }
}

impl KeyColumn {
    pub(super) fn new(ty: Type) -> Self {
        KeyColumn { ty, values: Values::empty(ty), valid: None }
    }

    pub(super) fn ty(&self) -> Type {
        self.ty
    }

    pub(super) fn has_no_null(&self) -> bool {
        self.valid.is_none()
    }

    pub(super) fn texts(&self) -> Option<&[Str]> {
        Str::slice(&self.values)
    }

    /// Whether the value of a slot and that of a row are one key.
    pub(super) fn same(&self, slot: usize, key: &Vector<'_>, row: usize) -> bool {
        let kept = self.valid.as_ref().is_none_or(|valid| valid.get(slot));
        if !(kept && key.is_valid(row)) {
            return kept == key.is_valid(row);
        }
        match (&self.values, key.values()) {
            (Values::Bool(kept), Values::Bool(key)) => kept.get(slot) == key.get(row),
            (Values::I8(kept), Values::I8(key)) => kept[slot].same(&key[row]),
            (Values::I16(kept), Values::I16(key)) => kept[slot].same(&key[row]),
            (Values::I32(kept), Values::I32(key)) => kept[slot].same(&key[row]),
            (Values::I64(kept), Values::I64(key)) => kept[slot].same(&key[row]),
            (Values::F32(kept), Values::F32(key)) => kept[slot].same(&key[row]),
            (Values::F64(kept), Values::F64(key)) => kept[slot].same(&key[row]),
            (Values::I128(kept), Values::I128(key)) => kept[slot].same(&key[row]),
            (Values::U16(kept), Values::U16(key)) => kept[slot].same(&key[row]),
            (Values::Str(kept), Values::Str(key)) => kept[slot].same(&key[row]),
            (Values::List(kept), Values::List(key)) => KeyValue::same(&kept[slot], &key[row]),
            _ => false,
        }
    }

    /// Gives a slot, the next new one or an old one, the value of a row.
    pub(super) fn set(&mut self, slot: usize, key: &Vector<'_>, row: usize) {
        let len = self.values.len();
        let is_valid = key.is_valid(row);
        if !is_valid || self.valid.is_some() {
            let valid = self.valid.get_or_insert_with(|| Bits::filled(true, len));
            if slot == valid.len() {
                valid.push(is_valid);
            } else {
                valid.set(slot, is_valid);
            }
        }
        match (&mut self.values, key.values()) {
            (Values::Bool(kept), Values::Bool(key)) if slot == len => kept.push(is_valid && key.get(row)),
            (Values::Bool(kept), Values::Bool(key)) => kept.set(slot, is_valid && key.get(row)),
            (Values::I8(kept), Values::I8(key)) => put(kept, slot, is_valid.then(|| &key[row])),
            (Values::I16(kept), Values::I16(key)) => put(kept, slot, is_valid.then(|| &key[row])),
            (Values::I32(kept), Values::I32(key)) => put(kept, slot, is_valid.then(|| &key[row])),
            (Values::I64(kept), Values::I64(key)) => put(kept, slot, is_valid.then(|| &key[row])),
            (Values::F32(kept), Values::F32(key)) => put(kept, slot, is_valid.then(|| &key[row])),
            (Values::F64(kept), Values::F64(key)) => put(kept, slot, is_valid.then(|| &key[row])),
            (Values::I128(kept), Values::I128(key)) => put(kept, slot, is_valid.then(|| &key[row])),
            (Values::U16(kept), Values::U16(key)) => put(kept, slot, is_valid.then(|| &key[row])),
            (Values::Str(kept), Values::Str(key)) => put(kept, slot, is_valid.then(|| &key[row])),
            (Values::List(kept), Values::List(key)) => put(kept, slot, is_valid.then(|| &key[row])),
            _ => {}
        }
    }

    /// Forgets the value of a slot: texts and lists give their bytes back.
    pub(super) fn clear(&mut self, slot: usize) {
        match &mut self.values {
            Values::Str(kept) => kept.to_mut()[slot] = Str::default(),
            Values::List(kept) => kept.to_mut()[slot] = List::default(),
            _ => {}
        }
    }

    /// The values of these slots.
    pub(super) fn take(&self, slots: &[u32]) -> Vector<'static> {
        let bits = |bits: &Bits| Bits::from_fn(slots.len(), |at| bits.get(slots[at] as usize));
        let values = match_values!(
            &self.values,
            kept => Values::Bool(bits(kept)),
            kept => gather(kept, slots)
        );
        Vector::new(self.ty, values, self.valid.as_ref().map(bits))
    }

    pub(super) fn bytes(&self) -> usize {
        let values = match_values!(
            &self.values,
            bits => bits.words().len() * 8,
            values => size_of_val(&values[..]) + values.iter().map(Native::heap_bytes).sum::<usize>()
        );
        values + self.valid.as_ref().map_or(0, |valid| valid.words().len() * 8)
    }
}

fn put<T: Native>(kept: &mut Cow<'static, [T]>, slot: usize, value: Option<&T>) {
    let value = value.cloned().unwrap_or_default();
    let kept = kept.to_mut();
    if slot == kept.len() {
        kept.push(value);
    } else {
        kept[slot] = value;
    }
}

fn gather<T: Native>(kept: &[T], slots: &[u32]) -> Values<'static> {
    T::wrap(slots.iter().map(|&slot| kept[slot as usize].clone()).collect())
}
