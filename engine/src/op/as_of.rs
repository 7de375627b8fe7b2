//! aj, raj: the left rows, each with columns of the right row of its key that is nearest in time, or in any number.
//!
//! As in a natural join the left rows and columns pass through, and one stored column, the index, holds the right row
//! each left row has taken. The right rows of each key stand in a line by their stamps, rows of one stamp in their order;
//! where the right table may change, the left rows stand in lines of their own, so that a right row that comes or goes
//! finds those between it and its neighbour. What a left row takes is decided when a whole update is in.

mod reach;
mod update;
mod validate;

use super::matching::{Index, Indexes};
use super::stamped::{Lines, StampedSide};
use super::{Built, InputShape, Operator};
use crate::graph::{Cx, Delta, Mask, NodeId, Output, Update};
use crate::group::KeyTable;
use crate::plan::{KeyColumns, Nearest};
use crate::rowset::RowSet;
use crate::types::Type;
use crate::{Error, ErrorKind, Result};

use reach::Reach;

/// The slot of the index column among the columns of the node.
const INDEX: usize = 0;

struct AsOf {
    left: StampedSide,
    right: StampedSide,
    reach: Reach,
    /// Rows of one stamp stand by their place, which is not their id.
    by_place: bool,
    /// The right columns added.
    added: Vec<usize>,
    /// The position of the first of them in the result.
    first_added: usize,
    keys: KeyTable,
    right_rows: Lines,
    /// `None` while the right table never changes: nobody asks then.
    left_rows: Option<Lines>,
    index: Index,
    indexes: Indexes,
    /// Keys that lost rows in the running update.
    vacated: Vec<u32>,
}

/// What an as-of join compares: the exact keys, and the stamps.
pub(super) struct Stamps<'a> {
    pub(super) keys: &'a KeyColumns,
    pub(super) left: usize,
    pub(super) right: usize,
    pub(super) ty: Type,
    pub(super) nearest: Nearest,
}

pub(super) fn build(
    on: &Stamps<'_>,
    added: Vec<usize>,
    left: &InputShape<'_>,
    right: &InputShape<'_>,
    node: NodeId,
) -> Built {
    let mut indexes = Indexes::new(node, INDEX, INDEX + 1);
    let mut columns = left.columns.to_vec();
    for &column in &added {
        columns.push(indexes.read(columns.len(), &right.columns[column]));
    }
    let by_place = !right.order.is_by_id();
    let join = AsOf {
        left: StampedSide::new(left, &on.keys.left, &on.keys.types, on.left, on.ty),
        right: StampedSide::new(right, &on.keys.right, &on.keys.types, on.right, on.ty),
        reach: Reach::new(on.nearest),
        by_place,
        added,
        first_added: left.columns.len(),
        keys: KeyTable::new(&on.keys.types),
        right_rows: Lines::new(by_place),
        left_rows: (!right.definition.flavour().is_static()).then(|| Lines::new(false)),
        index: Index::new(INDEX),
        indexes,
        vacated: Vec::new(),
    };
    let stored = vec![Type::I64; join.indexes.end()];
    Built { op: Box::new(join), columns, stored, order: left.order }
}

impl Operator for AsOf {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let &[left, right] = cx.inputs else {
            return Err(Error::new(ErrorKind::Internal, "a join of other than two tables"));
        };
        let Delta { removed, added, modified, mask } = left.delta;
        let rekeyed = if self.left.is_hit(mask) { modified.clone() } else { RowSet::new() };
        let touched = self.update_right(cx, &right, self.left_rows.is_some() && !left.old.is_empty())?;
        self.retract_left(cx, &removed.union(&rekeyed))?;
        let mut delta = self.follow(cx, &touched, right.delta)?;
        let moved = self.insert_left(cx, &rekeyed, true)?;
        self.insert_left(cx, added, false)?;
        self.release();

        let followed = delta.modified.union(&rekeyed);
        delta.removed = removed.clone();
        delta.added = added.clone();
        delta.modified.insert_all(modified);
        delta.mask.insert_all(mask);
        // The right row a left row has kept may itself have changed or been replaced.
        if moved || !(rekeyed.is_empty() || right.delta.removed.is_empty() && right.delta.modified.is_empty()) {
            delta.mask.insert_all(&self.all_added());
        }
        self.indexes.follow(cx, added, &followed, &delta.mask)?;
        Ok(Update::new(delta, left.new.clone()))
    }

    fn reads_old(&self) -> Vec<(usize, usize)> {
        // Without lines of left rows, a left row that goes is simply gone.
        let left = if self.left_rows.is_some() { self.left.reads_old() } else { Vec::new() };
        let left = left.into_iter().map(|column| (0, column));
        left.chain(self.right.reads_old().into_iter().map(|column| (1, column))).collect()
    }

    fn reads_old_order(&self) -> Vec<usize> {
        if self.by_place { vec![1] } else { Vec::new() }
    }

    fn bytes(&self) -> usize {
        let lines = self.right_rows.bytes() + self.left_rows.as_ref().map_or(0, Lines::bytes);
        self.keys.bytes() + lines + self.index.bytes()
    }

    fn validate(&self, output: &Output) -> Result<(), String> {
        self.check(output)
    }
}

impl AsOf {
    /// The added columns as a mask of the result.
    fn all_added(&self) -> Mask {
        (self.first_added..self.first_added + self.added.len()).collect()
    }
}
