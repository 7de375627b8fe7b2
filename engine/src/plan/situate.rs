//! What formulas may say of where a row stands: its position, its id, and the cells of rows near it.

use std::fmt;
use std::sync::Arc;

use crate::types::Type;

/// Where a row stands, as a column that formulas read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Standing {
    /// `i` and `ii`: the position, from 0.
    Position,
    /// `k`: the id.
    Id,
    /// `Col_[i-1]`: the cell of the row so many places after this one, or before it; null where there is none.
    Nearby {
        /// The column.
        column: Arc<str>,
        /// How many places after.
        offset: i64,
    },
}

impl Standing {
    /// The name of the column, which is none that a formula could give.
    pub(crate) fn name(&self) -> String {
        format!("({self})")
    }

    /// The type of the column; `of` is that of the column read.
    pub(crate) fn ty(&self, of: impl FnOnce(&str) -> Option<Type>) -> Option<Type> {
        match self {
            Standing::Position | Standing::Id => Some(Type::I64),
            Standing::Nearby { column, .. } => of(column),
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Standing::Position => f.write_str("ii"),
            Standing::Id => f.write_str("k"),
            Standing::Nearby { column, offset } => write!(f, "{column}_[ii{offset:+}]"),
        }
    }
}
