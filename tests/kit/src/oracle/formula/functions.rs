//! The functions that the scripts call, written a second time, and those a session is taught.

use headwater_engine::formula::{Call, FunctionRegistry, NullRule};
use headwater_engine::{List, Result as EngineResult, Session, Timestamp, Type, Value};

use super::{cast, fault};
use crate::oracle::rows::Fault;

/// Fails for 3.
fn picky(number: i64) -> Result<i64, String> {
    if number == 3 { Err("3 is not to its taste".to_owned()) } else { Ok(number.wrapping_mul(2)) }
}

/// Upper case; null gives `NOTHING`.
fn shout(text: Option<String>) -> String {
    text.map_or_else(|| "NOTHING".to_owned(), |text| text.to_uppercase())
}

/// The second, cut to tens.
fn tenths(time: Timestamp) -> i64 {
    time.epoch_seconds().div_euclid(10) * 10
}

/// The sum of those that are there.
fn either(a: Option<i64>, b: Option<i64>) -> Option<i64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.wrapping_add(b)),
        (one, None) | (None, one) => one,
    }
}

/// A text with what it is tagged with.
fn tag(text: String, number: i32, flag: Option<bool>) -> String {
    format!("{text}#{number}{}", flag.map_or("", |flag| if flag { "+" } else { "-" }))
}

/// Half of an even number; null of an odd one.
fn half(number: i64) -> Option<i64> {
    (number % 2 == 0).then_some(number / 2)
}

/// Fails for 4.
fn wary(number: i64) -> Result<i64, String> {
    if number == 4 { Err("4 is one too many".to_owned()) } else { Ok(number.wrapping_sub(1)) }
}

/// Teaches the functions that scripts call, by one method for those of a row and another for those of many.
macro_rules! teach_all {
    ($to:expr, $row:ident, $rows:ident) => {{
        $to.$row("picky", picky)?;
        $to.$row("shout", shout)?;
        $to.$row("tenths", tenths)?;
        $to.$row("either", either)?;
        $to.$row("tag", tag)?;
        $to.$rows("halves", |numbers: &[i64]| -> Vec<Option<i64>> { numbers.iter().map(|&n| half(n)).collect() })?;
        $to.$rows("wary", |numbers: &[i64]| -> Result<Vec<i64>, String> { numbers.iter().map(|&n| wary(n)).collect() })
    }};
}

/// Teaches a session the functions that scripts call.
///
/// # Errors
/// If it knows one of those names already.
pub(crate) fn teach(session: &Session) -> EngineResult<()> {
    teach_all!(session, function, vector_function)
}

/// The same functions, to check formulas against.
///
/// # Errors
/// If two have one name.
pub(crate) fn registry() -> EngineResult<FunctionRegistry> {
    let mut functions = FunctionRegistry::default();
    teach_all!(functions, register, register_vectorised)?;
    Ok(functions)
}

pub(super) fn call(call: &Call, arguments: &[Value]) -> Result<Value, Fault> {
    if call.nulls() == NullRule::Propagates && arguments.iter().any(Value::is_null) {
        return Ok(Value::Null);
    }
    match (call.name(), arguments) {
        ("picky", [Value::I64(number)]) => picky(*number).map(Value::I64).map_err(Fault),
        ("shout", [Value::String(text)]) => Ok(shout(Some(text.as_str().to_owned())).into()),
        ("shout", [Value::Null]) => Ok(shout(None).into()),
        ("either", [a, b]) => {
            let number = |value: &Value| if let Value::I64(number) = value { Some(*number) } else { None };
            Ok(either(number(a), number(b)).map_or(Value::Null, Value::I64))
        }
        ("tag", [Value::Null, ..] | [_, Value::Null, _]) => Ok(Value::Null),
        ("tag", [Value::String(text), Value::I32(number), flag]) => {
            let flag = if let Value::Bool(flag) = flag { Some(*flag) } else { None };
            Ok(tag(text.as_str().to_owned(), *number, flag).into())
        }
        ("halves", [Value::I64(number)]) => Ok(half(*number).map_or(Value::Null, Value::I64)),
        ("wary", [Value::I64(number)]) => wary(*number).map(Value::I64).map_err(Fault),
        ("tenths", [Value::Timestamp(time)]) => Ok(Value::I64(tenths(*time))),
        ("len" | "size", [Value::List(list)]) => Ok(Value::I64(list.iter().count() as i64)),
        ("element", [Value::List(list), Value::I64(at)]) => {
            Ok(usize::try_from(*at).ok().and_then(|at| list.iter().nth(at)).unwrap_or(Value::Null))
        }
        ("count", [Value::List(list)]) => Ok(Value::I64(list.iter().filter(|value| !value.is_null()).count() as i64)),
        ("first", [Value::List(list)]) => Ok(list.iter().next().unwrap_or(Value::Null)),
        ("last", [Value::List(list)]) => Ok(list.iter().last().unwrap_or(Value::Null)),
        ("reverse" | "concat", lists) => {
            let lists = lists.iter().filter_map(|value| if let Value::List(list) = value { Some(list) } else { None });
            let mut values: Vec<Value> = lists.clone().flat_map(List::iter).collect();
            if call.name() == "reverse" {
                values.reverse();
            }
            let item = call.result().item().unwrap_or(call.result());
            Ok(List::from_values(item, values).map_or(Value::Null, Value::List))
        }
        ("sum", [Value::List(list)]) => {
            list.iter().filter(|value| !value.is_null()).try_fold(Value::Null, |sum, value| {
                let (Value::I64(value), sum) = (cast(&value, Type::I64)?, sum) else {
                    return fault("a sum of no numbers");
                };
                Ok(Value::I64(if let Value::I64(sum) = sum { sum.wrapping_add(value) } else { value }))
            })
        }
        ("abs", [Value::I32(v)]) => Ok(Value::I32(v.wrapping_abs())),
        ("abs", [Value::I64(v)]) => Ok(Value::I64(v.wrapping_abs())),
        ("abs", [Value::F32(v)]) => Ok(Value::F32(if v.is_sign_negative() { -v } else { *v })),
        ("abs", [Value::F64(v)]) => Ok(Value::F64(if v.is_sign_negative() { -v } else { *v })),
        (name, arguments) => fault(&format!("the oracle does not know {name} of {arguments:?}")),
    }
}
