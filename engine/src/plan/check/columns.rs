//! drop_columns and rename_columns.

use std::sync::Arc;

use super::{Prepared, Result};
use crate::plan::{ColumnDef, Definition, Pair};

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
