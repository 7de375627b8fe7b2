//! [`Fresh`]: pairs that come, until they have ids.

use crate::{Error, ErrorKind, Result};

/// Stands for the row that is not there.
pub(super) const NOBODY: u64 = u64::MAX;

/// A left and a right row, or [`NOBODY`].
pub(super) type Pair = (u64, u64);

/// Pairs that come in an update, in any order.
#[derive(Debug, Default)]
pub(super) struct Fresh {
    pub(super) pairs: Vec<Pair>,
}

impl Fresh {
    pub(super) fn push(&mut self, left: Option<u64>, right: Option<u64>) {
        self.pairs.push((left.unwrap_or(NOBODY), right.unwrap_or(NOBODY)));
    }

    /// Makes room for more. A join multiplies: what is too much has to be an error before it is tried.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] if there is no such room.
    pub(super) fn reserve(&mut self, more: u64) -> Result<()> {
        let more = usize::try_from(more).unwrap_or(usize::MAX);
        self.pairs.try_reserve(more).map_err(|_| {
            let message = format!("{more} pairs of rows take more memory than there is");
            Error::new(ErrorKind::Limit, message)
                .with_help("join on more key columns, or aggregate a side first: each row meets every row of its key")
        })
    }
}

/// A row as it stands in an index.
pub(super) fn row(id: u64) -> Option<u64> {
    (id != NOBODY).then_some(id)
}
