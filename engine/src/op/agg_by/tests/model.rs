//! The same aggregates computed from all rows, one at a time.

use std::collections::BTreeMap;

use crate::ColumnDef;
use crate::plan::Aggregate;
use crate::table::agg;
use crate::types::{Type, Value};

pub(super) type Row = Vec<Value>;

/// The columns of the random tables: two keys, then values of several types.
pub(super) fn columns() -> Vec<ColumnDef> {
    let types = [Type::String, Type::I8, Type::I64, Type::F64, Type::String, Type::Bool];
    ["K", "L", "N", "X", "S", "B"].into_iter().zip(types).map(|(name, ty)| ColumnDef::new(name, ty)).collect()
}

/// An aggregate, the position of its column, and how it is computed from the cells of a group in row order.
type Computed = (Aggregate, usize, fn(&[&Value]) -> Value);

pub(super) fn aggregates() -> Vec<Computed> {
    let named = |aggregate: fn(&str) -> Aggregate, out: &str, column: &str| aggregate(&format!("{out} = {column}"));
    vec![
        (agg::count("Rows"), 2, |cells| Value::I64(cells.len() as i64)),
        (named(agg::sum, "SumN", "N"), 2, |cells| or_null(ints(cells), |v| Value::I64(v.iter().sum()))),
        (named(agg::avg, "AvgN", "N"), 2, |cells| {
            or_null(ints(cells), |v| Value::F64(v.iter().sum::<i64>() as f64 / v.len() as f64))
        }),
        (named(agg::min, "MinN", "N"), 2, |cells| or_null(ints(cells), |v| Value::I64(v.into_iter().min().unwrap()))),
        (named(agg::max, "MaxN", "N"), 2, |cells| or_null(ints(cells), |v| Value::I64(v.into_iter().max().unwrap()))),
        (named(agg::sum, "SumX", "X"), 3, |cells| or_null(floats(cells), |v| Value::F64(v.iter().sum()))),
        (named(agg::avg, "AvgX", "X"), 3, |cells| {
            or_null(floats(cells), |v| Value::F64(v.iter().sum::<f64>() / v.len() as f64))
        }),
        (named(agg::min, "MinX", "X"), 3, |cells| or_null(floats(cells), |v| float(v, f64::min))),
        (named(agg::max, "MaxX", "X"), 3, |cells| or_null(floats(cells), |v| float(v, f64::max))),
        (named(agg::min, "MinS", "S"), 4, |cells| or_null(texts(cells), |v| Value::from(v.into_iter().min().unwrap()))),
        (named(agg::max, "MaxS", "S"), 4, |cells| or_null(texts(cells), |v| Value::from(v.into_iter().max().unwrap()))),
        (named(agg::sum, "SumB", "B"), 5, |cells| {
            or_null(bools(cells), |v| Value::I64(v.into_iter().filter(|&b| b).count() as i64))
        }),
        (named(agg::max, "MaxB", "B"), 5, |cells| or_null(bools(cells), |v| Value::Bool(v.contains(&true)))),
        (named(agg::first, "FirstS", "S"), 4, |cells| cells[0].clone()),
        (named(agg::last, "LastN", "N"), 2, |cells| cells[cells.len() - 1].clone()),
        (named(agg::last, "LastX", "X"), 3, |cells| cells[cells.len() - 1].clone()),
    ]
}

fn or_null<T>(values: Vec<T>, compute: impl Fn(Vec<T>) -> Value) -> Value {
    if values.is_empty() { Value::Null } else { compute(values) }
}

fn float(values: Vec<f64>, choose: fn(f64, f64) -> f64) -> Value {
    let nan = values.iter().any(|value| value.is_nan());
    Value::F64(if nan { f64::NAN } else { values.into_iter().reduce(choose).unwrap() })
}

fn ints(cells: &[&Value]) -> Vec<i64> {
    cells.iter().filter_map(|cell| if let Value::I64(value) = cell { Some(*value) } else { None }).collect()
}

fn floats(cells: &[&Value]) -> Vec<f64> {
    cells.iter().filter_map(|cell| if let Value::F64(value) = cell { Some(*value) } else { None }).collect()
}

fn texts(cells: &[&Value]) -> Vec<crate::types::Str> {
    cells.iter().filter_map(|cell| if let Value::String(value) = cell { Some(value.clone()) } else { None }).collect()
}

fn bools(cells: &[&Value]) -> Vec<bool> {
    cells.iter().filter_map(|cell| if let Value::Bool(value) = cell { Some(*value) } else { None }).collect()
}

/// The keys of a result in order of first appearance.
pub(super) struct Places {
    keys: Vec<usize>,
    seen: Vec<Row>,
}

impl Places {
    pub(super) fn new(keys: &[usize]) -> Self {
        Places { keys: keys.to_vec(), seen: Vec::new() }
    }

    fn place(&self, row: &Row) -> Option<usize> {
        self.seen.iter().position(|seen| self.keys.iter().zip(seen).all(|(&key, seen)| row[key].same(seen)))
    }

    /// Notes the key of a row.
    pub(super) fn see(&mut self, row: &Row) {
        if self.place(row).is_none() {
            self.seen.push(self.keys.iter().map(|&key| row[key].clone()).collect());
        }
    }

    /// The result for these rows, which are in order.
    pub(super) fn result<'r>(&self, rows: impl IntoIterator<Item = &'r Row>) -> Vec<Row> {
        let mut groups: BTreeMap<usize, Vec<&Row>> = BTreeMap::new();
        for row in rows {
            groups.entry(self.place(row).unwrap()).or_default().push(row);
        }
        let result = groups.into_iter().map(|(place, rows)| {
            let computed = aggregates().into_iter().map(|(_, column, compute)| {
                let cells: Vec<&Value> = rows.iter().map(|row| &row[column]).collect();
                compute(&cells)
            });
            self.seen[place].iter().cloned().chain(computed).collect()
        });
        result.collect()
    }
}
