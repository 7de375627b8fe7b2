//! [`Offsets`]: where in each partition reading begins.

use std::collections::BTreeMap;

use headwater_engine::source::Positions;

/// Where in each partition a consumer begins to read. The consumer keeps its own offsets: nothing is committed to a
/// consumer group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Offsets {
    /// At the oldest message there is.
    #[default]
    Begin,
    /// After the newest message there is when the consumer is opened.
    End,
    /// At the given offset of each partition; a partition not given begins at its oldest message, so that none is
    /// lost when a topic has got more partitions since the offsets were noted.
    Given(BTreeMap<i32, i64>),
}

impl Offsets {
    /// Begins at these offsets, given as partition and offset.
    pub fn given(offsets: impl IntoIterator<Item = (i32, i64)>) -> Self {
        Offsets::Given(offsets.into_iter().collect())
    }
}

/// The offsets that a consumer's table has noted with its rows.
impl From<&Positions> for Offsets {
    fn from(positions: &Positions) -> Self {
        let offset = |(part, next): (&str, u64)| Some((part.parse().ok()?, i64::try_from(next).ok()?));
        Offsets::Given(positions.iter().filter_map(offset).collect())
    }
}
