//! The type of an aggregate's result, or why there is none.

use super::aggregate::with_column;
use crate::plan::{AggFunction, AggOptions, Aggregate};
use crate::types::Type;
use crate::{Error, ErrorKind};

/// The type of a function's result over a column of `ty`, with others `beside` it; `None` if it does not apply.
pub(super) fn result_type(
    function: &AggFunction,
    options: &AggOptions,
    ty: Option<Type>,
    beside: &[Type],
) -> Option<Type> {
    if matches!(function, AggFunction::Count) {
        return Some(Type::I64);
    }
    let ty = ty?;
    let weight = beside.first().copied();
    match function {
        AggFunction::Sum if ty == Type::Bool => Some(Type::I64),
        AggFunction::Sum | AggFunction::AbsSum if ty.is_integer() => Some(Type::I64),
        AggFunction::Sum | AggFunction::AbsSum => is_amount(ty).then_some(ty),
        AggFunction::Avg if ty == Type::Duration => Some(ty),
        AggFunction::Avg | AggFunction::Var | AggFunction::Std => is_number(ty).then_some(Type::F64),
        AggFunction::ApproxPercentile { .. } => is_number(ty).then_some(Type::F64),
        AggFunction::WeightedAvg { .. } => (is_number(ty) && is_number(weight?)).then_some(Type::F64),
        AggFunction::WeightedSum { .. } if ty.is_integer() && weight?.is_integer() => Some(Type::I64),
        AggFunction::WeightedSum { .. } => (is_number(ty) && is_number(weight?)).then_some(Type::F64),
        AggFunction::Median if averages(options, true) => has_order(ty).then_some(averaged(ty)),
        AggFunction::Percentile { .. } if averages(options, false) => has_order(ty).then_some(averaged(ty)),
        AggFunction::Min | AggFunction::Max | AggFunction::Median | AggFunction::Percentile { .. } => {
            has_order(ty).then_some(ty)
        }
        AggFunction::CountDistinct => has_order(ty).then_some(Type::I64),
        AggFunction::Distinct => has_order(ty).then(|| Type::list_of(ty)),
        AggFunction::Unique => has_order(ty).then_some(ty),
        AggFunction::First | AggFunction::Last => Some(ty),
        AggFunction::SortedFirst { .. } | AggFunction::SortedLast { .. } => {
            (!beside.is_empty() && beside.iter().all(|&ty| has_order(ty))).then_some(ty)
        }
        AggFunction::Group => Some(Type::list_of(ty)),
        AggFunction::Count | AggFunction::CountWhere { .. } | AggFunction::Formula { .. } => None,
    }
}

fn averages(options: &AggOptions, usual: bool) -> bool {
    options.average.unwrap_or(usual)
}

/// The type of a mean of two values; the type itself where values have none.
fn averaged(ty: Type) -> Type {
    if matches!(ty, Type::I32 | Type::I64) { Type::F64 } else { ty }
}

fn has_order(ty: Type) -> bool {
    ty.item().is_none()
}

fn is_number(ty: Type) -> bool {
    ty.is_numeric() || matches!(ty, Type::Decimal(_))
}

fn is_amount(ty: Type) -> bool {
    ty.is_float() || matches!(ty, Type::Duration | Type::Decimal(_))
}

/// The error for columns that a function does not take.
pub(super) fn refused(aggregate: &Aggregate, ty: Option<Type>, beside: &[Type]) -> Error {
    let function = &aggregate.function;
    let name = function.name();
    let Some(ty) = ty else { return Error::new(ErrorKind::Argument, format!("{name} needs a column")) };
    let orders = matches!(function, AggFunction::SortedFirst { .. } | AggFunction::SortedLast { .. });
    if orders && beside.is_empty() {
        let message = format!("{name} of {} needs a column that decides which row comes first", aggregate.output);
        return with_column(Error::new(ErrorKind::Argument, message), aggregate);
    }
    // Of those beside it one that does not do, if there is one.
    let wrong = |ty: Type| if orders { !has_order(ty) } else { !is_number(ty) };
    let wrong = function.beside().iter().zip(beside).find(|&(_, &beside)| wrong(beside));
    let (column, ty, error) = match wrong {
        Some((column, &beside)) if orders || is_number(ty) => {
            let message = format!("{name} of {} by {column}: that is of type {beside}", aggregate.output);
            (column, beside, Error::new(ErrorKind::Type, message).with_column(&**column))
        }
        _ => {
            let column = aggregate.input.as_ref().unwrap_or(&aggregate.output);
            let message = format!("{name} does not apply to column {column}, which is of type {ty}");
            (column, ty, with_column(Error::new(ErrorKind::Type, message), aggregate))
        }
    };
    error.with_help(match (orders, function) {
        (true, _) => "lists have no order".to_owned(),
        (_, AggFunction::Min | AggFunction::Max) => "lists have no order; first and last take them".to_owned(),
        _ if ty.item().is_some() && has_order_only(function) => "lists have no order".to_owned(),
        _ if ty == Type::Bool => format!("{name} takes numbers: {column} ? 1 : 0 makes one of a bool"),
        _ => format!("{name} takes numbers"),
    })
}

/// Whether a function takes every type that has an order.
fn has_order_only(function: &AggFunction) -> bool {
    use AggFunction::{CountDistinct, Distinct, Median, Percentile, Unique};
    matches!(function, CountDistinct | Distinct | Median | Percentile { .. } | Unique)
}
