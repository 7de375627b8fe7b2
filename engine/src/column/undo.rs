//! [`Undo`]: the values a column had before this cycle, for the ids that were written in it.

use super::ids::Ids;
use crate::rowset::RowSet;
use crate::types::Type;
use crate::vector::{Vector, VectorBuilder};

/// Old values by id, in the order they were logged; no id is logged twice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Undo {
    segments: Vec<Segment>,
}

#[derive(Clone, Debug)]
struct Segment {
    ids: RowSet,
    /// One value an id, in order of id.
    values: Vector<'static>,
}

impl Undo {
    pub(crate) fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.segments.clear();
    }

    /// Those of `ids` that have no entry yet.
    pub(crate) fn missing(&self, ids: RowSet) -> RowSet {
        self.segments.iter().fold(
            ids,
            |ids, segment| {
                if ids.intersects(&segment.ids) { ids.minus(&segment.ids) } else { ids }
            },
        )
    }

    pub(crate) fn push(&mut self, ids: RowSet, values: Vector<'static>) {
        debug_assert_eq!(ids.len(), values.len() as u64);
        self.segments.push(Segment { ids, values });
    }

    /// The old values of `ids`, given those that stand in storage now.
    pub(crate) fn patch<'v>(&self, ty: Type, ids: Ids<'_>, now: Vector<'v>) -> Vector<'v> {
        let mut patched: Option<(Vec<u32>, VectorBuilder)> = None;
        for segment in &self.segments {
            let mut base = None;
            for (index, id) in ids.iter().enumerate() {
                let Ok(position) = segment.ids.rank(id) else { continue };
                let (indices, all) = patched.get_or_insert_with(|| {
                    let mut all = VectorBuilder::with_capacity(ty, now.len() + segment.values.len());
                    all.extend(&now);
                    ((0..now.len() as u32).collect(), all)
                });
                let base = *base.get_or_insert_with(|| {
                    let base = all.len();
                    all.extend(&segment.values);
                    base
                });
                indices[index] = (base as u64 + position) as u32;
            }
        }
        match patched {
            Some((indices, all)) => all.finish().take(&indices),
            None => now,
        }
    }
}
