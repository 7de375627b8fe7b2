//! The positions of rows and the rows near them, as columns for formulas: rows and columns pass through.

use std::ops::Range;
use std::sync::Arc;

use super::differ::differ;
use super::{Built, InputShape, Operator};
use crate::Result;
use crate::column::{Column, Gathered, Ids, StoreRef, View};
use crate::graph::{Cx, Mask, NodeId, Update};
use crate::order::{RowOrder, RowPositions};
use crate::plan::Standing;
use crate::rowset::RowSet;
use crate::types::Type;
use crate::vector::{VECTOR_ROWS, Vector, VectorBuilder};

/// State: the stored columns of the output. Each holds a position, or the id of a row nearby.
#[derive(Default)]
struct Situate {
    kept: Vec<Kept>,
    /// The columns of other rows.
    nearby: Vec<Nearby>,
    /// The columns of what `k` is, where that is a number and not the id.
    numbers: Mask,
}

/// A stored column, and the columns of the result that are read through it.
struct Kept {
    what: What,
    results: Mask,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Position,
    /// The id of the row so many places after.
    Id(i64),
}

/// A column of the result that has cells of a column of the input, of rows so many places after.
struct Nearby {
    result: usize,
    offset: i64,
    source: usize,
}

impl Situate {
    /// The stored column that has this, for a column of the result.
    fn keep(&mut self, what: What, result: usize) -> usize {
        let slot = self.kept.iter().position(|kept| kept.what == what).unwrap_or_else(|| {
            self.kept.push(Kept { what, results: Mask::none() });
            self.kept.len() - 1
        });
        self.kept[slot].results.set(result);
        slot
    }
}

/// `standings` with the column of the input that each reads, if it reads one.
pub(super) fn build(standings: &[(Standing, Option<usize>)], input: &InputShape<'_>, node: NodeId) -> Built {
    let mut columns = input.columns.to_vec();
    let mut situate = Situate::default();
    for (standing, source) in standings {
        let result = columns.len();
        columns.push(match (standing, source) {
            (Standing::Nearby { offset, .. }, &Some(source)) => {
                situate.nearby.push(Nearby { result, offset: *offset, source });
                let index = StoreRef { node, slot: situate.keep(What::Id(*offset), result) };
                Column::Gathered(Arc::new(Gathered { index, source: input.columns[source].clone() }))
            }
            (Standing::Position, _) => {
                Column::Stored { at: StoreRef { node, slot: situate.keep(What::Position, result) }, ty: Type::I64 }
            }
            _ => match input.order.numbers() {
                Some(at) => {
                    situate.numbers.set(result);
                    Column::Stored { at, ty: Type::I64 }
                }
                None => Column::Place(RowOrder::BY_ID),
            },
        });
    }
    let stored = vec![Type::I64; situate.kept.len()];
    Built { op: Box::new(situate), columns, stored, order: input.order }
}

/// The same table, whose rows `k` numbers from 0 from here on.
pub(super) fn flatten(input: &InputShape<'_>, node: NodeId) -> Built {
    let mut situate = Situate::default();
    let mut results = Mask::none();
    // A row that gets another number is told of as one that moved.
    results.set_order(true);
    situate.kept.push(Kept { what: What::Position, results });
    let order = input.order.numbered_by(StoreRef { node, slot: 0 });
    Built { op: Box::new(situate), columns: input.columns.to_vec(), stored: vec![Type::I64], order }
}

impl Operator for Situate {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let input = cx.input();
        let mut delta = input.delta.clone();
        // Places that rows came to, and left.
        let moved = delta.moved();
        let mut changed = places(cx, &delta.added.union(&moved), View::New)?;
        changed.extend(places(cx, &delta.removed.union(&moved), View::Old)?);
        changed.sort_unstable();
        let ranks: Vec<u64> = {
            let positions = cx.positions(0)?;
            changed.iter().map(|&place| positions.rank(place)).collect()
        };
        for slot in 0..self.kept.len() {
            let ranges = match self.kept[slot].what {
                What::Position => moved_along(&ranks, input.old.len(), input.new.len()),
                What::Id(offset) => near(&ranks, offset, input.new.len()),
            };
            let differs = self.renew(cx, slot, &ranges)?.minus(&delta.added);
            if !differs.is_empty() {
                delta.modified.insert_all(&differs);
                delta.mask.insert_all(&self.kept[slot].results);
            }
        }
        if input.delta.mask.has_order() {
            delta.mask.insert_all(&self.numbers);
        }
        // Another row nearby, or the same one with another cell.
        let replaced = input.delta.removed.intersect(&input.delta.added);
        for nearby in &self.nearby {
            let rows = if input.delta.mask.contains(nearby.source) {
                input.delta.modified.union(&replaced)
            } else {
                replaced.clone()
            };
            let followers = followers(cx, &rows, nearby.offset)?.minus(&delta.added);
            if !followers.is_empty() {
                delta.modified.insert_all(&followers);
                delta.mask.set(nearby.result);
            }
        }
        Ok(Update::new(delta, input.new.clone()))
    }

    fn reads_old_order(&self) -> Vec<usize> {
        vec![0]
    }
}

impl Situate {
    /// Writes a stored column anew for the rows at some positions: those whose value is another now.
    fn renew(&self, cx: &mut Cx<'_>, slot: usize, ranges: &[Range<u64>]) -> Result<RowSet> {
        let added = &cx.input().delta.added;
        let mut differs = Vec::new();
        for range in ranges {
            let mut start = range.start;
            while start < range.end {
                let end = range.end.min(start + VECTOR_ROWS as u64);
                let (ids, values) = self.values(cx.positions(0)?, slot, start..end);
                let wrong = differ(&cx.own(slot, Ids::List(&ids), View::New), &values);
                // By ascending id. Of a row that came even null is written: what was never written may be anything.
                let is_wrong = |&row: &usize| wrong.get(row) || added.contains(ids[row]);
                let mut wrong: Vec<(u64, u32)> =
                    (0..ids.len()).filter(is_wrong).map(|row| (ids[row], row as u32)).collect();
                wrong.sort_unstable();
                let rows: Vec<u32> = wrong.iter().map(|&(_, row)| row).collect();
                let wrong: Vec<u64> = wrong.into_iter().map(|(id, _)| id).collect();
                cx.write(slot, Ids::List(&wrong), &values.take(&rows))?;
                differs.extend(wrong);
                start = end;
            }
        }
        Ok(RowSet::from_unsorted(differs))
    }

    /// The ids at some positions, and what a stored column has for them.
    fn values(&self, positions: RowPositions<'_>, slot: usize, range: Range<u64>) -> (Vec<u64>, Vector<'static>) {
        let ids = positions.ids(range.clone());
        let offset = match self.kept[slot].what {
            What::Position => return (ids, Vector::from(range.map(|at| at as i64).collect::<Vec<_>>())),
            What::Id(offset) => offset,
        };
        let from = range.start.saturating_add_signed(offset);
        let others = positions.ids(from..range.end.saturating_add_signed(offset));
        let mut values = VectorBuilder::with_capacity(Type::I64, ids.len());
        // Before the first row there is none.
        let missing = (offset.min(0).unsigned_abs().saturating_sub(range.start) as usize).min(ids.len());
        values.push_nulls(missing);
        others.iter().take(ids.len() - missing).for_each(|&id| {
            values.push(&(id as i64).into());
        });
        values.push_nulls(ids.len() - values.len());
        (ids, values.finish())
    }
}

/// The places of rows.
fn places(cx: &Cx<'_>, rows: &RowSet, view: View) -> Result<Vec<u64>> {
    let placed = cx.input().order.placed(cx, rows, view)?;
    Ok(placed.into_iter().map(|(place, _)| place).collect())
}

/// The positions that may have another row now, given the ranks of the places that rows came to or left.
fn moved_along(ranks: &[u64], old: u64, new: u64) -> Vec<Range<u64>> {
    let (Some(&first), Some(&last)) = (ranks.first(), ranks.last()) else { return Vec::new() };
    let end = if old == new { (last + 1).min(new) } else { new };
    Some(first..end).filter(|range| !range.is_empty()).into_iter().collect()
}

/// The positions from which a row so many places away may be another one now.
fn near(ranks: &[u64], offset: i64, rows: u64) -> Vec<Range<u64>> {
    let reach = offset.unsigned_abs() + 1;
    let mut ranges: Vec<Range<u64>> = Vec::new();
    for &rank in ranks {
        let range = rank.saturating_sub(reach)..rank.saturating_add(reach).min(rows);
        match ranges.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => ranges.push(range),
        }
    }
    ranges
}

/// The rows that have one of these so many places after them.
fn followers(cx: &Cx<'_>, rows: &RowSet, offset: i64) -> Result<RowSet> {
    if rows.is_empty() {
        return Ok(RowSet::new());
    }
    let positions = cx.positions(0)?;
    let mut followers = Vec::new();
    for place in places(cx, rows, View::New)? {
        let at = positions.rank(place) as i64 - offset;
        if at >= 0 {
            followers.extend(positions.ids(at as u64..at as u64 + 1));
        }
    }
    Ok(RowSet::from_unsorted(followers))
}
