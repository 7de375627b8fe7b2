//! [`PartitionedProxy`]: the methods of tables, called on every constituent.

use super::PartitionedTable;
use crate::Result;
use crate::table::{Aggregates, By, Columns, Formulas, On, Pairs, SortColumns, Table};

/// The constituents of a [`PartitionedTable`], with methods of [`Table`]: each does with every constituent what the method
/// of that name does with a table, and gives the results.
///
/// ```
/// # use headwater_engine::{Session, agg, on, vector::Vector};
/// # fn main() -> headwater_engine::Result<()> {
/// # let session = Session::new();
/// let (key, value) = (Vector::from(vec![7_i64, 8, 7, 8]), Vector::from(vec![1_i64, 2, 3, 4]));
/// let parts = session.static_table("t", [("K", key), ("V", value)])?.partition_by("K")?.proxy();
/// let shares = parts.natural_join(&parts.agg(agg::sum("Total = V"))?, on([""; 0]))?.view(["K", "Share = V / Total"])?;
/// let rows = shares.merge()?.snapshot()?.rows(0..9)?.rows::<(i64, f64)>(["K", "Share"])?;
/// assert_eq!(rows, [(7, 0.25), (7, 0.75), (8, 1.0 / 3.0), (8, 2.0 / 3.0)]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PartitionedProxy {
    target: PartitionedTable,
}

/// Makes methods that call the method of a table on every constituent.
macro_rules! on_constituents {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $ty:ty),*);)*) => {
        impl PartitionedProxy {$(
            $(#[$doc])*
            ///
            /// # Errors
            /// As the method of that name of [`Table`], and as [`PartitionedTable::transform`].
            pub fn $name(&self, $($argument: $ty),*) -> Result<PartitionedProxy> {
                self.each(|table| table.$name($($argument),*))
            }
        )*}
    };
}

on_constituents! {
    /// [`Table::filter`] of every constituent.
    filter(conditions: impl Formulas);
    /// [`Table::filter_any`] of every constituent.
    filter_any(conditions: impl Formulas);
    /// [`Table::view`] of every constituent.
    view(formulas: impl Formulas);
    /// [`Table::update_view`] of every constituent.
    update_view(formulas: impl Formulas);
    /// [`Table::lazy_update`] of every constituent.
    lazy_update(formulas: impl Formulas);
    /// [`Table::update`] of every constituent.
    update(formulas: impl Formulas);
    /// [`Table::select`] of every constituent.
    select(formulas: impl Formulas);
    /// [`Table::select_distinct`] of every constituent.
    select_distinct(formulas: impl Formulas);
    /// [`Table::drop_columns`] of every constituent.
    drop_columns(columns: impl Columns);
    /// [`Table::rename_columns`] of every constituent.
    rename_columns(pairs: impl Pairs);
    /// [`Table::move_columns_up`] of every constituent.
    move_columns_up(columns: impl Columns);
    /// [`Table::move_columns_down`] of every constituent.
    move_columns_down(columns: impl Columns);
    /// [`Table::sort`] of every constituent.
    sort(by: impl SortColumns);
    /// [`Table::sort_descending`] of every constituent.
    sort_descending(by: impl Columns);
    /// [`Table::reverse`] of every constituent.
    reverse();
    /// [`Table::head`] of every constituent.
    head(count: u64);
    /// [`Table::tail`] of every constituent.
    tail(count: u64);
    /// [`Table::slice`] of every constituent.
    slice(start: i64, end: i64);
    /// [`Table::head_pct`] of every constituent.
    head_pct(share: f64);
    /// [`Table::tail_pct`] of every constituent.
    tail_pct(share: f64);
    /// [`Table::slice_pct`] of every constituent.
    slice_pct(start: f64, end: f64);
    /// [`Table::head_by`] of every constituent.
    head_by(count: u64, by: impl Columns);
    /// [`Table::tail_by`] of every constituent.
    tail_by(count: u64, by: impl Columns);
    /// [`Table::agg_by`] of every constituent.
    agg_by(aggregates: impl Aggregates, by: impl Into<By>);
    /// [`Table::agg`] of every constituent: a row of each.
    agg(aggregates: impl Aggregates);
    /// [`Table::sum_by`] of every constituent.
    sum_by(by: impl Into<By>);
    /// [`Table::avg_by`] of every constituent.
    avg_by(by: impl Into<By>);
    /// [`Table::min_by`] of every constituent.
    min_by(by: impl Into<By>);
    /// [`Table::max_by`] of every constituent.
    max_by(by: impl Into<By>);
    /// [`Table::first_by`] of every constituent.
    first_by(by: impl Into<By>);
    /// [`Table::last_by`] of every constituent.
    last_by(by: impl Into<By>);
    /// [`Table::group_by`] of every constituent.
    group_by(by: impl Into<By>);
    /// [`Table::ungroup`] of every constituent.
    ungroup(columns: impl Columns);
}

impl PartitionedProxy {
    pub(super) fn new(target: PartitionedTable) -> Self {
        PartitionedProxy { target }
    }

    /// The constituents.
    pub fn target(&self) -> &PartitionedTable {
        &self.target
    }

    /// [`PartitionedTable::merge`] of the constituents.
    ///
    /// # Errors
    /// As [`PartitionedTable::merge`].
    pub fn merge(&self) -> Result<Table> {
        self.target.merge()
    }

    /// [`Table::natural_join`] of every constituent with the one of `right` that has the same key; those without a
    /// counterpart are left out.
    ///
    /// # Errors
    /// As [`Table::natural_join`] and [`PartitionedTable::partitioned_transform`].
    pub fn natural_join(&self, right: &PartitionedProxy, on: impl Into<On>) -> Result<PartitionedProxy> {
        let joined = |left: &Table, right: &Table| left.natural_join(right, on);
        Ok(PartitionedProxy { target: self.target.partitioned_transform(&right.target, joined)? })
    }

    /// [`Table::natural_join`] of every constituent with a whole table.
    ///
    /// # Errors
    /// As [`Table::natural_join`].
    pub fn natural_join_whole(&self, right: &Table, on: impl Into<On>) -> Result<PartitionedProxy> {
        self.each(|table| table.natural_join(right, on))
    }

    fn each(&self, make: impl FnOnce(&Table) -> Result<Table>) -> Result<PartitionedProxy> {
        Ok(PartitionedProxy { target: self.target.transform(make)? })
    }
}
