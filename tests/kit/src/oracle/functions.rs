//! The functions over the values of a group, written from their documentation alone.

use std::cmp::Ordering;

use headwater_engine::plan::{AggFunction, AggOptions};
use headwater_engine::{Decimal, List, TimeDelta, Type, Value};

use super::formula::{cast, rank, same};
use super::rows::{Fault, Key};

/// A function of one column; the type is that of the column.
pub(super) fn aggregate(
    function: &AggFunction,
    options: &AggOptions,
    ty: Type,
    values: &[Value],
) -> Result<Value, Fault> {
    let there: Vec<&Value> = values.iter().filter(|value| !value.is_null()).collect();
    Ok(match function {
        AggFunction::Count => Value::I64(values.len() as i64),
        AggFunction::First => values.first().cloned().unwrap_or(Value::Null),
        AggFunction::Last => values.last().cloned().unwrap_or(Value::Null),
        AggFunction::CountDistinct | AggFunction::Distinct | AggFunction::Unique => {
            different(function, options, ty, values)
        }
        _ if there.is_empty() => Value::Null,
        AggFunction::Median => at(&there, 0.5, options.average.unwrap_or(true), ty)?,
        AggFunction::Percentile { fraction } => at(&there, *fraction, options.average.unwrap_or(false), ty)?,
        // Exact of so few values as there are here.
        AggFunction::ApproxPercentile { fraction } => Value::F64(number(&at(&there, *fraction, false, ty)?)?),
        AggFunction::Var | AggFunction::Std => {
            let variance = variance(&there)?;
            Value::F64(if matches!(function, AggFunction::Std) { variance.sqrt() } else { variance })
        }
        AggFunction::AbsSum => {
            let sizes = there.into_iter().map(size).collect::<Result<Vec<_>, Fault>>()?;
            return aggregate(&AggFunction::Sum, options, ty, &sizes);
        }
        AggFunction::Min | AggFunction::Max => {
            if let Some(nan) = there.iter().find(|value| is_nan(value)) {
                return Ok((*nan).clone());
            }
            let sign =
                |order: std::cmp::Ordering| if matches!(function, AggFunction::Min) { order.reverse() } else { order };
            there.into_iter().max_by(|a, b| sign(rank(a, b))).cloned().unwrap_or(Value::Null)
        }
        AggFunction::Sum => match there[0] {
            Value::F64(_) => Value::F64(float_sum(&there)),
            Value::F32(_) => Value::F32(float_sum(&there) as f32),
            Value::Duration(_) => Value::Duration(TimeDelta::from_nanos(nanos_sum(&there))),
            Value::Decimal(first) => match Decimal::new(units_sum(&there), first.scale()) {
                Some(sum) => sum.into(),
                None => return Err(Fault(format!("a sum of decimals beyond {first}"))),
            },
            _ => Value::I64(integer_sum(&there)?),
        },
        AggFunction::Avg if matches!(there[0], Value::Duration(_)) => {
            Value::Duration(TimeDelta::from_nanos(nanos_sum(&there) / there.len() as i64))
        }
        AggFunction::Avg => {
            let sum = match there[0] {
                Value::Decimal(first) => {
                    let sum = format!("{}e-{}", units_sum(&there), first.scale());
                    sum.parse().map_err(|_| Fault(format!("{sum} as a float")))?
                }
                Value::F64(_) | Value::F32(_) => float_sum(&there),
                _ => integer_sum(&there)? as f64,
            };
            Value::F64(sum / there.len() as f64)
        }
        other => return Err(Fault(format!("the oracle does not know {}", other.name()))),
    })
}

/// A number as a float.
fn number(value: &Value) -> Result<f64, Fault> {
    match value {
        Value::Decimal(decimal) => decimal.to_string().parse().map_err(|_| Fault(format!("{decimal} as a float"))),
        value => match cast(value, Type::F64)? {
            Value::F64(number) => Ok(number),
            other => Err(Fault(format!("{other:?} as a float"))),
        },
    }
}

fn whole(value: &Value) -> Option<i64> {
    match cast(value, Type::I64) {
        Ok(Value::I64(v)) if !matches!(value, Value::F32(_) | Value::F64(_) | Value::Decimal(_)) => Some(v),
        _ => None,
    }
}

/// A value without its sign.
fn size(value: &Value) -> Result<Value, Fault> {
    Ok(match value {
        Value::F64(v) => Value::F64(v.abs()),
        Value::F32(v) => Value::F32(v.abs()),
        Value::Duration(v) => Value::Duration(TimeDelta::from_nanos(v.nanos().wrapping_abs())),
        Value::Decimal(v) => Decimal::new(v.units().abs(), v.scale()).into(),
        value => match whole(value) {
            Some(v) => Value::I64(v.wrapping_abs()),
            None => return Err(Fault(format!("the size of {value:?}"))),
        },
    })
}

/// The variance of a sample by its definition: in integers, if there are only these.
fn variance(values: &[&Value]) -> Result<f64, Fault> {
    let n = values.len() as f64;
    let numbers = values.iter().map(|value| number(value)).collect::<Result<Vec<f64>, Fault>>()?;
    if values.len() == 1 || numbers.iter().any(|number| !number.is_finite()) {
        return Ok(f64::NAN);
    }
    let wholes: Option<Vec<i128>> = values.iter().map(|value| whole(value).map(i128::from)).collect();
    if let Some(wholes) = wholes {
        // Deviations times n are whole.
        let sum: i128 = wholes.iter().sum();
        let deviations = wholes.iter().map(|v| (v * values.len() as i128 - sum) as f64 / n);
        return Ok(deviations.map(|deviation| deviation * deviation).sum::<f64>() / (n - 1.0));
    }
    let mean = numbers.iter().sum::<f64>() / n;
    Ok(numbers.iter().map(|number| (number - mean) * (number - mean)).sum::<f64>() / (n - 1.0))
}

/// The value at a share of the way, of values that are not null.
fn at(values: &[&Value], fraction: f64, average: bool, ty: Type) -> Result<Value, Fault> {
    let averaged = average && matches!(ty, Type::I32 | Type::I64 | Type::F32 | Type::F64);
    if let Some(nan) = values.iter().find(|value| is_nan(value)) {
        return Ok((*nan).clone());
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| rank(a, b));
    let place = fraction * (sorted.len() - 1) as f64;
    if !averaged {
        return Ok(sorted[(place + 0.5).floor() as usize].clone());
    }
    let (lower, upper) = sorted.split_at(place.floor() as usize + 1);
    let low = lower[lower.len() - 1];
    let mean = match (lower.len() == upper.len(), whole(low), upper.first()) {
        (true, Some(low), Some(high)) => low.wrapping_add(whole(high).unwrap_or_default()) as f64 / 2.0,
        (true, None, Some(high)) => number(low)? / 2.0 + number(high)? / 2.0,
        _ => number(low)?,
    };
    Ok(if ty == Type::F32 { Value::F32(mean as f32) } else { Value::F64(mean) })
}

/// What is said of the different values.
fn different(function: &AggFunction, options: &AggOptions, ty: Type, values: &[Value]) -> Value {
    let mut kinds: Vec<&Value> = Vec::new();
    for value in values.iter().filter(|value| options.nulls || !is_nan(value) && !value.is_null()) {
        if !kinds.iter().any(|kind| Key::of([*kind]) == Key::of([value])) {
            kinds.push(value);
        }
    }
    kinds.sort_by(|a, b| order(a, b));
    match (function, &kinds[..]) {
        (_, []) => Value::Null,
        (AggFunction::CountDistinct, kinds) => Value::I64(kinds.len() as i64),
        (AggFunction::Unique, [one]) => (*one).clone(),
        (AggFunction::Unique, _) => options.otherwise.clone().unwrap_or(Value::Null),
        (_, kinds) => List::from_values(ty, kinds.iter().copied().cloned()).map_or(Value::Null, Value::List),
    }
}

/// Null, then values, then NaN; the zeros are one.
fn order(a: &Value, b: &Value) -> Ordering {
    let class = |value: &Value| (!value.is_null(), is_nan(value));
    class(a).cmp(&class(b)).then_with(|| if same(a, b) { Ordering::Equal } else { rank(a, b) })
}

/// The value of the row that other columns put at an end.
pub(super) fn decided(function: &AggFunction, values: &[Value], by: &[Vec<Value>]) -> Value {
    let rows = 0..values.len();
    let order = |&a: &usize, &b: &usize| {
        by.iter().map(|by| order(&by[a], &by[b])).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    };
    let row = match function {
        AggFunction::SortedFirst { .. } => rows.min_by(order),
        _ => rows.max_by(order),
    };
    row.map_or(Value::Null, |row| values[row].clone())
}

/// A function of values and weights.
pub(super) fn weighted(function: &AggFunction, values: &[Value], weights: &[Value]) -> Result<Value, Fault> {
    let rows = values.iter().zip(weights).filter(|(value, weight)| !value.is_null() && !weight.is_null());
    let rows: Vec<(&Value, &Value)> = rows.collect();
    let wholes: Option<Vec<i64>> =
        rows.iter().map(|(value, weight)| Some(whole(value)?.wrapping_mul(whole(weight)?))).collect();
    let pairs = rows.iter().map(|(value, weight)| Ok((number(value)?, number(weight)?)));
    let pairs = pairs.collect::<Result<Vec<(f64, f64)>, Fault>>()?;
    let all_weights = weights.iter().filter(|weight| !weight.is_null()).map(number);
    let is_finite = all_weights.collect::<Result<Vec<f64>, Fault>>()?.iter().all(|weight| weight.is_finite())
        && pairs.iter().all(|(value, _)| value.is_finite());
    let sum: f64 = pairs.iter().map(|(value, weight)| value * weight).sum();
    Ok(match (function, wholes) {
        _ if rows.is_empty() => Value::Null,
        (AggFunction::WeightedSum { .. }, Some(wholes)) => Value::I64(wholes.into_iter().fold(0, i64::wrapping_add)),
        _ if !is_finite => Value::F64(f64::NAN),
        (AggFunction::WeightedSum { .. }, None) => Value::F64(sum),
        _ => Value::F64(sum / pairs.iter().map(|(_, weight)| weight).sum::<f64>()),
    })
}

fn is_nan(value: &Value) -> bool {
    matches!(value, Value::F64(v) if v.is_nan()) || matches!(value, Value::F32(v) if v.is_nan())
}

fn float_sum(values: &[&Value]) -> f64 {
    let number = |value: &&Value| match value {
        Value::F32(v) => f64::from(*v),
        Value::F64(v) => *v,
        _ => f64::NAN,
    };
    values.iter().map(number).sum()
}

fn nanos_sum(values: &[&Value]) -> i64 {
    let nanos = values.iter().map(|value| if let Value::Duration(v) = value { v.nanos() } else { 0 });
    nanos.fold(0, i64::wrapping_add)
}

fn units_sum(values: &[&Value]) -> i128 {
    values.iter().map(|value| if let Value::Decimal(v) = value { v.units() } else { 0 }).sum()
}

fn integer_sum(values: &[&Value]) -> Result<i64, Fault> {
    values.iter().try_fold(0_i64, |sum, value| match value {
        Value::Bool(v) => Ok(sum + i64::from(*v)),
        value => match cast(value, Type::I64)? {
            Value::I64(v) => Ok(sum.wrapping_add(v)),
            other => Err(Fault(format!("a sum of {other:?}"))),
        },
    })
}
