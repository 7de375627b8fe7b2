//! [`Side`]: the key columns of one input.

use crate::column::{Column, Ids, View, batches};
use crate::graph::{Cx, Mask};
use crate::group::{KeyTable, Keys, NO_SLOT};
use crate::op::InputShape;
use crate::rowset::RowSet;
use crate::types::{Type, Value};
use crate::{Error, ErrorKind, Result};

/// The key columns of one input, as they are compared with those of the other.
pub(in crate::op) struct Side {
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
    pub(in crate::op) fn new(input: &InputShape<'_>, keys: &[usize], types: &[Type]) -> Self {
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
    pub(in crate::op) fn read<'s>(&self, cx: &'s Cx<'_>, ids: Ids<'_>, view: View) -> Result<Keys<'s>> {
        Keys::read(cx, self.columns.iter().zip(self.types.iter().copied()), ids, view)
    }

    /// Whether a change of the columns of `mask` may be a change of keys.
    pub(in crate::op) fn is_hit(&self, mask: &Mask) -> bool {
        mask.intersects(&self.mask)
    }

    /// The key columns whose values before a cycle are read, so that rows that go or change are found by them.
    pub(in crate::op) fn reads_old(&self) -> &[usize] {
        if self.only_adds { &[] } else { &self.positions }
    }

    /// Those of `rows`, modified in the columns of `mask`, whose keys are others than before. Keys not seen before get
    /// slots: whoever asks puts the rows there.
    pub(in crate::op) fn rekeyed(
        &self,
        cx: &Cx<'_>,
        keys: &mut KeyTable,
        rows: &RowSet,
        mask: &Mask,
    ) -> Result<RowSet> {
        let mut rekeyed = Vec::new();
        if !self.is_hit(mask) {
            return Ok(RowSet::new());
        }
        let (mut before, mut now) = (Vec::new(), Vec::new());
        batches(rows, |ids| {
            keys.locate(&self.read(cx, ids, View::Old)?, ids.len(), &mut before);
            keys.place(&self.read(cx, ids, View::New)?, ids.len(), &mut now)?;
            rekeyed.extend((0..ids.len()).filter(|&at| before[at] != now[at]).map(|at| ids.get(at)));
            Ok::<_, Error>(())
        })?;
        Ok(RowSet::from_sorted(&rekeyed))
    }

    /// Calls `each` with the slot of the key that each of some rows had, and the row.
    pub(in crate::op) fn each_old(
        &self,
        cx: &Cx<'_>,
        keys: &mut KeyTable,
        rows: &RowSet,
        mut each: impl FnMut(u32, u64) -> Result<()>,
    ) -> Result<()> {
        let mut slots = Vec::new();
        batches(rows, |ids| {
            keys.locate(&self.read(cx, ids, View::Old)?, ids.len(), &mut slots);
            slots.iter().zip(ids.iter()).try_for_each(|(&slot, id)| each(known(slot)?, id))
        })
    }

    /// Calls `each` with the slot of the key that each of some rows has now, and the row. A key not seen before gets one.
    pub(in crate::op) fn each_new(
        &self,
        cx: &Cx<'_>,
        keys: &mut KeyTable,
        rows: &RowSet,
        mut each: impl FnMut(u32, u64) -> Result<()>,
    ) -> Result<()> {
        let mut slots = Vec::new();
        batches(rows, |ids| {
            keys.place(&self.read(cx, ids, View::New)?, ids.len(), &mut slots)?;
            slots.iter().zip(ids.iter()).try_for_each(|(&slot, id)| each(slot, id))
        })
    }

    pub(in crate::op) fn names(&self) -> &[std::sync::Arc<str>] {
        &self.names
    }

    /// The key of one row as cells.
    pub(in crate::op) fn key(&self, cx: &Cx<'_>, id: u64) -> Result<Vec<Value>> {
        self.columns.iter().map(|column| Ok(cx.read(column, Ids::List(&[id]), View::New)?.value(0))).collect()
    }
}

/// The slot of a row that was there before has been given to its key.
pub(in crate::op) fn known(slot: u32) -> Result<u32> {
    if slot == NO_SLOT {
        return Err(Error::new(ErrorKind::Internal, "a row that goes has a key that was never seen"));
    }
    Ok(slot)
}
