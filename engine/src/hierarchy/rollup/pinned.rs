//! A rollup at one moment.

use super::Rollup;
use super::levels::SIZE;
use crate::Result;
use crate::hierarchy::outline::{Outline, ReadLevel, Shape};
use crate::hierarchy::search::{cell, equal_range, shown_at};
use crate::hierarchy::walk::{Above, Forest, Node, Seen, Span};
use crate::plan::ColumnDef;
use crate::table::Snapshot;
use crate::types::Value;

/// The levels, the root first.
pub(super) struct Pinned<'r> {
    rollup: &'r Rollup,
    levels: Vec<PinnedLevel>,
}

struct PinnedLevel {
    keyed: Snapshot,
    shown: Snapshot,
}

impl<'r> Pinned<'r> {
    pub(super) fn new(rollup: &'r Rollup) -> Result<Self> {
        let tables = rollup.levels.iter().flat_map(|level| [&level.keyed, &level.shown]);
        let mut snapshots = rollup.recipe.source.session().snapshot(tables)?.into_iter();
        let mut levels = Vec::with_capacity(rollup.levels.len());
        while let (Some(keyed), Some(shown)) = (snapshots.next(), snapshots.next()) {
            levels.push(PinnedLevel { keyed, shown });
        }
        Ok(Pinned { rollup, levels })
    }

    /// The key of a node.
    fn key(&self, node: Node) -> Result<Vec<Value>> {
        let keys = &self.rollup.levels[node.level].keys;
        keys.iter().map(|&key| cell(&self.levels[node.level].shown, node.at, key)).collect()
    }

    fn is_last(&self, level: usize) -> bool {
        level + 1 == self.levels.len()
    }

    pub(super) fn outline(&self, rollup: &Rollup, seen: &Seen, first: u64) -> Result<Outline> {
        let source = rollup.recipe.source.definition();
        let keys = rollup.recipe.by.len();
        let constituents = rollup.recipe.constituents.then_some(source);
        let level = |(at, level): (usize, &'_ PinnedLevel)| {
            let is_group = at <= keys;
            let has = |column: usize| if is_group { column < at || column >= keys } else { column < keys };
            let found = |(column, def): (usize, &ColumnDef)| {
                if has(column) { level.shown.definition().position(&def.name) } else { None }
            };
            let own = constituents.map_or(0, |source| source.columns().len());
            ReadLevel {
                rows: level.shown.clone(),
                columns: rollup.definition.columns().iter().enumerate().map(found).collect(),
                constituents: (0..own).map(|column| (!is_group).then_some(column)).collect(),
                key: is_group.then_some((0..at).collect()),
            }
        };
        let levels: Vec<ReadLevel> = self.levels.iter().enumerate().map(level).collect();
        let has_children: Vec<bool> = seen.rows.iter().map(|row| !self.is_last(row.node.level)).collect();
        Outline::read(&Shape { definition: &rollup.definition, constituents }, &levels, seen, first, &has_children)
    }
}

impl Forest for Pinned<'_> {
    fn roots(&self) -> Result<Span> {
        Ok(Span { level: 0, at: 0..self.levels[0].shown.len() })
    }

    fn find(&self, key: &[Value]) -> Result<Option<Node>> {
        let level = key.len();
        let PinnedLevel { keyed, shown } = &self.levels[level];
        let at = shown_at(shown, keyed, &self.rollup.levels[level].keys, key)?;
        Ok(at.map(|at| Node { level, at }))
    }

    fn above(&self, node: Node) -> Result<Above> {
        match node.level {
            0 => Ok(Above::Nothing),
            level => Ok(self.find(&self.key(node)?[..level - 1])?.map_or(Above::Missing, Above::Node)),
        }
    }

    fn children(&self, node: Node) -> Result<Span> {
        if self.is_last(node.level) {
            return Ok(Span::default());
        }
        let level = node.level + 1;
        let at = equal_range(&self.levels[level].shown, &self.rollup.levels[level].keys, &self.key(node)?)?;
        Ok(Span { level, at })
    }

    fn sizes(&self, span: &Span) -> Result<Vec<u64>> {
        let rows = (span.at.end - span.at.start) as usize;
        if self.is_last(span.level) {
            return Ok(vec![1; rows]);
        }
        let sizes = self.levels[span.level].shown.window(span.at.clone(), &[SIZE])?;
        Ok(sizes.column(SIZE)?.native::<i64>().unwrap_or_default().iter().map(|&size| size as u64).collect())
    }
}
