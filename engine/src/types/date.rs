use std::fmt;

/// A calendar day without a zone: days since 1970-01-01.
///
/// ```
/// use headwater_engine::Date;
/// assert_eq!(Date::from_days(20_454).to_string(), "2026-01-01");
/// assert_eq!(Date::parse("2026-01-01"), Some(Date::from_days(20_454)));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Date(i32);

const EPOCH: jiff::civil::Date = jiff::civil::date(1970, 1, 1);

impl Date {
    /// The day `days` days after 1970-01-01.
    pub const fn from_days(days: i32) -> Self {
        Date(days)
    }

    /// Days since 1970-01-01.
    pub const fn days(self) -> i32 {
        self.0
    }

    /// Reads `YYYY-MM-DD`, and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let date: jiff::civil::Date = text.parse().ok()?;
        Some(Date(date.since((jiff::Unit::Day, EPOCH)).ok()?.get_days()))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match EPOCH.checked_add(jiff::Span::new().try_days(self.0).unwrap_or_default()) {
            Ok(date) => f.pad(&date.to_string()),
            Err(_) => write!(f, "day {}", self.0),
        }
    }
}
