//! [`PartitionedTable`]: a table cut into constituents by key, and what is done with each of them at once.
//!
//! Constituents are not tables of their own. All their rows are one table, with the number of the constituent in front of
//! its other columns; a transformation is recorded once, on a constituent without rows, and done on that table with the
//! number as one more key. So thousands of constituents cost what their rows cost, a key that comes while cycles run is no
//! new table, and each operation is shared among threads as any other.

mod lift;
mod proxy;
mod record;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use proxy::PartitionedProxy;

use crate::formula::formula;
use crate::plan::{Definition, Operation, PARTITION_NUMBER, Pair, SortColumn};
use crate::table::{Aggregates, Columns, Formulas, SortColumns, Table, on, without_repeats};
use crate::types::Value;
use crate::{Error, ErrorKind, Result};

use record::Recording;

/// Names a column that tells whether a key is there, or its number elsewhere, while tables are matched.
const MATCHED: &str = "__matched__";

/// The constituents of a table: for each combination of key values the rows that have it. Cheap to clone.
///
/// ```
/// # use headwater_engine::{Session, vector::Vector};
/// # fn main() -> headwater_engine::Result<()> {
/// # let session = Session::new();
/// let city = Vector::from(vec!["Oslo", "Bern", "Oslo"]);
/// let sales = session.static_table("sales", [("City", city), ("Price", Vector::from(vec![3_i64, 5, 4]))])?;
/// let by_city = sales.partition_by("City")?;
/// let dearest = by_city.transform(|sales| sales.sort_descending("Price")?.head(1))?;
/// let rows = dearest.merge()?.snapshot()?.rows(0..9)?;
/// assert_eq!(rows.rows::<(String, i64)>(["City", "Price"])?, [("Oslo".to_owned(), 4), ("Bern".to_owned(), 5)]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PartitionedTable {
    /// Numbers of constituents, and their keys.
    keys: Table,
    /// The rows of all constituents, the numbers in front.
    rows: Table,
    by: Arc<[Arc<str>]>,
    /// How constituents are ordered, before they are by their numbers.
    sort: Vec<SortColumn>,
}

impl Table {
    /// The constituents of this table: for each combination of values of the `by` columns the rows that have it.
    ///
    /// Keys as in [`Table::agg_by`]. A constituent comes with the first row of its key, and is there as long as a row of
    /// this table has it. Cost of a cycle: rows added and removed, and those modified in a key; 8 bytes a row.
    ///
    /// # Errors
    /// `Unknown`, with the nearest name; `Argument` if no column is given; `Unsupported` over a blink table, whose rows pass.
    #[doc(alias = "group_partitions")]
    pub fn partition_by(&self, by: impl Columns) -> Result<PartitionedTable> {
        PartitionedTable::of(self, by.into_columns(), |rows, columns| rows.apply(Operation::SelectDistinct { columns }))
    }

    /// The constituents of this table, and aggregations of the rows of each: [`PartitionedTable::keys`] has them behind the
    /// keys, and constituents may be filtered and sorted by them.
    ///
    /// Cost of a cycle: as [`Table::partition_by`] and [`Table::agg_by`].
    ///
    /// ```
    /// # use headwater_engine::{Session, agg, vector::Vector};
    /// # fn main() -> headwater_engine::Result<()> {
    /// # let session = Session::new();
    /// let city = Vector::from(vec!["Oslo", "Bern", "Oslo"]);
    /// let sales = session.static_table("sales", [("City", city), ("Price", Vector::from(vec![3_i64, 5, 4]))])?;
    /// let by_city = sales.partitioned_agg_by(agg::sum("Total = Price"), "City")?;
    /// let keys = by_city.keys()?.snapshot()?.rows(0..9)?;
    /// assert_eq!(keys.rows::<(String, i64)>(["City", "Total"])?, [("Oslo".to_owned(), 7), ("Bern".to_owned(), 5)]);
    /// let large = by_city.filter("Total > 5")?.merge()?.snapshot()?.rows(0..9)?;
    /// assert_eq!(large.rows::<(i64,)>(["Price"])?, [(3,), (4,)]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Table::partition_by`] and [`Table::agg_by`].
    #[doc(alias = "partition")]
    pub fn partitioned_agg_by(&self, aggregates: impl Aggregates, by: impl Columns) -> Result<PartitionedTable> {
        PartitionedTable::of(self, by.into_columns(), |rows, columns| {
            rows.agg_by(aggregates.into_aggregates(), columns)
        })
    }
}

impl PartitionedTable {
    /// Numbers rows by some columns; `keys` makes the table of constituents of them, given the columns of number and keys.
    fn of(
        table: &Table,
        names: Vec<Arc<str>>,
        keys: impl FnOnce(&Table, Vec<Arc<str>>) -> Result<Table>,
    ) -> Result<PartitionedTable> {
        let rows = table.apply(Operation::Partition { by: names.clone() })?;
        let names = without_repeats(names);
        let keys = keys(&rows, std::iter::once(PARTITION_NUMBER.into()).chain(names.iter().cloned()).collect())?;
        Ok(PartitionedTable { keys, rows, by: names.into(), sort: Vec::new() })
    }

    /// The names of the key columns.
    pub fn key_columns(&self) -> &[Arc<str>] {
        &self.by
    }

    /// The columns of a constituent, and how its rows come and go.
    pub fn definition(&self) -> Definition {
        self.rows.definition().without_first()
    }

    /// The keys of the constituents, one row each, and the aggregations of [`Table::partitioned_agg_by`]: in the order in
    /// which they first came, or as [`PartitionedTable::sort`] has it.
    ///
    /// # Errors
    /// The error of a failed table; [`ErrorKind::InsideCycle`].
    pub fn keys(&self) -> Result<Table> {
        without_number(&self.in_order(&self.keys)?)
    }

    /// The constituent of some key values, in the order of the key columns; `None` if there is none now. It stays right, and
    /// is empty while no row has its key. Cost of a cycle: the rows changed, of all constituents.
    ///
    /// # Errors
    /// `Argument` for another number of values, `Type` for one of another type; the error of a failed table;
    /// [`ErrorKind::InsideCycle`].
    ///
    /// ```
    /// # use headwater_engine::{Session, vector::Vector};
    /// # fn main() -> headwater_engine::Result<()> {
    /// # let session = Session::new();
    /// let table = session.static_table("t", [("K", Vector::from(vec![7_i64, 8, 7]))])?;
    /// let parts = table.partition_by("K")?;
    /// assert_eq!(parts.get_constituent([7_i64])?.map(|part| part.snapshot().map(|rows| rows.len())).transpose()?, Some(2));
    /// assert!(parts.get_constituent([9_i64])?.is_none());
    /// # Ok(())
    /// # }
    /// ```
    pub fn get_constituent<V: Into<Value>>(&self, key: impl IntoIterator<Item = V>) -> Result<Option<Table>> {
        let wanted: Vec<Value> = key.into_iter().map(Into::into).collect();
        if wanted.len() != self.by.len() {
            let message = format!("{} values for {} key columns", wanted.len(), self.by.len());
            return Err(Error::new(ErrorKind::Argument, message).with_help(format!(
                "the key columns are {}",
                crate::error::list(self.by.iter().map(|name| &**name), 12)
            )));
        }
        let definition = self.keys.definition();
        let cell = |(name, value): (&Arc<str>, &Value)| definition.columns()[definition.require(name)?].cell(value);
        let wanted = self.by.iter().zip(&wanted).map(cell).collect::<Result<Vec<Value>>>()?;
        let snapshot = self.keys.snapshot()?;
        let numbers = snapshot.column(PARTITION_NUMBER)?;
        let columns = self.by.iter().map(|name| snapshot.column(name)).collect::<Result<Vec<_>>>()?;
        let is_wanted = |row: &usize| columns.iter().zip(&wanted).all(|(column, value)| column.value(*row).same(value));
        match (0..numbers.len()).find(is_wanted) {
            Some(row) => self.constituent(&numbers.value(row)).map(Some),
            None => Ok(None),
        }
    }

    /// All constituents there are now, with their keys, in their order: see [`PartitionedTable::get_constituent`]. A
    /// [`transform`](PartitionedTable::transform) costs less than something done with each of these.
    ///
    /// # Errors
    /// The error of a failed table; [`ErrorKind::InsideCycle`].
    pub fn constituents(&self) -> Result<Vec<(Vec<Value>, Table)>> {
        let snapshot = self.in_order(&self.keys)?.snapshot()?;
        let numbers = snapshot.column(PARTITION_NUMBER)?;
        let columns = self.by.iter().map(|name| snapshot.column(name)).collect::<Result<Vec<_>>>()?;
        let key = |row| columns.iter().map(|column| column.value(row)).collect();
        (0..numbers.len()).map(|row| Ok((key(row), self.constituent(&numbers.value(row))?))).collect()
    }

    fn constituent(&self, number: &Value) -> Result<Table> {
        let condition = formula(format!("{PARTITION_NUMBER} == constituent")).bind("constituent", number.clone());
        without_number(&self.rows.filter(condition)?)
    }

    /// The constituents for whose keys, and aggregations if they have any, every condition is true.
    ///
    /// # Errors
    /// As [`Table::filter`], over the columns of [`PartitionedTable::keys`].
    pub fn filter(&self, conditions: impl Formulas) -> Result<PartitionedTable> {
        let keys = self.keys.filter(conditions)?;
        let rows = within(&self.rows, &keys)?;
        Ok(PartitionedTable { keys, rows, ..self.clone() })
    }

    /// The constituents in the order of columns of [`PartitionedTable::keys`], for [`PartitionedTable::merge`] and [`PartitionedTable::keys`]; of equal
    /// ones the one that came first.
    ///
    /// # Errors
    /// As [`Table::sort`], over those columns.
    pub fn sort(&self, by: impl SortColumns) -> Result<PartitionedTable> {
        let sort = by.into_sort_columns();
        self.keys.sort(sort.clone())?;
        Ok(PartitionedTable { sort, ..self.clone() })
    }

    /// What a closure makes of each constituent. It is called once, with a constituent without rows, and what it does is
    /// recorded: operations on that table, and on others that are joined to it. A constituent that comes later is treated
    /// alike.
    ///
    /// The operations are done on the rows of all constituents at once, so that their cost does not depend on how many
    /// these are. Not among them: `i`, `ii`, `k` and `Col_[i-1]`.
    ///
    /// # Errors
    /// What the closure gives; `Unsupported` for an operation of a whole table only; `Argument` if the table it gives is not
    /// made of the constituent.
    pub fn transform(&self, make: impl FnOnce(&Table) -> Result<Table>) -> Result<PartitionedTable> {
        let recording = Recording::of(self.rows.session(), &[self.definition()], |given| make(&given[0]))?;
        Ok(PartitionedTable { rows: recording.replay(&[&self.rows])?, ..self.clone() })
    }

    /// What a closure makes of each constituent of this table and the one of `other` that has the same key; constituents
    /// without a counterpart are left out. See [`PartitionedTable::transform`].
    ///
    /// # Errors
    /// As [`PartitionedTable::transform`]; `Type` for keys that cannot meet, `Argument` for another number of them.
    pub fn partitioned_transform(
        &self,
        other: &PartitionedTable,
        make: impl FnOnce(&Table, &Table) -> Result<Table>,
    ) -> Result<PartitionedTable> {
        let given = [self.definition(), other.definition()];
        let recording = Recording::of(self.rows.session(), &given, |given| make(&given[0], &given[1]))?;
        let numbers = self.numbers_of(other)?;
        // The numbers that both have, as this one counts.
        let keys = matching(&self.keys, &numbers.view(format!("{PARTITION_NUMBER} = {MATCHED}"))?)?;
        let theirs = other.rows.natural_join(&numbers, on(PARTITION_NUMBER).add(MATCHED))?;
        let theirs = theirs.filter(format!("!isNull({MATCHED})"))?;
        let theirs =
            theirs.rename_columns(format!("{PARTITION_NUMBER} = {MATCHED}"))?.move_columns_up(PARTITION_NUMBER)?;
        let rows = recording.replay(&[&within(&self.rows, &keys)?, &theirs])?;
        Ok(PartitionedTable { keys, rows, ..self.clone() })
    }

    /// For the keys that both have the number of `other`, and the one here in the column [`MATCHED`].
    fn numbers_of(&self, other: &PartitionedTable) -> Result<Table> {
        if self.by.len() != other.by.len() {
            let message = format!("{} key columns meet {}", self.by.len(), other.by.len());
            return Err(Error::new(ErrorKind::Argument, message).with_help("partition both by as many columns"));
        }
        let pairs =
            other.by.iter().zip(&*self.by).map(|(theirs, own)| Pair { output: theirs.clone(), input: own.clone() });
        let number = Pair { output: MATCHED.into(), input: PARTITION_NUMBER.into() };
        let found = other.keys.natural_join(&self.keys, on(pairs.collect::<Vec<_>>()).add(number))?;
        found.filter(format!("!isNull({MATCHED})"))?.view([PARTITION_NUMBER, MATCHED])
    }

    /// The rows of all constituents, one constituent after the other.
    ///
    /// # Errors
    /// The error of a failed table; [`ErrorKind::InsideCycle`].
    pub fn merge(&self) -> Result<Table> {
        without_number(&self.in_order(&self.rows)?)
    }

    /// The same constituents, with the methods of a table: each is called on every constituent.
    pub fn proxy(&self) -> PartitionedProxy {
        PartitionedProxy::new(self.clone())
    }

    /// Rows with numbers in front, in the order of their constituents.
    fn in_order(&self, rows: &Table) -> Result<Table> {
        let number = SortColumn::ascending(PARTITION_NUMBER);
        if self.sort.is_empty() {
            return rows.sort(number);
        }
        let hidden = |at: usize| format!("__key_{at}__");
        let added =
            self.sort.iter().enumerate().map(|(at, by)| Pair { output: hidden(at).into(), input: by.column.clone() });
        let added: Vec<Pair> = added.collect();
        let names: Vec<Arc<str>> = added.iter().map(|pair| pair.output.clone()).collect();
        let by = self.sort.iter().zip(&names).map(|(by, name)| SortColumn { column: name.clone(), by: by.by });
        let by: Vec<SortColumn> = by.chain([number]).collect();
        rows.natural_join(&self.keys, on(PARTITION_NUMBER).add(added))?.sort(by)?.drop_columns(names)
    }
}

/// The rows whose constituents are among some keys.
fn within(rows: &Table, keys: &Table) -> Result<Table> {
    matching(rows, &keys.view(PARTITION_NUMBER)?)
}

/// The rows whose number is among some.
fn matching(rows: &Table, numbers: &Table) -> Result<Table> {
    let numbers = numbers.update_view(format!("{MATCHED} = true"))?;
    let found = rows.natural_join(&numbers, on(PARTITION_NUMBER).add(MATCHED))?;
    found.filter(MATCHED)?.drop_columns(MATCHED)
}

fn without_number(rows: &Table) -> Result<Table> {
    rows.drop_columns(PARTITION_NUMBER)
}
