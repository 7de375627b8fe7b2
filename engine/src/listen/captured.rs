//! [`Captured`]: what a cycle did to some columns and rows of a table, with the values, and several of these as one.

use super::{Change, Rows};
use crate::Result;
use crate::graph::{Delta, Mask};
use crate::plan::{Definition, Flavour};
use crate::rowset::RowSet;
use crate::types::Type;
use crate::vector::{Vector, VectorBuilder};

/// One vector a column.
pub(crate) type Cells = Vec<Vector<'static>>;

/// A delta and the cells of its rows, by id: those removed and modified as they were, those added and modified as they
/// are. Where the table is not in order of id, a last column has the place of each row.
#[derive(Debug)]
pub(crate) struct Captured {
    pub(crate) delta: Delta,
    pub(crate) added: Cells,
    pub(crate) removed: Cells,
    pub(crate) modified: Cells,
    pub(crate) previous: Cells,
}

impl Captured {
    /// Rows in all sets.
    pub(crate) fn rows(&self) -> u64 {
        self.delta.rows()
    }

    /// Bytes of all cells.
    pub(crate) fn bytes(&self) -> usize {
        [&self.added, &self.removed, &self.modified, &self.previous].into_iter().flatten().map(Vector::bytes).sum()
    }

    /// This and then `next`, as one. Of blink rows, all that came: those that went meanwhile too.
    pub(crate) fn then(self, next: Captured, definition: &Definition) -> Captured {
        let types: Vec<Type> = self.added.iter().map(Vector::ty).collect();
        if definition.flavour() == Flavour::Blink {
            // Their ids come again every other cycle: they are counted anew.
            let rows = self.delta.added.len() + next.delta.added.len();
            let added = both(&types, &self.added, &next.added);
            let delta = Delta { added: RowSet::range(0..rows), removed: self.delta.removed, ..Delta::default() };
            return Captured { delta, added, ..self };
        }
        let delta = self.delta.then(&next.delta);
        let (first, second) = (&self.delta, &next.delta);
        let added = [(&second.added, &next.added), (&second.modified, &next.modified), (&first.added, &self.added)];
        let removed =
            [(&first.removed, &self.removed), (&first.modified, &self.previous), (&second.removed, &next.removed)];
        let modified = [(&second.modified, &next.modified), (&first.modified, &self.modified)];
        let previous = [(&first.modified, &self.previous), (&second.modified, &next.previous)];
        Captured {
            added: pick(&types, &delta.added, &added),
            removed: pick(&types, &delta.removed, &removed),
            modified: pick(&types, &delta.modified, &modified),
            previous: pick(&types, &delta.modified, &previous),
            delta,
        }
    }

    /// As a reader is told.
    pub(crate) fn into_change(self, definition: &Definition) -> Result<Change> {
        let Delta { removed, added, modified, mask } = &self.delta;
        let width = definition.columns().len();
        let rows = |cells: Cells, places: Option<Vector<'_>>, ids: &RowSet| {
            Rows::new(definition, in_order(cells, width, places), ids.len() as usize)
        };
        let [added_at, removed_at, modified_at] =
            [&self.added, &self.removed, &self.modified].map(|cells| cells.get(width).cloned());
        Ok(Change {
            added: rows(self.added, added_at, added)?,
            removed: rows(self.removed, removed_at, removed)?,
            // As they were, in the order in which they are now: side by side.
            modified_previous: rows(self.previous, modified_at.clone(), modified)?,
            modified: rows(self.modified, modified_at, modified)?,
            modified_columns: Mask::columns(mask).collect(),
        })
    }
}

/// The cells of so many columns, in the order of places, if there are any.
fn in_order(mut cells: Cells, width: usize, places: Option<Vector<'_>>) -> Cells {
    cells.truncate(width);
    let Some(places) = places else { return cells };
    let places = places.native::<i64>().unwrap_or_default();
    let mut rows: Vec<u32> = (0..places.len() as u32).collect();
    rows.sort_by_key(|&row| places[row as usize]);
    cells.iter().map(|cells| cells.take(&rows)).collect()
}

fn both(types: &[Type], first: &Cells, second: &Cells) -> Cells {
    let column = |((&ty, first), second): ((&Type, &Vector<'_>), &Vector<'_>)| {
        let mut all = VectorBuilder::with_capacity(ty, first.len() + second.len());
        all.extend(first);
        all.extend(second);
        all.finish()
    };
    types.iter().zip(first).zip(second).map(column).collect()
}

/// The cells of `wanted` rows, each of the first of `sources` that has it.
fn pick(types: &[Type], wanted: &RowSet, sources: &[(&RowSet, &Cells)]) -> Cells {
    let mut places: Vec<u32> = Vec::with_capacity(wanted.len() as usize);
    for id in wanted.iter() {
        let mut base = 0;
        for (rows, _) in sources {
            if let Ok(position) = rows.rank(id) {
                places.push((base + position) as u32);
                break;
            }
            base += rows.len();
        }
    }
    let column = |(at, &ty): (usize, &Type)| {
        let mut all = VectorBuilder::new(ty);
        sources.iter().for_each(|(_, cells)| all.extend(&cells[at]));
        all.finish().take(&places)
    };
    types.iter().enumerate().map(column).collect()
}
