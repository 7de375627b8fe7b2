//! natural_join: keys that can meet, names that do not clash.

use super::{Prepared, Result};
use crate::plan::{ColumnDef, Definition, Flavour, Pair};
use crate::types::Type;
use crate::{Error, ErrorKind};

pub(super) fn check(
    on: &[Pair],
    add: &[Pair],
    left: &Definition,
    right: &Definition,
) -> Result<(Definition, Prepared)> {
    let mut left_keys = Vec::with_capacity(on.len());
    let mut right_keys = Vec::with_capacity(on.len());
    let mut types = Vec::with_capacity(on.len());
    for pair in on {
        let (l, r) = (left.require(&pair.output)?, right.require(&pair.input)?);
        types.push(common(pair, left.columns()[l].ty, right.columns()[r].ty)?);
        left_keys.push(l);
        right_keys.push(r);
    }
    let every_other: Vec<Pair>;
    let add = if add.is_empty() {
        let others = (0..right.columns().len()).filter(|column| !right_keys.contains(column));
        every_other = others.map(|column| Pair::same(right.columns()[column].name.clone())).collect();
        &every_other[..]
    } else {
        add
    };
    let mut defs = left.columns().to_vec();
    let mut added = Vec::with_capacity(add.len());
    for pair in add {
        let column = right.require(&pair.input)?;
        if defs.iter().any(|def| def.name == pair.output) {
            let message = format!("the result would have two columns named {}", pair.output);
            return Err(Error::new(ErrorKind::NameClash, message)
                .with_column(&*pair.output)
                .with_help(format!("add it under another name: \"Right{0} = {0}\"", pair.input)));
        }
        defs.push(ColumnDef::new(pair.output.clone(), right.columns()[column].ty));
        added.push(column);
    }
    let definition = Definition::new(defs, flavour(left.flavour(), right.flavour()))?;
    Ok((definition, Prepared::NaturalJoin { left: left_keys, right: right_keys, types, added }))
}

/// A live right table may change any row of the result, but those of a blink table, which are gone by then.
fn flavour(left: Flavour, right: Flavour) -> Flavour {
    if right.is_static() || left == Flavour::Blink { left } else { Flavour::Keyed }
}

/// The type both key columns are compared as: only widening that loses nothing.
fn common(pair: &Pair, left: Type, right: Type) -> Result<Type> {
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
    let message = format!("key columns {} ({left}) and {} ({right}) cannot be compared", pair.output, pair.input);
    let help = match (left, right) {
        (Type::List(_), _) | (_, Type::List(_)) => "a list is found by a list of the same type".to_owned(),
        _ => format!("cast one of them first: update_view(\"{0} = ({right}){0}\")", pair.output),
    };
    Err(Error::new(ErrorKind::Type, message).with_column(&*pair.output).with_help(help))
}
