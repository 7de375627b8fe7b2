//! [`Side`]: the key columns of one input.

use crate::Result;
use crate::column::{Column, Ids, View};
use crate::graph::{Cx, Mask};
use crate::group::Keys;
use crate::op::InputShape;
use crate::types::{Type, Value};

/// The key columns of one input, as they are compared with those of the other.
pub(super) struct Side {
    columns: Vec<Column>,
    positions: Vec<usize>,
    names: Vec<std::sync::Arc<str>>,
    types: Vec<Type>,
    /// The key columns as a mask.
    mask: Mask,
    /// Whether rows, once there, stay as they are.
    only_adds: bool,
}

impl Side {
    pub(super) fn new(input: &InputShape<'_>, keys: &[usize], types: &[Type]) -> Self {
        let defs = input.definition.columns();
        Side {
            columns: keys.iter().map(|&key| input.columns[key].clone()).collect(),
            positions: keys.to_vec(),
            names: keys.iter().map(|&key| defs[key].name.clone()).collect(),
            types: types.to_vec(),
            mask: keys.iter().copied().collect(),
            only_adds: input.definition.flavour().only_adds(),
        }
    }

    /// The keys of `ids`, widened to the types they are compared as.
    pub(super) fn read<'s>(&self, cx: &'s Cx<'_>, ids: Ids<'_>, view: View) -> Result<Keys<'s>> {
        Keys::read(cx, self.columns.iter().zip(self.types.iter().copied()), ids, view)
    }

    /// Whether a change of the columns of `mask` may be a change of keys.
    pub(super) fn is_hit(&self, mask: &Mask) -> bool {
        mask.intersects(&self.mask)
    }

    /// The key columns whose values before a cycle are read, so that rows that go or change are found by them.
    pub(super) fn reads_old(&self) -> &[usize] {
        if self.only_adds { &[] } else { &self.positions }
    }

    pub(super) fn names(&self) -> &[std::sync::Arc<str>] {
        &self.names
    }

    /// The key of one row as cells.
    pub(super) fn key(&self, cx: &Cx<'_>, id: u64) -> Result<Vec<Value>> {
        self.columns.iter().map(|column| Ok(cx.read(column, Ids::List(&[id]), View::New)?.value(0))).collect()
    }
}
