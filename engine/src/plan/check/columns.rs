//! drop_columns, rename_columns, move_columns: columns as they are, fewer, under other names or in other places.

use std::sync::Arc;

use super::{Prepared, Result};
use crate::plan::{ColumnDef, Definition, Pair};
use crate::{Error, ErrorKind};

pub(super) fn drop(columns: &[Arc<str>], input: &Definition) -> Result<(Definition, Prepared)> {
    let mut dropped = vec![false; input.columns().len()];
    for name in columns {
        dropped[input.require(name)?] = true;
    }
    let positions: Vec<usize> = (0..dropped.len()).filter(|&column| !dropped[column]).collect();
    let defs = positions.iter().map(|&column| input.columns()[column].clone());
    Ok((Definition::new(defs, input.flavour())?, Prepared::Columns { positions }))
}

/// A new name takes the place of a column that had it, unless that one is renamed too: so names can be swapped.
pub(super) fn rename(pairs: &[Pair], input: &Definition) -> Result<(Definition, Prepared)> {
    let mut names: Vec<Option<Arc<str>>> = vec![None; input.columns().len()];
    for pair in pairs {
        names[input.require(&pair.input)?] = Some(pair.output.clone());
    }
    let replaced = |column: &ColumnDef| pairs.iter().any(|pair| pair.output == column.name);
    let (mut defs, mut positions) = (Vec::new(), Vec::new());
    for (position, (column, name)) in input.columns().iter().zip(names).enumerate() {
        match name {
            Some(name) => defs.push(ColumnDef::new(name, column.ty)),
            None if replaced(column) => continue,
            None => defs.push(column.clone()),
        }
        positions.push(position);
    }
    Ok((Definition::new(defs, input.flavour())?, Prepared::Columns { positions }))
}

/// The columns given side by side, at an index of the result or at its end, in the order given; the others as they were.
pub(super) fn move_to(columns: &[Arc<str>], to: Option<usize>, input: &Definition) -> Result<(Definition, Prepared)> {
    let mut moved: Vec<usize> = Vec::with_capacity(columns.len());
    for name in columns {
        let column = input.require(name)?;
        if !moved.contains(&column) {
            moved.push(column);
        }
    }
    let mut positions: Vec<usize> = (0..input.columns().len()).filter(|column| !moved.contains(column)).collect();
    let at = to.unwrap_or(positions.len());
    if at > positions.len() {
        let message = format!("{} columns moved to index {at} of {}", moved.len(), input.columns().len());
        return Err(Error::new(ErrorKind::Argument, message)
            .with_help(format!("the last index they fit at is {}", positions.len())));
    }
    positions.splice(at..at, moved);
    let defs = positions.iter().map(|&column| input.columns()[column].clone());
    Ok((Definition::new(defs, input.flavour())?, Prepared::Columns { positions }))
}

/// The same table, which may be sorted by these columns only.
pub(super) fn restrict_sort(columns: &[Arc<str>], input: &Definition) -> Result<(Definition, Prepared)> {
    columns.iter().try_for_each(|name| input.require(name).map(|_| ()))?;
    let positions = (0..input.columns().len()).collect();
    Ok((input.sortable_by(columns), Prepared::Columns { positions }))
}
