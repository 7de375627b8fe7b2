//! Lists of right rows as a column.

use std::borrow::Cow;
use std::sync::Arc;

use crate::types::{List, Type};
use crate::vector::{Bits, Values, Vector};

/// Lists of ids as a column: those of a batch share one vector.
pub(super) fn listed(found: Vec<Option<Vec<i64>>>) -> Vector<'static> {
    let valid = found.iter().any(Option::is_none).then(|| Bits::from_fn(found.len(), |at| found[at].is_some()));
    let ids: Vec<i64> = found.iter().flatten().flatten().copied().collect();
    let ids = Arc::new(Vector::from(ids));
    let mut from = 0;
    let lists = found.iter().map(|rows| {
        let start = from;
        from += rows.as_ref().map_or(0, Vec::len);
        if start == from { List::default() } else { List::of(ids.clone(), start..from) }
    });
    let lists: Vec<List> = lists.collect();
    Vector::new(Type::list_of(Type::I64), Values::List(Cow::Owned(lists)), valid)
}
