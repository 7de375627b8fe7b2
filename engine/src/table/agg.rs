//! Aggregations: a function of a column, named like the column unless [`Aggregate::named`] or `"Out = In"` says otherwise.
//!
//! Null cells are left out; a group without a value has null.

use std::sync::Arc;

use super::args::{Columns, Formulas};
use crate::formula::Formula;
use crate::plan::{AggFunction, Aggregate, Pair};

macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident $function:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(column: &str) -> Aggregate {
            of(AggFunction::$function, column)
        }
    )*};
}

functions! {
    /// The sum: integers and chars as `I64`, wrapping; bools count as 0 and 1; floats, durations and decimals keep their
    /// type. Sums of floats are compensated, and values that are taken back leave nothing.
    sum Sum;
    /// The sum of absolute values, of the types that [`sum`] takes, but for bools, and to the same types.
    abs_sum AbsSum;
    /// The mean as `F64`; of durations a duration.
    avg Avg;
    /// The variance of a sample (divided by n - 1) as `F64`: exact of integers before it is rounded. NaN of a single value,
    /// and where there is a NaN or an infinity.
    var Var;
    /// The standard deviation of a sample: the root of [`var`].
    std Std;
    /// The least value; NaN if there is one.
    min Min;
    /// The greatest value; NaN if there is one.
    max Max;
    /// The middle value; NaN if there is one. Of an even number of values the mean of the two in the middle: of `I32` and
    /// `I64` as `F64` (their sum wraps, as that of [`avg`]), of floats as it is. For other types, and with [`Aggregate::average_evenly_divided`] false, the upper
    /// of the two. Cost of a cycle: the logarithm of the group for each value that comes or goes; all values are kept, once
    /// for all aggregations of a column that need them.
    median Median;
    /// How many different values there are, as `I64`. Null and NaN are none, but each is one with
    /// [`Aggregate::include_nulls`]. Null if there is none. Keeps all values, as [`median`].
    count_distinct CountDistinct;
    /// The different values, ascending, as a list. Null and NaN are none; with [`Aggregate::include_nulls`] null comes first
    /// and NaN last. Keeps all values, as [`median`].
    distinct Distinct;
    /// The value if there is one only; of several, null or [`Aggregate::otherwise`]. Null and NaN are none, but each is one
    /// with [`Aggregate::include_nulls`]. Keeps all values, as [`median`].
    unique Unique;
    /// The value of the first row, null or not.
    first First;
    /// The value of the last row, null or not.
    last Last;
    /// The values of all rows of the group, null or not, in their order: a list. Not over blink tables.
    group Group;
}

/// The mean as `F64`, each value weighted by the number in another column; rows where one of both is null are left out.
/// NaN where a weight or a weighted value is NaN or infinite, and where weights cancel out.
///
/// ```
/// # use headwater_engine::{Session, agg, vector::Vector};
/// # fn main() -> headwater_engine::Result<()> {
/// # let session = Session::new();
/// let trades = session.static_table("trades", [
///     ("Price", Vector::from(vec![10.0, 20.0])),
///     ("Size", Vector::from(vec![3_i64, 1])),
/// ])?;
/// let vwap = trades.agg(agg::weighted_avg("Vwap = Price", "Size"))?;
/// assert_eq!(vwap.snapshot()?.rows(0..9)?.rows::<(f64,)>(["Vwap"])?, [(12.5,)]);
/// # Ok(())
/// # }
/// ```
pub fn weighted_avg(column: &str, weight: &str) -> Aggregate {
    of(AggFunction::WeightedAvg { weight: weight.trim().into() }, column)
}

/// The sum of the products with another column: of integers by integers `I64`, wrapping, otherwise `F64`; rows where one of
/// both is null are left out.
pub fn weighted_sum(column: &str, weight: &str) -> Aggregate {
    of(AggFunction::WeightedSum { weight: weight.trim().into() }, column)
}

/// The value at a share of the way from the least to the greatest, by its place among the sorted values, rounded half up:
/// 0 is the least, 0.5 the [`median`], 1 the greatest; NaN if there is one. Keeps all values, as [`median`].
///
/// With [`Aggregate::average_evenly_divided`] the place is rounded down, and where that divides the values into two equal
/// halves, the result is the mean of the two in the middle: of `I32` and `I64` as `F64`, of floats as it is; other types
/// have no mean.
pub fn pct(column: &str, fraction: f64) -> Aggregate {
    of(AggFunction::Percentile { fraction }, column)
}

/// About [`pct`], as `F64`, by a t-digest, which takes some kilobytes a group however many values it has. Exact of up to 512
/// values; of more, within half a percent of the ranks in the middle and far nearer towards both ends. Where values are
/// taken back, all rows of their group are read again.
pub fn approx_pct(column: &str, fraction: f64) -> Aggregate {
    of(AggFunction::ApproxPercentile { fraction }, column)
}

/// The number of rows of the group, nulls included, as `I64`, in a column of this name.
pub fn count(name: &str) -> Aggregate {
    Aggregate::new(AggFunction::Count, name.trim(), None)
}

/// The number of rows for which all conditions are true, as `I64`, in a column of this name.
///
/// ```
/// # use headwater_engine::{Session, agg, vector::Vector};
/// # fn main() -> headwater_engine::Result<()> {
/// # let session = Session::new();
/// let calls = session.static_table("calls", [
///     ("Service", Vector::from(vec!["api", "api", "web"])),
///     ("Millis", Vector::from(vec![90_i64, 410, 20])),
/// ])?;
/// let slow = calls.agg_by(agg::count_where("Slow", "Millis > 100"), "Service")?;
/// let rows = slow.snapshot()?.rows(0..9)?;
/// assert_eq!(rows.rows::<(String, i64)>(["Service", "Slow"])?, [("api".to_owned(), 1), ("web".to_owned(), 0)]);
/// # Ok(())
/// # }
/// ```
pub fn count_where(name: &str, conditions: impl Formulas) -> Aggregate {
    Aggregate::new(AggFunction::CountWhere { conditions: conditions.into_formulas() }, name.trim(), None)
}

/// The value of the row that comes first by another column, which has null before all values and NaN behind, or by several,
/// of which the first that differs decides; of rows that are equal there, of the first.
///
/// ```
/// # use headwater_engine::{Session, agg, vector::Vector};
/// # fn main() -> headwater_engine::Result<()> {
/// # let session = Session::new();
/// let trades = session.static_table("trades", [
///     ("Day", Vector::from(vec![2_i64, 1, 1])),
///     ("Second", Vector::from(vec![5_i64, 9, 8])),
///     ("Price", Vector::from(vec![10.0, 11.0, 12.0])),
/// ])?;
/// let opened = trades.agg(agg::sorted_first("Price", ["Day", "Second"]))?;
/// assert_eq!(opened.snapshot()?.rows(0..9)?.rows::<(f64,)>(["Price"])?, [(12.0,)]);
/// # Ok(())
/// # }
/// ```
pub fn sorted_first(column: &str, by: impl Columns) -> Aggregate {
    of(AggFunction::SortedFirst { by: by.into_columns() }, column)
}

/// The value of the row that comes last by other columns; of rows that are equal there, of the last. See [`sorted_first`].
pub fn sorted_last(column: &str, by: impl Columns) -> Aggregate {
    of(AggFunction::SortedLast { by: by.into_columns() }, column)
}

/// `"Out = expression"` over the key columns and, as lists of the rows of the group, all others. Not over blink tables.
/// Evaluated for groups that a cycle touched, and kept.
///
/// ```
/// # use headwater_engine::{Session, agg, vector::Vector};
/// # fn main() -> headwater_engine::Result<()> {
/// # let session = Session::new();
/// let trades = session.static_table("trades", [
///     ("Sym", Vector::from(vec!["A", "A", "B"])),
///     ("Price", Vector::from(vec![10_i64, 14, 7])),
/// ])?;
/// let spread = trades.agg_by(agg::formula("Spread = max(Price) - min(Price)"), "Sym")?;
/// let rows = spread.snapshot()?.rows(0..9)?;
/// assert_eq!(rows.rows::<(String, i64)>(["Sym", "Spread"])?, [("A".to_owned(), 4), ("B".to_owned(), 0)]);
/// # Ok(())
/// # }
/// ```
pub fn formula(formula: impl Into<Formula>) -> Aggregate {
    let formula = formula.into();
    let output: Arc<str> = formula.text().split('=').next().unwrap_or_default().trim().into();
    Aggregate::new(AggFunction::Formula { formula, parameter: None }, output, None)
}

/// An expression in which `parameter` stands for the list of a column's values: one formula for several columns.
/// `formula_of("sum(each) / each.size()", "each", "Out = In")`.
pub fn formula_of(formula: impl Into<Formula>, parameter: &str, column: &str) -> Aggregate {
    let parameter = Some(parameter.trim().into());
    of(AggFunction::Formula { formula: formula.into(), parameter }, column)
}

fn of(function: AggFunction, column: &str) -> Aggregate {
    // Text that is no pair names no column: the check of the operation says so.
    let pair = Pair::parse(column).unwrap_or_else(|_| Pair::same(column));
    Aggregate::new(function, pair.output, Some(pair.input))
}
