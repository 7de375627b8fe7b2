//! The operations that share the grouping of agg_by and compute nothing: select_distinct, head_by, tail_by, ungroup, partition_by.

use std::sync::Arc;

use super::{Prepared, Result, keys, order};
use crate::plan::{ColumnDef, Definition, Flavour, PARTITION_NUMBER, Uneven, Window};
use crate::types::Type;
use crate::{Error, ErrorKind};

/// Where rows stay, so do combinations of their values; new ones come last.
pub(super) fn distinct(columns: &[Arc<str>], input: &Definition) -> Result<(Definition, Prepared)> {
    if columns.is_empty() {
        return Err(Error::new(ErrorKind::Argument, "no column to take values of"));
    }
    let keys = keys(columns, input)?;
    let defs = keys.iter().map(|&key| input.columns()[key].clone());
    let flavour = match input.flavour() {
        Flavour::Static => Flavour::Static,
        Flavour::Append | Flavour::AddOnly | Flavour::Blink => Flavour::Append,
        Flavour::Ring | Flavour::Keyed => Flavour::Keyed,
    };
    Ok((
        Definition::new(defs, flavour)?,
        Prepared::AggBy { keys, aggregates: Vec::new(), preserve_empty: false, initial: None },
    ))
}

/// The first rows of groups of a table that grows at its end stay the first.
pub(super) fn part(window: Window, by: &[Arc<str>], input: &Definition) -> Result<(Definition, Prepared)> {
    order::part(window)?;
    if let Window::First(0) | Window::Last(0) = window {
        return Err(
            Error::new(ErrorKind::Argument, "no row of each group is no table").with_help("ask for one or more")
        );
    }
    if by.is_empty() {
        return Err(Error::new(ErrorKind::Argument, "no key column given")
            .with_help("head and tail take rows of the whole table"));
    }
    if input.flavour() == Flavour::Blink {
        let message = "rows of groups are rows that are there, and those of a blink table are gone after their cycle";
        return Err(Error::new(ErrorKind::Unsupported, message).with_help(
            "keep them first: table.blink_to_append()?; or take first_by or last_by, which keep one row of each",
        ));
    }
    let keys = keys(by, input)?;
    let mut columns = keys.clone();
    columns.extend((0..input.columns().len()).filter(|column| !keys.contains(column)));
    let defs = columns.iter().map(|&column| input.columns()[column].clone());
    let flavour = match (input.flavour(), window) {
        (Flavour::Static, _) => Flavour::Static,
        (Flavour::Append, Window::First(_)) => Flavour::AddOnly,
        _ => Flavour::Keyed,
    };
    Ok((Definition::new(defs, flavour)?, Prepared::PartBy { window, keys, columns }))
}

/// Rows of the result come and go as those of the input, and where these change.
pub(super) fn ungroup(columns: &[Arc<str>], uneven: Uneven, input: &Definition) -> Result<(Definition, Prepared)> {
    if columns.is_empty() {
        return Err(Error::new(ErrorKind::Argument, "no column of lists given"));
    }
    let columns = keys(columns, input)?;
    let mut defs = input.columns().to_vec();
    for &column in &columns {
        let ColumnDef { name, ty } = &input.columns()[column];
        let Some(item) = ty.item() else {
            let message = format!("{name} is of type {ty}: only lists have values to make rows of");
            let error = Error::new(ErrorKind::Type, message).with_column(&**name);
            let lists: Vec<&str> =
                input.columns().iter().filter(|def| def.ty.item().is_some()).map(|def| &*def.name).collect();
            return Err(match lists.is_empty() {
                true => error.with_help("this table has no column of lists; group_by makes some"),
                false => error.with_help(format!("the columns of lists are {}", crate::error::list(lists, 12))),
            });
        };
        defs[column] = ColumnDef::new(name.clone(), item);
    }
    Ok((Definition::new(defs, input.flavour())?, Prepared::Ungroup { columns, uneven }))
}

/// Rows stay as they are; one whose key changes gets another number.
pub(super) fn partition(by: &[Arc<str>], input: &Definition) -> Result<(Definition, Prepared)> {
    if by.is_empty() {
        return Err(Error::new(ErrorKind::Argument, "no key column given"));
    }
    if input.flavour() == Flavour::Blink {
        let message = "constituents have rows that are there, and those of a blink table are gone after their cycle";
        return Err(Error::new(ErrorKind::Unsupported, message).with_help("keep them first: table.blink_to_append()?"));
    }
    let keys = keys(by, input)?;
    let number = ColumnDef::new(PARTITION_NUMBER, Type::I64);
    let defs = std::iter::once(number).chain(input.columns().iter().cloned());
    Ok((Definition::new(defs, input.flavour())?, Prepared::Partition { keys }))
}
