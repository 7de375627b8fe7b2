//! Hashing keys a batch at a time, column by column.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::RandomState;

use crate::match_values;
use crate::types::{List, Str};
use crate::vector::Vector;

/// Stands for null in a hash: an odd constant that small numbers do not meet.
const NULL: u64 = 0x9e37_79b9_7f4a_7c15;

/// Hashes keys, with a seed of its own: whoever sends the rows cannot choose keys that collide.
#[derive(Clone, Debug, Default)]
pub(super) struct KeyHasher {
    state: RandomState,
}

/// A value as a number that is the same for equal keys.
trait Hashed {
    fn hashed(&self, state: &RandomState) -> u64;
}

macro_rules! integer {
    ($($ty:ty),*) => {$(
        impl Hashed for $ty {
            #[inline]
            fn hashed(&self, _: &RandomState) -> u64 {
                *self as u64
            }
        }
    )*};
}

integer!(i8, i16, i32, i64, u16);

macro_rules! float {
    ($($ty:ty),*) => {$(
        impl Hashed for $ty {
            #[inline]
            fn hashed(&self, _: &RandomState) -> u64 {
                // Adding zero makes -0.0 of 0.0; of the many NaN one stands for all.
                if self.is_nan() { <$ty>::NAN.to_bits().into() } else { (self + 0.0).to_bits().into() }
            }
        }
    )*};
}

float!(f32, f64);

impl Hashed for i128 {
    #[inline]
    fn hashed(&self, _: &RandomState) -> u64 {
        // Most decimals fit the lower half; the upper one turned keeps sign and size apart.
        *self as u64 ^ ((*self >> 64) as u64).rotate_left(32)
    }
}

impl Hashed for Str {
    #[inline]
    fn hashed(&self, state: &RandomState) -> u64 {
        let mut hasher = state.build_hasher();
        hasher.write(self.as_bytes());
        hasher.finish()
    }
}

impl Hashed for List {
    fn hashed(&self, state: &RandomState) -> u64 {
        let mut hasher = state.build_hasher();
        hasher.write_usize(self.len());
        if let Some((items, range)) = self.shared() {
            for at in range {
                hasher.write_u64(match_values!(
                    items.values(),
                    bits => if items.is_valid(at) { u64::from(bits.get(at)) } else { NULL },
                    values => if items.is_valid(at) { values[at].hashed(state) } else { NULL }
                ));
            }
        }
        hasher.finish()
    }
}

impl KeyHasher {
    /// Puts the hash of each of `rows` keys into `out`.
    pub(super) fn hash(&self, keys: &[Vector<'_>], rows: usize, out: &mut Vec<u64>) {
        out.clear();
        out.resize(rows, 0);
        for (column, key) in keys.iter().enumerate() {
            match_values!(
                key.values(),
                bits => self.mix(column, key, out, |row| u64::from(bits.get(row))),
                values => self.mix(column, key, out, |row| values[row].hashed(&self.state))
            );
        }
    }

    /// What a text is as a number.
    pub(super) fn of_text(&self, text: &Str) -> u64 {
        text.hashed(&self.state)
    }

    /// Mixes the numbers of a column into the hashes of those before it.
    #[inline]
    fn mix(&self, column: usize, key: &Vector<'_>, out: &mut [u64], number: impl Fn(usize) -> u64) {
        let mix = |hash: &mut u64, number: u64| {
            let mut hasher = self.state.build_hasher();
            if column > 0 {
                hasher.write_u64(*hash);
            }
            hasher.write_u64(number);
            *hash = hasher.finish();
        };
        match key.valid() {
            None => out.iter_mut().enumerate().for_each(|(row, hash)| mix(hash, number(row))),
            Some(valid) => {
                for (row, hash) in out.iter_mut().enumerate() {
                    mix(hash, if valid.get(row) { number(row) } else { NULL });
                }
            }
        }
    }
}
