//! range_join: the left rows, each with lists of the right rows of its key whose value lies between two of its own.
//!
//! The left rows and columns pass through. The right rows of each key stand in a line by their values; one stored column
//! holds for each left row the ids of those between, and all lists are read through it. A left row without a range, one
//! that runs backwards or ends at NaN, has no lists: null.

mod ends;
mod update;
mod validate;

use std::sync::Arc;

use super::matching::{IdLists, SlotSet};
use super::stamped::{Lines, StampedSide};
use super::{Built, InputShape, Operator};
use crate::column::{Column, Listed, StoreRef};
use crate::graph::{Cx, Mask, NodeId, Output, Update};
use crate::group::KeyTable;
use crate::plan::{KeyColumns, Within};
use crate::types::Type;
use crate::{Error, ErrorKind, Result};

use ends::Ends;

/// The slot of the lists of ids among the columns of the node.
const ROWS: usize = 0;

struct RangeJoin {
    /// Its stamps are the low ends.
    left: StampedSide,
    high: Column,
    high_position: usize,
    right: StampedSide,
    ends: Ends,
    /// Rows of one value stand by their place, which is not their id.
    by_place: bool,
    /// The right columns listed.
    listed: Vec<usize>,
    /// The position of the first list in the result.
    first_list: usize,
    keys: KeyTable,
    right_rows: Lines,
    /// The left rows by key; `None` while the right table never changes: nobody asks then.
    left_rows: Option<IdLists>,
    vacated: SlotSet,
}

/// What a range join compares: the exact keys, and the columns of a range with the type they are compared as.
pub(super) struct Range<'a> {
    pub(super) keys: &'a KeyColumns,
    pub(super) low: usize,
    pub(super) high: usize,
    pub(super) value: usize,
    pub(super) ty: Type,
    pub(super) within: &'a Within,
}

pub(super) fn build(
    on: &Range<'_>,
    listed: &[usize],
    left: &InputShape<'_>,
    right: &InputShape<'_>,
    node: NodeId,
) -> Built {
    let lists = listed.iter().map(|&column| {
        Column::Listed(Arc::new(Listed::new(StoreRef { node, slot: ROWS }, right.columns[column].clone())))
    });
    let columns = left.columns.iter().cloned().chain(lists).collect();
    let by_place = !right.order.is_by_id();
    let join = RangeJoin {
        left: StampedSide::new(left, &on.keys.left, &on.keys.types, on.low, on.ty),
        high: left.columns[on.high].clone(),
        high_position: on.high,
        right: StampedSide::new(right, &on.keys.right, &on.keys.types, on.value, on.ty),
        ends: Ends::new(on.within, on.ty),
        by_place,
        listed: listed.to_vec(),
        first_list: left.columns.len(),
        keys: KeyTable::new(&on.keys.types),
        right_rows: Lines::new(by_place),
        left_rows: (!right.definition.flavour().is_static()).then(IdLists::default),
        vacated: SlotSet::default(),
    };
    Built { op: Box::new(join), columns, stored: vec![Type::list_of(Type::I64)], order: left.order }
}

impl Operator for RangeJoin {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let &[left, right] = cx.inputs else {
            return Err(Error::new(ErrorKind::Internal, "a join of other than two tables"));
        };
        self.change(cx, &left, &right)
    }

    fn reads_old(&self) -> Vec<(usize, usize)> {
        // Without lists of left rows, a left row that goes is simply gone.
        let left = if self.left_rows.is_some() { self.left.reads_old() } else { Vec::new() };
        let left = left.into_iter().map(|column| (0, column));
        left.chain(self.right.reads_old().into_iter().map(|column| (1, column))).collect()
    }

    fn reads_old_order(&self) -> Vec<usize> {
        if self.by_place { vec![1] } else { Vec::new() }
    }

    fn bytes(&self) -> usize {
        let left = self.left_rows.as_ref().map_or(0, IdLists::bytes);
        self.keys.bytes() + self.right_rows.bytes() + left + self.vacated.bytes()
    }

    fn validate(&self, output: &Output) -> Result<(), String> {
        self.check(output)
    }
}

impl RangeJoin {
    /// All lists as a mask of the result.
    fn all_lists(&self) -> Mask {
        (self.first_list..self.first_list + self.listed.len()).collect()
    }
}
