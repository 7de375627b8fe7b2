//! [`Contribution`]: what a join of many tables takes of one of them.

use std::fmt;

use super::Pair;

/// What a join of many tables takes of one of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Contribution {
    /// Key columns: `output` is the name in the result, which all tables share, `input` the column here.
    pub on: Vec<Pair>,
    /// Columns added: `output` is the new name, `input` the column here; none for all but the keys.
    pub add: Vec<Pair>,
}

impl fmt::Display for Contribution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let join = |pairs: &[Pair]| pairs.iter().map(Pair::to_string).collect::<Vec<_>>().join(", ");
        write!(f, "on [{}] add [{}]", join(&self.on), join(&self.add))
    }
}
