//! Lists in one vector of values: built there one after the other ([`GrowingLists`]), or brought together there.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use foldhash::fast::FixedState;

use super::{Values, Vector, VectorBuilder};
use crate::types::{List, Type};

/// Growing list cells.
#[derive(Clone, Debug)]
pub(super) struct GrowingLists {
    cells: Vec<Cell>,
    items: Box<VectorBuilder>,
    /// How many of the items belong to a cell.
    ended: usize,
}

#[derive(Clone, Debug)]
pub(super) enum Cell {
    Made(List),
    /// A range of the items.
    Growing(Range<usize>),
}

/// What stands under a null.
impl Default for Cell {
    fn default() -> Self {
        Cell::Made(List::default())
    }
}

impl GrowingLists {
    pub(super) fn new(item: Type, capacity: usize) -> Self {
        GrowingLists { cells: Vec::with_capacity(capacity), items: Box::new(VectorBuilder::new(item)), ended: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    /// Where the items of the next cell go.
    pub(super) fn items(&mut self) -> &mut VectorBuilder {
        &mut self.items
    }

    /// Makes a cell of the items since the last.
    pub(super) fn end(&mut self) {
        let range = self.ended..self.items.len();
        self.ended = range.end;
        self.cells.push(Cell::Growing(range));
    }

    pub(super) fn push(&mut self, list: List) {
        self.cells.push(Cell::Made(list));
    }

    pub(super) fn extend_from_slice(&mut self, lists: &[List]) {
        self.cells.extend(lists.iter().cloned().map(Cell::Made));
    }

    pub(super) fn resize(&mut self, len: usize, cell: Cell) {
        self.cells.resize(len, cell);
    }

    /// Takes back the cells after the first `len`, and the items of no cell.
    pub(super) fn truncate(&mut self, len: usize) {
        let taken_back = self.cells.get(len..).unwrap_or_default();
        let first =
            taken_back.iter().find_map(|cell| if let Cell::Growing(range) = cell { Some(range.start) } else { None });
        self.ended = first.unwrap_or(self.ended);
        self.cells.truncate(len);
        self.items.truncate(self.ended);
    }

    pub(super) fn bytes(&self) -> usize {
        let made = |cell: &Cell| if let Cell::Made(list) = cell { list.heap_bytes() } else { 0 };
        self.cells.len() * size_of::<List>() + self.cells.iter().map(made).sum::<usize>() + self.items.bytes()
    }

    pub(super) fn finish(self) -> Vec<List> {
        let items = Arc::new(self.items.finish());
        let list = |cell| match cell {
            Cell::Made(list) => list,
            Cell::Growing(range) => List::of(items.clone(), range),
        };
        self.cells.into_iter().map(list).collect()
    }
}

/// Lists that use less than one in so many of the values they keep are worth a vector of their own.
const USED_FROM: usize = 2;

impl Vector<'_> {
    /// The same lists with values of their own, if they keep many that are none of theirs: what is stored for long should
    /// not hold what came with it. `None` if there is nothing to gain.
    pub(crate) fn packed(&self) -> Option<Vector<'static>> {
        let lists = self.lists()?;
        let there = || lists.iter().enumerate().filter(|(row, _)| self.is_valid(*row)).map(|(_, list)| list);
        let (mut used, mut kept, mut last) = (0, 0, None);
        for (items, range) in there().filter_map(List::shared) {
            used += range.len();
            // Neighbours mostly share; counting a vector twice costs a copy at worst.
            if last.replace(Arc::as_ptr(items)) != Some(Arc::as_ptr(items)) {
                kept += items.len();
            }
        }
        if kept <= used * USED_FROM {
            return None;
        }
        let items = Arc::new(joined(there(), self.ty().item()?).into_owned());
        let mut cells = vec![List::default(); lists.len()];
        let mut start = 0;
        for (row, list) in lists.iter().enumerate().filter(|(row, _)| self.is_valid(*row)) {
            cells[row] = List::of(items.clone(), start..start + list.len());
            start += list.len();
        }
        Some(Vector::new(self.ty(), Values::List(Cow::Owned(cells)), self.valid().cloned()))
    }
}

/// The values of lists one after the other: without a copy if the lists follow each other in one vector.
pub(super) fn joined<'l>(lists: impl Iterator<Item = &'l List>, item: Type) -> Vector<'l> {
    let mut runs: Vec<(&Arc<Vector<'static>>, Range<usize>)> = Vec::new();
    for (items, range) in lists.filter_map(List::shared).filter(|(_, range)| !range.is_empty()) {
        match runs.last_mut() {
            Some((last, run)) if Arc::ptr_eq(last, items) && run.end == range.start => run.end = range.end,
            _ => runs.push((items, range)),
        }
    }
    if let [(items, run)] = &runs[..] {
        return items.slice(run.clone());
    }
    let mut all = VectorBuilder::with_capacity(item, runs.iter().map(|(_, run)| run.len()).sum());
    runs.into_iter().for_each(|(items, run)| all.extend(&items.slice(run)));
    all.finish()
}

/// The values of lists, each list once however often it is there, and where each starts among them.
pub(crate) fn joined_once<'l>(lists: impl Iterator<Item = &'l List>, item: Type) -> (Vector<'l>, Vec<usize>) {
    let mut known: HashMap<(usize, usize, usize), usize, FixedState> = HashMap::default();
    let (mut once, mut starts, mut end) = (Vec::new(), Vec::new(), 0);
    for list in lists {
        let there =
            list.shared().map_or((0, 0, 0), |(items, range)| (Arc::as_ptr(items).addr(), range.start, range.len()));
        starts.push(*known.entry(there).or_insert_with(|| {
            once.push(list);
            end += list.len();
            end - list.len()
        }));
    }
    (joined(once.into_iter(), item), starts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Value;

    fn shown(lists: &Vector<'_>) -> Vec<String> {
        lists.iter().map(|list| list.to_string()).collect()
    }

    #[test]
    fn what_is_taken_back_is_in_no_list() {
        for (kept, expect) in
            [(0, vec![]), (1, vec!["[0]"]), (2, vec!["[0]", "null"]), (4, vec!["[0]", "null", "[7]", "[1, 2]"])]
        {
            let mut builder = VectorBuilder::new(Type::List(&Type::I64));
            builder.items().push_i64(0);
            builder.end_list();
            builder.push_null();
            builder.push_list(List::from(vec![7_i64]));
            builder.items().extend(&Vector::from(vec![1_i64, 2]));
            builder.end_list();
            builder.items().push_i64(99);
            builder.truncate(kept);
            builder.items().push_i64(3);
            builder.end_list();
            let lists = builder.finish();
            assert_eq!(shown(&lists), [&expect[..], &["[3]"]].concat());
            assert_eq!(lists.null_count(), usize::from(kept > 1));
        }
    }

    #[test]
    fn what_is_there_often_is_joined_once() {
        let items = Arc::new(Vector::from((0..10_i64).collect::<Vec<_>>()));
        let (low, high) = (List::of(items.clone(), 0..2), List::of(items, 7..10));
        let lists = [&high, &low, &high, &List::default(), &low];
        let (values, starts) = joined_once(lists.into_iter(), Type::I64);
        assert_eq!(values.native::<i64>(), Some(&[7, 8, 9, 0, 1][..]));
        assert_eq!(starts, [0, 3, 0, 5, 3]);
    }

    #[test]
    fn lists_are_packed_when_they_keep_much_that_is_not_theirs() {
        let ty = Type::List(&Type::I64);
        let items = Arc::new(Vector::from((0..100_i64).collect::<Vec<_>>()));
        let of = |ranges: &[Range<usize>]| {
            let lists = ranges.iter().map(|range| Value::from(List::of(items.clone(), range.clone())));
            Vector::from_values(ty, lists.chain([Value::Null])).unwrap()
        };
        assert!(of(&[0..30, 30..60]).packed().is_none());
        let packed = of(&[3..5, 0..0, 50..51]).packed().unwrap();
        assert_eq!(shown(&packed), ["[3, 4]", "[]", "[50]", "null"]);
        assert_eq!(packed.lists().unwrap()[0].shared().unwrap().0.len(), 3);
        assert!(packed.packed().is_none() && Vector::from(vec![1_i64]).packed().is_none());
    }
}
