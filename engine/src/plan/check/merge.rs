//! merge: tables of the same columns.

use super::{Prepared, Result};
use crate::plan::{Definition, Flavour};
use crate::types::Type;
use crate::{Error, ErrorKind};

pub(super) fn check(inputs: &[&Definition]) -> Result<(Definition, Prepared)> {
    let Some((first, _)) = inputs.split_first() else {
        return Err(Error::new(ErrorKind::Argument, "no table to merge"));
    };
    let positions = inputs.iter().zip(1..).map(|(input, number)| align(first, input, number)).collect::<Result<_>>()?;
    Ok((first.with_flavour(flavour(inputs)), Prepared::Merge { positions }))
}

/// Where in table `number` each column of the first one is.
fn align(first: &Definition, other: &Definition, number: usize) -> Result<Vec<usize>> {
    const HELP: &str = "merged tables have the same columns: view, rename_columns or drop_columns make them so";
    let mut positions = Vec::with_capacity(first.columns().len());
    for column in first.columns() {
        let Some(position) = other.position(&column.name) else {
            let message = format!("table {number} has no column {}, which the first one has", column.name);
            return Err(Error::new(ErrorKind::Unknown, message).with_column(&*column.name).with_help(HELP));
        };
        let ty = other.columns()[position].ty;
        if ty != column.ty {
            let message =
                format!("column {} is of type {} in table 1, of type {ty} in table {number}", column.name, column.ty);
            let help = match (ty, column.ty) {
                (Type::List(_), _) | (_, Type::List(_)) => HELP.to_owned(),
                _ => format!("cast one of them first: update_view(\"{0} = ({1}){0}\")", column.name, column.ty),
            };
            return Err(Error::new(ErrorKind::Type, message).with_column(&*column.name).with_help(help));
        }
        positions.push(position);
    }
    match other.columns().iter().find(|column| first.position(&column.name).is_none()) {
        Some(extra) => {
            let message = format!("table {number} has a column {}, which the first one has not", extra.name);
            Err(Error::new(ErrorKind::Unknown, message).with_column(&*extra.name).with_help(HELP))
        }
        None => Ok(positions),
    }
}

/// A table that grows at its end stays one only behind tables that never change.
fn flavour(inputs: &[&Definition]) -> Flavour {
    let all = |holds: fn(Flavour) -> bool| inputs.iter().all(|input| holds(input.flavour()));
    let last_grows = |(last, others): (&&Definition, &[&Definition])| {
        last.flavour() == Flavour::Append && others.iter().all(|other| other.flavour().is_static())
    };
    match inputs {
        [only] => only.flavour(),
        _ if all(Flavour::is_static) => Flavour::Static,
        _ if all(|flavour| flavour == Flavour::Blink) => Flavour::Blink,
        _ if inputs.split_last().is_some_and(last_grows) => Flavour::Append,
        _ if all(Flavour::only_adds) => Flavour::AddOnly,
        _ => Flavour::Keyed,
    }
}
