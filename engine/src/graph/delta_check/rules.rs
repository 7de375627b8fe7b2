//! The rules of a delta, one by one.

use super::shadow::{Cell, Shadow};
use crate::column::{Column, Stores, View};
use crate::graph::Update;
use crate::plan::ColumnDef;
use crate::rowset::RowSet;
use crate::{Error, ErrorKind};

/// An update and all that it is checked against.
pub(super) struct Contract<'a> {
    pub(super) names: &'a [ColumnDef],
    pub(super) columns: &'a [Column],
    pub(super) stores: &'a dyn Stores,
    pub(super) old_rows: &'a RowSet,
    pub(super) update: &'a Update,
}

/// A rule that does not hold, and where.
#[derive(Debug, Default)]
pub(super) struct Broken {
    rule: &'static str,
    row: Option<u64>,
    column: Option<String>,
    /// The two cells that should be one: what is expected, what is there.
    cells: Option<(Cell, Cell)>,
}

impl Broken {
    pub(super) fn into_error(self, node: &str) -> Error {
        let mut message = format!("the delta of {node} breaks its contract: {}", self.rule);
        if let Some(row) = self.row {
            message.push_str(&format!(": row {row}"));
        }
        if let Some(column) = &self.column {
            message.push_str(&format!(", column {column}"));
        }
        if let Some((expected, found)) = &self.cells {
            message.push_str(&format!(": expected {expected}, found {found}"));
        }
        let error = Error::new(ErrorKind::Internal, message);
        let error = self.row.into_iter().fold(error, Error::with_row);
        self.column.into_iter().fold(error, Error::with_column)
    }
}

impl Contract<'_> {
    /// The table after the update, if no rule is broken; `None` if nothing was done to it.
    pub(super) fn check(&self, before: &Shadow) -> Result<Option<Shadow>, Broken> {
        self.rows(before)?;
        self.mask()?;
        let old = Shadow::read(self.old_rows, self.columns, self.stores, View::Old);
        self.same_cells("the old view shows what was there before", before.rows.iter(), before, &old)?;
        let after = Shadow::of(&self.update.rows, self.columns, self.stores);
        let backwards = Shadow::read_backwards(&after.rows, self.columns, self.stores, View::New);
        self.same_cells("cells read one by one are those read as a range", after.rows.iter(), &after, &backwards)?;
        self.unlisted(before, &after)?;
        Ok(Some(after))
    }

    fn rows(&self, before: &Shadow) -> Result<(), Broken> {
        let delta = &self.update.delta;
        let (old, new) = (self.old_rows, &self.update.rows);
        none("the rows before the cycle are those after the last one", &symmetric(old, &before.rows))?;
        none("removed rows were there", &delta.removed.minus(old))?;
        none("added rows are there", &delta.added.minus(new))?;
        none("modified rows were there", &delta.modified.minus(old))?;
        none("modified rows are still there", &delta.modified.minus(new))?;
        none("modified rows are not removed ones", &delta.modified.intersect(&delta.removed))?;
        none("modified rows are not added ones", &delta.modified.intersect(&delta.added))?;
        none(
            "a row that is added was not there, or is removed too",
            &delta.added.intersect(old).minus(&delta.removed),
        )?;
        none(
            "the rows now are the old ones, without those removed, with those added",
            &symmetric(new, &delta.apply(old)),
        )
    }

    fn mask(&self) -> Result<(), Broken> {
        let delta = &self.update.delta;
        let rule = "the mask is empty exactly if no row is modified";
        if delta.mask.is_empty() != delta.modified.is_empty() {
            return Err(Broken { rule, row: delta.modified.first(), ..Broken::default() });
        }
        match delta.mask.columns().find(|&column| column >= self.names.len()) {
            Some(column) => Err(Broken {
                rule: "the mask names columns of the table",
                column: Some(format!("number {column}")),
                ..Broken::default()
            }),
            None => Ok(()),
        }
    }

    /// Rows in no set, and columns outside the mask, are as they were.
    fn unlisted(&self, before: &Shadow, after: &Shadow) -> Result<(), Broken> {
        let delta = &self.update.delta;
        let stayed = after.rows.minus(&delta.added);
        self.same_cells("a row in no set is unchanged", stayed.minus(&delta.modified).iter(), before, after)?;
        let may_differ = |column: usize| match self.names.get(column) {
            Some(_) => delta.mask.contains(column),
            None => delta.mask.has_order(),
        };
        for column in (0..self.columns.len()).filter(|&column| !may_differ(column)) {
            let rule = "a column outside the mask is unchanged on modified rows";
            self.same_column(rule, column, delta.modified.iter(), before, after)?;
        }
        Ok(())
    }

    fn same_cells(
        &self,
        rule: &'static str,
        rows: impl Iterator<Item = u64> + Clone,
        expected: &Shadow,
        found: &Shadow,
    ) -> Result<(), Broken> {
        (0..self.columns.len()).try_for_each(|column| self.same_column(rule, column, rows.clone(), expected, found))
    }

    fn same_column(
        &self,
        rule: &'static str,
        column: usize,
        mut rows: impl Iterator<Item = u64>,
        expected: &Shadow,
        found: &Shadow,
    ) -> Result<(), Broken> {
        let differs = rows.find_map(|row| {
            let (expected, found) = (expected.cell(row, column)?, found.cell(row, column)?);
            (!expected.identical(found)).then(|| (row, (expected.clone(), found.clone())))
        });
        match differs {
            Some((row, cells)) => Err(Broken {
                rule,
                row: Some(row),
                column: Some(self.names.get(column).map_or("ORDER".to_owned(), |def| def.name.to_string())),
                cells: Some(cells),
            }),
            None => Ok(()),
        }
    }
}

fn none(rule: &'static str, rows: &RowSet) -> Result<(), Broken> {
    match rows.first() {
        Some(row) => Err(Broken { rule, row: Some(row), ..Broken::default() }),
        None => Ok(()),
    }
}

fn symmetric(a: &RowSet, b: &RowSet) -> RowSet {
    a.minus(b).union(&b.minus(a))
}
