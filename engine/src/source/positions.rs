//! [`Positions`]: how far a source has been read.

use std::collections::BTreeMap;
use std::sync::Arc;

/// How far a source has been read: for each of its parts (a partition, a file) where reading goes on.
///
/// A source gives positions [with a batch](super::Batch::with_positions); the cycle that takes the batch in takes them
/// over with its rows. [`Snapshot::positions`](crate::Snapshot::positions) tells both as of one moment, of a source's
/// table and of any that is made of it: read on from there, and no row is missed and none comes twice.
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
    /// `None` for nothing yet. Shared: each snapshot has a clone.
    parts: Option<Arc<BTreeMap<Arc<str>, u64>>>,
}

impl Positions {
    /// Of nothing yet.
    pub const fn new() -> Self {
        Positions { parts: None }
    }

    fn parts_mut(&mut self) -> &mut BTreeMap<Arc<str>, u64> {
        Arc::make_mut(self.parts.get_or_insert_default())
    }

    /// Notes where reading of a part goes on.
    pub fn set(&mut self, part: impl Into<Arc<str>>, next: u64) {
        self.parts_mut().insert(part.into(), next);
    }

    /// Where reading of a part goes on; `None` if nothing was noted of it.
    pub fn get(&self, part: &str) -> Option<u64> {
        self.parts.as_ref()?.get(part).copied()
    }

    /// Takes over what `later` says of its parts.
    pub fn advance(&mut self, later: &Positions) {
        if let Some(later) = &later.parts {
            self.parts_mut().extend(later.iter().map(|(part, &next)| (part.clone(), next)));
        }
    }

    /// The parts by name, each with where it goes on.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.parts.iter().flat_map(|parts| parts.iter()).map(|(part, &next)| (&**part, next))
    }

    /// Whether nothing was noted.
    pub fn is_empty(&self) -> bool {
        self.parts.is_none()
    }
}

impl FromIterator<(Arc<str>, u64)> for Positions {
    fn from_iter<I: IntoIterator<Item = (Arc<str>, u64)>>(parts: I) -> Self {
        let mut positions = Positions::new();
        parts.into_iter().for_each(|(part, next)| positions.set(part, next));
        positions
    }
}
