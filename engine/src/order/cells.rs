//! [`Cells`]: some values as one that compares.

use std::cmp::Ordering;

use super::compare;
use crate::types::Value;

/// The cells of a row, which compare as rows do when they are sorted: the first that differs decides. Fewer cells come
/// before more, and cells of one type before those of another.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cells(pub(crate) Box<[Value]>);

impl Ord for Cells {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_value = |(a, b): (&Value, &Value)| a.ty().cmp(&b.ty()).then_with(|| compare(a, b));
        let orders = self.0.iter().zip(&other.0).map(by_value);
        self.0.len().cmp(&other.0.len()).then_with(|| orders.fold(Ordering::Equal, Ordering::then))
    }
}

impl PartialOrd for Cells {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Cells {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Cells {}
