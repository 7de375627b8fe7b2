//! multi_join: tables that share the names of their keys, and no others.

use super::join::added;
use super::meet::common;
use super::{Prepared, Result};
use crate::plan::{ColumnDef, Contribution, Definition, Flavour, Pair};
use crate::{Error, ErrorKind};

pub(super) fn check(taken: &[Contribution], inputs: &[&Definition]) -> Result<(Definition, Prepared)> {
    let [first, others @ ..] = taken else {
        return Err(Error::new(ErrorKind::Argument, "no table to join"));
    };
    if taken.len() != inputs.len() {
        let message = format!("keys for {} tables, and {} tables", taken.len(), inputs.len());
        return Err(Error::new(ErrorKind::Argument, message));
    }
    if first.on.is_empty() {
        return Err(Error::new(ErrorKind::Argument, "no key column given")
            .with_help("tables of one row each are joined by join"));
    }
    let mut defs = key(first, inputs[0])?;
    let mut keys = vec![first.on.iter().map(|pair| inputs[0].require(&pair.input)).collect::<Result<Vec<_>>>()?];
    for ((taken, input), number) in others.iter().zip(&inputs[1..]).zip(2..) {
        let mut positions = Vec::with_capacity(defs.len());
        for def in &mut defs {
            let pair = named(taken, &def.name, number)?;
            let position = input.require(&pair.input)?;
            def.ty = common(pair, def.ty, input.columns()[position].ty)?;
            positions.push(position);
        }
        if let Some(extra) = taken.on.iter().find(|pair| defs.iter().all(|def| def.name != pair.output)) {
            return Err(other_keys(&extra.output, number, "has", "has not"));
        }
        keys.push(positions);
    }
    let types = defs.iter().map(|def| def.ty).collect();
    let mut added_columns = Vec::with_capacity(inputs.len());
    for ((taken, input), keys) in taken.iter().zip(inputs).zip(&keys) {
        added_columns.push(added(&taken.add, input, keys, &mut defs)?);
    }
    let is_static = inputs.iter().all(|input| input.flavour().is_static());
    let flavour = if is_static { Flavour::Static } else { Flavour::Keyed };
    Ok((Definition::new(defs, flavour)?, Prepared::MultiJoin { keys, types, added: added_columns }))
}

/// The key columns of the result, by the first table.
fn key(first: &Contribution, input: &Definition) -> Result<Vec<ColumnDef>> {
    let defs = first.on.iter().map(|pair| {
        let ty = input.columns()[input.require(&pair.input)?].ty;
        Ok(ColumnDef::new(pair.output.clone(), ty))
    });
    defs.collect()
}

/// The column that table `number` has for a key.
fn named<'t>(taken: &'t Contribution, name: &str, number: usize) -> Result<&'t Pair> {
    taken.on.iter().find(|pair| *pair.output == *name).ok_or_else(|| other_keys(name, number, "has not", "has"))
}

fn other_keys(name: &str, number: usize, here: &str, first: &str) -> Error {
    let message = format!("table {number} {here} a key {name}, and table 1 {first}");
    Error::new(ErrorKind::Argument, message)
        .with_column(name)
        .with_help("all tables share the names of their keys: \"Key = Column\" where a column is named otherwise")
}
