//! What rows are sorted by, and which part of a table is taken by position.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A way to sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum SortBy {
    /// Null first, then values from the least, NaN last.
    #[default]
    Ascending,
    /// The other way round: NaN first, null last. Rows of equal values keep the order they had here too.
    Descending,
}

/// A column to sort by, and which way: `"Price"` ascends, [`SortColumn::descending`] does not.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SortColumn {
    /// The name.
    pub column: Arc<str>,
    /// Which way.
    pub by: SortBy,
}

impl SortColumn {
    /// From the least value on.
    pub fn ascending(column: impl Into<Arc<str>>) -> Self {
        SortColumn { column: column.into(), by: SortBy::Ascending }
    }

    /// From the greatest value on.
    pub fn descending(column: impl Into<Arc<str>>) -> Self {
        SortColumn { column: column.into(), by: SortBy::Descending }
    }
}

impl fmt::Display for SortColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.column)?;
        if self.by == SortBy::Descending { f.write_str(" descending") } else { Ok(()) }
    }
}

/// A part of a table by position.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Window {
    /// So many rows from the front.
    First(u64),
    /// So many rows from the back.
    Last(u64),
    /// From one position up to, not including, another; below zero, counted from the end of the table.
    Between(i64, i64),
    /// This share of the rows, from the front, rounded up.
    FirstShare(f64),
    /// This share of the rows, from the back, rounded up.
    LastShare(f64),
    /// From one share of the rows to another, both rounded down.
    Shares(f64, f64),
}

impl Window {
    /// The positions in a table of so many rows.
    ///
    /// ```
    /// use headwater_engine::plan::Window;
    /// assert_eq!(Window::Last(3).positions(10), 7..10);
    /// assert_eq!(Window::Between(2, -2).positions(10), 2..8);
    /// assert_eq!(Window::Between(-5, 0).positions(10), 5..10);
    /// assert_eq!(Window::FirstShare(0.33).positions(13), 0..5);
    /// assert_eq!(Window::Shares(0.5, 1.0).positions(13), 6..13);
    /// ```
    pub fn positions(self, rows: u64) -> Range<u64> {
        let share = |part: f64| (part * rows as f64).clamp(0.0, rows as f64);
        let from_end = |position: i64| match position {
            0.. => (position as u64).min(rows),
            _ => rows.saturating_sub(position.unsigned_abs()),
        };
        let Range { start, end } = match self {
            Window::First(count) => 0..count.min(rows),
            Window::Last(count) => rows.saturating_sub(count)..rows,
            // Counted from the end, the end is 0.
            Window::Between(start, 0) if start < 0 => from_end(start)..rows,
            Window::Between(start, end) => from_end(start)..from_end(end),
            Window::FirstShare(part) => 0..share(part).ceil() as u64,
            Window::LastShare(part) => rows - share(part).ceil() as u64..rows,
            Window::Shares(start, end) => share(start) as u64..share(end) as u64,
        };
        start..end.max(start)
    }

    /// The name of the table method that takes this part of each group; of constituents, where there is none.
    pub(super) fn name_by(self) -> &'static str {
        match self {
            Window::First(_) => "head_by",
            Window::Last(_) => "tail_by",
            Window::Between(..) => "slice_by",
            Window::FirstShare(_) => "head_pct_by",
            Window::LastShare(_) => "tail_pct_by",
            Window::Shares(..) => "slice_pct_by",
        }
    }

    /// The name of the table method.
    pub(super) fn name(self) -> &'static str {
        match self {
            Window::First(_) => "head",
            Window::Last(_) => "tail",
            Window::Between(..) => "slice",
            Window::FirstShare(_) => "head_pct",
            Window::LastShare(_) => "tail_pct",
            Window::Shares(..) => "slice_pct",
        }
    }
}

impl fmt::Display for Window {
    /// The arguments of the table method.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Window::First(count) | Window::Last(count) => write!(f, "{count}"),
            Window::Between(start, end) => write!(f, "{start}, {end}"),
            Window::FirstShare(part) | Window::LastShare(part) => write!(f, "{part}"),
            Window::Shares(start, end) => write!(f, "{start}, {end}"),
        }
    }
}
