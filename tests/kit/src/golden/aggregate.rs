//! The aggregations of a case as ours.

use headwater_engine::plan::Aggregate;
use headwater_engine::{Table, Value, agg, by};
use serde_json::{Map, Value as Json};

use super::args::{Args, Failure, not_built, refused};

/// The keys of a step, and which groups it shows.
pub(super) fn keys(args: &Args<'_>, inputs: &[Table]) -> Result<headwater_engine::By, Failure> {
    let by = by(args.list("by")?);
    let by = if args.flag("preserve_empty") { by.preserve_empty() } else { by };
    Ok(match inputs.get(1) {
        Some(initial) => by.initial_groups(initial),
        None => by,
    })
}

/// `agg_by`, also by no keys.
pub(super) fn grouped(
    table: &Table,
    aggregates: Vec<Aggregate>,
    args: &Args<'_>,
    inputs: &[Table],
) -> Result<Table, Failure> {
    let is_by_none = args.list("by")?.is_empty() && !args.flag("preserve_empty");
    Ok(if is_by_none { table.agg(aggregates)? } else { table.agg_by(aggregates, keys(args, inputs)?)? })
}

/// The aggregations of a step.
pub(super) fn all(args: &Args<'_>) -> Result<Vec<Aggregate>, Failure> {
    let mut aggregates = Vec::new();
    for one in args.array("aggs")? {
        aggregates.extend(each(one)?);
    }
    Ok(aggregates)
}

/// The aggregations one object stands for: one a column.
fn each(one: &Json) -> Result<Vec<Aggregate>, Failure> {
    let Some(one) = one.as_object() else { return refused("an aggregation that is no object") };
    let args = Args { all: one };
    match args.text("agg")? {
        "count_" => Ok(vec![agg::count(args.text("col")?)]),
        "count_where" => Ok(vec![agg::count_where(args.text("col")?, args.list("filters")?)]),
        "formula" if !one.contains_key("cols") => Ok(vec![agg::formula(args.text("formula")?)]),
        _ if one.contains_key("cols") => args.list("cols")?.iter().map(|column| of_column(one, column)).collect(),
        name => not_built(format!("aggregation {name}")),
    }
}

/// The function of an object, of a column.
pub(super) fn of_column(one: &Map<String, Json>, column: &str) -> Result<Aggregate, Failure> {
    let args = Args { all: one };
    let make = match args.text("agg")? {
        "sum" => agg::sum,
        "abs_sum" => agg::abs_sum,
        "avg" => agg::avg,
        "std" => agg::std,
        "var" => agg::var,
        "min" => agg::min,
        "max" => agg::max,
        "median" => agg::median,
        "count_distinct" => agg::count_distinct,
        "distinct" => agg::distinct,
        "unique" => agg::unique,
        "first" => agg::first,
        "last" => agg::last,
        "group" => agg::group,
        "weighted_avg" => return Ok(agg::weighted_avg(column, args.text("wcol")?)),
        "weighted_sum" => return Ok(agg::weighted_sum(column, args.text("wcol")?)),
        "sorted_first" => return Ok(agg::sorted_first(column, args.text("order_by")?)),
        "sorted_last" => return Ok(agg::sorted_last(column, args.text("order_by")?)),
        "pct" => return Ok(with_options(agg::pct(column, args.number("percentile")?), &args)),
        "formula" => return Ok(agg::formula_of(args.text("formula")?, args.text("formula_param")?, column)),
        other => return not_built(format!("aggregation {other}")),
    };
    Ok(with_options(make(column), &args))
}

fn with_options(aggregate: Aggregate, args: &Args<'_>) -> Aggregate {
    let aggregate = match args.all.get("average_evenly_divided").and_then(Json::as_bool) {
        Some(average) => aggregate.average_evenly_divided(average),
        None => aggregate,
    };
    let nulls = args.flag("count_nulls") || args.flag("include_nulls");
    let aggregate = if nulls { aggregate.include_nulls() } else { aggregate };
    match args.all.get("non_unique_sentinel") {
        Some(sentinel) => aggregate.otherwise(value(sentinel)),
        None => aggregate,
    }
}

fn value(json: &Json) -> Value {
    match json {
        Json::Bool(value) => Value::Bool(*value),
        Json::String(text) => text.as_str().into(),
        Json::Number(number) => number.as_i64().map_or_else(|| number.as_f64().into(), Value::I64),
        _ => Value::Null,
    }
}
