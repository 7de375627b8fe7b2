//! A tree at one moment.

use std::cell::RefCell;
use std::collections::HashMap;

use super::{CHILDREN, Tree};
use crate::hierarchy::outline::{Outline, ReadLevel, Shape};
use crate::hierarchy::search::{cell, equal_range, shown_at};
use crate::hierarchy::walk::{Above, Forest, Node, Seen, Span};
use crate::table::Snapshot;
use crate::types::Value;
use crate::{Error, ErrorKind, Result};

/// The rows, all on one level.
pub(super) struct Pinned<'t> {
    tree: &'t Tree,
    by_id: Snapshot,
    shown: Snapshot,
    /// Where the id of a row is, where it is in the table sorted by it, and where the id of the row above.
    id: usize,
    searched: usize,
    above: usize,
    children: usize,
    /// What was counted: for the position of a row, how many there are of it and all below it.
    sizes: RefCell<HashMap<u64, u64>>,
}

impl<'t> Pinned<'t> {
    pub(super) fn new(tree: &'t Tree) -> Result<Self> {
        let mut snapshots = tree.rows.session().snapshot([&tree.by_id, &tree.shown])?.into_iter();
        let (Some(by_id), Some(shown)) = (snapshots.next(), snapshots.next()) else {
            return Err(Error::new(ErrorKind::Internal, "no snapshots of two tables"));
        };
        let definition = shown.definition();
        let (id, above) = (definition.require(&tree.id)?, definition.require(&tree.above)?);
        let (children, searched) = (definition.require(CHILDREN)?, by_id.definition().require(&tree.id)?);
        Ok(Pinned { tree, by_id, shown, id, searched, above, children, sizes: RefCell::default() })
    }

    pub(super) fn outline(&self, seen: &Seen, first: u64) -> Result<Outline> {
        let definition = &self.tree.definition;
        let columns = definition.columns().iter().map(|column| self.shown.definition().position(&column.name));
        let level = ReadLevel {
            rows: self.shown.clone(),
            columns: columns.collect(),
            constituents: Vec::new(),
            key: Some(vec![self.id]),
        };
        let positions: Vec<u64> = seen.rows.iter().map(|row| row.node.at).collect();
        let children = self.shown.gather(&[self.children], &positions)?;
        let has_children: Vec<bool> =
            children.iter().flat_map(|column| column.iter()).map(|count| !count.is_null()).collect();
        Outline::read(&Shape { definition, constituents: None }, &[level], seen, first, &has_children)
    }

    /// The positions of the rows below the row of an id, which is null above the roots.
    fn below(&self, id: &Value) -> Result<Span> {
        Ok(Span { level: 0, at: equal_range(&self.shown, &[self.above], std::slice::from_ref(id))? })
    }

    /// Counts what hangs below rows of which that is not known: each row behind the one above it, then back again.
    fn count(&self, span: &Span) -> Result<()> {
        let mut sizes = self.sizes.borrow_mut();
        if span.at.clone().all(|at| sizes.contains_key(&at)) {
            return Ok(());
        }
        let mut counted: Vec<(u64, Option<usize>)> = Vec::new();
        let mut spans = vec![(span.clone(), None)];
        while let Some((span, above)) = spans.pop() {
            let positions: Vec<u64> = span.at.collect();
            let cells = self.shown.gather(&[self.children, self.id], &positions)?;
            for (row, &at) in positions.iter().enumerate() {
                if cells[0].is_valid(row) {
                    spans.push((self.below(&cells[1].value(row))?, Some(counted.len())));
                }
                counted.push((at, above));
            }
        }
        let mut rows = vec![1; counted.len()];
        for at in (0..counted.len()).rev() {
            let (position, above) = counted[at];
            sizes.insert(position, rows[at]);
            if let Some(above) = above {
                rows[above] += rows[at];
            }
        }
        Ok(())
    }
}

impl Forest for Pinned<'_> {
    fn roots(&self) -> Result<Span> {
        self.below(&Value::Null)
    }

    fn find(&self, key: &[Value]) -> Result<Option<Node>> {
        let at = shown_at(&self.shown, &self.by_id, &[self.searched], key)?;
        Ok(at.map(|at| Node { level: 0, at }))
    }

    fn above(&self, node: Node) -> Result<Above> {
        let above = cell(&self.shown, node.at, self.above)?;
        if above.is_null() {
            return Ok(Above::Nothing);
        }
        Ok(self.find(&[above])?.map_or(Above::Missing, Above::Node))
    }

    fn children(&self, node: Node) -> Result<Span> {
        if cell(&self.shown, node.at, self.children)?.is_null() {
            return Ok(Span::default());
        }
        self.below(&cell(&self.shown, node.at, self.id)?)
    }

    fn sizes(&self, span: &Span) -> Result<Vec<u64>> {
        self.count(span)?;
        let sizes = self.sizes.borrow();
        Ok(span.at.clone().map(|at| sizes.get(&at).copied().unwrap_or(1)).collect())
    }
}
