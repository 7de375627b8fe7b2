//! [`Listed`]: columns of lists, each of which is what some rows of another column hold.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Column, Ids, StoreRef, Stores, View, find};
use crate::types::{List, Type};
use crate::vector::{VECTOR_ROWS, Values, Vector, VectorBuilder, joined_once};
use crate::{Error, ErrorKind, Result};

/// A stored column of lists of row ids, and the column that is read at them: the lists of a batch share one vector.
///
/// As they were, the lists are those of the ids as they were, of the values as they were.
#[derive(Debug)]
pub(crate) struct Listed {
    rows: StoreRef,
    source: Column,
}

impl Listed {
    pub(crate) fn new(rows: StoreRef, source: Column) -> Self {
        Listed { rows, source }
    }

    pub(super) fn ty(&self) -> Type {
        Type::list_of(self.source.ty())
    }

    /// Where the ids are, and what is read at them.
    pub(super) fn parts(&self) -> (StoreRef, &Column) {
        (self.rows, &self.source)
    }

    pub(super) fn read(&self, stores: &dyn Stores, ids: Ids<'_>, view: View) -> Result<Vector<'static>> {
        let rows = find(stores, self.rows, view)?.read(ids, view);
        let Some(lists) = rows.lists() else {
            return Err(Error::new(ErrorKind::Internal, "a column that does not hold lists of ids"));
        };
        // Rows of a join often have the list of one group.
        let (targets, starts) = joined_once(lists.iter(), Type::I64);
        let targets: &[u64] = bytemuck::cast_slice(targets.native::<i64>().unwrap_or_default());
        let items = Arc::new(self.items(stores, targets, view)?);
        let cells = lists.iter().zip(starts).map(|(list, start)| List::of(items.clone(), start..start + list.len()));
        let cells = Values::List(Cow::Owned(cells.collect()));
        Ok(Vector::new(self.ty(), cells, rows.valid().cloned()))
    }

    fn items(&self, stores: &dyn Stores, targets: &[u64], view: View) -> Result<Vector<'static>> {
        if targets.len() <= VECTOR_ROWS {
            return Ok(self.source.read(stores, Ids::List(targets), view)?.into_owned());
        }
        let mut items = VectorBuilder::with_capacity(self.source.ty(), targets.len());
        for targets in targets.chunks(VECTOR_ROWS) {
            items.append(self.source.read(stores, Ids::List(targets), view)?);
        }
        Ok(items.finish())
    }
}
