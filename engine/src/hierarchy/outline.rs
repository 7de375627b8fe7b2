//! [`Outline`]: the rows of a window of a hierarchy.

use super::walk::{Seen, Visible};
use crate::listen::Rows;
use crate::plan::Definition;
use crate::table::Snapshot;
use crate::types::Value;
use crate::vector::{Vector, VectorBuilder};
use crate::{Error, ErrorKind, Result};

/// A window of the rows that are visible while some nodes of a hierarchy are expanded, all of one moment: each node, then,
/// if it is expanded, what is below it.
#[derive(Clone, Debug)]
pub struct Outline {
    total: u64,
    first: u64,
    depths: Vec<u32>,
    expanded: Vec<Option<bool>>,
    keys: Vec<Option<Vec<Value>>>,
    rows: Rows,
    constituents: Option<Rows>,
}

/// A level as it is read: its rows in the order in which they are shown.
pub(super) struct ReadLevel {
    pub(super) rows: Snapshot,
    /// For each column of the outline, and of its constituents, where it is found here.
    pub(super) columns: Vec<Option<usize>>,
    pub(super) constituents: Vec<Option<usize>>,
    /// Where the key of a node is found; `None` of rows that are no nodes.
    pub(super) key: Option<Vec<usize>>,
}

/// The columns of an outline.
pub(super) struct Shape<'a> {
    pub(super) definition: &'a Definition,
    pub(super) constituents: Option<&'a Definition>,
}

impl Outline {
    /// Reads the rows that are shown. `has_children` tells of each whether anything hangs below it.
    pub(super) fn read(
        shape: &Shape<'_>,
        levels: &[ReadLevel],
        seen: &Seen,
        first: u64,
        has_children: &[bool],
    ) -> Result<Self> {
        let read = levels.iter().enumerate().map(|(at, level)| LevelCells::read(level, at, &seen.rows));
        let read = read.collect::<Result<Vec<_>>>()?;
        let rows = collect(shape.definition, &read, &seen.rows, |cells| &cells.columns)?;
        let constituents =
            shape.constituents.map(|definition| collect(definition, &read, &seen.rows, |cells| &cells.constituents));
        let keys = in_turn(&read, &seen.rows).map(|(cells, row)| {
            let key = cells.key.as_ref()?;
            Some(key.iter().map(|column| column.value(row)).collect())
        });
        let expanded =
            seen.rows.iter().zip(has_children).map(|(row, &has_children)| has_children.then_some(row.expanded));
        Ok(Outline {
            total: seen.total,
            first: first.min(seen.total),
            depths: seen.rows.iter().map(|row| row.depth).collect(),
            expanded: expanded.collect(),
            keys: keys.collect(),
            rows,
            constituents: constituents.transpose()?,
        })
    }

    /// How many rows are visible in all, in the window or not.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The position of the first row among all that are visible.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// How many rows the window has.
    pub fn len(&self) -> usize {
        self.depths.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.depths.is_empty()
    }

    /// How many nodes a row hangs below.
    ///
    /// # Panics
    /// If the window has no such row; so for the others.
    pub fn depth(&self, row: usize) -> u32 {
        self.depths[row]
    }

    /// Whether a row shows what is below it; `None` if nothing is.
    pub fn expanded(&self, row: usize) -> Option<bool> {
        self.expanded[row]
    }

    /// The key of a node, as [`Expanded`](super::Expanded) takes it; `None` of a constituent, which is no node.
    pub fn key(&self, row: usize) -> Option<&[Value]> {
        self.keys[row].as_deref()
    }

    /// The rows: of a rollup the keys, null below the level of a row, and the aggregations, null of constituents.
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    /// Row for row, the constituents of a rollup that has them; all null where a row is a group.
    pub fn constituents(&self) -> Option<&Rows> {
        self.constituents.as_ref()
    }
}

/// What is shown of a level, row by row.
struct LevelCells {
    columns: Vec<Option<Vector<'static>>>,
    constituents: Vec<Option<Vector<'static>>>,
    key: Option<Vec<Vector<'static>>>,
}

impl LevelCells {
    fn read(level: &ReadLevel, at: usize, shown: &[Visible]) -> Result<Self> {
        let positions = shown.iter().filter(|row| row.node.level == at).map(|row| row.node.at);
        let positions: Vec<u64> = positions.collect();
        let wanted = |columns: &[Option<usize>]| -> Result<Vec<Option<Vector<'static>>>> {
            let found: Vec<usize> = columns.iter().flatten().copied().collect();
            let mut cells = level.rows.gather(&found, &positions)?.into_iter();
            Ok(columns.iter().map(|column| column.and_then(|_| cells.next())).collect())
        };
        let key = level.key.as_ref().map(|key| level.rows.gather(key, &positions));
        Ok(LevelCells {
            columns: wanted(&level.columns)?,
            constituents: wanted(&level.constituents)?,
            key: key.transpose()?,
        })
    }
}

/// For each row shown, the cells of its level and where it is among them.
fn in_turn<'c>(levels: &'c [LevelCells], shown: &'c [Visible]) -> impl Iterator<Item = (&'c LevelCells, usize)> {
    let mut next = vec![0; levels.len()];
    shown.iter().map(move |row| {
        let level = row.node.level;
        next[level] += 1;
        (&levels[level], next[level] - 1)
    })
}

/// Columns of all levels as one; null where a level has none of a name.
fn collect(
    definition: &Definition,
    levels: &[LevelCells],
    shown: &[Visible],
    cells: impl Fn(&LevelCells) -> &[Option<Vector<'static>>],
) -> Result<Rows> {
    let column = |(at, def): (usize, &crate::ColumnDef)| {
        let mut all = VectorBuilder::with_capacity(def.ty, shown.len());
        for (level, row) in in_turn(levels, shown) {
            let value = cells(level)[at].as_ref().map_or(Value::Null, |column| column.value(row));
            all.push(&value).ok_or_else(|| {
                let message = format!("a level has {} of another type than {}", def.name, def.ty);
                Error::new(ErrorKind::Internal, message)
            })?;
        }
        Ok(all.finish())
    };
    let columns = definition.columns().iter().enumerate().map(column).collect::<Result<Vec<_>>>()?;
    Rows::new(definition, columns, shown.len())
}
