//! What becomes of Arrow types: the matrix, and the widenings that lose nothing.

use arrow::datatypes::{DataType, Field, Schema};
use headwater_engine::vector::ArrowRules;
use headwater_engine::{ColumnDef, Error, ErrorKind, Result, Type};

/// The type a column of Arrow type `ty` is read as; `None` if there is none.
///
/// | in the file | read as |
/// |---|---|
/// | boolean | `Bool` |
/// | signed integers | the same |
/// | unsigned of 8, 16, 32 bits | the next wider signed |
/// | unsigned of 64 bits | `I64`, an error for a value above its range; `Decimal(0)` if the rules say so |
/// | float of 16, 32 bits | `F32` |
/// | float of 64 bits | `F64` |
/// | text, plain or by dictionary | `String` |
/// | timestamp of any unit, with a zone or without | `Timestamp`, an error outside the years 1677 to 2262 |
/// | date | `Date` |
/// | time | `Time` |
/// | decimal with scale s | `Decimal(s)` |
/// | list | `List` of what its values are read as |
pub(super) fn type_of(rules: ArrowRules, ty: &DataType) -> Option<Type> {
    match ty {
        DataType::Dictionary(_, values) if rules.type_of(values) != Some(Type::String) => None,
        ty => rules.type_of(ty),
    }
}

/// The rules by which values of Arrow type `from` are exactly of type `to`, if there are any.
pub(super) fn rules(from: &DataType, to: Type) -> Option<ArrowRules> {
    let rules = ArrowRules::default();
    [rules, rules.u64_as_decimal()].into_iter().find(|&rules| type_of(rules, from) == Some(to))
}

/// Whether every value of Arrow type `from` can be read as type `to`.
pub(super) fn reads_as(from: &DataType, to: Type) -> bool {
    rules(from, to).is_some() || type_of(ArrowRules::default(), from).is_some_and(|from| widens(from, to))
}

/// Whether every value of `from` is a value of `to`.
fn widens(from: Type, to: Type) -> bool {
    let rank = |ty: Type| match ty {
        Type::I8 => Some(1),
        Type::I16 => Some(2),
        Type::I32 => Some(3),
        Type::I64 => Some(4),
        _ => None,
    };
    match (from, to) {
        (from, to) if from == to => true,
        (Type::F32, Type::F64) | (Type::I8 | Type::I16 | Type::I32, Type::F64) => true,
        (Type::I8 | Type::I16, Type::F32) => true,
        (from, to) => matches!((rank(from), rank(to)), (Some(from), Some(to)) if from < to),
    }
}

/// The columns a file adds to those of the partitions.
///
/// # Errors
/// [`ErrorKind::Type`] for a column without a type here, unless `wanted` leaves it out.
pub(super) fn columns(
    schema: &Schema,
    partitions: &[ColumnDef],
    wanted: Option<&[String]>,
    arrow: ArrowRules,
) -> Result<Vec<ColumnDef>> {
    let is_wanted = |name: &str| wanted.is_none_or(|wanted| wanted.iter().any(|other| other == name));
    let is_free = |field: &&std::sync::Arc<Field>| !partitions.iter().any(|column| *column.name == **field.name());
    let fields = schema.fields().iter().filter(is_free).filter(|field| is_wanted(field.name()));
    fields
        .map(|field| match type_of(arrow, field.data_type()) {
            Some(ty) => Ok(ColumnDef::new(field.name().as_str(), ty)),
            None => {
                let message = format!("there is no type for values of the form {}", field.data_type());
                let help = "leave the column out: name those you want with .columns([..])";
                Err(Error::new(ErrorKind::Type, message).with_column(field.name()).with_help(help))
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widening_never_loses() {
        assert!(widens(Type::I8, Type::I64) && widens(Type::I32, Type::F64) && widens(Type::F32, Type::F64));
        assert!(!widens(Type::I64, Type::F64), "2^53 + 1 has no f64");
        assert!(!widens(Type::I32, Type::F32) && !widens(Type::I64, Type::I32) && !widens(Type::String, Type::Date));
    }
}
