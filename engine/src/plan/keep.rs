//! [`Keep`]: which rows without a partner a join shows.

/// Which rows without a partner a join shows, with null for what the other table would have added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Keep {
    /// None: an inner join.
    #[default]
    Matches,
    /// Those of the left table.
    Left,
    /// Those of both.
    All,
}

impl Keep {
    /// The name of the table method.
    pub(super) fn name(self) -> &'static str {
        match self {
            Keep::Matches => "join",
            Keep::Left => "left_outer_join",
            Keep::All => "full_outer_join",
        }
    }
}
