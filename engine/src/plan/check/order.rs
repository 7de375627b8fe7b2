//! sort, reverse, and the parts of a table by position.

use super::Prepared;
use crate::plan::{ColumnDef, Definition, Flavour, SortColumn, Standing, Window};
use crate::types::Type;
use crate::{Error, ErrorKind, Result};

pub(super) fn sort(by: &[SortColumn], input: &Definition) -> Result<(Definition, Prepared)> {
    if by.is_empty() {
        return Err(Error::new(ErrorKind::Argument, "no column to sort by"));
    }
    if let Some(sortable) = input.sortable()
        && let Some(other) = by.iter().find(|by| !sortable.contains(&by.column))
    {
        input.require(&other.column)?;
        let message = format!("this table may not be sorted by {}", other.column);
        let names = crate::error::list(sortable.iter().map(|name| &**name), 12);
        return Err(Error::new(ErrorKind::Unsupported, message)
            .with_column(&*other.column)
            .with_help(format!("restrict_sort_to allows {names}")));
    }
    let by = by.iter().map(|by| Ok((sortable(&by.column, input)?, by.by))).collect::<Result<Vec<_>>>()?;
    Ok((in_another_order(input), Prepared::Sort { by }))
}

/// The position of a column whose values have an order.
fn sortable(name: &str, input: &Definition) -> Result<usize> {
    let column = input.require(name)?;
    match input.columns()[column].ty {
        ty @ Type::List(_) => Err(Error::new(ErrorKind::Type, format!("{name} is a {ty}, and lists have no order"))
            .with_column(name)
            .with_help("sort by one of their values, or by how many they are: update_view gives a column of that")),
        _ => Ok(column),
    }
}

pub(super) fn reverse(input: &Definition) -> (Definition, Prepared) {
    (in_another_order(input), Prepared::Reverse)
}

/// New rows come anywhere now, though rows that came stay.
fn in_another_order(input: &Definition) -> Definition {
    let flavour = match input.flavour() {
        same @ (Flavour::Static | Flavour::Blink | Flavour::Keyed) => same,
        Flavour::Append | Flavour::AddOnly => Flavour::AddOnly,
        Flavour::Ring => Flavour::Keyed,
    };
    input.with_flavour(flavour)
}

/// Of a table that only grows at its end, the first rows stay and the last ones move on; what a blink table is asked
/// for are rows of all that ever passed.
pub(super) fn slice(window: Window, input: &Definition) -> Result<(Definition, Prepared)> {
    part(window)?;
    let flavour = match (input.flavour(), window) {
        (Flavour::Static, _) => Flavour::Static,
        (Flavour::Append | Flavour::Blink, Window::First(_)) => Flavour::Append,
        (Flavour::Append | Flavour::Blink | Flavour::Ring, Window::Last(_)) => Flavour::Ring,
        (Flavour::Blink, _) => {
            let message = "rows of a blink table that passed have no position any more";
            return Err(Error::new(ErrorKind::Unsupported, message)
                .with_help("head and tail take the first and last rows of all that pass; blink_to_append keeps all"));
        }
        _ => Flavour::Keyed,
    };
    Ok((input.with_flavour(flavour), Prepared::Slice { window }))
}

/// That a part by position makes sense.
pub(super) fn part(window: Window) -> Result<()> {
    match window {
        Window::Between(start, end) if start > end && (start < 0) == (end < 0) => {
            let message = format!("rows from {start} to {end} run backwards");
            Err(Error::new(ErrorKind::Argument, message)
                .with_help("the first position comes first; the second is not part of the slice"))
        }
        Window::FirstShare(part) | Window::LastShare(part) => share(part),
        Window::Shares(start, end) => share(start).and_then(|()| share(end)),
        _ => Ok(()),
    }
}

fn share(part: f64) -> Result<()> {
    if (0.0..=1.0).contains(&part) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Argument, format!("{part} is no share of a table: shares go from 0 to 1")))
}

/// As far as rows may get other numbers, they are modified.
pub(super) fn flatten(input: &Definition) -> Definition {
    let flavour = match input.flavour() {
        Flavour::AddOnly | Flavour::Ring => Flavour::Keyed,
        same => same,
    };
    input.with_flavour(flavour)
}

/// Rows of a table that grows at its end stand where they stand, and have the rows before them that they have.
pub(super) fn situate(standings: &[Standing], input: &Definition) -> Result<(Definition, Prepared)> {
    let mut defs = input.columns().to_vec();
    let mut prepared = Vec::with_capacity(standings.len());
    for standing in standings {
        let source = match standing {
            Standing::Nearby { column, .. } => Some(input.require(column)?),
            Standing::Position | Standing::Id => None,
        };
        let ty = standing.ty(|_| source.map(|source| input.columns()[source].ty));
        defs.extend(ty.map(|ty| ColumnDef::new(standing.name(), ty)));
        prepared.push((standing.clone(), source));
    }
    let looks_ahead = |standing: &Standing| matches!(standing, Standing::Nearby { offset, .. } if *offset > 0);
    let moves = |standing: &Standing| *standing != Standing::Id;
    let flavour = match input.flavour() {
        Flavour::Append if standings.iter().any(looks_ahead) => Flavour::Keyed,
        Flavour::AddOnly | Flavour::Ring if standings.iter().any(moves) => Flavour::Keyed,
        same => same,
    };
    Ok((Definition::new(defs, flavour)?, Prepared::Situate { standings: prepared }))
}
