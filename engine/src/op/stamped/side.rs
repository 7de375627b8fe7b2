//! [`StampedSide`]: the key columns of one input, and its stamps.

use std::marker::PhantomData;

use super::Stamp;
use crate::Result;
use crate::column::{Column, Ids, View};
use crate::graph::{Cx, Mask};
use crate::group::{KeyTable, widen};
use crate::op::InputShape;
use crate::op::matching::Side;
use crate::types::Type;

pub(in crate::op) struct StampedSide<S> {
    keys: Side,
    stamp: Column,
    position: usize,
    /// The type stamps of both sides are compared as.
    ty: Type,
    only_adds: bool,
    read_as: PhantomData<fn() -> S>,
}

/// What is known of the rows of a batch.
#[derive(Debug, Default)]
pub(in crate::op) struct Located<S> {
    pub(in crate::op) slots: Vec<u32>,
    pub(in crate::op) stamps: Vec<S>,
}

impl<S: Stamp> StampedSide<S> {
    pub(in crate::op) fn new(input: &InputShape<'_>, keys: &[usize], types: &[Type], stamp: usize, ty: Type) -> Self {
        StampedSide {
            keys: Side::new(input, keys, types),
            stamp: input.columns[stamp].clone(),
            position: stamp,
            ty,
            only_adds: input.definition.flavour().only_adds(),
            read_as: PhantomData,
        }
    }

    /// Whether a change of the columns of `mask` may move rows in their lines or to others.
    pub(in crate::op) fn is_hit(&self, mask: &Mask) -> bool {
        self.keys.is_hit(mask) || mask.contains(self.position)
    }

    pub(in crate::op) fn reads_old(&self) -> Vec<usize> {
        if self.only_adds {
            return Vec::new();
        }
        self.keys.reads_old().iter().copied().chain([self.position]).collect()
    }

    /// Finds the slots and stamps of rows.
    pub(in crate::op) fn locate(
        &self,
        cx: &Cx<'_>,
        keys: &mut KeyTable,
        ids: Ids<'_>,
        view: View,
        located: &mut Located<S>,
    ) -> Result<()> {
        located.stamps = self.stamps_of(cx, &self.stamp, ids, view)?;
        keys.locate(&self.keys.read(cx, ids, view)?, ids.len(), &mut located.slots);
        Ok(())
    }

    /// The same of rows as they are now, where keys not seen before get slots.
    pub(in crate::op) fn place(
        &self,
        cx: &Cx<'_>,
        keys: &mut KeyTable,
        ids: Ids<'_>,
        located: &mut Located<S>,
    ) -> Result<()> {
        located.stamps = self.stamps_of(cx, &self.stamp, ids, View::New)?;
        keys.place(&self.keys.read(cx, ids, View::New)?, ids.len(), &mut located.slots)
    }

    /// The values of a column of the input, compared as its stamps are.
    pub(in crate::op) fn stamps_of(&self, cx: &Cx<'_>, column: &Column, ids: Ids<'_>, view: View) -> Result<Vec<S>> {
        Ok(S::read(&widen(cx.read(column, ids, view)?, self.ty)))
    }
}
