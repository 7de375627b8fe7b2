//! [`ByNumber`]: keys of one column whose values are whole numbers, or as good as such.

use std::borrow::Cow;

use super::NO_SLOT;
use super::numbers::Numbers;
use crate::types::Type;
use crate::vector::{Bits, Native, NativeKind, Values, Vector};

/// Distinct values of a column by slot.
#[derive(Debug)]
pub(super) struct ByNumber {
    ty: Type,
    numbers: Numbers,
    /// The slot of null.
    null: u32,
}

/// Runs `$body` with `$number` giving the number of each row.
macro_rules! with_numbers {
    ($key:expr, $number:ident => $body:expr) => {
        match $key.values() {
            Values::Bool(v) => with_numbers!(row, i64::from(v.get(row)), $number => $body),
            Values::I8(v) => with_numbers!(row, i64::from(v[row]), $number => $body),
            Values::I16(v) => with_numbers!(row, i64::from(v[row]), $number => $body),
            Values::I32(v) => with_numbers!(row, i64::from(v[row]), $number => $body),
            Values::I64(v) => with_numbers!(row, v[row], $number => $body),
            Values::U16(v) => with_numbers!(row, i64::from(v[row]), $number => $body),
            _ => unreachable!("only types that are numbers are looked up so"),
        }
    };
    ($row:ident, $value:expr, $number:ident => $body:expr) => {{
        let $number = |$row: usize| of_value($value);
        $body
    }};
}

/// Numbers ascend with the values, so that values close together make numbers close together.
#[inline]
fn of_value(value: i64) -> u64 {
    value as u64 ^ 1 << 63
}

#[inline]
fn value_of(number: u64) -> i64 {
    (number ^ 1 << 63) as i64
}

impl ByNumber {
    /// Whether values of a type can be looked up so.
    pub(super) fn takes(ty: Type) -> bool {
        matches!(
            NativeKind::of(ty),
            NativeKind::Bool | NativeKind::I8 | NativeKind::I16 | NativeKind::I32 | NativeKind::I64 | NativeKind::U16
        )
    }

    pub(super) fn new(ty: Type) -> Self {
        ByNumber { ty, numbers: Numbers::default(), null: NO_SLOT }
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

    /// Puts the slot of each key into `out`. A key that is not there yet gets one.
    pub(super) fn place(&mut self, key: &Vector<'_>, out: &mut Vec<u32>) {
        self.locate(key, out);
        if !out.contains(&NO_SLOT) {
            return;
        }
        with_numbers!(key, number => {
            for (row, slot) in out.iter_mut().enumerate() {
                if *slot != NO_SLOT {
                    continue;
                }
                *slot = if key.is_valid(row) { self.numbers.place(number(row)).0 } else { self.place_null() };
            }
        });
    }

    fn place_null(&mut self) -> u32 {
        if self.null == NO_SLOT {
            self.null = self.numbers.place_apart();
        }
        self.null
    }

    /// Puts the slot of each key into `out`, [`NO_SLOT`] for one that is not there.
    pub(super) fn locate(&mut self, key: &Vector<'_>, out: &mut Vec<u32>) {
        with_numbers!(key, number => self.numbers.find((0..key.len()).map(number), out));
        if let Some(valid) = key.valid() {
            valid.not().ones().for_each(|row| out[row] = self.null);
        }
    }

    /// Puts the keys of another table, from which none was removed and none of which is here, in behind those here.
    pub(super) fn append(&mut self, other: &ByNumber) {
        if other.null != NO_SLOT {
            self.null = self.slots() as u32 + other.null;
        }
        self.numbers.append(&other.numbers, other.null);
    }

    pub(super) fn index(&mut self) {
        self.numbers.index();
    }

    pub(super) fn remove(&mut self, slot: u32) {
        if slot == self.null {
            self.null = NO_SLOT;
            return self.numbers.remove_apart(slot);
        }
        self.numbers.remove(slot);
    }

    /// The keys of slots.
    pub(super) fn keys(&self, slots: &[u32]) -> Vector<'static> {
        let valid = slots.contains(&self.null).then(|| Bits::from_fn(slots.len(), |at| slots[at] != self.null));
        let value = |&slot: &u32| if slot == self.null { 0 } else { value_of(self.numbers.number(slot)) };
        let values = match NativeKind::of(self.ty) {
            NativeKind::Bool => Values::Bool(Bits::from_fn(slots.len(), |at| value(&slots[at]) != 0)),
            NativeKind::I8 => cast::<i8>(slots.iter().map(value), |value| value as i8),
            NativeKind::I16 => cast::<i16>(slots.iter().map(value), |value| value as i16),
            NativeKind::I32 => cast::<i32>(slots.iter().map(value), |value| value as i32),
            NativeKind::U16 => cast::<u16>(slots.iter().map(value), |value| value as u16),
            _ => cast::<i64>(slots.iter().map(value), |value| value),
        };
        Vector::new(self.ty, values, valid)
    }

    pub(super) fn bytes(&self) -> usize {
        self.numbers.bytes()
    }

    pub(super) fn validate(&self) -> Result<(), String> {
        self.numbers.validate(usize::from(self.null != NO_SLOT))
    }
}

fn cast<T: Native>(values: impl Iterator<Item = i64>, cast: impl Fn(i64) -> T) -> Values<'static> {
    T::wrap(Cow::Owned(values.map(cast).collect()))
}
