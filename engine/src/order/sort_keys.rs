//! [`SortKeys`]: what rows are sorted by, as numbers that compare as the rows do.

use std::cmp::Ordering;
use std::ops::{BitAnd, BitOr, Not};

use super::total;
use crate::Result;
use crate::column::{Column, Ids, View};
use crate::graph::Cx;
use crate::match_values;
use crate::types::{List, Str, Type};
use crate::vector::{Bits, Vector};

/// A column to sort by.
#[derive(Clone, Debug)]
pub(crate) struct SortKey {
    pub(crate) column: Column,
    pub(crate) descending: bool,
}

/// A number that keys are packed into: of as few bits as there are, since many are held and compared.
pub(crate) trait Packed:
    Copy + Ord + Default + Send + Sync + Into<u128> + BitAnd<Output = Self> + BitOr<Output = Self> + Not<Output = Self>
{
    /// All bits set.
    const MAX: Self;

    /// Of a key that has no more bits.
    fn of(key: u128) -> Self;
}

macro_rules! packed {
    ($($ty:ty),*) => {$(
        impl Packed for $ty {
            const MAX: Self = <$ty>::MAX;

            fn of(key: u128) -> Self {
                key as $ty
            }
        }
    )*};
}

packed!(u64, u128);

/// The columns to sort by, and how their cells are packed into a number of 128 bits, the first column on top.
///
/// Numbers are packed whole, text by its first bytes. Where a cell is not packed whole, the columns after it are not
/// packed at all: they matter only once that cell has decided. Of two rows of the same number the cells decide, unless
/// all that was packed is all there is.
#[derive(Clone, Debug)]
pub(crate) struct SortKeys {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
struct Part {
    key: SortKey,
    /// Bits it has in the number; 0 if the columns before it left none.
    bits: u32,
    /// Bits that its cells would need: fewer are kept of the top.
    whole: u32,
    /// Bits of the parts after it.
    below: u32,
}

/// Bits that tell a text's length, up to one more than the bytes packed.
const LENGTH_BITS: u32 = 5;
/// One bit tells null from text.
const TEXT_EXTRA: u32 = LENGTH_BITS + 1;
/// Bytes of text packed at most.
const TEXT_BYTES: u32 = 15;

impl SortKeys {
    pub(crate) fn new(keys: Vec<SortKey>) -> Self {
        let wholes: Vec<u32> = keys.iter().map(|key| whole_bits(key.column.ty())).collect();
        let mut left = u128::BITS;
        let mut parts = Vec::with_capacity(keys.len());
        for (at, key) in keys.into_iter().enumerate() {
            let after: u32 = wholes[at + 1..].iter().map(|&whole| whole.min(64)).sum();
            let bits = match key.column.ty() {
                // The columns after a text get what they need, if a fair part is left for the text.
                Type::String => text_bits(left.saturating_sub(after).max(left / 2)),
                _ => wholes[at].min(left),
            };
            left -= bits;
            parts.push(Part { key, bits, whole: wholes[at], below: 0 });
        }
        let mut below = 0;
        for part in parts.iter_mut().rev() {
            part.below = below;
            below += part.bits;
        }
        SortKeys { parts }
    }

    /// Bits that keys take packed.
    pub(crate) fn bits(&self) -> u32 {
        self.parts.iter().map(|part| part.bits).sum()
    }

    /// Packs the keys of rows, one a row, into numbers that are zero.
    pub(crate) fn pack<K: Packed>(&self, cx: &Cx<'_>, ids: Ids<'_>, packed: &mut [K]) -> Result<()> {
        for (at, part) in self.parts.iter().enumerate().filter(|(_, part)| part.bits > 0) {
            let before = &self.parts[..at];
            part.pack(&cx.read(&part.key.column, ids, View::New)?, before, packed);
        }
        Ok(())
    }

    /// Whether rows with this packed key have the same cells in all columns.
    pub(crate) fn is_whole(&self, packed: u128) -> bool {
        self.parts.iter().all(|part| part.is_whole(packed))
    }

    /// The cells of rows, column by column.
    pub(crate) fn cells(&self, cx: &Cx<'_>, ids: &[u64]) -> Result<Vec<Vector<'static>>> {
        let read = |part: &Part| Ok(cx.read(&part.key.column, Ids::List(ids), View::New)?.into_owned());
        self.parts.iter().map(read).collect()
    }

    /// How two rows stand to each other by their cells.
    pub(crate) fn compare_cells(&self, cells: &[Vector<'_>], a: usize, b: usize) -> Ordering {
        let orders = self.parts.iter().zip(cells).map(|(part, cells)| {
            let order = total::compare(&cells.value(a), &cells.value(b));
            if part.key.descending { order.reverse() } else { order }
        });
        orders.fold(Ordering::Equal, Ordering::then)
    }
}

/// Bits that a cell of a type takes whole.
fn whole_bits(ty: Type) -> u32 {
    match ty {
        Type::Bool => 2,
        Type::I8 => 9,
        Type::I16 | Type::Char => 17,
        Type::I32 | Type::Date => 33,
        Type::F32 => 32,
        Type::I64 | Type::Timestamp | Type::Time | Type::Duration | Type::F64 => 64,
        _ => 128,
    }
}

/// As many bits, of those there are, as whole bytes of text can use.
fn text_bits(left: u32) -> u32 {
    if left < TEXT_EXTRA { 0 } else { ((left - TEXT_EXTRA) / 8).min(TEXT_BYTES) * 8 + TEXT_EXTRA }
}

impl Part {
    fn mask(&self) -> u128 {
        if self.bits == u128::BITS { u128::MAX } else { (1 << self.bits) - 1 }
    }

    /// Adds the cells of a column to the numbers in which all parts before are whole.
    fn pack<K: Packed>(&self, cells: &Vector<'_>, before: &[Part], packed: &mut [K]) {
        let code: Coder<'_, K> = Coder { part: self, before, valid: cells.valid(), packed };
        match_values!(
            cells.values(),
            bits => code.fill(bits.iter().map(|bit| 1 + u128::from(bit))),
            values => code.fill(values.iter().map(|value| value.code(self.bits)))
        );
    }

    /// Whether the cell packed here is all told by its code.
    fn is_whole(&self, packed: u128) -> bool {
        if self.bits == 0 {
            return false;
        }
        let code = packed >> self.below & self.mask();
        let code = if self.key.descending { !code & self.mask() } else { code };
        match self.key.column.ty() {
            Type::String => code & ((1 << LENGTH_BITS) - 1) <= u128::from((self.bits - TEXT_EXTRA) / 8),
            // The two least values share a code where there is no bit to spare for null.
            _ => self.bits == self.whole && (self.whole < 64 || code != 1),
        }
    }
}

struct Coder<'a, K> {
    part: &'a Part,
    before: &'a [Part],
    valid: Option<&'a Bits>,
    packed: &'a mut [K],
}

impl<K: Packed> Coder<'_, K> {
    /// Takes codes, in which 0 stands for null, as they are for a whole cell of any type but text.
    fn fill(self, codes: impl Iterator<Item = u128>) {
        let Coder { part, before, valid, packed } = self;
        let cut = if part.key.column.ty() == Type::String { 0 } else { part.whole - part.bits };
        let flip = if part.key.descending { part.mask() } else { 0 };
        for (at, (packed, code)) in packed.iter_mut().zip(codes).enumerate() {
            let code = if valid.is_none_or(|valid| valid.get(at)) { code >> cut } else { 0 };
            if before.iter().all(|part| part.is_whole((*packed).into())) {
                *packed = *packed | K::of((code ^ flip) << part.below);
            }
        }
    }
}

/// A value as a number that ascends with it and is never 0.
trait Code {
    fn code(&self, bits: u32) -> u128;
}

macro_rules! narrow_integers {
    ($($ty:ty),*) => {$(
        impl Code for $ty {
            fn code(&self, _bits: u32) -> u128 {
                (i64::from(*self) - i64::from(<$ty>::MIN)) as u128 + 1
            }
        }
    )*};
}

narrow_integers!(i8, i16, i32, u16);

impl Code for i64 {
    fn code(&self, _bits: u32) -> u128 {
        u128::from((*self as u64 ^ 1 << 63).max(1))
    }
}

impl Code for i128 {
    fn code(&self, _bits: u32) -> u128 {
        (*self as u128 ^ 1 << 127).max(1)
    }
}

macro_rules! floats {
    ($($ty:ty, $bits:ty);*) => {$(
        impl Code for $ty {
            fn code(&self, _bits: u32) -> u128 {
                const SIGN: $bits = 1 << (<$bits>::BITS - 1);
                // All NaN are one, and so are the zeros.
                let bits = if self.is_nan() { <$ty>::NAN.to_bits() & !SIGN } else { (*self + 0.0).to_bits() };
                u128::from(if bits & SIGN != 0 { !bits } else { bits | SIGN })
            }
        }
    )*};
}

floats!(f32, u32; f64, u64);

/// Lists have no order: a table is not sorted by them.
impl Code for List {
    fn code(&self, _bits: u32) -> u128 {
        1
    }
}

impl Code for Str {
    fn code(&self, bits: u32) -> u128 {
        let packed = ((bits - TEXT_EXTRA) / 8) as usize;
        let text = self.as_str().as_bytes();
        let mut first = [0; 16];
        let taken = text.len().min(packed);
        first[..taken].copy_from_slice(&text[..taken]);
        // The first byte stands above the others, and what is not there is zero.
        let first = u128::from_be_bytes(first) >> (128 - 8 * packed as u32).min(127);
        let first = if packed == 0 { 0 } else { first };
        1 << (bits - 1) | first << LENGTH_BITS | text.len().min(packed + 1) as u128
    }
}
