//! Rows that were read already, as text.

use std::fmt;

use super::grid;
use super::shown::DEFAULT_WIDTH;
use crate::listen::Rows;

/// Rows printed before the rest is only counted.
const MOST_ROWS: usize = 40;

impl fmt::Display for Rows {
    /// Names over types over cells, as [`crate::Table::show`] prints them: at most 40 rows, within 120 columns of a
    /// terminal or as many as the format says (`{rows:80}`).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = f.width().unwrap_or(DEFAULT_WIDTH);
        let shown = self.len().min(MOST_ROWS);
        let read = |column: usize| Ok(self.columns()[column].slice(0..shown).into_owned());
        match grid::layout(self.definition().columns(), width, shown, self.len() as u64, read) {
            Ok(text) => f.write_str(&text),
            Err(_) => Err(fmt::Error),
        }
    }
}
