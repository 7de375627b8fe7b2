//! Row sets against `BTreeSet<u64>`, on the shapes where encodings go wrong.

#![allow(clippy::unwrap_used)]

mod edges;
mod laws;
mod operations;
mod shapes;

use std::collections::BTreeSet;

use super::RowSet;

/// A valid set with the ids of the model, as every way to look at it tells.
fn assert_same(rows: &RowSet, model: &BTreeSet<u64>) {
    if let Err(fault) = rows.validate() {
        panic!("{fault} in {rows:?}");
    }
    assert!(rows.iter().eq(model.iter().copied()), "{rows:?} for {} ids", model.len());
    assert_eq!(rows.len(), model.len() as u64);
    assert_eq!((rows.first(), rows.last()), (model.first().copied(), model.last().copied()));
    assert_eq!(rows.run_count(), rows.runs().count());
}
