//! keyed_transpose: groups in rows and columns.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::args::some;
use super::{Aggregates, Columns, Table, on};
use crate::formula::{Expression, Formula, call, col, lit};
use crate::plan::Pair;
use crate::types::Value;
use crate::{Error, ErrorKind, Result};

impl Table {
    /// A row for each combination of values of the `row_by` columns, and in it, for each combination of values of the `col_by`
    /// columns, the aggregations of the rows that have both; null where there are none.
    ///
    /// Rows come in the order in which their keys first came, columns likewise, named by their values, with `_` between several; of
    /// more than one aggregation, behind the name of that one. The columns are those of the values there are at the call:
    /// rows of other values, which come later, are in none. Cost of a cycle: as [`Table::agg_by`] by all keys together, and
    /// for each column the groups that changed.
    ///
    /// ```
    /// # use headwater_engine::{Session, agg, vector::Vector};
    /// # fn main() -> headwater_engine::Result<()> {
    /// # let session = Session::new();
    /// let sales = session.static_table("sales", [
    ///     ("City", Vector::from(vec!["Oslo", "Bern", "Oslo", "Oslo"])),
    ///     ("Year", Vector::from(vec![2025_i64, 2026, 2025, 2026])),
    ///     ("Price", Vector::from(vec![3_i64, 5, 4, 1])),
    /// ])?;
    /// let by_year = sales.keyed_transpose(agg::sum("Price"), "City", "Year")?.snapshot()?.rows(0..9)?;
    /// let rows = by_year.rows::<(String, Option<i64>, Option<i64>)>(["City", "2025", "2026"])?;
    /// assert_eq!(rows, [("Oslo".to_owned(), Some(7), Some(1)), ("Bern".to_owned(), None, Some(5))]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Table::agg_by`]; `Argument` if the table has no rows, which name the columns; `NameClash` if two columns would have
    /// one name.
    #[doc(alias = "pivot")]
    pub fn keyed_transpose(
        &self,
        aggregates: impl Aggregates,
        row_by: impl Columns,
        col_by: impl Columns,
    ) -> Result<Table> {
        let aggregates = aggregates.into_aggregates();
        let rows = some(row_by.into_columns(), "column for the rows")?;
        let columns = some(col_by.into_columns(), "column for the columns")?;
        let outputs: Vec<Arc<str>> = aggregates.iter().map(|aggregate| aggregate.output.clone()).collect();
        let groups = self.agg_by(aggregates, [&rows[..], &columns].concat())?;
        let names: Vec<&str> = columns.iter().map(|name| &**name).collect();
        let values = groups.select_distinct(names)?.snapshot()?;
        if values.is_empty() {
            return Err(Error::new(ErrorKind::Argument, "the table has no rows, whose values would name the columns")
                .with_operator("keyed_transpose")
                .with_column(&*columns[0]));
        }
        let values = values.rows(0..u64::MAX)?;
        let names: Vec<&str> = rows.iter().map(|name| &**name).collect();
        let mut result = groups.select_distinct(names)?;
        for row in 0..values.len() {
            let cells: Vec<Value> = values.columns().iter().map(|column| column.value(row)).collect();
            let conditions = columns.iter().zip(&cells).map(|(name, cell)| has(name, cell).into());
            let part = groups.filter(conditions.collect::<Vec<Formula>>())?;
            let keys: Vec<Pair> = rows.iter().map(|name| Pair::same(name.clone())).collect();
            let added: Vec<Pair> = outputs.iter().map(|output| named(output, &cells, outputs.len() > 1)).collect();
            if let Some(twice) = added.iter().find(|pair| result.definition().position(&pair.output).is_some()) {
                let message = format!("two columns would be named {}", twice.output);
                return Err(Error::new(ErrorKind::NameClash, message)
                    .with_operator("keyed_transpose")
                    .with_column(&*twice.output)
                    .with_help(
                        "values name columns: give the columns for the rows other names, or compute other values",
                    ));
            }
            result = result.natural_join(&part, on(keys).add(added))?;
        }
        Ok(result)
    }
}

/// That a column has a value, as keys are equal.
fn has(name: &Arc<str>, value: &Value) -> Expression {
    let column = col(name.clone());
    match value {
        Value::Null => column.is_null(),
        Value::F32(float) if float.is_nan() => call("isNaN", [column]),
        Value::F64(float) if float.is_nan() => call("isNaN", [column]),
        value => column.eq(lit(value.clone())),
    }
}

/// The column of an aggregation for some values.
fn named(output: &Arc<str>, values: &[Value], among_others: bool) -> Pair {
    let values = values.iter().map(Value::to_string);
    let parts: Vec<String> = among_others.then(|| output.to_string()).into_iter().chain(values).collect();
    Pair { output: parts.join("_").into(), input: output.clone() }
}
