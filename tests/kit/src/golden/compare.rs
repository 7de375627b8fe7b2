//! Whether a table holds what a case expects: names, types, rows in order, cells by the rules of the format.

use headwater_engine::{Snapshot, Type, Value};

use super::case::Column;
use super::value::{cell, type_named};

/// Compares; the first difference, if there is one.
pub(super) fn contents(expected: &[Column], found: &Snapshot) -> Result<(), Difference> {
    let is_foreign = |name: &str| expected.iter().any(|column| column.name == name && column.ty.starts_with("java:"));
    let wanted: Vec<&Column> = expected.iter().filter(|column| !is_foreign(&column.name)).collect();
    let defs: Vec<_> = found.definition().columns().iter().filter(|def| !is_foreign(&def.name)).collect();
    let wanted_header: Vec<String> = wanted.iter().map(|column| header(&column.name, &column.ty)).collect();
    let found_header: Vec<String> = defs.iter().map(|def| header(&def.name, &def.ty.to_string())).collect();
    if wanted_header != found_header {
        return differs(format!("columns [{}], expected [{}]", found_header.join(", "), wanted_header.join(", ")));
    }
    for (column, def) in wanted.into_iter().zip(defs) {
        let values = found.column(&def.name).map_err(Difference::Unreadable)?;
        if values.len() != column.values.len() {
            return differs(format!("{} rows, expected {}", values.len(), column.values.len()));
        }
        for (row, (value, json)) in values.iter().zip(&column.values).enumerate() {
            let wanted = cell(def.ty, json).map_err(Difference::Cells)?;
            if !same(&wanted, &value, def.ty) {
                return differs(format!("column {}, row {row}: {value}, expected {wanted}", def.name));
            }
        }
    }
    Ok(())
}

/// Why a table does not hold what is expected.
pub(super) enum Difference {
    /// Other names, types, rows or cells.
    Cells(String),
    /// A lazily read column gave an error.
    Unreadable(headwater_engine::Error),
}

fn differs(reason: String) -> Result<(), Difference> {
    Err(Difference::Cells(reason))
}

/// Name and type, the latter in the engine's words where it has one.
fn header(name: &str, ty: &str) -> String {
    let ty = type_named(ty).map_or_else(|| ty.to_owned(), |ty| ty.to_string());
    format!("{name} {ty}")
}

/// Equality of cells: exact but for floats, which sums leave slightly apart, and for the values that stand for null
/// inside the types of the reference system.
fn same(expected: &Value, found: &Value, ty: Type) -> bool {
    match (expected, found) {
        (Value::Null, found) => found.is_null() || number(found).is_some_and(|v| Some(v) == sentinel(ty)),
        (expected, Value::Null) => number(expected).is_some_and(is_some_sentinel),
        (Value::F64(a), Value::F64(b)) => close(*a, *b, 1e-9),
        (Value::F32(a), Value::F32(b)) => close((*a).into(), (*b).into(), 1e-5),
        (Value::List(a), Value::List(b)) => {
            let item = ty.item().unwrap_or(ty);
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same(&a, &b, item))
        }
        (expected, found) => expected.same(found),
    }
}

fn close(a: f64, b: f64, relative: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= (relative * a.abs().max(b.abs())).max(1e-9)
}

fn number(value: &Value) -> Option<f64> {
    Some(match value {
        Value::I8(v) => f64::from(*v),
        Value::I16(v) => f64::from(*v),
        Value::I32(v) => f64::from(*v),
        // Rounding to the nearest double may take a neighbour for the sentinel, so only the exact value counts.
        Value::I64(v) => (*v as f64 as i64 == *v).then_some(*v as f64)?,
        Value::F32(v) => f64::from(*v),
        Value::F64(v) => *v,
        Value::Char(v) => f64::from(*v),
        _ => return None,
    })
}

/// The value that is null in the reference system.
fn sentinel(ty: Type) -> Option<f64> {
    Some(match ty {
        Type::I8 => i8::MIN.into(),
        Type::I16 => i16::MIN.into(),
        Type::I32 => i32::MIN.into(),
        Type::I64 => i64::MIN as f64,
        Type::F32 => f32::MIN.into(),
        Type::F64 => f64::MIN,
        Type::Char => u16::MAX.into(),
        _ => return None,
    })
}

/// Whether the number is the null of some type of the reference system, as itself or widened.
fn is_some_sentinel(value: f64) -> bool {
    Type::ALL.into_iter().filter_map(sentinel).any(|null| null == value || f64::from(null as f32) == value)
}

#[cfg(test)]
mod tests {
    use headwater_engine::List;

    use super::*;

    #[test]
    fn lists_agree_value_by_value() {
        let list = |values: Vec<Option<f64>>| Value::List(List::from(values));
        let ty = Type::List(&Type::F64);
        let one = list(vec![Some(0.1 + 0.2), None, Some(f64::NAN)]);
        assert!(same(&list(vec![Some(0.3), None, Some(f64::NAN)]), &one, ty));
        assert!(
            same(&list(vec![None]), &list(vec![Some(f64::MIN)]), ty),
            "what stands for null in the reference system"
        );
        for other in
            [list(vec![Some(0.3), None]), list(vec![Some(0.4), None, Some(f64::NAN)]), list(Vec::new()), Value::Null]
        {
            assert!(!same(&one, &other, ty), "{other}");
        }
    }
}
