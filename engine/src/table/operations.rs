//! The operations on tables: each builds an operation as data and has the session make a node of it.

use super::args::some;
use super::{Columns, Formulas, Pairs, Table};
use crate::Result;
use crate::plan::{Needs, Operation, Projection};

impl Table {
    /// The rows for which every condition is true (null is not). Columns are shared with this table.
    ///
    /// Each condition is asked about the rows that those before it left. Those that cannot fail are asked in the order that
    /// decides for the least, by what they cost and by how many rows they were seen to leave, as `explain()` tells; one
    /// that may fail for a row stays in its place, and none is moved past it. Cost of a cycle: the conditions on the rows
    /// added, and on those modified in a column a condition reads.
    ///
    /// # Errors
    /// What is wrong with a condition, with a caret; `Unsupported` if it is impure.
    #[doc(alias = "where")]
    pub fn filter(&self, conditions: impl Formulas) -> Result<Table> {
        self.apply(Operation::Filter { conditions: conditions.into_formulas(), needs: Needs::All })
    }

    /// The rows for which any condition is true, each row once, in their order. Columns are shared with this table.
    ///
    /// A condition is asked only about rows that the conditions before it were not true for; their order, cost and what
    /// they may contain as for [`Table::filter`].
    ///
    /// ```
    /// use headwater_engine::{Session, vector::Vector};
    /// let session = Session::new();
    /// let table = session.static_table("t", [("V", Vector::from(vec![1_i64, 20, 300]))])?;
    /// assert_eq!(table.filter_any(["V < 10", "V > 100"])?.snapshot()?.len(), 2);
    /// # Ok::<_, headwater_engine::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Table::filter`].
    #[doc(alias = "where_one_of")]
    pub fn filter_any(&self, conditions: impl Formulas) -> Result<Table> {
        self.apply(Operation::Filter { conditions: conditions.into_formulas(), needs: Needs::Any })
    }

    /// Only the columns given, `"Name = formula"` or `"Name"`, evaluated each time they are read.
    ///
    /// What several formulas of a call have in common is evaluated once for rows of which several such columns are read,
    /// if it is pure; so it is with [`Table::update_view`], [`Table::update`] and [`Table::select`].
    ///
    /// # Errors
    /// What is wrong with a formula, with a caret; `Unsupported` if it is impure.
    pub fn view(&self, formulas: impl Formulas) -> Result<Table> {
        self.project(Projection::View, formulas)
    }

    /// The columns there are and those given, which are evaluated each time they are read and take no memory.
    ///
    /// # Errors
    /// As [`Table::view`].
    #[doc(alias = "with_columns")]
    pub fn update_view(&self, formulas: impl Formulas) -> Result<Table> {
        self.project(Projection::UpdateView, formulas)
    }

    /// The columns there are and those given, which are evaluated when they are read, once for equal values of the
    /// columns that a formula reads: for formulas that take long over few distinct inputs.
    ///
    /// What a formula gave is kept by its inputs, bit by bit, for about as many of them as there are rows, those read
    /// last; it goes with the table. A cell read costs a look-up, so a formula of a few operators is better
    /// off with [`Table::update_view`]. Two readers at the same moment may both evaluate it.
    ///
    /// ```
    /// # use headwater_engine::{Session, vector::Vector};
    /// # use std::sync::atomic::{AtomicU32, Ordering};
    /// # fn main() -> headwater_engine::Result<()> {
    /// static CALLS: AtomicU32 = AtomicU32::new(0);
    /// let session = Session::new();
    /// session.function("slow", |city: String| {
    ///     CALLS.fetch_add(1, Ordering::Relaxed);
    ///     city.len() as i64
    /// })?;
    /// let sales = session.static_table("sales", [("City", Vector::from(vec!["Oslo", "Rome", "Oslo", "Oslo"]))])?;
    /// let table = sales.lazy_update("Letters = slow(City)")?;
    /// assert_eq!(table.snapshot()?.rows(0..9)?.rows::<(i64,)>(["Letters"])?, [(4,), (4,), (4,), (4,)]);
    /// assert_eq!(CALLS.load(Ordering::Relaxed), 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Table::view`].
    #[doc(alias = "memoize", alias = "cache")]
    pub fn lazy_update(&self, formulas: impl Formulas) -> Result<Table> {
        self.project(Projection::LazyUpdate, formulas)
    }

    /// The columns there are and those given, whose values are kept: a cell is computed again only when a column its
    /// formula reads was modified in its row.
    ///
    /// # Errors
    /// What is wrong with a formula, with a caret.
    pub fn update(&self, formulas: impl Formulas) -> Result<Table> {
        self.project(Projection::Update, formulas)
    }

    /// Only the columns given, all of them kept; with none given, a copy of the whole table.
    ///
    /// # Errors
    /// As [`Table::update`].
    pub fn select(&self, formulas: impl Formulas) -> Result<Table> {
        self.project(Projection::Select, formulas)
    }

    fn project(&self, form: Projection, formulas: impl Formulas) -> Result<Table> {
        self.apply(Operation::Project { form, formulas: formulas.into_formulas() })
    }

    /// All columns but those given.
    ///
    /// # Errors
    /// `Unknown`, with the nearest name.
    pub fn drop_columns(&self, columns: impl Columns) -> Result<Table> {
        self.apply(Operation::DropColumns { columns: some(columns.into_columns(), "column")? })
    }

    /// These columns first, in this order; then the others.
    ///
    /// # Errors
    /// `Unknown`, with the nearest name.
    pub fn move_columns_up(&self, columns: impl Columns) -> Result<Table> {
        self.move_columns_to(Some(0), columns)
    }

    /// These columns last, in this order.
    ///
    /// # Errors
    /// `Unknown`, with the nearest name.
    pub fn move_columns_down(&self, columns: impl Columns) -> Result<Table> {
        self.move_columns_to(None, columns)
    }

    /// These columns side by side, in this order, the first of them at `index` of the result.
    ///
    /// # Errors
    /// `Unknown`, with the nearest name; `Argument` if they do not fit there.
    pub fn move_columns(&self, index: usize, columns: impl Columns) -> Result<Table> {
        self.move_columns_to(Some(index), columns)
    }

    fn move_columns_to(&self, to: Option<usize>, columns: impl Columns) -> Result<Table> {
        self.apply(Operation::MoveColumns { columns: some(columns.into_columns(), "column")?, to })
    }

    /// Columns under new names, `"New = Old"`. A column that has a new name already gives way to it, so names can
    /// be swapped.
    ///
    /// # Errors
    /// `Unknown`, with the nearest name; `NameClash` if two columns are given one name.
    pub fn rename_columns(&self, pairs: impl Pairs) -> Result<Table> {
        self.apply(Operation::RenameColumns { pairs: pairs.into_pairs()? })
    }

    /// Every row that ever passes through this blink table, kept.
    ///
    /// # Errors
    /// `Unsupported` if this is no blink table.
    pub fn blink_to_append(&self) -> Result<Table> {
        self.apply(Operation::BlinkToAppend)
    }

    /// The rows of this table, then those of each of `others`, in their own order. Columns are read where they are.
    ///
    /// The tables have columns of the same names and types; their order is that of this table. Any of them may be
    /// given several times. Rows of blink tables live for one cycle here too. Cost of a cycle: the runs of rows changed.
    ///
    /// ```
    /// # use headwater_engine::{Session, vector::Vector};
    /// # fn main() -> headwater_engine::Result<()> {
    /// # let session = Session::new();
    /// let low = session.static_table("low", [("V", Vector::from(vec![1_i64, 2]))])?;
    /// let high = session.static_table("high", [("V", Vector::from(vec![8_i64]))])?;
    /// let all = low.merge([&high, &low])?;
    /// let rows = all.snapshot()?.rows(0..9)?;
    /// assert_eq!(rows.rows::<(i64,)>(["V"])?, [(1,), (2,), (8,), (1,), (2,)]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Unknown` or `Type` for a column that another table has not, or of another type; `ForeignTable`. The table
    /// fails with `Limit` if the ids of an input that names its own are spread over too many places.
    #[doc(alias = "union", alias = "concat")]
    pub fn merge<'t>(&'t self, others: impl IntoIterator<Item = &'t Table>) -> Result<Table> {
        let inputs: Vec<&Table> = std::iter::once(self).chain(others).collect();
        self.session().build(Operation::Merge, &inputs)
    }

    /// The table an operation on this one makes: what every method above calls, for programs that hold operations
    /// as data.
    ///
    /// # Errors
    /// As the method of that operation.
    pub fn apply(&self, operation: Operation) -> Result<Table> {
        self.session().build(operation, &[self])
    }
}
