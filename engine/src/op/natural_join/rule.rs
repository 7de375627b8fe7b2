//! [`Rule`]: which right row a left row takes, and when that is an error.

use crate::op::matching::RowsOfKey;
use crate::plan::Match;

/// Which right row a left row takes, and when that is an error.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    matching: Match,
    /// Without key columns every right row is a match of every left row, so there may be one only.
    has_keys: bool,
}

/// What a key has on the right side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    Nothing,
    Row(u64),
    /// Several rows where only one may be: an error once a left row has the key.
    TooMany,
}

impl Choice {
    /// The row to write down.
    #[inline]
    pub(super) fn row(self) -> Option<u64> {
        match self {
            Choice::Row(id) => Some(id),
            Choice::Nothing | Choice::TooMany => None,
        }
    }
}

impl Rule {
    pub(super) fn new(matching: Match, keys: usize) -> Self {
        Rule { matching, has_keys: keys > 0 }
    }

    /// Whether right rows mostly have keys of their own: others are an error as soon as they are used.
    pub(super) fn expects_distinct_keys(self) -> bool {
        self.has_keys && matches!(self.matching, Match::ErrorOnDuplicate | Match::ExactlyOne)
    }

    /// The row taken of those that have the key.
    #[inline]
    pub(super) fn choose(self, rows: RowsOfKey<'_>) -> Choice {
        match rows {
            RowsOfKey::None => Choice::Nothing,
            RowsOfKey::One(id) => Choice::Row(id),
            RowsOfKey::Several(rows) => {
                let taken = match self.matching {
                    Match::First if self.has_keys => rows.first(),
                    Match::Last if self.has_keys => rows.last(),
                    _ => None,
                };
                taken.map_or(Choice::TooMany, Choice::Row)
            }
        }
    }

    /// Which end of the rows of a key is taken; `None` where there may be one only.
    pub(super) fn end(self) -> Option<Match> {
        Some(self.matching).filter(|matching| self.has_keys && matches!(matching, Match::First | Match::Last))
    }

    /// Whether a left row may meet this.
    #[inline]
    pub(super) fn allows(self, choice: Choice) -> bool {
        match choice {
            Choice::Row(_) => true,
            Choice::Nothing => self.matching != Match::ExactlyOne,
            Choice::TooMany => false,
        }
    }
}
