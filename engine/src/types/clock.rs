//! Hours, minutes and seconds of nanoseconds, as times and time deltas print them.

use std::fmt;

/// Nanoseconds in a second.
pub(super) const SECOND: i64 = 1_000_000_000;

/// Hours, minutes, seconds and nanoseconds.
pub(super) fn split(nanos: u64) -> (u64, u64, u64, u64) {
    let second = SECOND.unsigned_abs();
    let seconds = nanos / second;
    (seconds / 3600, seconds / 60 % 60, seconds % 60, nanos % second)
}

/// Nanoseconds as a fraction of a second: `.5`, or nothing.
pub(super) struct Fraction(pub(super) u64);

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 { Ok(()) } else { write!(f, ".{}", format!("{:09}", self.0).trim_end_matches('0')) }
    }
}
