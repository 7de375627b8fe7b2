//! agg_by: which function takes which type, and what comes out.

use std::sync::Arc;

use super::{Prepared, Result, keys};
use crate::plan::{AggFunction, Aggregate, ColumnDef, Definition, Flavour};
use crate::types::Type;
use crate::{Error, ErrorKind};

pub(super) fn check(aggregates: &[Aggregate], by: &[Arc<str>], input: &Definition) -> Result<(Definition, Prepared)> {
    if aggregates.is_empty() {
        return Err(
            Error::new(ErrorKind::Argument, "no aggregation given").with_help("pass one, such as agg::sum(\"Value\")")
        );
    }
    let keys = keys(by, input)?;
    let mut defs: Vec<ColumnDef> = keys.iter().map(|&key| input.columns()[key].clone()).collect();
    let mut prepared = Vec::with_capacity(aggregates.len());
    for aggregate in aggregates {
        let column = aggregate.input.as_deref().map(|name| input.require(name)).transpose()?;
        let ty = column.map(|column| input.columns()[column].ty);
        if aggregate.function == AggFunction::Group && input.flavour() == Flavour::Blink {
            return Err(passing(aggregate));
        }
        let Some(result) = result_type(aggregate.function, ty) else {
            return Err(refused(aggregate, ty));
        };
        defs.push(ColumnDef::new(aggregate.output.clone(), result));
        prepared.push((aggregate.function, column, result));
    }
    let flavour = if input.flavour().is_static() { Flavour::Static } else { Flavour::Keyed };
    Ok((Definition::new(defs, flavour)?, Prepared::AggBy { keys, aggregates: prepared }))
}

/// The type of a function's result over a column of `ty` (`None`: over rows); `None` if it does not apply.
fn result_type(function: AggFunction, ty: Option<Type>) -> Option<Type> {
    match (function, ty) {
        (AggFunction::Count, _) => Some(Type::I64),
        (AggFunction::Sum, Some(ty)) if ty.is_integer() || ty == Type::Bool => Some(Type::I64),
        (AggFunction::Sum, Some(ty)) if ty.is_float() => Some(ty),
        (AggFunction::Sum, Some(ty @ (Type::Duration | Type::Decimal(_)))) => Some(ty),
        (AggFunction::Avg, Some(ty)) if ty.is_numeric() || matches!(ty, Type::Decimal(_)) => Some(Type::F64),
        (AggFunction::Avg, Some(Type::Duration)) => Some(Type::Duration),
        (AggFunction::Min | AggFunction::Max, Some(Type::List(_))) => None,
        (AggFunction::Min | AggFunction::Max | AggFunction::First | AggFunction::Last, Some(ty)) => Some(ty),
        (AggFunction::Group, Some(ty)) => Some(Type::list_of(ty)),
        _ => None,
    }
}

/// Lists are of rows that are there; those of a blink table are not.
fn passing(aggregate: &Aggregate) -> Error {
    let message = "group lists the rows of a table, and those of a blink table are gone after their cycle";
    let error = Error::new(ErrorKind::Unsupported, message).with_help("keep them first: table.blink_to_append()?");
    match &aggregate.input {
        Some(input) => error.with_column(&**input),
        None => error,
    }
}

fn refused(aggregate: &Aggregate, ty: Option<Type>) -> Error {
    let function = aggregate.function.name();
    match (ty, &aggregate.input) {
        (Some(ty), Some(input)) => {
            let message = format!("{function} does not apply to column {input}, which is of type {ty}");
            let help = match aggregate.function {
                AggFunction::Min | AggFunction::Max => "lists have no order; first and last take them".to_owned(),
                _ => format!("{function} takes numbers"),
            };
            Error::new(ErrorKind::Type, message).with_column(&**input).with_help(help)
        }
        _ => Error::new(ErrorKind::Argument, format!("{function} needs a column")),
    }
}
