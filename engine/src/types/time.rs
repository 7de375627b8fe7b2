use std::fmt;

use super::clock::{Fraction, SECOND, split};

/// A time of day without a zone: nanoseconds since midnight, below 24 hours.
///
/// ```
/// use headwater_engine::Time;
/// let t = Time::parse("09:30:00.5").unwrap();
/// assert_eq!(t.nanos(), 34_200_500_000_000);
/// assert_eq!(t.to_string(), "09:30:00.5");
/// assert_eq!(Time::from_nanos(-1), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Time(i64);

impl Time {
    /// One more than the nanoseconds of the last time of a day.
    pub const LIMIT: i64 = 24 * 3600 * SECOND;

    /// The time `nanos` nanoseconds after midnight; `None` outside the day.
    pub const fn from_nanos(nanos: i64) -> Option<Self> {
        if nanos >= 0 && nanos < Self::LIMIT { Some(Time(nanos)) } else { None }
    }

    /// A time of a column, whose values were checked when they came in.
    pub(crate) const fn of_column(nanos: i64) -> Self {
        Time(nanos)
    }

    /// Nanoseconds since midnight.
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// Reads `HH:MM`, `HH:MM:SS` and `HH:MM:SS.fffffffff`, and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() < 5 || bytes[2] != b':' || (bytes.len() > 5 && (bytes.len() < 8 || bytes[5] != b':')) {
            return None;
        }
        let time: jiff::civil::Time = text.parse().ok()?;
        let seconds = i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
        Some(Time(seconds * SECOND + i64::from(time.subsec_nanosecond())))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hours, minutes, seconds, nanos) = split(self.0.unsigned_abs());
        f.pad(&format!("{hours:02}:{minutes:02}:{seconds:02}{}", Fraction(nanos)))
    }
}
