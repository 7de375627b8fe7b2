//! Checking an operation against the definitions of its inputs: here every mistake of the caller is found.

mod aggregate;
mod aggregate_types;
mod columns;
mod grouped;
mod join;
mod meet;
mod merge;
mod multi_join;
mod order;
mod project;

pub use aggregate::PreparedAggregate;
pub use join::KeyColumns;
pub use project::{Origin, ProjectedColumn};

use std::sync::Arc;

use super::{Definition, Flavour, Needs, Operation, Projection, SortBy, Standing, Uneven, Window};
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
        /// What is asked of a row.
        conditions: Vec<Checked>,
        /// How many of them must hold.
        needs: Needs,
    },
    /// Formulas in order, and which of them or of the input's columns make the result.
    Project {
        /// The formulas.
        formulas: Vec<ProjectedColumn>,
        /// The columns of the result.
        outputs: Vec<Origin>,
        /// What is kept of them, and of the input's columns.
        form: Projection,
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
        /// What is computed, one a column of the result behind the keys.
        aggregates: Vec<PreparedAggregate>,
        /// Whether groups without rows are shown.
        preserve_empty: bool,
        /// Where the keys are in a second input, which names groups before any row does.
        initial: Option<Vec<usize>>,
    },
    /// Rows of each group by their position in it.
    PartBy {
        /// Which part.
        window: Window,
        /// Key columns.
        keys: Vec<usize>,
        /// The columns of the result: the keys, then the others.
        columns: Vec<usize>,
    },
    /// A number of the group of each row, then the input's columns.
    Partition {
        /// Key columns.
        keys: Vec<usize>,
    },
    /// A row for each value of lists.
    Ungroup {
        /// The columns of lists.
        columns: Vec<usize>,
        /// What to do about lists of a row that are not equally long.
        uneven: Uneven,
    },
    /// The left columns, then the added ones.
    NaturalJoin {
        /// The key columns.
        on: KeyColumns,
        /// Right columns added.
        added: Vec<usize>,
    },
    /// The left columns, then the added ones of the nearest right row.
    AsOf {
        /// The exact key columns.
        on: KeyColumns,
        /// The columns compared, left and right, and the type they are compared as.
        stamps: (usize, usize, Type),
        /// Right columns added.
        added: Vec<usize>,
    },
    /// The left columns, then lists.
    RangeJoin {
        /// The exact key columns.
        on: KeyColumns,
        /// The left columns of the two ends, the right one between, and the type they are compared as.
        within: (usize, usize, usize, Type),
        /// Right columns listed.
        listed: Vec<usize>,
    },
    /// The keys, then the columns of each table.
    MultiJoin {
        /// The key columns of each table.
        keys: Vec<Vec<usize>>,
        /// The type each of them is compared as and shown.
        types: Vec<Type>,
        /// The columns added of each table.
        added: Vec<Vec<usize>>,
    },
    /// Pairs: the left columns, then the added ones.
    Join {
        /// The key columns.
        on: KeyColumns,
        /// Right columns added.
        added: Vec<usize>,
    },
    /// The left rows whose key the right table has, or has not.
    FilterIn {
        /// The key columns.
        on: KeyColumns,
    },
    /// Rows are kept.
    BlinkToAppend,
    /// Rows in the order of columns.
    Sort {
        /// Positions of columns, and which way.
        by: Vec<(usize, SortBy)>,
    },
    /// Rows the other way round.
    Reverse,
    /// Rows by position.
    Slice {
        /// Which part.
        window: Window,
    },
    /// Positions are kept.
    Positions,
    /// The rows of each input of a merge in its order.
    InTurn,
    /// Rows that `k` numbers from 0.
    Flatten,
    /// Columns that tell where rows stand.
    Situate {
        /// What each tells, and the column of the input it reads.
        standings: Vec<(Standing, Option<usize>)>,
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
        (Operation::Filter { conditions, needs }, [input]) => filter(conditions, *needs, input, functions),
        (Operation::Project { form, formulas }, [input]) => project::check(*form, formulas, input, functions),
        (Operation::DropColumns { columns }, [input]) => columns::drop(columns, input),
        (Operation::RenameColumns { pairs }, [input]) => columns::rename(pairs, input),
        (Operation::AggBy { aggregates, by, preserve_empty }, [input, initial @ ..]) if initial.len() < 2 => {
            let initial = initial.first().copied();
            aggregate::check(aggregates, by, *preserve_empty, input, initial, functions)
        }
        (Operation::SelectDistinct { columns }, [input]) => grouped::distinct(columns, input),
        (&Operation::PartBy { window, ref by }, [input]) => grouped::part(window, by, input),
        (Operation::Partition { by }, [input]) => grouped::partition(by, input),
        (Operation::Ungroup { columns, uneven }, [input]) => grouped::ungroup(columns, *uneven, input),
        (Operation::NaturalJoin { on, add, .. }, [left, right]) => join::natural(on, add, left, right),
        (Operation::AsOf { on, stamp, add, .. }, [left, right]) => join::as_of(on, stamp, add, left, right),
        (Operation::RangeJoin { on, within, lists }, [left, right]) => join::range(on, within, lists, left, right),
        (Operation::MultiJoin { inputs: taken }, inputs) => multi_join::check(taken, inputs),
        (Operation::Join { on, add, keep }, [left, right]) => join::pairs(on, add, *keep, left, right),
        (Operation::FilterIn { on, negated }, [input, set]) => join::filter_in(on, *negated, input, set),
        (Operation::BlinkToAppend, [input]) => blink_to_append(input),
        (Operation::Sort { by }, [input]) => order::sort(by, input),
        (Operation::Reverse, [input]) => Ok(order::reverse(input)),
        (&Operation::Slice { window }, [input]) => order::slice(window, input),
        (Operation::Positions, [input]) => Ok(((*input).clone(), Prepared::Positions)),
        (Operation::Situate { standings }, [input]) => order::situate(standings, input),
        (Operation::Flatten, [input]) => Ok((order::flatten(input), Prepared::Flatten)),
        (Operation::RestrictSort { columns }, [input]) => columns::restrict_sort(columns, input),
        (Operation::MoveColumns { columns, to }, [input]) => columns::move_to(columns, *to, input),
        (Operation::InTurn, [input]) => Ok(((*input).clone(), Prepared::InTurn)),
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
    needs: Needs,
    input: &Definition,
    functions: &FunctionRegistry,
) -> Result<(Definition, Prepared)> {
    let conditions = self::conditions(conditions, input, functions)?;
    Ok((input.clone(), Prepared::Filter { conditions, needs }))
}

/// Conditions that rows of `input` may be asked, at least one.
fn conditions(conditions: &[crate::Formula], input: &Definition, functions: &FunctionRegistry) -> Result<Vec<Checked>> {
    if conditions.is_empty() {
        return Err(Error::new(ErrorKind::Argument, "no condition given"));
    }
    let scope = Scope { columns: input.columns(), functions };
    let check = |condition: &crate::Formula| {
        let checked = check_condition(condition, scope)?;
        if checked.is_pure() {
            return Ok(checked);
        }
        Err(Error::new(ErrorKind::Unsupported, "a condition must give the same answer each time it is asked")
            .with_place(condition.text(), 0..condition.text().len())
            .with_help("keep the value in a column with update, then filter on that column"))
    };
    conditions.iter().map(check).collect()
}

fn blink_to_append(input: &Definition) -> Result<(Definition, Prepared)> {
    if input.flavour() != Flavour::Blink {
        let message = format!("blink_to_append keeps the rows of a blink table, and this table is {}", input.flavour());
        return Err(Error::new(ErrorKind::Unsupported, message));
    }
    Ok((input.with_flavour(Flavour::Append), Prepared::BlinkToAppend))
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
