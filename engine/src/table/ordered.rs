//! The operations on the order of rows, and those that take rows by position.

use super::Table;
use super::args::SortColumns;
use crate::Result;
use crate::plan::{Operation, SortColumn, Window};

impl Table {
    /// The rows in the order of some columns: of the first one, rows equal in that by the second, and so on; rows equal
    /// in all of them in the order they have here. Columns are shared with this table, and rows keep their ids.
    ///
    /// Null comes first, then values from the least, then NaN; the two zeros are equal; text goes by code point. With
    /// [`desc`](crate::desc) it is the other way round.
    ///
    /// What is made of the result and does not ask for positions pays nothing for the order. Cost of a cycle: rows added,
    /// removed, and modified in a column sorted by, each with the logarithm of the rows there are; 32 bytes a row.
    ///
    /// ```
    /// # use headwater_engine::{Session, desc, vector::Vector};
    /// # fn main() -> headwater_engine::Result<()> {
    /// # let session = Session::new();
    /// let price = Vector::from(vec![5_i64, 7, 5]);
    /// let sym = Vector::from(vec!["b", "a", "a"]);
    /// let trades = session.static_table("trades", [("Price", price), ("Sym", sym)])?;
    /// let sorted = trades.sort((desc("Price"), "Sym"))?;
    /// let rows = sorted.snapshot()?.rows(0..9)?;
    /// assert_eq!(rows.rows::<(i64, String)>(["Price", "Sym"])?, [(7, "a".into()), (5, "a".into()), (5, "b".into())]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Unknown`, with the nearest name; `Argument` if no column is given.
    #[doc(alias = "order_by")]
    pub fn sort(&self, by: impl SortColumns) -> Result<Table> {
        self.apply(Operation::Sort { by: by.into_sort_columns() })
    }

    /// As [`Table::sort`], each of the columns from its greatest value on.
    ///
    /// # Errors
    /// As [`Table::sort`].
    pub fn sort_descending(&self, by: impl super::Columns) -> Result<Table> {
        let by = by.into_columns().into_iter().map(SortColumn::descending).collect();
        self.apply(Operation::Sort { by })
    }

    /// The rows the other way round, the last one first. Columns are shared with this table; a cycle costs nothing of
    /// its own.
    ///
    /// ```
    /// # use headwater_engine::{Session, vector::Vector};
    /// # fn main() -> headwater_engine::Result<()> {
    /// # let session = Session::new();
    /// let counted = session.static_table("counted", [("N", Vector::from(vec![1_i64, 2, 3]))])?;
    /// let rows = counted.reverse()?.snapshot()?.rows(0..2)?;
    /// assert_eq!(rows.rows::<(i64,)>(["N"])?, [(3,), (2,)]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The error of a failed table; [`ErrorKind::InsideCycle`](crate::ErrorKind::InsideCycle).
    pub fn reverse(&self) -> Result<Table> {
        self.apply(Operation::Reverse)
    }

    /// The first `count` rows; all of them while there are fewer. Columns are shared with this table.
    ///
    /// Of a blink table, the first of all rows that ever pass, kept. Cost of a cycle: the rows changed, and the runs
    /// of ids among the rows shown.
    ///
    /// ```
    /// # use headwater_engine::{ColumnDef, Session, Type, source::Batch, vector::Vector};
    /// # fn main() -> headwater_engine::Result<()> {
    /// # let session = Session::new();
    /// let (orders, feed) = session.append_table("orders", [ColumnDef::new("Price", Type::I64)])?;
    /// let (first, last) = (orders.head(2)?, orders.tail(2)?);
    /// feed.send(Batch::new(orders.definition(), vec![Vector::from(vec![5_i64, 6, 7])])?)?;
    /// session.step()?;
    /// assert_eq!(first.snapshot()?.rows(0..9)?.rows::<(i64,)>(["Price"])?, [(5,), (6,)]);
    /// assert_eq!(last.snapshot()?.rows(0..9)?.rows::<(i64,)>(["Price"])?, [(6,), (7,)]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The error of a failed table; [`ErrorKind::InsideCycle`](crate::ErrorKind::InsideCycle).
    #[doc(alias = "limit")]
    pub fn head(&self, count: u64) -> Result<Table> {
        self.part(Window::First(count))
    }

    /// The last `count` rows, as [`Table::head`]. Of a blink table, the last of all rows that ever passed, kept until
    /// others come: a ring.
    ///
    /// # Errors
    /// As [`Table::head`].
    #[doc(alias = "ring_table")]
    pub fn tail(&self, count: u64) -> Result<Table> {
        self.part(Window::Last(count))
    }

    /// The same rows, numbered from 0 for formulas: `k`, which is the id of a row elsewhere, is its position here, and stays
    /// that in what is made of the result. Nothing is copied.
    ///
    /// # Errors
    /// As [`Table::reverse`].
    pub fn flatten(&self) -> Result<Table> {
        self.apply(Operation::Flatten)
    }

    /// The same table, which may be sorted by these columns only, for those it is handed to. An operation that changes
    /// columns lifts it.
    ///
    /// # Errors
    /// `Unknown`, with the nearest name.
    pub fn restrict_sort_to(&self, columns: impl super::Columns) -> Result<Table> {
        self.apply(Operation::RestrictSort { columns: columns.into_columns() })
    }

    /// The rows of this table and of `others`, in the order of some columns; rows of equal values in the order of the
    /// tables, and in each in its own. As [`Table::merge`], then [`Table::sort`]; tables that are sorted already need not
    /// be.
    ///
    /// # Errors
    /// As [`Table::merge`] and [`Table::sort`].
    pub fn merge_sorted<'t>(
        &'t self,
        others: impl IntoIterator<Item = &'t Table>,
        by: impl SortColumns,
    ) -> Result<Table> {
        self.merge(others)?.sort(by)
    }

    /// The rows from position `start` up to, not including, `end`; below zero, positions are counted from the end of the
    /// table, and an `end` of 0 after such a `start` is the end itself. Columns are shared with this table.
    ///
    /// Cost of a cycle: the rows changed, and the rows of the slice.
    ///
    /// ```
    /// # use headwater_engine::{Session, vector::Vector};
    /// # fn main() -> headwater_engine::Result<()> {
    /// # let session = Session::new();
    /// let counted = session.static_table("counted", [("N", Vector::from(vec![1_i64, 2, 3, 4]))])?;
    /// let rows = |table: headwater_engine::Table| table.snapshot()?.rows(0..9)?.rows::<(i64,)>(["N"]);
    /// assert_eq!(rows(counted.slice(1, 3)?)?, [(2,), (3,)]);
    /// assert_eq!(rows(counted.slice(-2, 0)?)?, [(3,), (4,)]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Argument` for positions that run backwards; `Unsupported` for a blink table, whose rows pass.
    pub fn slice(&self, start: i64, end: i64) -> Result<Table> {
        self.part(Window::Between(start, end))
    }

    /// This share of the rows, from the front, rounded up: `head_pct(0.25)`. It moves as the table grows and shrinks.
    ///
    /// # Errors
    /// `Argument` for a share that is not from 0 to 1; `Unsupported` for a blink table, whose rows pass.
    pub fn head_pct(&self, share: f64) -> Result<Table> {
        self.part(Window::FirstShare(share))
    }

    /// This share of the rows, from the back, rounded up.
    ///
    /// # Errors
    /// As [`Table::head_pct`].
    pub fn tail_pct(&self, share: f64) -> Result<Table> {
        self.part(Window::LastShare(share))
    }

    /// The rows from one share of the table to another, both rounded down: `slice_pct(0.25, 0.75)` is the middle half.
    /// Empty if `end` is below `start`.
    ///
    /// # Errors
    /// As [`Table::head_pct`].
    pub fn slice_pct(&self, start: f64, end: f64) -> Result<Table> {
        self.part(Window::Shares(start, end))
    }

    fn part(&self, window: Window) -> Result<Table> {
        self.apply(Operation::Slice { window })
    }
}
