use std::fmt;

/// An instant: nanoseconds since 1970-01-01T00:00:00Z, years 1677 to 2262.
///
/// ```
/// use headwater_engine::Timestamp;
/// let t = Timestamp::from_nanos(1_500_000_000);
/// assert_eq!(t.epoch_seconds(), 1);
/// assert_eq!(t.to_string(), "1970-01-01T00:00:01.5Z");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant `nanos` nanoseconds after the epoch.
    pub const fn from_nanos(nanos: i64) -> Self {
        Timestamp(nanos)
    }

    /// The instant `millis` milliseconds after the epoch; `None` outside the years 1677 to 2262.
    pub const fn from_millis(millis: i64) -> Option<Self> {
        match millis.checked_mul(1_000_000) {
            Some(nanos) => Some(Timestamp(nanos)),
            None => None,
        }
    }

    /// The instant `seconds` seconds after the epoch; `None` outside the years 1677 to 2262.
    pub const fn from_seconds(seconds: i64) -> Option<Self> {
        match seconds.checked_mul(1_000_000_000) {
            Some(nanos) => Some(Timestamp(nanos)),
            None => None,
        }
    }

    /// Nanoseconds since the epoch.
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded towards the past.
    pub const fn epoch_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000_000)
    }

    /// Whole milliseconds since the epoch, rounded towards the past.
    pub const fn epoch_millis(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stamp = jiff::Timestamp::from_nanosecond(i128::from(self.0));
        // Every i64 of nanoseconds lies inside jiff's range of years.
        match stamp {
            Ok(stamp) => f.pad(&stamp.to_string()),
            Err(_) => write!(f, "{} ns", self.0),
        }
    }
}
