//! join, left_outer_join, full_outer_join: the pairs of rows of two tables that have the same key, and, if wanted, the
//! rows without a partner.
//!
//! A row of the result is a pair. It has an id of its own, from a count that only goes up, so an id never stands for
//! another pair. Two stored columns hold the left and the right row of each pair; all columns are read through them.
//!
//! Pairs are in the order of their left rows, those of one left row in the order of their right rows, right rows without
//! a partner last. Where pairs come only behind those there are, ids count in that order and nothing more is kept.
//! Elsewhere a pair has a label, and the index of the labels has for its key the places of both rows: so it also finds
//! the pairs of a row that goes, changes or moves, and no list of them is kept.

mod at_end;
mod fresh;
mod places;
mod settle;
#[cfg(test)]
mod tests;
mod touched;
mod update;
mod validate;

use std::sync::Arc;

use super::matching::{IdLists, Index, Indexes, Side, reads_old};
use super::sort::LABELS;
use super::{Built, InputShape, Operator};
use crate::column::{Column, Either, StoreRef};
use crate::graph::{Cx, Mask, NodeId, Output, Update};
use crate::group::KeyTable;
use crate::order::RowOrder;
use crate::plan::{Flavour, Keep, KeyColumns};
use crate::types::Type;
use crate::{Error, ErrorKind, Result};

/// The stored columns: the label of a pair, which is written where pairs come anywhere, its left row and its right row.
const LEFT: usize = LABELS + 1;
const RIGHT: usize = LABELS + 2;

struct PairJoin {
    left: Side,
    right: Side,
    keep: Keep,
    growth: Growth,
    keys: KeyTable,
    /// The left rows by key; empty where nobody asks for them.
    left_rows: IdLists,
    right_rows: IdLists,
    /// The id of the next pair.
    next: u64,
    left_index: Index,
    right_index: Index,
    left_reads: Indexes,
    right_reads: Indexes,
    /// For each right column, the columns of the result that show it.
    shown: Vec<Mask>,
}

/// How pairs come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Growth {
    /// They come behind those there are, and stay.
    AtEnd,
    /// All go in each cycle, and others come.
    Anew,
    /// They come and go anywhere.
    Anywhere,
}

impl Growth {
    fn of(keep: Keep, left: Flavour, right: Flavour) -> Self {
        match (keep, left, right) {
            (_, Flavour::Static, Flavour::Static) => Growth::AtEnd,
            // Right rows without a partner stand behind all others.
            (Keep::All, ..) => Growth::Anywhere,
            (_, Flavour::Blink, _) => Growth::Anew,
            (_, Flavour::Append, Flavour::Static) => Growth::AtEnd,
            _ => Growth::Anywhere,
        }
    }
}

pub(super) fn build(
    on: &KeyColumns,
    added: &[usize],
    keep: Keep,
    left: &InputShape<'_>,
    right: &InputShape<'_>,
    node: NodeId,
) -> Built {
    let growth = Growth::of(keep, left.definition.flavour(), right.definition.flavour());
    let mut left_reads = Indexes::new(node, LEFT, RIGHT + 1);
    let mut columns: Vec<Column> =
        left.columns.iter().enumerate().map(|(at, column)| left_reads.read(at, column)).collect();
    let mut right_reads = Indexes::new(node, RIGHT, left_reads.end());
    let mut shown = vec![Mask::none(); right.columns.len()];
    for &column in added {
        shown[column].set(columns.len());
        columns.push(right_reads.read(columns.len(), &right.columns[column]));
    }
    if keep == Keep::All {
        for ((&at, &column), &ty) in on.left.iter().zip(&on.right).zip(&on.types) {
            if left.definition.columns()[at].name != right.definition.columns()[column].name {
                continue;
            }
            shown[column].set(at);
            let either = Either {
                index: StoreRef { node, slot: LEFT },
                first: columns[at].clone(),
                second: right_reads.read(at, &right.columns[column]),
                ty,
            };
            columns[at] = Column::Either(Arc::new(either));
        }
    }
    let stored = vec![Type::I64; right_reads.end()];
    let join = PairJoin {
        left: Side::new(left, &on.left, &on.types),
        right: Side::new(right, &on.right, &on.types),
        keep,
        growth,
        keys: KeyTable::new(&on.types),
        left_rows: IdLists::default(),
        right_rows: IdLists::default(),
        next: 0,
        left_index: Index::new(LEFT),
        right_index: Index::new(RIGHT),
        left_reads,
        right_reads,
        shown,
    };
    let order = match growth {
        Growth::Anywhere => RowOrder::BY_ID.relabelled(StoreRef { node, slot: LABELS }),
        Growth::AtEnd | Growth::Anew => RowOrder::BY_ID,
    };
    Built { op: Box::new(join), columns, stored, order }
}

impl Operator for PairJoin {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let &[left, right] = cx.inputs else {
            return Err(Error::new(ErrorKind::Internal, "a join of other than two tables"));
        };
        match self.growth {
            Growth::AtEnd => self.grow(cx, left.delta.added.clone(), &right),
            Growth::Anew => self.grow(cx, left.new.clone(), &right),
            Growth::Anywhere => self.change(cx, &left, &right),
        }
    }

    fn reads_old(&self) -> Vec<(usize, usize)> {
        let left = if self.growth == Growth::Anywhere { self.left.reads_old() } else { &[] };
        reads_old(left, self.right.reads_old())
    }

    fn reads_old_order(&self) -> Vec<usize> {
        if self.growth == Growth::Anywhere { vec![0, 1] } else { Vec::new() }
    }

    fn bytes(&self) -> usize {
        let indexes = self.left_index.bytes() + self.right_index.bytes();
        self.keys.bytes() + self.left_rows.bytes() + self.right_rows.bytes() + indexes
    }

    fn validate(&self, output: &Output) -> Result<(), String> {
        self.check(output)
    }
}

impl PairJoin {
    /// Whether a left row without a partner is shown.
    fn keeps_left(&self) -> bool {
        self.keep != Keep::Matches
    }

    /// Whether a right row without a partner is shown.
    fn keeps_right(&self) -> bool {
        self.keep == Keep::All
    }
}
