//! [`Shape`]: what the plan generator knows of a table it may go on with.

use headwater_engine::{Flavour, Type};

use super::source::Source;
use super::values::Spread;

/// What may be done with the values of a column without making the comparison with the oracle a matter of luck.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Quality {
    /// Sums are exact in any order.
    Exact,
    /// One value, however it is computed; sums of such values depend on their order.
    Definite,
    /// Right up to rounding: may be looked at, not computed with.
    Rounded,
}

/// A column of a table in a random plan.
#[derive(Clone, Debug)]
pub(super) struct ColumnShape {
    /// Its name.
    pub(super) name: String,
    /// Its type.
    pub(super) ty: Type,
    /// What may be done with it.
    pub(super) quality: Quality,
    /// Few distinct values.
    pub(super) is_key: bool,
}

/// A table in a random plan.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    /// The columns.
    pub(super) columns: Vec<ColumnShape>,
    /// How rows come and go.
    pub(super) flavour: Flavour,
    /// Reading a cell may fail: such a table is an end.
    pub(super) fragile: bool,
}

impl Shape {
    /// The shape of a source.
    pub(super) fn of_source(source: &Source) -> Self {
        let columns = source.columns.iter().map(|column| ColumnShape {
            name: column.name.clone(),
            ty: column.ty,
            quality: match column.spread {
                Spread::Wild if column.ty.is_float() => Quality::Definite,
                _ => Quality::Exact,
            },
            is_key: column.spread == Spread::Keys,
        });
        Shape { columns: columns.collect(), flavour: source.flavour(), fragile: false }
    }

    /// Columns that formulas, keys and conditions may use.
    pub(super) fn definite(&self) -> Vec<&ColumnShape> {
        self.columns.iter().filter(|column| column.quality < Quality::Rounded).collect()
    }

    /// Columns of few distinct values.
    pub(super) fn keys(&self) -> Vec<&ColumnShape> {
        self.columns.iter().filter(|column| column.is_key && column.quality < Quality::Rounded).collect()
    }

    /// Adds a column, in place of one of that name.
    pub(super) fn define(&mut self, column: ColumnShape) {
        match self.columns.iter_mut().find(|known| known.name == column.name) {
            Some(known) => *known = column,
            None => self.columns.push(column),
        }
    }
}
