//! [`Definition`]: the columns of a table and its flavour.

use std::fmt;
use std::sync::Arc;

use crate::types::{Type, Value};
use crate::vector::Vector;
use crate::{Error, ErrorKind, Result};

/// A column's name and type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ColumnDef {
    /// The name: any text but the empty one.
    pub name: Arc<str>,
    /// The type.
    pub ty: Type,
}

impl ColumnDef {
    /// A column of that name and type.
    pub fn new(name: impl Into<Arc<str>>, ty: Type) -> Self {
        ColumnDef { name: name.into(), ty }
    }

    /// A value that was given for a cell of this column, as the column has it.
    ///
    /// # Errors
    /// [`ErrorKind::Type`] if it is of another type.
    pub(crate) fn cell(&self, value: &Value) -> Result<Value> {
        Vector::constant(self.ty, value, 1).map(|cell| cell.value(0)).ok_or_else(|| {
            let shown = match value {
                Value::String(text) => format!("{text:?}"),
                other => other.to_string(),
            };
            let message = format!("{shown} is no value of {}, which is of type {}", self.name, self.ty);
            Error::new(ErrorKind::Type, message).with_column(&*self.name)
        })
    }
}

/// How the rows of a table come and go; part of a table's definition, because it changes what an operation means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Flavour {
    /// Never changes.
    Static,
    /// Rows are only added, after all others.
    Append,
    /// Rows are only added, anywhere.
    AddOnly,
    /// Rows live for one cycle; aggregations accumulate over all that ever passed.
    Blink,
    /// Rows are added after all others, and the oldest go.
    Ring,
    /// Rows may be added, removed and modified.
    Keyed,
}

impl Flavour {
    /// Whether the table never changes.
    pub fn is_static(self) -> bool {
        self == Flavour::Static
    }

    /// Whether rows, once there, stay as they are.
    pub fn only_adds(self) -> bool {
        matches!(self, Flavour::Static | Flavour::Append | Flavour::AddOnly)
    }
}

impl fmt::Display for Flavour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Flavour::Static => "static",
            Flavour::Append => "append",
            Flavour::AddOnly => "add-only",
            Flavour::Blink => "blink",
            Flavour::Ring => "ring",
            Flavour::Keyed => "keyed",
        })
    }
}

/// The columns of a table, in order, and its flavour. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Definition {
    columns: Arc<[ColumnDef]>,
    flavour: Flavour,
    /// The only columns to sort by, if somebody said so.
    sortable: Option<Arc<[Arc<str>]>>,
}

impl Definition {
    /// A definition of these columns.
    ///
    /// # Errors
    /// [`ErrorKind::NameClash`] if a name comes twice, [`ErrorKind::Argument`] if one is empty.
    pub fn new(columns: impl IntoIterator<Item = ColumnDef>, flavour: Flavour) -> Result<Self> {
        let columns: Arc<[ColumnDef]> = columns.into_iter().collect();
        let mut seen = std::collections::HashSet::with_capacity(columns.len());
        for column in columns.iter() {
            if column.name.is_empty() {
                return Err(Error::new(ErrorKind::Argument, "a column needs a name"));
            }
            if !seen.insert(column.name.clone()) {
                let message = format!("two columns would be named {}", column.name);
                return Err(Error::new(ErrorKind::NameClash, message).with_column(&*column.name));
            }
        }
        Ok(Definition { columns, flavour, sortable: None })
    }

    /// The columns, in order.
    pub fn columns(&self) -> &[ColumnDef] {
        &self.columns
    }

    /// How rows come and go.
    pub fn flavour(&self) -> Flavour {
        self.flavour
    }

    /// The same columns under another flavour.
    pub fn with_flavour(&self, flavour: Flavour) -> Self {
        Definition { flavour, ..self.clone() }
    }

    /// The only columns the table may be sorted by, if it was restricted to some; an operation that changes columns
    /// lifts that.
    pub fn sortable(&self) -> Option<&[Arc<str>]> {
        self.sortable.as_deref()
    }

    /// The same without the first column, and without limits to sorting.
    pub(crate) fn without_first(&self) -> Self {
        Definition { columns: self.columns.iter().skip(1).cloned().collect(), flavour: self.flavour, sortable: None }
    }

    pub(super) fn sortable_by(&self, columns: &[Arc<str>]) -> Self {
        Definition { sortable: Some(columns.into()), ..self.clone() }
    }

    /// The position of a column; `None` if there is none of that name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| &*column.name == name)
    }

    /// The position of a column.
    ///
    /// # Errors
    /// [`ErrorKind::Unknown`] with the nearest name if there is none of that name.
    pub fn require(&self, name: &str) -> Result<usize> {
        self.position(name).ok_or_else(|| {
            let names = self.columns.iter().map(|column| &*column.name);
            let error = Error::new(ErrorKind::Unknown, format!("there is no column {name}")).with_column(name);
            match crate::error::nearest(name, names.clone()) {
                Some(near) => error.with_help(format!("did you mean {near}?")),
                None => error.with_help(format!("the columns are {}", crate::error::list(names, 12))),
            }
        })
    }
}
