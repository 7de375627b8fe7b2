//! The operators: one file each, one trait, the same shape.

mod agg_by;
mod as_of;
mod blink_to_append;
mod differ;
mod export;
mod filter;
mod filter_in;
mod groups;
mod in_turn;
mod matching;
mod merge;
mod multi_join;
mod natural_join;
mod pair_join;
mod part_by;
mod partition;
mod placed;
mod positions;
mod project;
mod range_join;
mod situate;
mod slice;
mod sort;
mod source;
mod stamped;
mod ungroup;

pub(crate) use export::{Export, Outbox};
pub(crate) use source::{FeedSource, InputSource, KeyedSource, Still, TickSource, still_output, stored_columns};

use std::sync::Weak;

use crate::column::{Column, Compiled};
use crate::formula::FormulaBackend;
use crate::graph::{Cx, NodeId, Output, Update};
use crate::order::RowOrder;
use crate::plan::{Definition, Operation, Prepared};
use crate::source::Positions;
use crate::source::intake::Prepare;
use crate::types::Type;
use crate::{Error, ErrorKind, Result};

/// What keeps a table right: given what its inputs were, are, and what became of them, it does the same to its own.
///
/// Building is the update from empty. An operator retracts `removed ∪ modified` rows by their old values, then
/// puts in `modified`, then `added` (replaced ones included), each in row order.
pub(crate) trait Operator: Send + Sync {
    /// Brings the output up to date.
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update>;

    /// Whether the next cycle must run this node though no input changed: sources with rows waiting, blink tables.
    fn has_work(&self, _output: &Output) -> bool {
        false
    }

    /// Where what was sent is made ready for a cycle before that has the gate.
    fn intake(&self) -> Option<Weak<dyn Prepare>> {
        None
    }

    /// Whether rows that wait may go on waiting while memory is short. Not so where taking them may free some.
    fn can_wait(&self) -> bool {
        false
    }

    /// When time alone will give it work, in nanoseconds since 1970.
    fn due(&self) -> Option<i64> {
        None
    }

    /// The columns (input, position) whose values before the cycle are read.
    fn reads_old(&self) -> Vec<(usize, usize)> {
        Vec::new()
    }

    /// The inputs whose order before the cycle is read.
    fn reads_old_order(&self) -> Vec<usize> {
        Vec::new()
    }

    /// The formulas it evaluates itself, for `explain()`.
    fn formulas(&self) -> Vec<&Compiled> {
        Vec::new()
    }

    /// What else `explain()` tells of it, a line each.
    fn remarks(&self) -> Vec<String> {
        Vec::new()
    }

    /// Told once when the table will never change again because something above it failed.
    fn stopped(&mut self, _error: &Error) {}

    /// How far a source has been read for the rows the table has.
    fn positions(&self) -> Option<&Positions> {
        None
    }

    /// Bytes of state apart from stored columns.
    fn bytes(&self) -> usize {
        0
    }

    /// Checks the state against itself and against what the node gives.
    fn validate(&self, _output: &Output) -> Result<(), String> {
        Ok(())
    }
}

/// What an operation becomes: the operator, how its columns are read, the types of those it keeps, and how its rows are
/// ordered.
pub(crate) struct Built {
    pub(crate) op: Box<dyn Operator>,
    pub(crate) columns: Vec<Column>,
    pub(crate) stored: Vec<Type>,
    pub(crate) order: RowOrder,
}

/// An input of an operation that is being built.
#[derive(Clone, Copy)]
pub(crate) struct InputShape<'a> {
    pub(crate) definition: &'a Definition,
    pub(crate) columns: &'a [Column],
    pub(crate) order: RowOrder,
}

/// Makes the operator of a checked operation, whose node will be `node`.
pub(crate) fn build(
    operation: &Operation,
    prepared: Prepared,
    inputs: &[InputShape<'_>],
    node: NodeId,
    backend: &dyn FormulaBackend,
) -> Result<Built> {
    let input = inputs.first().ok_or_else(|| Error::new(ErrorKind::Internal, "an operation without inputs"))?;
    match prepared {
        Prepared::Filter { conditions, needs } => filter::build(conditions, needs, input, backend),
        Prepared::Project { formulas, outputs, form } => {
            project::build(&formulas, &outputs, form, input, node, backend)
        }
        Prepared::Columns { positions } => Ok(project::columns(&positions, input)),
        Prepared::AggBy { keys, aggregates, preserve_empty, initial } => {
            agg_by::build(keys, aggregates, preserve_empty, initial, inputs, node, backend)
        }
        Prepared::PartBy { window, keys, columns } => Ok(part_by::build(window, &keys, columns, input, node)),
        Prepared::Ungroup { columns, uneven } => Ok(ungroup::build(&columns, uneven, input, node)),
        Prepared::Partition { keys } => Ok(partition::build(&keys, input, node)),
        Prepared::BlinkToAppend => Ok(blink_to_append::build(input, node)),
        Prepared::Slice { window } => Ok(slice::build(window, input, node)),
        Prepared::Sort { by } => Ok(sort::build(&by, input, node)),
        Prepared::Situate { standings } => Ok(situate::build(&standings, input, node)),
        Prepared::Flatten => Ok(situate::flatten(input, node)),
        Prepared::InTurn => Ok(sort::in_turn(input, node)),
        Prepared::Reverse => Ok(project::reversed(input)),
        Prepared::Positions => Ok(positions::build(input, node)),
        Prepared::Merge { positions } => Ok(merge::build(&positions, inputs)),
        Prepared::MultiJoin { keys, types, added } => {
            let Operation::MultiJoin { inputs: taken } = operation else {
                return Err(unfit(operation, &Prepared::Source));
            };
            let key_names = taken.iter().take(1).flat_map(|first| &first.on).map(|pair| pair.output.clone()).collect();
            let columns = multi_join::Columns { keys: &keys, types: &types, added: &added, key_names };
            Ok(multi_join::build(columns, inputs, node))
        }
        Prepared::NaturalJoin { .. }
        | Prepared::AsOf { .. }
        | Prepared::RangeJoin { .. }
        | Prepared::Join { .. }
        | Prepared::FilterIn { .. } => {
            let [left, right] = inputs else {
                return Err(Error::new(ErrorKind::Internal, "a join of other than two tables"));
            };
            build_join(operation, prepared, left, right, node)
        }
        other => Err(unfit(operation, &other)),
    }
}

fn build_join(
    operation: &Operation,
    prepared: Prepared,
    left: &InputShape<'_>,
    right: &InputShape<'_>,
    node: NodeId,
) -> Result<Built> {
    match (operation, prepared) {
        (Operation::NaturalJoin { matching, .. }, Prepared::NaturalJoin { on, added }) => {
            Ok(natural_join::build(&on, added, *matching, left, right, node))
        }
        (&Operation::AsOf { nearest, .. }, Prepared::AsOf { on, stamps: (l, r, ty), added }) => {
            let stamps = as_of::Stamps { keys: &on, left: l, right: r, ty, nearest };
            Ok(as_of::build(&stamps, added, left, right, node))
        }
        (Operation::RangeJoin { within, .. }, Prepared::RangeJoin { on, within: (low, high, value, ty), listed }) => {
            let range = range_join::Range { keys: &on, low, high, value, ty, within };
            Ok(range_join::build(&range, &listed, left, right, node))
        }
        (Operation::Join { keep, .. }, Prepared::Join { on, added }) => {
            Ok(pair_join::build(&on, &added, *keep, left, right, node))
        }
        (Operation::FilterIn { negated, .. }, Prepared::FilterIn { on }) => {
            Ok(filter_in::build(&on, *negated, left, right))
        }
        (_, other) => Err(unfit(operation, &other)),
    }
}

fn unfit(operation: &Operation, prepared: &Prepared) -> Error {
    Error::new(ErrorKind::Internal, format!("{} as {prepared:?}", operation.name()))
}

/// A compiled formula with the columns it reads.
pub(crate) struct Bound {
    pub(crate) formula: Compiled,
    pub(crate) inputs: Vec<Column>,
}

impl Bound {
    /// Whether evaluating it may fail for a row, by itself or by what it reads.
    pub(crate) fn is_fallible(&self) -> bool {
        self.formula.is_fallible() || self.inputs.iter().any(Column::is_fallible)
    }
}
