//! [`Undo`]: the values a column had before this cycle, for the ids that were written in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::block::Block;
use super::ids::Ids;
use crate::rowset::RowSet;
use crate::types::Type;
use crate::vector::{Vector, VectorBuilder};

/// Old values: single ones by id, in the order they were logged, no id twice; and whole blocks. A block may be kept after some of its
/// ids were logged and written, so what is logged goes before it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Undo {
    segments: Vec<Segment>,
    blocks: BTreeMap<u64, Arc<Block>>,
}

#[derive(Clone, Debug)]
struct Segment {
    ids: RowSet,
    /// One value an id, in order of id.
    values: Vector<'static>,
}

impl Undo {
    pub(crate) fn is_empty(&self) -> bool {
        self.segments.is_empty() && self.blocks.is_empty()
    }

    /// A block that was kept.
    pub(crate) fn block(&self, number: u64) -> Option<&Block> {
        self.blocks.get(&number).map(|block| &**block)
    }

    /// Keeps a block of which none is kept yet.
    pub(crate) fn keep(&mut self, number: u64, block: Arc<Block>) {
        self.blocks.insert(number, block);
    }

    pub(crate) fn clear(&mut self) {
        self.segments.clear();
        self.blocks.clear();
    }

    /// Whether one of `ids`, or of those between them, is logged by itself.
    pub(crate) fn has_single(&self, ids: Ids<'_>) -> bool {
        !self.segments.is_empty() && self.segments.iter().any(|segment| segment.ids.intersects_range(ids.span()))
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

    /// The old values of `ids` as they were logged, if they are neighbours there: mostly what was written is read back.
    pub(crate) fn kept(&self, ids: Ids<'_>) -> Option<Vector<'_>> {
        let last = ids.len().checked_sub(1)?;
        let span = ids.get(0)..ids.get(last) + 1;
        if span.is_empty() {
            return None;
        }
        self.segments.iter().find_map(|Segment { ids: logged, values }| {
            let first = logged.rank(span.start).ok()? as usize;
            let is_same = ids.iter().eq(logged.runs_in(span.clone()).flatten());
            is_same.then(|| values.slice(first..first + ids.len()))
        })
    }

    /// The old values of `ids`, given those in blocks kept or, where none was kept, in blocks as they are now.
    pub(crate) fn patch<'v>(&self, ty: Type, ids: Ids<'_>, now: Vector<'v>) -> Vector<'v> {
        let mut patched: Option<(Vec<u32>, VectorBuilder)> = None;
        let span = ids.span();
        for segment in self.segments.iter().filter(|segment| segment.ids.intersects_range(span.clone())) {
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
