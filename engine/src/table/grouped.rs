//! The operations that go by groups of rows and compute nothing of them.

use super::{Columns, Formulas, Table};
use crate::Result;
use crate::plan::{Operation, Uneven, Window};

impl Table {
    /// Each combination of values of some columns once, in the order in which they first came: `"Column"`, or
    /// `"New = formula"`. With none given, of all columns.
    ///
    /// Null is a value like any other, all NaN are one, -0.0 is 0.0. A combination stays as long as a row has it; of a blink
    /// table, or one that only grows, for ever: the result only grows then. One that comes back takes its old place. Cost
    /// of a cycle: rows added and removed, and those modified in one of the columns.
    ///
    /// ```
    /// # use headwater_engine::{Session, vector::Vector};
    /// # fn main() -> headwater_engine::Result<()> {
    /// # let session = Session::new();
    /// let city = Vector::from(vec!["Oslo", "Bern", "Oslo"]);
    /// let sales = session.static_table("sales", [("City", city), ("Price", Vector::from(vec![3_i64, 5, 4]))])?;
    /// let cities = sales.select_distinct("City")?.snapshot()?.rows(0..9)?;
    /// assert_eq!(cities.rows::<(String,)>(["City"])?, [("Oslo".to_owned(),), ("Bern".to_owned(),)]);
    /// let even = sales.select_distinct("Even = Price % 2 == 0")?.snapshot()?.rows(0..9)?;
    /// assert_eq!(even.rows::<(bool,)>(["Even"])?, [(false,), (true,)]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What is wrong with a formula, with a caret; `Unsupported` if it is impure.
    #[doc(alias = "unique", alias = "drop_duplicates")]
    pub fn select_distinct(&self, formulas: impl Formulas) -> Result<Table> {
        let formulas = formulas.into_formulas();
        let names = |table: &Table| table.definition().columns().iter().map(|column| column.name.clone()).collect();
        if formulas.is_empty() {
            return self.apply(Operation::SelectDistinct { columns: names(self) });
        }
        let is_column = |formula: &crate::Formula| self.definition().position(formula.text().trim()).is_some();
        if formulas.iter().all(is_column) {
            let columns = formulas.iter().map(|formula| formula.text().trim().into()).collect();
            return self.apply(Operation::SelectDistinct { columns });
        }
        let computed = self.view(formulas)?;
        computed.apply(Operation::SelectDistinct { columns: names(&computed) })
    }

    /// The first `count` rows of each group of rows that have the same values of the `by` columns; all of them of a group
    /// that has fewer. The `by` columns come first, then the others; columns are shared with this table.
    ///
    /// Rows stand group by group, groups in the order in which they first came (one that comes back in its old place), rows
    /// in the order they have here. Keys as in [`Table::agg_by`]. Cost of a cycle: rows added and removed, those modified in
    /// a key, and those that come to be among the first, or no longer are, each with the logarithm of the rows there are;
    /// 24 bytes a row, where rows are only added for those shown alone.
    ///
    /// ```
    /// # use headwater_engine::{Session, desc, vector::Vector};
    /// # fn main() -> headwater_engine::Result<()> {
    /// # let session = Session::new();
    /// let city = Vector::from(vec!["Oslo", "Bern", "Oslo", "Oslo"]);
    /// let sales = session.static_table("sales", [("City", city), ("Price", Vector::from(vec![3_i64, 5, 9, 4]))])?;
    /// let dearest = sales.sort(desc("Price"))?.head_by(2, "City")?.snapshot()?.rows(0..9)?;
    /// assert_eq!(dearest.rows::<(String, i64)>(["City", "Price"])?, [
    ///     ("Oslo".to_owned(), 9),
    ///     ("Oslo".to_owned(), 4),
    ///     ("Bern".to_owned(), 5),
    /// ]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Unknown`, with the nearest name; `Argument` for no rows or no column; `Unsupported` over a blink table, whose rows
    /// pass.
    pub fn head_by(&self, count: u64, by: impl Columns) -> Result<Table> {
        self.part_by(Window::First(count), by)
    }

    /// The last `count` rows of each group, as [`Table::head_by`].
    ///
    /// # Errors
    /// As [`Table::head_by`].
    pub fn tail_by(&self, count: u64, by: impl Columns) -> Result<Table> {
        self.part_by(Window::Last(count), by)
    }

    fn part_by(&self, window: Window, by: impl Columns) -> Result<Table> {
        self.apply(Operation::PartBy { window, by: by.into_columns() })
    }

    /// A row for each value of the lists in some columns, in the order of the rows and in each of its list; the other
    /// columns are repeated. A row whose list is null or empty gives none. With no column given, all that hold lists; a
    /// table without any is what it was.
    ///
    /// Values are read where they are: of lists that [`Table::group_by`] made, in the table that was grouped. Cost of a
    /// cycle: rows added and removed, and the lists of those modified, whose values are compared with what they were; 16 bytes
    /// a row of the result, 48 more where rows of this table change or come in between.
    ///
    /// ```
    /// # use headwater_engine::{Session, vector::Vector};
    /// # fn main() -> headwater_engine::Result<()> {
    /// # let session = Session::new();
    /// let city = Vector::from(vec!["Oslo", "Bern", "Oslo"]);
    /// let sales = session.static_table("sales", [("City", city), ("Price", Vector::from(vec![3_i64, 5, 4]))])?;
    /// let shares = sales.group_by("City")?.update_view("Total = sum(Price)")?.ungroup("Price")?;
    /// let rows = shares.snapshot()?.rows(0..9)?.rows::<(String, i64, i64)>(["City", "Price", "Total"])?;
    /// assert_eq!(rows, [("Oslo".to_owned(), 3, 7), ("Oslo".to_owned(), 4, 7), ("Bern".to_owned(), 5, 5)]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Unknown`, with the nearest name; `Type` for a column that holds no lists; `Evaluation` if the lists of a row are not
    /// equally long, at the call or, on live tables, as the failure of the result.
    #[doc(alias = "explode", alias = "unnest")]
    pub fn ungroup(&self, columns: impl Columns) -> Result<Table> {
        self.ungroup_with(columns, Uneven::Refused)
    }

    /// As [`Table::ungroup`], with a choice of what to do about lists of a row that are not equally long.
    ///
    /// # Errors
    /// As [`Table::ungroup`].
    pub fn ungroup_with(&self, columns: impl Columns, uneven: Uneven) -> Result<Table> {
        let mut columns = columns.into_columns();
        if columns.is_empty() {
            let lists = self.definition().columns().iter().filter(|column| column.ty.item().is_some());
            columns = lists.map(|column| column.name.clone()).collect();
        }
        if columns.is_empty() { Ok(self.clone()) } else { self.apply(Operation::Ungroup { columns, uneven }) }
    }
}
