//! range_join: the left rows, each with lists of the right rows of its key whose value lies between two of its own.
//!
//! The left rows and columns pass through. The right rows of each key stand in a line by their values; one stored column
//! holds for each left row the ids of those between, and all lists are read through it. A left row without a range, one
//! that runs backwards or ends at NaN, has no lists: null.

mod ends;
mod lefts;
mod listed;
mod spans;
#[cfg(test)]
mod tests;
mod update;
mod validate;

use std::sync::Arc;

use super::matching::{Added, SlotSet, reads_old};
use super::stamped::{Stamp, StampedRows, StampedSide};
use super::{Built, InputShape, Operator};
use crate::column::{Column, Listed, StoreRef};
use crate::graph::{Cx, NodeId, Output, Update};
use crate::group::KeyTable;
use crate::plan::{KeyColumns, Within};
use crate::types::{Str, Type};
use crate::{Error, ErrorKind, Result};

use ends::Ends;
use lefts::Lefts;

/// The slot of the lists of ids among the columns of the node.
const ROWS: usize = 0;

struct RangeJoin<S: Stamp> {
    keys: KeyTable,
    /// Its stamps are the low ends.
    left: StampedSide<S>,
    high: Column,
    high_position: usize,
    /// The left rows by key; `None` while the right table never changes: nobody asks then.
    lefts: Option<Lefts<S>>,
    right: StampedRows<S>,
    ends: Ends<S>,
    /// The right columns, as lists.
    lists: Added,
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
    match on.ty {
        Type::String => build_by::<Option<Str>>(on, listed, left, right, node),
        Type::Decimal(_) => build_by::<Option<i128>>(on, listed, left, right, node),
        _ => build_by::<u128>(on, listed, left, right, node),
    }
}

fn build_by<S: Stamp>(
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
    let rights = StampedSide::new(right, &on.keys.right, &on.keys.types, on.value, on.ty);
    let join = RangeJoin::<S> {
        keys: KeyTable::new(&on.keys.types),
        left: StampedSide::new(left, &on.keys.left, &on.keys.types, on.low, on.ty),
        high: left.columns[on.high].clone(),
        high_position: on.high,
        lefts: (!right.definition.flavour().is_static()).then(Lefts::default),
        right: StampedRows::new(rights, 1, !right.order.is_by_id(), true),
        ends: Ends::new(on.within, on.ty),
        lists: Added::new(listed.to_vec(), left.columns.len()),
        vacated: SlotSet::default(),
    };
    Built { op: Box::new(join), columns, stored: vec![Type::list_of(Type::I64)], order: left.order }
}

impl<S: Stamp> Operator for RangeJoin<S> {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let &[left, right] = cx.inputs else {
            return Err(Error::new(ErrorKind::Internal, "a join of other than two tables"));
        };
        self.change(cx, &left, &right)
    }

    fn reads_old(&self) -> Vec<(usize, usize)> {
        // Without left rows by key, a left row that goes is simply gone.
        let left = if self.lefts.is_some() { self.left.reads_old() } else { Vec::new() };
        reads_old(&left, &self.right.reads_old())
    }

    fn reads_old_order(&self) -> Vec<usize> {
        self.right.reads_old_order().into_iter().collect()
    }

    fn bytes(&self) -> usize {
        let rows = self.right.bytes() + self.lefts.as_ref().map_or(0, Lefts::bytes);
        self.keys.bytes() + rows + self.vacated.bytes()
    }

    fn validate(&self, output: &Output) -> Result<(), String> {
        self.check(output)
    }
}
