//! In which type the keys of two tables meet.

use crate::plan::Pair;
use crate::types::Type;
use crate::{Error, ErrorKind, Result};

/// The type both key columns are compared as: only widening that loses nothing.
pub(super) fn common(pair: &Pair, left: Type, right: Type) -> Result<Type> {
    let rank = |ty| match ty {
        Type::I8 => Some(0),
        Type::I16 => Some(1),
        Type::I32 => Some(2),
        Type::I64 => Some(3),
        _ => None,
    };
    if left == right {
        return Ok(left);
    }
    match (left, right) {
        (Type::F32, Type::F64) | (Type::F64, Type::F32) => return Ok(Type::F64),
        _ => {}
    }
    if let (Some(l), Some(r)) = (rank(left), rank(right)) {
        return Ok(if l > r { left } else { right });
    }
    let message = format!("columns {} ({left}) and {} ({right}) cannot be compared", pair.output, pair.input);
    let error = Error::new(ErrorKind::Type, message).with_column(&*pair.output);
    let one = [(&pair.output, left, right), (&pair.input, right, left)].into_iter().find_map(|(name, from, to)| {
        let formula = converted(name, from, to)?;
        Some(format!("convert the {from} first: update_view(\"{name} = {formula}\")"))
    });
    let help = match (left, right) {
        (Type::List(_), _) | (_, Type::List(_)) => "a list is found by a list of the same type",
        _ => "what is compared is of one type, or both are integers, or both floats",
    };
    Err(error.with_help(one.unwrap_or_else(|| help.into())))
}

/// A formula of a column that is comparable with another type, for types of which one says what the other does.
fn converted(name: &str, from: Type, to: Type) -> Option<String> {
    let is_integer = |ty| matches!(ty, Type::I8 | Type::I16 | Type::I32 | Type::I64);
    let is_float = |ty| matches!(ty, Type::F32 | Type::F64);
    Some(match (from, to) {
        (from, to) if is_float(to) && (is_integer(from) || matches!(from, Type::Decimal(_))) => format!("(f64){name}"),
        (Type::String, to) if is_integer(to) => format!("parseLong({name})"),
        (Type::String, to) if is_float(to) => format!("parseDouble({name})"),
        (Type::String, Type::Timestamp) => format!("parseInstant({name})"),
        (Type::String, Type::Date) => format!("parseLocalDate({name})"),
        (Type::Timestamp, to) if is_integer(to) => format!("epochNanos({name})"),
        (Type::Timestamp, Type::Date) => format!("toLocalDate({name}, `UTC`)"),
        (Type::Time | Type::Duration, to) if is_integer(to) => format!("(i64){name}"),
        (Type::Bool, to) if is_integer(to) => format!("{name} ? 1 : 0"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ColumnDef, Session};

    #[test]
    fn what_the_help_says_is_a_formula_and_meets_the_other_column() {
        let session = Session::new();
        for (from, to) in Type::ALL.iter().flat_map(|&from| Type::ALL.map(|to| (from, to))) {
            let Some(formula) = converted("A", from, to) else { continue };
            let pair = Pair { output: "A".into(), input: "B".into() };
            assert!(common(&pair, from, to).is_err(), "{from} meets {to} as it is");
            let (table, _feed) = session.append_table("t", [ColumnDef::new("A", from)]).expect("a table");
            let made = table.update_view(format!("A = {formula}")).unwrap_or_else(|error| panic!("{}", error.report()));
            common(&pair, made.definition().columns()[0].ty, to).expect("they meet now");
        }
    }
}
