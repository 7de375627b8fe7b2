//! [`Shown`]: the head of a table as text.

use std::fmt;

use super::grid;
use crate::Result;
use crate::table::{Snapshot, Table};

/// Columns of a terminal a printed table takes unless told otherwise.
pub(super) const DEFAULT_WIDTH: usize = 120;

/// The first rows of a table at one moment, as text: what [`Table::show`] read. `Display` only writes it.
///
/// Under each name stands the type; numbers are aligned to the right; `∅` is null. What does not fit is counted:
/// columns in the middle are left out first.
#[derive(Clone, Debug)]
pub struct Shown {
    snapshot: Snapshot,
    rows: u64,
    text: String,
}

impl Shown {
    fn new(snapshot: Snapshot, rows: u64, width: usize) -> Result<Self> {
        let defs = snapshot.definition().columns();
        let shown = rows.min(snapshot.len());
        let read = |column: usize| {
            let window = snapshot.window(0..shown, &[&defs[column].name])?;
            Ok(window.columns()[0].clone())
        };
        let text = grid::layout(defs, width, shown as usize, snapshot.len(), read)?;
        Ok(Shown { snapshot, rows, text })
    }

    /// The same rows within `width` columns of a terminal (120 unless given). It reads the columns that fit anew, of
    /// the same moment.
    ///
    /// # Errors
    /// What reading a lazy column gives.
    pub fn with_width(self, width: usize) -> Result<Self> {
        Shown::new(self.snapshot, self.rows, width)
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Table {
    /// The first `rows` rows as they are now, as text. Only the cells shown are read: of a table with many columns,
    /// those that fit the width.
    ///
    /// ```
    /// # use headwater_engine::{Session, Value, Type, vector::Vector};
    /// # fn main() -> headwater_engine::Result<()> {
    /// let price = Vector::from_values(Type::F64, [Value::F64(1.5), Value::Null]).unwrap();
    /// let quotes = Session::new().static_table("quotes", [("Price", price)])?;
    /// assert_eq!(quotes.show(5)?.to_string(), "Price\n  f64\n─────\n  1.5\n    ∅\n");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The error of a failed table, what reading a lazy column gives, [`crate::ErrorKind::InsideCycle`].
    pub fn show(&self, rows: u64) -> Result<Shown> {
        self.snapshot()?.show(rows)
    }
}

impl Snapshot {
    /// The first `rows` rows as text; see [`Table::show`].
    ///
    /// # Errors
    /// What reading a lazy column gives.
    pub fn show(&self, rows: u64) -> Result<Shown> {
        Shown::new(self.clone(), rows, DEFAULT_WIDTH)
    }
}
