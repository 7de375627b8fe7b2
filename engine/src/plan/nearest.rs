//! [`Nearest`]: which right row an as-of join takes, given the stamps.

use std::fmt;

/// Which right row an as-of join takes, given the stamps of the left row and of the right rows of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Nearest {
    /// `>=`: the last one whose stamp is not greater.
    AtOrBefore,
    /// `>`: the last one whose stamp is less.
    Before,
    /// `<=`: the first one whose stamp is not less.
    AtOrAfter,
    /// `<`: the first one whose stamp is greater.
    After,
}

impl Nearest {
    /// As it is written between the two columns.
    pub fn symbol(self) -> &'static str {
        match self {
            Nearest::AtOrBefore => ">=",
            Nearest::Before => ">",
            Nearest::AtOrAfter => "<=",
            Nearest::After => "<",
        }
    }

    /// Whether it looks for rows that are not later.
    pub fn is_backwards(self) -> bool {
        matches!(self, Nearest::AtOrBefore | Nearest::Before)
    }

    /// The name of the table method.
    pub(super) fn name(self) -> &'static str {
        if self.is_backwards() { "aj" } else { "raj" }
    }
}

impl fmt::Display for Nearest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}
