//! Rows found in a sorted table by the values it is sorted by.

use std::cmp::Ordering;
use std::ops::Range;

use crate::order::compare;
use crate::table::Snapshot;
use crate::types::Value;
use crate::{Error, ErrorKind, Result};

/// The positions of the rows that have these values in the first columns of those that a table is sorted by, from the
/// least value on. Cost: the logarithm of the rows, twice.
pub(super) fn equal_range(sorted: &Snapshot, columns: &[usize], values: &[Value]) -> Result<Range<u64>> {
    let start = first(sorted, columns, values, |order| order.is_ge())?;
    let end = first(sorted, columns, values, |order| order.is_gt())?;
    Ok(start..end)
}

/// Where a row is shown that has these values in the columns by which another table of the same rows is sorted; the first of
/// several.
pub(super) fn shown_at(
    shown: &Snapshot,
    sorted: &Snapshot,
    columns: &[usize],
    values: &[Value],
) -> Result<Option<u64>> {
    let found = sorted.ids_at(equal_range(sorted, columns, values)?)?;
    found.first().map(|&id| shown.position_of(id)).transpose()
}

/// The first row that stands to the values as asked for, once all rows behind it do.
fn first(sorted: &Snapshot, columns: &[usize], values: &[Value], is_there: impl Fn(Ordering) -> bool) -> Result<u64> {
    let (mut low, mut high) = (0, sorted.len());
    while low < high {
        let middle = low + (high - low) / 2;
        match is_there(stand(sorted, middle, columns, values)?) {
            true => high = middle,
            false => low = middle + 1,
        }
    }
    Ok(low)
}

/// How a row stands to the values: the first column that differs decides.
fn stand(sorted: &Snapshot, position: u64, columns: &[usize], values: &[Value]) -> Result<Ordering> {
    for (&column, value) in columns.iter().zip(values) {
        let order = compare(&cell(sorted, position, column)?, value);
        if order.is_ne() {
            return Ok(order);
        }
    }
    Ok(Ordering::Equal)
}

/// A cell of a row that is there.
pub(super) fn cell(table: &Snapshot, position: u64, column: usize) -> Result<Value> {
    table.value(position, column)?.ok_or_else(|| Error::new(ErrorKind::Internal, "a row of a level that is not there"))
}
