//! [`Within`]: the values of a right column between those of two left columns.

use std::fmt;
use std::sync::Arc;

use crate::{Error, ErrorKind, Result};

/// The values of a right column between those of two left columns: `"Low <= Value < High"`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Within {
    /// The left column of the least value.
    pub low: Arc<str>,
    /// Whether that is in.
    pub low_end: Bound,
    /// The right column.
    pub value: Arc<str>,
    /// The left column of the greatest value.
    pub high: Arc<str>,
    /// Whether that is in.
    pub high_end: Bound,
}

/// Whether the end of a range is part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Bound {
    /// `<`: it is not.
    Without,
    /// `<=`: it is.
    With,
    /// `<- Low <=`, `<= High ->`: it is, and where no row has that value, the next row beyond.
    Reaching,
}

impl Bound {
    fn symbol(self) -> &'static str {
        if self == Bound::Without { "<" } else { "<=" }
    }
}

impl Within {
    /// Reads a range; `None` for text that is none.
    pub(super) fn parse(text: &str) -> Result<Option<Self>> {
        let inner = text.trim();
        let (inner, reaches_low) = inner.strip_prefix("<-").map_or((inner, false), |inner| (inner, true));
        let (inner, reaches_high) = inner.strip_suffix("->").map_or((inner, false), |inner| (inner, true));
        let parts: Vec<&str> = inner.split('<').collect();
        if parts.len() < 3 && !reaches_low && !reaches_high {
            return Ok(None);
        }
        let wrong = || {
            Error::new(ErrorKind::Argument, format!("\"{text}\" is no range of a column between two others")).with_help(
                "write \"Low <= Right <= High\", with < for an end that is not in; <- before and -> behind it \
                            go on to the next row where none has the value of an end that is in",
            )
        };
        let [low, value, high] = parts[..] else { return Err(wrong()) };
        let end = |after: &str, reaches: bool| match (after.starts_with('='), reaches) {
            (true, true) => Ok(Bound::Reaching),
            (true, false) => Ok(Bound::With),
            (false, false) => Ok(Bound::Without),
            (false, true) => Err(wrong()),
        };
        let (low_end, high_end) = (end(value, reaches_low)?, end(high, reaches_high)?);
        let [low, value, high] = [low, value, high].map(|name| name.trim_start_matches('=').trim());
        if [low, value, high].iter().any(|name| name.is_empty()) {
            return Err(wrong());
        }
        Ok(Some(Within { low: low.into(), low_end, value: value.into(), high: high.into(), high_end }))
    }
}

impl fmt::Display for Within {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Within { low, low_end, value, high, high_end } = self;
        let before = if *low_end == Bound::Reaching { "<- " } else { "" };
        let behind = if *high_end == Bound::Reaching { " ->" } else { "" };
        write!(f, "{before}{low} {} {value} {} {high}{behind}", low_end.symbol(), high_end.symbol())
    }
}
