//! multi_join: one row for each key that any of several tables has, with columns of the row each of them has for it.
//!
//! Keys are groups, as in an aggregation: they come in the order in which they were met first, over the tables in turn,
//! and one that returns takes its old place. Key columns are stored; of each table one stored column, an index, holds the
//! row of each key, and the columns of that table are read through it.

#[cfg(test)]
mod tests;
mod update;
mod validate;

use std::sync::Arc;

use super::groups::Groups;
use super::matching::{IdLists, Index, Indexes, Side};
use super::{Built, InputShape, Operator};
use crate::column::{Column, StoreRef};
use crate::graph::{Cx, Mask, NodeId, Output, Update};
use crate::order::RowOrder;
use crate::types::Type;
use crate::{Error, ErrorKind, Result};

struct MultiJoin {
    inputs: Vec<Input>,
    groups: Groups,
    /// Key columns, which are the first of the result and of those stored.
    keys: usize,
    key_names: Vec<Arc<str>>,
}

/// What is kept of one of the tables.
struct Input {
    side: Side,
    /// The rows of each key: one at most, but for while an update goes on.
    rows: IdLists,
    /// Where its index is among the columns stored.
    slot: usize,
    index: Index,
    indexes: Indexes,
    /// For each of its columns, the columns of the result that show it.
    shown: Vec<Mask>,
    /// The columns of the result that show any.
    all_shown: Mask,
}

/// Positions of key columns and added columns by input, and the types keys are compared as.
pub(super) struct Columns<'a> {
    pub(super) keys: &'a [Vec<usize>],
    pub(super) types: &'a [Type],
    pub(super) added: &'a [Vec<usize>],
    pub(super) key_names: Vec<Arc<str>>,
}

pub(super) fn build(on: Columns<'_>, inputs: &[InputShape<'_>], node: NodeId) -> Built {
    let keys = on.types.len();
    let own = |slot| StoreRef { node, slot };
    let mut columns: Vec<Column> =
        on.types.iter().enumerate().map(|(slot, &ty)| Column::Stored { at: own(slot), ty }).collect();
    let mut next = keys + inputs.len();
    let mut kept = Vec::with_capacity(inputs.len());
    for (number, input) in inputs.iter().enumerate() {
        let slot = keys + number;
        let mut indexes = Indexes::new(node, slot, next);
        let mut shown = vec![Mask::none(); input.columns.len()];
        let mut all_shown = Mask::none();
        for &column in &on.added[number] {
            shown[column].set(columns.len());
            all_shown.set(columns.len());
            columns.push(indexes.read(columns.len(), &input.columns[column]));
        }
        next = indexes.end();
        kept.push(Input {
            side: Side::new(input, &on.keys[number], on.types),
            rows: IdLists::default(),
            slot,
            index: Index::new(slot),
            indexes,
            shown,
            all_shown,
        });
    }
    let mut stored = on.types.to_vec();
    stored.resize(next, Type::I64);
    let join = MultiJoin { inputs: kept, groups: Groups::new(on.types), keys, key_names: on.key_names };
    Built { op: Box::new(join), columns, stored, order: RowOrder::BY_ID }
}

impl Operator for MultiJoin {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        if cx.inputs.len() != self.inputs.len() {
            return Err(Error::new(ErrorKind::Internal, "a join of another number of tables"));
        }
        self.follow(cx)
    }

    fn reads_old(&self) -> Vec<(usize, usize)> {
        let of_input = |(number, input): (usize, &Input)| {
            input.side.reads_old().iter().map(move |&column| (number, column)).collect::<Vec<_>>()
        };
        self.inputs.iter().enumerate().flat_map(of_input).collect()
    }

    fn bytes(&self) -> usize {
        self.groups.bytes() + self.inputs.iter().map(|input| input.rows.bytes() + input.index.bytes()).sum::<usize>()
    }

    fn validate(&self, output: &Output) -> Result<(), String> {
        self.check(output)
    }
}
