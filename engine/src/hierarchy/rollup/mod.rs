//! [`Rollup`]: the same aggregations by some keys, by all of them but the last, and so on up to all rows.

mod levels;
mod pinned;

use std::ops::Range;
use std::sync::Arc;

use self::levels::Levels;
use self::pinned::Pinned;
use super::expanded::{Expanded, Told};
use super::outline::Outline;
use super::walk::walk;
use crate::plan::{Aggregate, ColumnDef, Definition, SortColumn};
use crate::table::{Aggregates, Columns, Formulas, SortColumns, Table, without_repeats};
use crate::types::Value;
use crate::{Error, ErrorKind, Result};

/// Aggregations in levels: at the root of all rows, below it by the first key column, then by the first two, and so on. Cheap
/// to clone; it is kept right as long as there is a handle.
///
/// ```
/// # use headwater_engine::{Expanded, Session, agg, vector::Vector};
/// # fn main() -> headwater_engine::Result<()> {
/// # let session = Session::new();
/// let sales = session.static_table("sales", [
///     ("City", Vector::from(vec!["Oslo", "Bern", "Oslo"])),
///     ("Day", Vector::from(vec![1_i64, 1, 2])),
///     ("Price", Vector::from(vec![3_i64, 5, 4])),
/// ])?;
/// let rollup = sales.rollup(agg::sum("Price"), ["City", "Day"])?;
/// let outline = rollup.snapshot(Expanded::new().expand(["Oslo"]), 0..100)?;
/// let rows = outline.rows().rows::<(Option<String>, Option<i64>, i64)>(["City", "Day", "Price"])?;
/// let (bern, oslo) = (|| Some("Bern".to_owned()), || Some("Oslo".to_owned()));
/// assert_eq!(rows, [(None, None, 12), (bern(), None, 5), (oslo(), None, 7), (oslo(), Some(1), 3), (oslo(), Some(2), 4)]);
/// assert_eq!((outline.depth(3), outline.expanded(2), outline.expanded(3)), (2, Some(true), None));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Rollup {
    recipe: Arc<Recipe>,
    levels: Arc<[Level]>,
    definition: Definition,
}

/// What a rollup is made of, and how.
#[derive(Clone, Debug)]
struct Recipe {
    source: Table,
    aggregates: Vec<Aggregate>,
    by: Vec<Arc<str>>,
    constituents: bool,
    sort: Vec<SortColumn>,
}

/// Rows that have as many keys, or the constituents.
#[derive(Clone, Debug)]
struct Level {
    /// In the order of their keys.
    keyed: Table,
    /// In the order in which they are shown below one node.
    shown: Table,
    /// Where the keys are.
    keys: Vec<usize>,
}

impl Table {
    /// Aggregations by some keys, by all of them but the last, and so on up to all rows: see [`Rollup`].
    ///
    /// Below a node rows stand in the order of their keys, as [`Table::sort`] has it, or as [`Rollup::sort`] says. The level
    /// of all keys is what [`Table::agg_by`] gives. Those above are made of the one below them for sums, counts, extremes
    /// and means, so that they cost what changed there; of this table for other functions, and for sums of `F32`, which
    /// would be rounded at each level. Cost of a cycle: as `agg_by` for each level made of this table, and groups changed,
    /// each with the logarithm of the groups there are.
    ///
    /// # Errors
    /// As [`Table::agg_by`]; `Type` for a key column of lists, which have no order; `Unsupported` over a blink table for a
    /// function that needs its rows at every level.
    pub fn rollup(&self, aggregates: impl Aggregates, by: impl Columns) -> Result<Rollup> {
        Rollup::new(self, aggregates.into_aggregates(), by.into_columns(), false)
    }

    /// As [`Table::rollup`], with the rows of this table below the groups of all keys, in the order in which they stand
    /// here. Cost of a cycle: also rows added and removed, and those modified in a key, each with the logarithm of the rows
    /// there are; 32 bytes a row.
    ///
    /// # Errors
    /// As [`Table::rollup`]; `Unsupported` over a blink table, whose rows pass.
    pub fn rollup_with_constituents(&self, aggregates: impl Aggregates, by: impl Columns) -> Result<Rollup> {
        Rollup::new(self, aggregates.into_aggregates(), by.into_columns(), true)
    }
}

impl Rollup {
    fn new(source: &Table, aggregates: Vec<Aggregate>, by: Vec<Arc<str>>, constituents: bool) -> Result<Self> {
        let by = without_repeats(by);
        Rollup::of(Recipe { source: source.clone(), aggregates, by, constituents, sort: Vec::new() })
    }

    fn of(recipe: Recipe) -> Result<Self> {
        let Levels { levels, definition } = Levels::new(&recipe)?;
        let rollup = Rollup { recipe: Arc::new(recipe), levels: levels.into(), definition };
        if rollup.recipe.sort.is_empty() { Ok(rollup) } else { rollup.sorted(rollup.recipe.sort.clone()) }
    }

    /// The names of the key columns.
    pub fn key_columns(&self) -> &[Arc<str>] {
        &self.recipe.by
    }

    /// The columns of [`Outline::rows`]: the keys and the aggregations.
    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    /// The same of those rows for whose keys every condition is true. It is made anew: of a blink table, of the rows that
    /// pass from now on.
    ///
    /// # Errors
    /// As [`Table::filter`], over the key columns.
    pub fn filter(&self, conditions: impl Formulas) -> Result<Rollup> {
        let conditions = conditions.into_formulas();
        let source = &self.recipe.source;
        let keys: Vec<ColumnDef> = self.definition.columns()[..self.recipe.by.len()].to_vec();
        for condition in &conditions {
            source.session().condition(condition.clone(), &keys)?;
        }
        Rollup::of(Recipe { source: source.filter(conditions)?, ..(*self.recipe).clone() })
    }

    /// The same in the order of some columns, which are keys, aggregations or columns of constituents: below each node by those
    /// that its level has, then by key; constituents, then as they stand in their table. It shares all aggregations with
    /// this one. Cost of a cycle: rows changed in one of the columns, each with the logarithm of the rows of its level.
    ///
    /// # Errors
    /// `Unknown`, with the nearest name; `Type` for a column of lists.
    pub fn sort(&self, by: impl SortColumns) -> Result<Rollup> {
        self.sorted(by.into_sort_columns())
    }

    fn sorted(&self, sort: Vec<SortColumn>) -> Result<Rollup> {
        for SortColumn { column, .. } in &sort {
            if !(0..self.levels.len()).any(|level| self.has(level, column)) {
                self.definition.require(column)?;
            }
        }
        let levels = self.levels.iter().enumerate().map(|(at, level)| {
            let by: Vec<SortColumn> = sort.iter().filter(|by| self.has(at, &by.column)).cloned().collect();
            if at == 0 || by.is_empty() {
                return Ok(Level { shown: level.keyed.clone(), ..level.clone() });
            }
            // Rows of one node stand together; of those that are equal the one with the lesser key is first.
            let above = self.recipe.by.iter().take(at - 1).map(|key| SortColumn::ascending(key.clone()));
            let shown = level.keyed.sort(above.chain(by).collect::<Vec<_>>())?;
            Ok(Level { shown, ..level.clone() })
        });
        let levels = levels.collect::<Result<Vec<Level>>>()?;
        let recipe = Recipe { sort, ..(*self.recipe).clone() };
        Ok(Rollup { recipe: Arc::new(recipe), levels: levels.into(), definition: self.definition.clone() })
    }

    /// Whether the rows of a level have a column that is shown.
    fn has(&self, level: usize, column: &str) -> bool {
        if level > self.recipe.by.len() {
            return self.recipe.source.definition().position(column).is_some();
        }
        let key = self.recipe.by.iter().position(|key| **key == *column);
        match key {
            Some(key) => key < level,
            None => self.definition.position(column).is_some(),
        }
    }

    /// The rows at `window` (cut where they end) of all that are visible now, while these nodes are expanded. The root is,
    /// unless it is said to be collapsed.
    ///
    /// All levels are of one moment. Cycles wait while it is pinned, a pointer for each column, and not while it is read. Cost: a few
    /// searches in the levels for each key named and each row of the window; where all below a node is expanded, its
    /// children are counted.
    ///
    /// # Errors
    /// `Argument` for a key of too many values, `Type` for a value of another type than its key column; the error of a failed
    /// table; [`ErrorKind::InsideCycle`].
    pub fn snapshot(&self, expanded: &Expanded, window: Range<u64>) -> Result<Outline> {
        let told = expanded.told().map(|(key, told)| Ok((self.key(key)?, told))).collect::<Result<Vec<_>>>()?;
        let pinned = Pinned::new(self)?;
        let root = if expanded.usual() == Told::All { Told::All } else { Told::Expanded };
        let told = told.iter().map(|(key, told)| (&key[..], *told));
        let seen = walk(&pinned, std::iter::once((&[][..], root)).chain(told), expanded.usual(), window.clone())?;
        pinned.outline(self, &seen, window.start)
    }

    /// A key as the key columns have it.
    fn key(&self, key: &[Value]) -> Result<Vec<Value>> {
        if key.len() > self.recipe.by.len() {
            let message = format!("a key of {} values for {} key columns", key.len(), self.recipe.by.len());
            let names = crate::error::list(self.recipe.by.iter().map(|name| &**name), 12);
            return Err(Error::new(ErrorKind::Argument, message).with_help(format!("the key columns are {names}")));
        }
        key.iter().zip(self.definition.columns()).map(|(value, column)| column.cell(value)).collect()
    }
}
