//! Aggregations by group: [`Table::agg_by`], and a short form of it for each common function.

use super::args::{Aggregates, By, by, some};
use super::{Table, agg};
use crate::Result;
use crate::plan::{Aggregate, ColumnDef, Operation};

impl Table {
    /// One row for each combination of values of the `by` columns: those, then the aggregations.
    ///
    /// Groups come in the order of their first row. Null is a key like any other, all NaN are one, -0.0 is 0.0.
    /// Over a blink table the aggregations accumulate all rows that ever passed. A result that stays as it is is not
    /// reported. [`by`](super::by) tells of groups without rows. Cost of a cycle: rows changed; more of some functions of
    /// [`agg`](super::agg), which say so, and of lists that of [`Table::group_by`].
    ///
    /// # Errors
    /// `Unknown`, `Type` for a function that does not take the column, `NameClash`; `Argument` for a percentile outside 0 to
    /// 1, or an option that the function does not take; `Unsupported` for lists of the rows of a blink table.
    pub fn agg_by(&self, aggregates: impl Aggregates, by: impl Into<By>) -> Result<Table> {
        let by = by.into();
        // Groups that are shown without rows make sense of all rows too.
        let by = if by.preserve_empty { by } else { By { columns: some(by.columns, "key column")?, ..by } };
        self.grouped(aggregates.into_aggregates(), by)
    }

    fn grouped(&self, aggregates: Vec<Aggregate>, by: By) -> Result<Table> {
        let By { columns: by, preserve_empty, initial } = by;
        let inputs: Vec<&Table> = std::iter::once(self).chain(&initial).collect();
        self.session().build(Operation::AggBy { aggregates, by, preserve_empty }, &inputs)
    }

    /// The aggregations over all rows, as one row; none while there are no rows.
    ///
    /// # Errors
    /// As [`Table::agg_by`].
    pub fn agg(&self, aggregates: impl Aggregates) -> Result<Table> {
        self.grouped(aggregates.into_aggregates(), by([""; 0]))
    }

    /// One aggregation of every column that is no key, by group, each named like its column.
    ///
    /// ```
    /// # use headwater_engine::{Session, agg, vector::Vector};
    /// # fn main() -> headwater_engine::Result<()> {
    /// # let session = Session::new();
    /// let samples = session.static_table("samples", [
    ///     ("Host", Vector::from(vec!["a", "a", "a"])),
    ///     ("Cpu", Vector::from(vec![1.0, 5.0, 9.0])),
    ///     ("Disk", Vector::from(vec![2.0, 2.0, 8.0])),
    /// ])?;
    /// let high = samples.agg_all_by(|column| agg::pct(column, 0.9), "Host")?;
    /// assert_eq!(high.snapshot()?.rows(0..9)?.rows::<(f64, f64)>(["Cpu", "Disk"])?, [(9.0, 8.0)]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Table::agg_by`]; `Type` if some other column is of a type that the function does not take.
    pub fn agg_all_by(&self, aggregate: impl Fn(&str) -> Aggregate, by: impl Into<By>) -> Result<Table> {
        let by = by.into();
        let others = self.definition().columns().iter().filter(|column| !by.columns.contains(&column.name));
        // A name may hold what would be read as a pair.
        let of_column = |column: &ColumnDef| {
            let one = aggregate(&column.name);
            Aggregate { output: column.name.clone(), input: one.input.and(Some(column.name.clone())), ..one }
        };
        self.grouped(others.map(of_column).collect(), by)
    }

    /// The sum of every other column, by group.
    ///
    /// # Errors
    /// As [`Table::agg_by`]; `Type` if some other column is no number.
    pub fn sum_by(&self, by: impl Into<By>) -> Result<Table> {
        self.agg_all_by(agg::sum, by)
    }

    /// The mean of every other column, by group.
    ///
    /// # Errors
    /// As [`Table::sum_by`].
    pub fn avg_by(&self, by: impl Into<By>) -> Result<Table> {
        self.agg_all_by(agg::avg, by)
    }

    /// The sum of the absolute values of every other column, by group.
    ///
    /// # Errors
    /// As [`Table::sum_by`].
    pub fn abs_sum_by(&self, by: impl Into<By>) -> Result<Table> {
        self.agg_all_by(agg::abs_sum, by)
    }

    /// The mean of every other column, weighted by the column `weight`, by group.
    ///
    /// # Errors
    /// As [`Table::sum_by`].
    pub fn weighted_avg_by(&self, weight: &str, by: impl Into<By>) -> Result<Table> {
        self.weighted_by(weight, agg::weighted_avg, by.into())
    }

    /// The sum of the products of every other column with the column `weight`, by group.
    ///
    /// # Errors
    /// As [`Table::sum_by`].
    pub fn weighted_sum_by(&self, weight: &str, by: impl Into<By>) -> Result<Table> {
        self.weighted_by(weight, agg::weighted_sum, by.into())
    }

    fn weighted_by(&self, weight: &str, aggregate: fn(&str, &str) -> Aggregate, by: By) -> Result<Table> {
        let is_other = |column: &&ColumnDef| *column.name != *weight && !by.columns.contains(&column.name);
        let of_column = |column: &ColumnDef| {
            let one = aggregate("", weight);
            Aggregate { output: column.name.clone(), input: Some(column.name.clone()), ..one }
        };
        let aggregates = self.definition().columns().iter().filter(is_other).map(of_column).collect();
        self.grouped(aggregates, by)
    }

    /// The variance of every other column, by group: [`agg::var`].
    ///
    /// # Errors
    /// As [`Table::sum_by`].
    pub fn var_by(&self, by: impl Into<By>) -> Result<Table> {
        self.agg_all_by(agg::var, by)
    }

    /// The standard deviation of every other column, by group: [`agg::std`].
    ///
    /// # Errors
    /// As [`Table::sum_by`].
    pub fn std_by(&self, by: impl Into<By>) -> Result<Table> {
        self.agg_all_by(agg::std, by)
    }

    /// The middle value of every other column, by group: [`agg::median`].
    ///
    /// # Errors
    /// As [`Table::agg_by`].
    pub fn median_by(&self, by: impl Into<By>) -> Result<Table> {
        self.agg_all_by(agg::median, by)
    }

    /// The least value of every other column, by group.
    ///
    /// # Errors
    /// As [`Table::agg_by`].
    pub fn min_by(&self, by: impl Into<By>) -> Result<Table> {
        self.agg_all_by(agg::min, by)
    }

    /// The greatest value of every other column, by group.
    ///
    /// # Errors
    /// As [`Table::agg_by`].
    pub fn max_by(&self, by: impl Into<By>) -> Result<Table> {
        self.agg_all_by(agg::max, by)
    }

    /// The first row of each group.
    ///
    /// # Errors
    /// As [`Table::agg_by`].
    pub fn first_by(&self, by: impl Into<By>) -> Result<Table> {
        self.agg_all_by(agg::first, by)
    }

    /// The last row of each group.
    ///
    /// # Errors
    /// As [`Table::agg_by`].
    #[doc(alias = "upsert")]
    pub fn last_by(&self, by: impl Into<By>) -> Result<Table> {
        self.agg_all_by(agg::last, by)
    }

    /// The number of rows of each group, in a column `name`.
    ///
    /// # Errors
    /// As [`Table::agg_by`].
    pub fn count_by(&self, name: &str, by: impl Into<By>) -> Result<Table> {
        self.agg_by(agg::count(name), by)
    }

    /// One row for each combination of values of the `by` columns, and of every other column the list of its values
    /// there, null or not, in the order of the rows. Formulas read lists: `avg(Price)`, `Price[0]`, `Price.size()`.
    ///
    /// A list is read from the rows of its group when it is asked for; a group keeps their ids. Cost of a cycle: rows
    /// changed, and for each group whose rows came, went or moved, eight bytes for each row it has.
    ///
    /// ```
    /// # use headwater_engine::{List, Session, vector::Vector};
    /// # fn main() -> headwater_engine::Result<()> {
    /// # let session = Session::new();
    /// let sales = session.static_table("sales", [
    ///     ("City", Vector::from(vec!["Oslo", "Bern", "Oslo"])),
    ///     ("Price", Vector::from(vec![3_i64, 5, 4])),
    /// ])?;
    /// let rows = sales.group_by("City")?.update_view("Spread = max(Price) - min(Price)")?.snapshot()?.rows(0..9)?;
    /// assert_eq!(rows.rows::<(String, Vec<i64>, i64)>(["City", "Price", "Spread"])?, [
    ///     ("Oslo".to_owned(), vec![3, 4], 1),
    ///     ("Bern".to_owned(), vec![5], 0),
    /// ]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Table::agg_by`]; `Unsupported` over a blink table, `Argument` if there is no other column.
    pub fn group_by(&self, by: impl Into<By>) -> Result<Table> {
        self.agg_all_by(agg::group, by)
    }
}
