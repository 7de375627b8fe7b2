//! agg_by: all rows of every group, gathered anew in each cycle. Only the places of groups have a history, and over a
//! blink table the rows.

use std::collections::HashMap;
use std::rc::Rc;

use headwater_engine::plan::{AggFunction, Aggregate, Definition};
use headwater_engine::{Decimal, Flavour, List, Result as EngineResult, TimeDelta, Type, Value};

use super::formula::{cast, rank};
use super::rows::{Cell, Contents, Fault, Identity, Key, Row, Rows, needed};

/// The groups so far.
pub(super) struct Groups {
    by: Vec<usize>,
    /// Functions, and the columns they are of.
    aggregates: Vec<(AggFunction, Option<(usize, Type)>)>,
    /// The key values of each group as they were when it first appeared, by place.
    seen: Vec<Vec<Value>>,
    places: HashMap<Key, usize>,
    /// All rows that ever passed, for a blink table.
    passed: Option<Rows>,
}

impl Groups {
    pub(super) fn new(aggregates: &[Aggregate], by: &[impl AsRef<str>], input: &Definition) -> EngineResult<Self> {
        let mut keys: Vec<usize> = Vec::new();
        for name in by {
            let key = input.require(name.as_ref())?;
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let aggregates = aggregates
            .iter()
            .map(|one| {
                let column = one.input.as_deref().map(|name| input.require(name)).transpose()?;
                Ok((one.function, column.map(|column| (column, input.columns()[column].ty))))
            })
            .collect::<EngineResult<Vec<_>>>()?;
        let passed = (input.flavour() == Flavour::Blink).then(Rows::new);
        Ok(Groups { by: keys, aggregates, seen: Vec::new(), places: HashMap::new(), passed })
    }

    /// The groups now. New ones take their places as rows that stayed are put in again, and then those that came.
    pub(super) fn update(&mut self, input: &Contents) -> Result<Rows, Fault> {
        for (_, now) in input.kept() {
            self.place(now)?;
        }
        for row in input.added() {
            self.place(row)?;
            if let Some(passed) = &mut self.passed {
                passed.push(row.clone());
            }
        }
        let rows = self.passed.clone().unwrap_or_else(|| input.now.clone());
        let mut members: Vec<Vec<Row>> = vec![Vec::new(); self.seen.len()];
        for row in rows {
            let place = self.place(&row)?;
            members[place].push(row);
        }
        let living = members.iter().enumerate().filter(|(_, rows)| !rows.is_empty());
        living.map(|(place, rows)| self.group(place, rows)).collect()
    }

    fn place(&mut self, row: &Row) -> Result<usize, Fault> {
        let values = self.by.iter().map(|&key| needed(&row.cells[key])).collect::<Result<Vec<Value>, Fault>>()?;
        let next = self.seen.len();
        let place = *self.places.entry(Key::of(&values)).or_insert(next);
        if place == next {
            self.seen.push(values);
        }
        Ok(place)
    }

    fn group(&self, place: usize, rows: &[Row]) -> Result<Row, Fault> {
        let mut cells: Vec<Cell> = self.seen[place].iter().cloned().map(Ok).collect();
        for &(function, column) in &self.aggregates {
            let values = match column {
                Some((column, _)) => {
                    rows.iter().map(|row| needed(&row.cells[column])).collect::<Result<Vec<_>, Fault>>()?
                }
                None => vec![Value::Null; rows.len()],
            };
            cells.push(Ok(match (function, column) {
                (AggFunction::Group, Some((_, ty))) => List::from_values(ty, values).map_or(Value::Null, Value::List),
                _ => aggregate(function, &values)?,
            }));
        }
        Ok(Row { identity: Identity { key: place as u64, generation: 0 }, cells: Rc::from(cells) })
    }
}

fn aggregate(function: AggFunction, values: &[Value]) -> Result<Value, Fault> {
    let there: Vec<&Value> = values.iter().filter(|value| !value.is_null()).collect();
    Ok(match function {
        AggFunction::Count => Value::I64(values.len() as i64),
        AggFunction::First => values.first().cloned().unwrap_or(Value::Null),
        AggFunction::Last => values.last().cloned().unwrap_or(Value::Null),
        _ if there.is_empty() => Value::Null,
        AggFunction::Min | AggFunction::Max => {
            if let Some(nan) = there.iter().find(|value| is_nan(value)) {
                return Ok((*nan).clone());
            }
            let sign = |order: std::cmp::Ordering| if function == AggFunction::Min { order.reverse() } else { order };
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
