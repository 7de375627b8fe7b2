//! [`Series`]: timestamps that follow from the row id, and take no storage.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::ids::Ids;
use crate::types::Type;
use crate::vector::{Native, Vector};

/// `start + id * step`.
#[derive(Debug)]
pub(crate) struct Series {
    /// Known when there is a first row.
    start: OnceLock<i64>,
    step: i64,
}

impl Series {
    pub(crate) fn new(start: Option<i64>, step: i64) -> Self {
        Series { start: start.map_or_else(OnceLock::new, OnceLock::from), step }
    }

    pub(crate) fn step(&self) -> i64 {
        self.step
    }

    /// The value of row 0, if it is known.
    pub(crate) fn start(&self) -> Option<i64> {
        self.start.get().copied()
    }

    /// The value of row 0, which is `start` if it was not known before.
    pub(crate) fn start_at(&self, start: i64) -> i64 {
        *self.start.get_or_init(|| start)
    }

    pub(super) fn read(&self, ids: Ids<'_>) -> Vector<'static> {
        let start = self.start().unwrap_or(0);
        let value = |id: u64| start.saturating_add(self.step.saturating_mul(id as i64));
        let values: Vec<i64> = ids.iter().map(value).collect();
        Vector::new(Type::Timestamp, i64::wrap(Cow::Owned(values)), None)
    }
}
