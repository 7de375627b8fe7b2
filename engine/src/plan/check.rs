//! Checking an operation against the definitions of its inputs: here every mistake of the caller is found.

mod aggregate;
mod columns;
mod join;
mod merge;
mod project;

pub use project::{Origin, ProjectedColumn};

use std::sync::Arc;

use super::{AggFunction, Definition, End, Flavour, Operation};
use crate::formula::{Checked, FunctionRegistry, Scope, check_condition};
use crate::types::Type;
use crate::{Error, ErrorKind, Result};

/// An operation whose names and types are resolved: columns are positions in the inputs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Prepared {
    /// Rows come from outside.
    Source,
    /// The conditions, over the columns of the input.
    Filter {
        /// All must hold.
        conditions: Vec<Checked>,
    },
    /// Formulas in order, and which of them or of the input's columns make the result.
    Project {
        /// The formulas.
        formulas: Vec<ProjectedColumn>,
        /// The columns of the result.
        outputs: Vec<Origin>,
        /// Whether the results of formulas are kept.
        stored: bool,
        /// Whether the input's columns are copied too.
        copies: bool,
    },
    /// The input's columns at these positions.
    Columns {
        /// One position a column of the result.
        positions: Vec<usize>,
    },
    /// Groups by keys; the result is the keys, then the aggregates.
    AggBy {
        /// Key columns.
        keys: Vec<usize>,
        /// Function, input column, type of the result.
        aggregates: Vec<(AggFunction, Option<usize>, Type)>,
    },
    /// The left columns, then the added ones.
    NaturalJoin {
        /// Left key columns.
        left: Vec<usize>,
        /// Right key columns, in the same order.
        right: Vec<usize>,
        /// The type each pair of key columns is compared as.
        types: Vec<Type>,
        /// Right columns added.
        added: Vec<usize>,
    },
    /// Rows are kept.
    BlinkToAppend,
    /// Rows from one end.
    Head {
        /// Which end.
        end: End,
        /// How many.
        rows: u64,
    },
    /// The rows of all inputs.
    Merge {
        /// For each input, where each column of the result is.
        positions: Vec<Vec<usize>>,
    },
}

/// Checks `operation` against its inputs: what comes out, and the operation with names and types resolved.
///
/// # Errors
/// Every mistake that shows before rows are seen: unknown columns with the nearest name, types that do not fit,
/// clashing names, formulas with a caret, flavours an operation does not allow. The error names the operation.
pub fn check(
    operation: &Operation,
    inputs: &[&Definition],
    functions: &FunctionRegistry,
) -> Result<(Definition, Prepared)> {
    prepare(operation, inputs, functions).map_err(|error| error.with_operator(operation.name()))
}

fn prepare(
    operation: &Operation,
    inputs: &[&Definition],
    functions: &FunctionRegistry,
) -> Result<(Definition, Prepared)> {
    match (operation, inputs) {
        (Operation::Filter { conditions }, [input]) => filter(conditions, input, functions),
        (Operation::Project { form, formulas }, [input]) => project::check(*form, formulas, input, functions),
        (Operation::DropColumns { columns }, [input]) => columns::drop(columns, input),
        (Operation::RenameColumns { pairs }, [input]) => columns::rename(pairs, input),
        (Operation::AggBy { aggregates, by }, [input]) => aggregate::check(aggregates, by, input),
        (Operation::NaturalJoin { on, add, .. }, [left, right]) => join::check(on, add, left, right),
        (Operation::BlinkToAppend, [input]) => blink_to_append(input),
        (&Operation::Head { end, rows }, [input]) => Ok(head(end, rows, input)),
        (Operation::Merge, inputs) => merge::check(inputs),
        (Operation::Source { .. }, _) => {
            Err(Error::new(ErrorKind::Argument, "a source is made by a session, not by an operation"))
        }
        (_, inputs) => {
            let message = format!("{} does not take {} tables", operation.name(), inputs.len());
            Err(Error::new(ErrorKind::Argument, message))
        }
    }
}

fn filter(
    conditions: &[crate::Formula],
    input: &Definition,
    functions: &FunctionRegistry,
) -> Result<(Definition, Prepared)> {
    if conditions.is_empty() {
        return Err(Error::new(ErrorKind::Argument, "no condition given"));
    }
    let scope = Scope { columns: input.columns(), functions };
    let conditions = conditions
        .iter()
        .map(|condition| {
            let checked = check_condition(condition, scope)?;
            if checked.is_pure() {
                return Ok(checked);
            }
            Err(Error::new(ErrorKind::Unsupported, "a condition must give the same answer each time it is asked")
                .with_place(condition.text(), 0..condition.text().len())
                .with_help("keep the value in a column with update, then filter on that column"))
        })
        .collect::<Result<Vec<_>>>()?;
    Ok((input.clone(), Prepared::Filter { conditions }))
}

fn blink_to_append(input: &Definition) -> Result<(Definition, Prepared)> {
    if input.flavour() != Flavour::Blink {
        let message = format!("blink_to_append keeps the rows of a blink table, and this table is {}", input.flavour());
        return Err(Error::new(ErrorKind::Unsupported, message));
    }
    Ok((input.with_flavour(Flavour::Append), Prepared::BlinkToAppend))
}

/// Of a table that only grows at its end, the first rows stay and the last ones move on; what a blink table is asked
/// for are rows of all that ever passed.
fn head(end: End, rows: u64, input: &Definition) -> (Definition, Prepared) {
    let flavour = match (input.flavour(), end) {
        (Flavour::Static, _) => Flavour::Static,
        (Flavour::Append | Flavour::Blink, End::First) => Flavour::Append,
        (Flavour::Append | Flavour::Blink | Flavour::Ring, End::Last) => Flavour::Ring,
        _ => Flavour::Keyed,
    };
    (input.with_flavour(flavour), Prepared::Head { end, rows })
}

/// The key columns of `by`, each once.
fn keys(by: &[Arc<str>], input: &Definition) -> Result<Vec<usize>> {
    let mut keys: Vec<usize> = Vec::with_capacity(by.len());
    for name in by {
        let key = input.require(name)?;
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    Ok(keys)
}
