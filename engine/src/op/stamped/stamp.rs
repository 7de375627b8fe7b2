//! [`Stamp`]: what rows stand in a line by.

use std::fmt::Debug;

use crate::order::{STAMP_BITS, stamps};
use crate::types::Str;
use crate::vector::{Native, Vector};

/// Bits below a number in a key: the place of a row among those of its stamp.
const PLACE_BITS: u32 = u128::BITS - STAMP_BITS;

/// Behind the places of all rows. Places are ids or labels, which have 63 bits; the bit above is set in all places of a
/// table that is reversed, and is left out.
const BEHIND: u64 = 1 << PLACE_BITS;

/// The value by which a row is found: a number for most types. The least stands for null.
pub(in crate::op) trait Stamp: Ord + Clone + Debug + Default + Send + Sync + 'static {
    /// A stamp and a place under it, as rows are compared by both.
    type Key: Ord + Clone + Debug + Send + Sync;

    /// The stamps of some values.
    fn read(values: &Vector<'_>) -> Vec<Self>;

    /// The key of a place, or of what is behind all places.
    fn with(&self, place: u64) -> Self::Key;

    /// The stamp in a key.
    fn of(key: &Self::Key) -> Self;

    /// The place in a key.
    fn place(key: &Self::Key) -> u64;

    /// The key of a row.
    fn key(&self, place: u64) -> Self::Key {
        self.with(place & (BEHIND - 1))
    }

    /// Where the rows of this stamp begin.
    fn front(&self) -> Self::Key {
        self.with(0)
    }

    /// Where the rows of this stamp end.
    fn back(&self) -> Self::Key {
        self.with(BEHIND)
    }
}

/// Numbers, in one word with the place.
impl Stamp for u128 {
    type Key = u128;

    fn read(values: &Vector<'_>) -> Vec<Self> {
        stamps(values)
    }

    fn with(&self, place: u64) -> u128 {
        (self << PLACE_BITS) + u128::from(place)
    }

    fn of(key: &u128) -> u128 {
        key >> PLACE_BITS
    }

    fn place(key: &u128) -> u64 {
        *key as u64 & (BEHIND - 1)
    }
}

/// Values that are more than a number of [`STAMP_BITS`] bits can hold.
trait Wide: Native + Ord {}

impl Wide for Str {}
impl Wide for i128 {}

impl<T: Wide> Stamp for Option<T> {
    type Key = (Option<T>, u64);

    fn read(values: &Vector<'_>) -> Vec<Self> {
        let all = values.native::<T>().unwrap_or_default();
        all.iter().enumerate().map(|(at, value)| values.is_valid(at).then(|| value.clone())).collect()
    }

    fn with(&self, place: u64) -> Self::Key {
        (self.clone(), place)
    }

    fn of((stamp, _): &Self::Key) -> Self {
        stamp.clone()
    }

    fn place(&(_, place): &Self::Key) -> u64 {
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_lie_between_the_front_and_the_back_of_their_stamp() {
        fn lies<S: Stamp>(ascending: &[S]) {
            assert_eq!(ascending[0], S::default());
            for stamp in ascending {
                for place in [0, 1, BEHIND - 1, u64::MAX] {
                    let key = stamp.key(place);
                    assert!(stamp.front() <= key && key < stamp.back());
                    assert_eq!((S::of(&key), S::place(&key)), (stamp.clone(), place & (BEHIND - 1)));
                }
            }
            assert!(ascending.windows(2).all(|pair| pair[0].back() <= pair[1].front()));
        }
        lies(&[0_u128, 1, 2, 1 << 64]);
        lies(&[None, Some(Str::from("")), Some("a".into()), Some("b".into())]);
        lies(&[None, Some(i128::MIN), Some(0), Some(i128::MAX)]);
    }
}
