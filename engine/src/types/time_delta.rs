use std::fmt;
use std::time::Duration;

use crate::formula::time::{format_duration, parse_duration};

/// A length of time, of either sign: nanoseconds, up to 292 years. What a column of type `Duration` holds.
///
/// ```
/// use std::time::Duration;
/// use headwater_engine::TimeDelta;
/// let d = TimeDelta::parse("PT1H0.5S").unwrap();
/// assert_eq!(d.nanos(), 3_600_500_000_000);
/// assert_eq!(d.to_string(), "PT1H0.5S");
/// assert_eq!(TimeDelta::try_from(Duration::from_secs(90)).unwrap().to_string(), "PT1M30S");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct TimeDelta(i64);

impl TimeDelta {
    /// So many nanoseconds.
    pub const fn from_nanos(nanos: i64) -> Self {
        TimeDelta(nanos)
    }

    /// The nanoseconds.
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// Reads an ISO 8601 duration of fixed length: `PT1H30M`, `PT-0.5S`, `P1D`, `-P1W`; years and months have none.
    pub fn parse(text: &str) -> Option<Self> {
        parse_duration(text).map(TimeDelta)
    }
}

impl fmt::Display for TimeDelta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format_duration(self.0))
    }
}

impl TryFrom<Duration> for TimeDelta {
    type Error = std::num::TryFromIntError;

    /// # Errors
    /// If it is longer than 292 years.
    fn try_from(duration: Duration) -> Result<Self, Self::Error> {
        i64::try_from(duration.as_nanos()).map(TimeDelta)
    }
}
