//! [`Either`]: one column of two, for rows that may come from either of two tables.

use super::{Column, Ids, StoreRef, Stores, View, find};
use crate::Result;
use crate::group::widen;
use crate::types::Type;
use crate::vector::{Vector, VectorBuilder};

/// The first column where an index leads somewhere, the second one where it does not; both as one type.
#[derive(Debug)]
pub(crate) struct Either {
    pub(crate) index: StoreRef,
    pub(crate) first: Column,
    pub(crate) second: Column,
    /// That of both, or a wider one of their family.
    pub(crate) ty: Type,
}

impl Either {
    pub(super) fn read<'s>(&self, stores: &'s dyn Stores, ids: Ids<'_>, view: View) -> Result<Vector<'s>> {
        let read = |column: &Column| Ok::<_, crate::Error>(widen(column.read(stores, ids, view)?, self.ty));
        let index = find(stores, self.index, view)?.read(ids, view);
        let leads = match index.valid() {
            None => return read(&self.first),
            Some(leads) if !leads.any() => return read(&self.second),
            Some(leads) => leads,
        };
        let mut both = VectorBuilder::with_capacity(self.ty, 2 * ids.len());
        both.extend(&read(&self.first)?);
        both.extend(&read(&self.second)?);
        let from = |row: usize| if leads.get(row) { row } else { ids.len() + row };
        let taken: Vec<u32> = (0..ids.len()).map(|row| from(row) as u32).collect();
        Ok(both.finish().take(&taken))
    }
}
