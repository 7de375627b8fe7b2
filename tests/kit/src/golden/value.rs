//! The values of the case files as cells.

use headwater_engine::vector::{Vector, VectorBuilder};
use headwater_engine::{List, Str, Timestamp, Type, Value};
use serde_json::Value as Json;

/// The type a case file calls `name`; `None` for the objects of the reference system.
pub(super) fn type_named(name: &str) -> Option<Type> {
    if let Some(item) = name.strip_prefix("list<").and_then(|name| name.strip_suffix('>')) {
        return type_named(item).map(Type::list_of);
    }
    Some(match name {
        "bool" => Type::Bool,
        "byte" => Type::I8,
        "short" => Type::I16,
        "int" => Type::I32,
        "long" => Type::I64,
        "float" => Type::F32,
        "double" => Type::F64,
        "char" => Type::Char,
        "string" => Type::String,
        "instant" => Type::Timestamp,
        _ => return None,
    })
}

/// One cell; the reason, if the file does not hold a value of the type.
pub(super) fn cell(ty: Type, json: &Json) -> Result<Value, String> {
    if json.is_null() {
        return Ok(Value::Null);
    }
    let value = match ty {
        Type::Bool => json.as_bool().map(Value::Bool),
        Type::I8 => integer(json).and_then(|v| v.try_into().ok()).map(Value::I8),
        Type::I16 => integer(json).and_then(|v| v.try_into().ok()).map(Value::I16),
        Type::I32 => integer(json).and_then(|v| v.try_into().ok()).map(Value::I32),
        Type::I64 => integer(json).map(Value::I64),
        Type::F32 => float(json).map(|v| Value::F32(v as f32)),
        Type::F64 => float(json).map(Value::F64),
        Type::Char => json.as_str().and_then(|text| text.encode_utf16().next()).map(Value::Char),
        Type::String => json.as_str().map(|text| Value::String(Str::from(text))),
        Type::Timestamp => integer(json).map(|nanos| Value::Timestamp(Timestamp::from_nanos(nanos))),
        Type::List(item) => {
            let items =
                json.as_array().into_iter().flatten().map(|json| cell(*item, json)).collect::<Result<Vec<_>, _>>()?;
            json.as_array().and_then(|_| List::from_values(*item, items)).map(Value::List)
        }
        _ => None,
    };
    value.ok_or_else(|| format!("{json} is no value of type {ty}"))
}

/// A column of cells.
pub(super) fn vector(ty: Type, values: &[Json]) -> Result<Vector<'static>, String> {
    let mut builder = VectorBuilder::with_capacity(ty, values.len());
    for json in values {
        builder.push(&cell(ty, json)?).ok_or_else(|| format!("{json} is no value of type {ty}"))?;
    }
    Ok(builder.finish())
}

/// A whole number, or its decimal text where JSON numbers are too coarse.
fn integer(json: &Json) -> Option<i64> {
    json.as_i64().or_else(|| json.as_str()?.parse().ok())
}

fn float(json: &Json) -> Option<f64> {
    match json.as_str() {
        Some("NaN") => Some(f64::NAN),
        Some("Infinity") => Some(f64::INFINITY),
        Some("-Infinity") => Some(f64::NEG_INFINITY),
        Some(_) => None,
        None => json.as_f64(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_are_read_value_by_value() {
        let ty = type_named("list<long>").unwrap();
        assert_eq!(ty, Type::List(&Type::I64));
        let list = |values: Vec<Option<i64>>| Value::List(List::from(values));
        assert_eq!(
            cell(ty, &json!([1, null, "9007199254740993"])),
            Ok(list(vec![Some(1), None, Some(9_007_199_254_740_993)]))
        );
        assert_eq!((cell(ty, &json!([])), cell(ty, &json!(null))), (Ok(list(Vec::new())), Ok(Value::Null)));
        assert!(cell(ty, &json!(1)).is_err() && cell(ty, &json!([1.5])).is_err());
    }
}
