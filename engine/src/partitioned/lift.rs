//! An operation on a constituent, done on the rows of all constituents at once: their number is one more key.

use super::record::Input;
use crate::formula::Formula;
use crate::plan::{Keep, Needs, Operation, PARTITION_NUMBER, Pair, Window};
use crate::table::Table;
use crate::{Error, ErrorKind, Result};

/// Does an operation on the rows of all constituents. In the result as in what is given, the first column has the number
/// of the constituent, and the rows of each stand in the order they would have alone.
pub(super) fn lift(operation: &Operation, inputs: Vec<Input>) -> Result<Table> {
    let mut inputs = inputs.into_iter();
    match (inputs.next(), inputs.next()) {
        (Some(Input::Lifted(table)), None) => lift_one(operation.clone(), table),
        (Some(Input::Lifted(left)), Some(right)) => lift_several(operation.clone(), &left, right, inputs),
        _ => Err(refused(operation, "a constituent is what the method is called on", "turn the two round")),
    }
}

fn lift_one(mut operation: Operation, table: Table) -> Result<Table> {
    match &mut operation {
        Operation::Filter { .. }
        | Operation::DropColumns { .. }
        | Operation::RenameColumns { .. }
        | Operation::Sort { .. }
        | Operation::Reverse
        | Operation::Ungroup { .. } => {}
        Operation::Project { form, formulas } => {
            if !form.keeps_columns() && !formulas.is_empty() {
                formulas.insert(0, Formula::from(PARTITION_NUMBER));
            }
        }
        Operation::MoveColumns { to, .. } => *to = to.map(|to| to + 1),
        Operation::AggBy { preserve_empty: true, .. } => {
            let help = "a group is shown as long as it has rows; natural_join with the keys shows those without";
            return Err(refused(&operation, "groups without rows are of whole tables", help));
        }
        Operation::AggBy { by, .. } | Operation::PartBy { by, .. } | Operation::SelectDistinct { columns: by } => {
            by.insert(0, PARTITION_NUMBER.into())
        }
        Operation::Slice { window: Window::First(0) | Window::Last(0) } => {
            operation = Operation::Filter { conditions: vec![Formula::from("false")], needs: Needs::All };
        }
        &mut Operation::Slice { window } => {
            operation = Operation::PartBy { window, by: vec![PARTITION_NUMBER.into()] };
        }
        Operation::Situate { .. } => {
            let help = "compute them before partition_by, or of what merge gives";
            return Err(refused_as(
                "a formula",
                "i, ii, k and Col_[i-1] tell where a row stands in a whole table",
                help,
            ));
        }
        // A merge of one table; and what only tells how rows are found, which is told anew.
        Operation::Merge
        | Operation::Positions
        | Operation::InTurn
        | Operation::Flatten
        | Operation::RestrictSort { .. } => return Ok(table),
        _ => return Err(refused(&operation, "it is done on whole tables only", "do it on what merge gives")),
    }
    table.apply(operation)
}

fn lift_several(
    mut operation: Operation,
    left: &Table,
    right: Input,
    others: impl Iterator<Item = Input>,
) -> Result<Table> {
    match (&mut operation, right) {
        (
            Operation::NaturalJoin { on, .. }
            | Operation::Join { on, .. }
            | Operation::AsOf { on, .. }
            | Operation::RangeJoin { on, .. }
            | Operation::FilterIn { on, .. },
            Input::Lifted(right),
        ) => {
            on.insert(0, Pair::same(PARTITION_NUMBER));
            left.session().build(operation, &[left, &right])
        }
        (Operation::Join { keep: Keep::All, .. }, Input::Whole(_)) => {
            let help = "left_outer_join keeps the rows of the constituents; or do it on what merge gives";
            Err(refused(&operation, "rows of a whole table that meet none would be in every constituent", help))
        }
        (
            Operation::NaturalJoin { .. }
            | Operation::Join { .. }
            | Operation::AsOf { .. }
            | Operation::RangeJoin { .. }
            | Operation::FilterIn { .. },
            Input::Whole(right),
        ) => left.session().build(operation, &[left, &right]),
        (Operation::MultiJoin { inputs }, right) => {
            inputs.iter_mut().for_each(|input| input.on.insert(0, Pair::same(PARTITION_NUMBER)));
            let help = "join what multi_join gives of the constituents with it";
            let others = all_lifted(std::iter::once(right).chain(others), &operation, help)?;
            let tables: Vec<&Table> = std::iter::once(left).chain(&others).collect();
            left.session().build(operation, &tables)
        }
        (Operation::Merge, right) => {
            let help = "merge it with what PartitionedTable::merge gives";
            left.merge(&all_lifted(std::iter::once(right).chain(others), &operation, help)?)
        }
        _ => Err(refused(&operation, "it is done on whole tables only", "do it on what merge gives")),
    }
}

/// Tables of which each row has its constituent.
fn all_lifted(inputs: impl Iterator<Item = Input>, operation: &Operation, help: &str) -> Result<Vec<Table>> {
    let lifted = |input| match input {
        Input::Lifted(table) => Ok(table),
        Input::Whole(_) => Err(refused(operation, "the rows of a whole table belong to no constituent", help)),
    };
    inputs.map(lifted).collect()
}

fn refused(operation: &Operation, why: &str, help: &str) -> Error {
    refused_as(operation.name(), why, help)
}

fn refused_as(what: &str, why: &str, help: &str) -> Error {
    let message = format!("{what} of constituents: {why}");
    Error::new(ErrorKind::Unsupported, message).with_help(help).with_operator("transform")
}
