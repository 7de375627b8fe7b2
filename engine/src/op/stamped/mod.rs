//! Rows in the order of a number, a date or a time, for each key: what joins that look for neighbours or ranges keep.

mod line;
mod lines;
mod side;

pub(super) use line::Line;
pub(super) use lines::Lines;
pub(super) use side::{Located, StampedSide};

use std::ops::RangeInclusive;

use crate::order::STAMP_BITS;

/// Bits below the stamp in a key of a line: the place of a row among those of its stamp.
const PLACE_BITS: u32 = u128::BITS - STAMP_BITS;

/// The greatest stamp.
pub(super) const LAST: u128 = (1 << STAMP_BITS) - 1;

/// The key of a row in a line. Places are ids or labels, which have 63 bits; the bit above is set in all places of a
/// table that is reversed, and is left out.
pub(super) fn key(stamp: u128, place: u64) -> u128 {
    stamp << PLACE_BITS | u128::from(place) & ((1 << PLACE_BITS) - 1)
}

/// The stamp in a key.
pub(super) fn stamp_of(key: u128) -> u128 {
    key >> PLACE_BITS
}

/// The keys of all rows of some stamps.
pub(super) fn keys(stamps: RangeInclusive<u128>) -> RangeInclusive<u128> {
    *stamps.start() << PLACE_BITS..=*stamps.end() << PLACE_BITS | ((1 << PLACE_BITS) - 1)
}

/// The last key before those of a stamp.
pub(super) fn before(stamp: u128) -> Option<u128> {
    (stamp << PLACE_BITS).checked_sub(1)
}

/// The first key after those of a stamp.
pub(super) fn after(stamp: u128) -> Option<u128> {
    (stamp < LAST).then(|| (stamp + 1) << PLACE_BITS)
}
