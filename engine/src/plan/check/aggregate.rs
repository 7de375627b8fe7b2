//! agg_by: which function takes which type, and what comes out.

use std::sync::Arc;

use super::aggregate_types::{refused, result_type};
use super::{Prepared, Result, conditions, keys};
use crate::formula::{Checked, FunctionRegistry, Scope, check_assignment, check_expression};
use crate::plan::{AggFunction, AggOptions, Aggregate, ColumnDef, Definition, Flavour};
use crate::types::{Type, Value};
use crate::{Error, ErrorKind};

/// An aggregate whose names and types are resolved: columns are positions in the input.
#[derive(Clone, Debug)]
pub struct PreparedAggregate {
    /// The function.
    pub function: AggFunction,
    /// What it was told besides; what stands for several values is of the type of the column.
    pub options: AggOptions,
    /// The column it is computed of.
    pub input: Option<usize>,
    /// The column of weights, or those that decide.
    pub beside: Vec<usize>,
    /// The conditions of `CountWhere`, or the one formula of `Formula`. A formula finds keys as they are, other columns as
    /// lists, and behind all columns of the input its parameter.
    pub formulas: Vec<Checked>,
    /// The type of the result.
    pub result: Type,
}

/// `initial` is the table that names groups before any row does.
pub(super) fn check(
    aggregates: &[Aggregate],
    by: &[Arc<str>],
    preserve_empty: bool,
    input: &Definition,
    initial: Option<&Definition>,
    functions: &FunctionRegistry,
) -> Result<(Definition, Prepared)> {
    if aggregates.is_empty() {
        return Err(
            Error::new(ErrorKind::Argument, "no aggregation given").with_help("pass one, such as agg::sum(\"Value\")")
        );
    }
    let keys = keys(by, input)?;
    let initial = initial.map(|initial| initial_keys(&keys, input, initial)).transpose()?;
    let mut defs: Vec<ColumnDef> = keys.iter().map(|&key| input.columns()[key].clone()).collect();
    let mut prepared = Vec::with_capacity(aggregates.len());
    for aggregate in aggregates {
        let one = prepare(aggregate, &keys, input, functions)?;
        defs.push(ColumnDef::new(aggregate.output.clone(), one.result));
        prepared.push(one);
    }
    let flavour = if input.flavour().is_static() { Flavour::Static } else { Flavour::Keyed };
    let definition = Definition::new(defs, flavour)?;
    Ok((definition, Prepared::AggBy { keys, aggregates: prepared, preserve_empty, initial }))
}

/// Where the key columns are in the table of initial groups.
fn initial_keys(keys: &[usize], input: &Definition, initial: &Definition) -> Result<Vec<usize>> {
    if !initial.flavour().is_static() {
        let message =
            format!("initial groups come from a table that never changes, and this one is {}", initial.flavour());
        return Err(Error::new(ErrorKind::Unsupported, message));
    }
    let find = |&key: &usize| {
        let ColumnDef { name, ty, .. } = &input.columns()[key];
        let found = initial.require(name)?;
        match initial.columns()[found].ty {
            same if same == *ty => Ok(found),
            other => {
                let message = format!("key column {name} is of type {ty}, and of type {other} in the initial groups");
                Err(Error::new(ErrorKind::Type, message).with_column(&**name))
            }
        }
    };
    keys.iter().map(find).collect()
}

fn prepare(
    aggregate: &Aggregate,
    keys: &[usize],
    input: &Definition,
    functions: &FunctionRegistry,
) -> Result<PreparedAggregate> {
    let Aggregate { function, options, .. } = aggregate;
    let column = aggregate.input.as_ref().map(|name| input.require(name)).transpose()?;
    let beside = function.beside().iter().map(|name| input.require(name)).collect::<Result<Vec<_>>>()?;
    let ty = column.map(|column| input.columns()[column].ty);
    let types: Vec<Type> = beside.iter().map(|&column| input.columns()[column].ty).collect();
    let lists = matches!(function, AggFunction::Group | AggFunction::Formula { .. });
    if lists && input.flavour() == Flavour::Blink {
        return Err(passing(aggregate));
    }
    check_fraction(aggregate)?;
    let options = check_options(aggregate, ty, options)?;
    let (formulas, result) = match function {
        AggFunction::CountWhere { conditions: given } => (conditions(given, input, functions)?, Some(Type::I64)),
        AggFunction::Formula { formula, parameter } => {
            let columns = columns_of_groups(keys, input, column, parameter.as_deref());
            let scope = Scope { columns: &columns, functions };
            let checked = match parameter {
                Some(_) => check_expression(formula, scope)?,
                None => check_assignment(formula, scope)?.1,
            };
            let result = checked.ty();
            (vec![checked], Some(result))
        }
        function => (Vec::new(), result_type(function, &options, ty, &types)),
    };
    let Some(result) = result else { return Err(refused(aggregate, ty, &types)) };
    Ok(PreparedAggregate { function: function.clone(), options, input: column, beside, formulas, result })
}

/// What the formula of a group may name.
fn columns_of_groups(
    keys: &[usize],
    input: &Definition,
    column: Option<usize>,
    parameter: Option<&str>,
) -> Vec<ColumnDef> {
    let list = |ty| Type::list_of(ty);
    let of_column = |(at, def): (usize, &ColumnDef)| {
        let ty = if keys.contains(&at) { def.ty } else { list(def.ty) };
        // The parameter stands before a column of its name.
        let name = if Some(&*def.name) == parameter { "" } else { &*def.name };
        ColumnDef::new(name, ty)
    };
    let mut columns: Vec<ColumnDef> = input.columns().iter().enumerate().map(of_column).collect();
    if let (Some(name), Some(column)) = (parameter, column) {
        columns.push(ColumnDef::new(name, list(input.columns()[column].ty)));
    }
    columns
}

fn check_fraction(aggregate: &Aggregate) -> Result<()> {
    let (AggFunction::Percentile { fraction } | AggFunction::ApproxPercentile { fraction }) = aggregate.function else {
        return Ok(());
    };
    if (0.0..=1.0).contains(&fraction) {
        return Ok(());
    }
    let message = format!("a percentile goes from 0 to 1, and that of {} is {fraction}", aggregate.output);
    let error = Error::new(ErrorKind::Argument, message).with_help("the ninetieth of a hundred is 0.9");
    Err(with_column(error, aggregate))
}

/// That a function takes the options given, in which values are of the type of the column afterwards.
fn check_options(aggregate: &Aggregate, ty: Option<Type>, options: &AggOptions) -> Result<AggOptions> {
    use AggFunction::{CountDistinct, Distinct, Median, Percentile, Unique};
    let function = &aggregate.function;
    let misplaced = |option: &str, takers: &str| {
        let message = format!("{} of {} does not take {option}", function.name(), aggregate.output);
        Err(with_column(Error::new(ErrorKind::Argument, message).with_help(takers), aggregate))
    };
    if options.nulls && !matches!(function, CountDistinct | Distinct | Unique) {
        return misplaced("include_nulls", "count_distinct, distinct and unique do");
    }
    if options.average.is_some() && !matches!(function, Median | Percentile { .. }) {
        return misplaced("average_evenly_divided", "median and pct do");
    }
    if options.otherwise.is_some() && !matches!(function, Unique) {
        return misplaced("otherwise", "only unique does");
    }
    let mut options = options.clone();
    if let (Some(value), Some(ty)) = (&options.otherwise, ty) {
        let Some(fitting) = as_type(value, ty) else {
            let message =
                format!("what stands for several values of {} is {value}, no value of type {ty}", aggregate.output);
            return Err(with_column(Error::new(ErrorKind::Type, message), aggregate));
        };
        options.otherwise = Some(fitting);
    }
    if options.nulls && matches!(function, Unique) && options.otherwise.as_ref().is_none_or(Value::is_null) {
        let message =
            format!("where null may be the one value of {}, something else must stand for several", aggregate.output);
        let error = Error::new(ErrorKind::Argument, message).with_help("add .otherwise(value)");
        return Err(with_column(error, aggregate));
    }
    Ok(options)
}

/// A value as one of a type that holds it exactly.
fn as_type(value: &Value, ty: Type) -> Option<Value> {
    let whole = match *value {
        Value::I8(v) => Some(i64::from(v)),
        Value::I16(v) => Some(i64::from(v)),
        Value::I32(v) => Some(i64::from(v)),
        Value::I64(v) => Some(v),
        _ => None,
    };
    match (value, whole, ty) {
        (Value::Null, ..) => Some(Value::Null),
        (Value::Decimal(decimal), _, Type::Decimal(scale)) => decimal.rescaled(scale).map(Value::Decimal),
        (_, Some(v), Type::I8) => v.try_into().ok().map(Value::I8),
        (_, Some(v), Type::I16) => v.try_into().ok().map(Value::I16),
        (_, Some(v), Type::I32) => v.try_into().ok().map(Value::I32),
        (_, Some(v), Type::I64) => Some(Value::I64(v)),
        (_, Some(v), Type::F64) => (v as f64 as i128 == i128::from(v)).then_some(Value::F64(v as f64)),
        (_, Some(v), Type::F32) => (v as f32 as i128 == i128::from(v)).then_some(Value::F32(v as f32)),
        (&Value::F32(v), _, Type::F64) => Some(Value::F64(v.into())),
        (&Value::F64(v), _, Type::F32) => Some(Value::F32(v as f32)),
        (value, _, ty) => (value.ty() == Some(ty)).then(|| value.clone()),
    }
}

/// Lists are of rows that are there; those of a blink table are not.
fn passing(aggregate: &Aggregate) -> Error {
    let function = aggregate.function.name();
    let message =
        format!("{function} lists the rows of a table, and those of a blink table are gone after their cycle");
    let error = Error::new(ErrorKind::Unsupported, message).with_help("keep them first: table.blink_to_append()?");
    with_column(error, aggregate)
}

pub(super) fn with_column(error: Error, aggregate: &Aggregate) -> Error {
    match &aggregate.input {
        Some(input) => error.with_column(&**input),
        None => error,
    }
}
