//! A step of a case as an operation on tables.

use headwater_engine::plan::{Aggregate, SortColumn};
use headwater_engine::{Error, ErrorKind, Match, Table, agg, asc, desc, on};
use serde_json::{Map, Value as Json};

use super::case::Step;

/// Why a step gives no table.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    /// The operation, or a part of it, does not exist here yet.
    NotBuilt(String),
    /// The operation was refused or failed.
    Refused(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Refused(error)
    }
}

fn not_built<T>(what: impl Into<String>) -> Result<T, Failure> {
    Err(Failure::NotBuilt(what.into()))
}

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
        "update" | "lazy_update" => table.update(args.list("formulas")?)?,
        "select" => table.select(args.list("formulas")?)?,
        "drop_columns" => table.drop_columns(args.list("cols")?)?,
        "rename_columns" => table.rename_columns(args.list("cols")?)?,
        "agg_by" if inputs.len() > 1 || args.all.contains_key("preserve_empty") => {
            return not_built("agg_by with preserve_empty or initial_groups");
        }
        "agg_by" => {
            let mut aggregates = Vec::new();
            for one in args.array("aggs")? {
                aggregates.extend(aggregate(one)?);
            }
            grouped(table, aggregates, args.list("by")?)?
        }
        "agg_all_by" => {
            let by = args.list("by")?;
            let Some(one) = args.all.get("agg").and_then(Json::as_object) else { return refused("agg is missing") };
            let mut aggregates = Vec::new();
            for column in table.definition().columns().iter().filter(|column| !by.contains(&column.name.to_string())) {
                aggregates.push(function(one, &column.name)?);
            }
            grouped(table, aggregates, by)?
        }
        "sum_by" => table.sum_by(args.list("by")?)?,
        "avg_by" => table.avg_by(args.list("by")?)?,
        "min_by" => table.min_by(args.list("by")?)?,
        "max_by" => table.max_by(args.list("by")?)?,
        "first_by" => table.first_by(args.list("by")?)?,
        "last_by" => table.last_by(args.list("by")?)?,
        "group_by" => table.group_by(args.list("by")?)?,
        "count_by" => grouped(table, vec![agg::count(args.text("col")?)], args.list("by")?)?,
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
        "exact_join" => {
            let on = on(args.list("on")?).add(args.list("joins")?);
            table.natural_join_with(two()?, on, Match::ExactlyOne)?
        }
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

/// The columns to sort by, and which way each.
fn sort_columns(args: &Args<'_>) -> Result<Vec<SortColumn>, Failure> {
    let order = args.list("order")?;
    let is_descending = |at: usize| order.get(at).is_some_and(|order| order == "DESCENDING");
    let columns = args.list("order_by")?.into_iter().enumerate();
    Ok(columns.map(|(at, name)| if is_descending(at) { desc(name) } else { asc(name) }).collect())
}

fn grouped(table: &Table, aggregates: Vec<Aggregate>, by: Vec<String>) -> Result<Table, Error> {
    if by.is_empty() { table.agg(aggregates) } else { table.agg_by(aggregates, by) }
}

/// The aggregations one object of a case stands for: one a column.
fn aggregate(one: &Json) -> Result<Vec<Aggregate>, Failure> {
    let Some(one) = one.as_object() else { return refused("an aggregation that is no object") };
    let args = Args { all: one };
    match args.text("agg")? {
        "count_" => Ok(vec![agg::count(args.text("col")?)]),
        _ if one.contains_key("cols") => args.list("cols")?.iter().map(|column| function(one, column)).collect(),
        name => not_built(format!("aggregation {name}")),
    }
}

fn function(one: &Map<String, Json>, column: &str) -> Result<Aggregate, Failure> {
    let name = Args { all: one }.text("agg")?;
    let make = match name {
        "sum" => agg::sum,
        "avg" => agg::avg,
        "min" => agg::min,
        "max" => agg::max,
        "first" => agg::first,
        "last" => agg::last,
        "group" => agg::group,
        other => return not_built(format!("aggregation {other}")),
    };
    Ok(make(column))
}

/// The arguments of a step, read as the types they should have.
struct Args<'a> {
    all: &'a Map<String, Json>,
}

impl<'a> Args<'a> {
    fn array(&self, name: &str) -> Result<&'a [Json], Failure> {
        match self.all.get(name) {
            None => Ok(&[]),
            Some(Json::Array(items)) => Ok(items),
            Some(_) => refused(format!("{name} is no list")),
        }
    }

    /// A list of strings; an absent one is empty.
    fn list(&self, name: &str) -> Result<Vec<String>, Failure> {
        let text = |item: &Json| match item.as_str() {
            Some(text) => Ok(text.to_owned()),
            None => refused(format!("{name} holds {item}")),
        };
        self.array(name)?.iter().map(text).collect()
    }

    fn count(&self, name: &str) -> Result<u64, Failure> {
        self.all.get(name).and_then(Json::as_u64).map_or_else(|| refused(format!("{name} is no count")), Ok)
    }

    fn integer(&self, name: &str) -> Result<i64, Failure> {
        self.all.get(name).and_then(Json::as_i64).map_or_else(|| refused(format!("{name} is no integer")), Ok)
    }

    fn number(&self, name: &str) -> Result<f64, Failure> {
        self.all.get(name).and_then(Json::as_f64).map_or_else(|| refused(format!("{name} is no number")), Ok)
    }

    fn text(&self, name: &str) -> Result<&'a str, Failure> {
        self.all.get(name).and_then(Json::as_str).map_or_else(|| refused(format!("{name} is missing")), Ok)
    }
}

fn refused<T>(message: impl Into<String>) -> Result<T, Failure> {
    Err(Failure::Refused(Error::new(ErrorKind::Argument, message)))
}
