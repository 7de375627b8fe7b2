//! [`Positions`]: how far a source has been read.

use std::collections::BTreeMap;
use std::sync::Arc;

/// How far a source has been read: for each of its parts (a partition, a file) where reading goes on.
///
/// A source gives positions [with a batch](super::Batch::with_positions); the cycle that takes the batch in takes them
/// over with its rows. [`Snapshot::positions`](crate::Snapshot::positions) tells both as of one moment: read on from
/// there, and no row is missed and none comes twice.
///
/// ```
/// use headwater_engine::source::Positions;
/// let mut read = Positions::new();
/// read.set("0", 17);
/// read.set("1", 4);
/// read.advance(&[("1".into(), 5)].into_iter().collect());
/// assert_eq!(read.iter().collect::<Vec<_>>(), [("0", 17), ("1", 5)]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Positions {
    parts: BTreeMap<Arc<str>, u64>,
}

impl Positions {
    /// Of nothing yet.
    pub fn new() -> Self {
        Positions::default()
    }

    /// Notes where reading of a part goes on.
    pub fn set(&mut self, part: impl Into<Arc<str>>, next: u64) {
        self.parts.insert(part.into(), next);
    }

    /// Where reading of a part goes on; `None` if nothing was noted of it.
    pub fn get(&self, part: &str) -> Option<u64> {
        self.parts.get(part).copied()
    }

    /// Takes over what `later` says of its parts.
    pub fn advance(&mut self, later: &Positions) {
        self.parts.extend(later.parts.iter().map(|(part, &next)| (part.clone(), next)));
    }

    /// The parts by name, each with where it goes on.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.parts.iter().map(|(part, &next)| (&**part, next))
    }

    /// Whether nothing was noted.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

impl FromIterator<(Arc<str>, u64)> for Positions {
    fn from_iter<I: IntoIterator<Item = (Arc<str>, u64)>>(parts: I) -> Self {
        Positions { parts: parts.into_iter().collect() }
    }
}
