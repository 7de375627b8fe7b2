//! A step of a case as an operation on tables.

use headwater_engine::plan::SortColumn;
use headwater_engine::{Match, Table, agg, asc, desc, on};
use serde_json::Value as Json;

use super::aggregate::{self, grouped};
use super::args::{Args, Failure, not_built, refused};
use super::case::Step;

/// Runs a step on its inputs.
pub(super) fn run(step: &Step, inputs: &[Table]) -> Result<Table, Failure> {
    let args = Args { all: &step.args };
    let Some(table) = inputs.first() else { return refused("a step without an input") };
    let two = || inputs.get(1).map_or_else(|| refused("a join of one table"), Ok);
    Ok(match step.op.as_str() {
        "where" => table.filter(args.list("filters")?)?,
        "where_one_of" => table.filter_any(args.list("filters")?)?,
        "view" => table.view(args.list("formulas")?)?,
        "update_view" => table.update_view(args.list("formulas")?)?,
        "lazy_update" => table.lazy_update(args.list("formulas")?)?,
        "update" => table.update(args.list("formulas")?)?,
        "select" => table.select(args.list("formulas")?)?,
        "drop_columns" => table.drop_columns(args.list("cols")?)?,
        "rename_columns" => table.rename_columns(args.list("cols")?)?,
        "agg_by" => grouped(table, aggregate::all(&args)?, &args, inputs)?,
        "agg_all_by" => {
            let by = args.list("by")?;
            let Some(one) = args.all.get("agg").and_then(Json::as_object) else { return refused("agg is missing") };
            let names = table.definition().columns().iter().map(|column| column.name.to_string());
            let others = names.filter(|name| !by.contains(name));
            let aggregates = others.map(|name| aggregate::of_column(one, &name)).collect::<Result<_, _>>()?;
            grouped(table, aggregates, &args, inputs)?
        }
        "sum_by" => table.sum_by(args.list("by")?)?,
        "abs_sum_by" => table.abs_sum_by(args.list("by")?)?,
        "avg_by" => table.avg_by(args.list("by")?)?,
        "weighted_avg_by" => table.weighted_avg_by(args.text("wcol")?, args.list("by")?)?,
        "weighted_sum_by" => table.weighted_sum_by(args.text("wcol")?, args.list("by")?)?,
        "std_by" => table.std_by(args.list("by")?)?,
        "var_by" => table.var_by(args.list("by")?)?,
        "median_by" => table.median_by(args.list("by")?)?,
        "min_by" => table.min_by(args.list("by")?)?,
        "max_by" => table.max_by(args.list("by")?)?,
        "first_by" => table.first_by(args.list("by")?)?,
        "last_by" => table.last_by(args.list("by")?)?,
        "group_by" => table.group_by(args.list("by")?)?,
        "count_by" => grouped(table, vec![agg::count(args.text("col")?)], &args, inputs)?,
        "select_distinct" => table.select_distinct(args.list("formulas")?)?,
        "head_by" if args.list("by")?.is_empty() => table.head(args.count("num_rows")?)?,
        "head_by" => table.head_by(args.count("num_rows")?, args.list("by")?)?,
        "tail_by" => table.tail_by(args.count("num_rows")?, args.list("by")?)?,
        "ungroup" => table.ungroup(args.list("cols")?)?,
        "natural_join" => {
            let matching = match args.all.get("type").and_then(Json::as_str) {
                None | Some("ERROR_ON_DUPLICATE") => Match::ErrorOnDuplicate,
                Some("FIRST_MATCH") => Match::First,
                Some("LAST_MATCH") => Match::Last,
                Some("EXACTLY_ONE_MATCH") => Match::ExactlyOne,
                Some(other) => return not_built(format!("natural_join {other}")),
            };
            table.natural_join_with(two()?, on(args.list("on")?).add(args.list("joins")?), matching)?
        }
        "exact_join" => table.exact_join(two()?, on(args.list("on")?).add(args.list("joins")?))?,
        "join" => table.join(two()?, on(args.list("on")?).add(args.list("joins")?))?,
        "left_outer_join" => table.left_outer_join(two()?, on(args.list("on")?).add(args.list("joins")?))?,
        "full_outer_join" => table.full_outer_join(two()?, on(args.list("on")?).add(args.list("joins")?))?,
        "aj" => table.aj(two()?, on(args.list("on")?).add(args.list("joins")?))?,
        "raj" => table.raj(two()?, on(args.list("on")?).add(args.list("joins")?))?,
        "range_join" => table.range_join(two()?, on(args.list("on")?), aggregate::all(&args)?)?,
        "multi_join" => multi_join(&args, inputs)?,
        "keyed_transpose" => {
            let (rows, columns) = (args.list("row_by_cols")?, args.list("col_by_cols")?);
            table.keyed_transpose(aggregate::all(&args)?, rows, columns)?
        }
        "where_in" => table.filter_in(two()?, args.list("cols")?)?,
        "where_not_in" => table.filter_not_in(two()?, args.list("cols")?)?,
        "blink_to_append_only" => table.blink_to_append()?,
        "head" => table.head(args.count("num_rows")?)?,
        "tail" => table.tail(args.count("num_rows")?)?,
        "ring_table" => table.tail(args.count("capacity")?)?,
        "merge" => table.merge(&inputs[1..])?,
        "sort" => table.sort(sort_columns(&args)?)?,
        "sort_descending" => table.sort_descending(args.list("order_by")?)?,
        "reverse" => table.reverse()?,
        "flatten" => table.flatten()?,
        "move_columns_up" => table.move_columns_up(args.list("cols")?)?,
        "move_columns_down" => table.move_columns_down(args.list("cols")?)?,
        "move_columns" => table.move_columns(args.count("idx")? as usize, args.list("cols")?)?,
        "merge_sorted" => table.merge_sorted(&inputs[1..], args.text("order_by")?)?,
        "slice" => table.slice(args.integer("start")?, args.integer("stop")?)?,
        "head_pct" => table.head_pct(args.number("pct")?)?,
        "tail_pct" => table.tail_pct(args.number("pct")?)?,
        "slice_pct" => table.slice_pct(args.number("start_pct")?, args.number("end_pct")?)?,
        other => return not_built(other),
    })
}

/// Either the same keys for all tables, or what is taken of each.
fn multi_join(args: &Args<'_>, inputs: &[Table]) -> Result<Table, Failure> {
    let taken = args.array("inputs")?;
    let of_table = |(at, table)| {
        let own = taken.get(at).and_then(Json::as_object);
        let args = own.map_or(Args { all: args.all }, |own| Args { all: own });
        Ok((table, on(args.list("on")?).add(args.list("joins")?)))
    };
    let inputs = inputs.iter().enumerate().map(of_table).collect::<Result<Vec<_>, Failure>>()?;
    Ok(Table::multi_join(inputs)?)
}

/// The columns to sort by, and which way each.
fn sort_columns(args: &Args<'_>) -> Result<Vec<SortColumn>, Failure> {
    let order = args.list("order")?;
    let is_descending = |at: usize| order.get(at).is_some_and(|order| order == "DESCENDING");
    let columns = args.list("order_by")?.into_iter().enumerate();
    Ok(columns.map(|(at, name)| if is_descending(at) { desc(name) } else { asc(name) }).collect())
}
