//! [`Together`]: columns that are read together.

use super::plan::{Input, Plan};
use super::{Column, Ids, Stores, View};
use crate::Result;
use crate::vector::Vector;

/// Columns that are read for the same rows: what they have in common is read and evaluated once.
#[derive(Debug)]
pub(crate) struct Together {
    columns: Vec<Column>,
    /// How to read them at once, if that saves something.
    at_once: Option<(Plan, Vec<Input>)>,
}

impl Together {
    pub(crate) fn new(columns: Vec<Column>) -> Self {
        let mut plan = Plan::default();
        let results: Vec<Input> = columns.iter().map(|column| plan.take_up(column)).collect();
        results.iter().for_each(|&result| plan.note_value(result));
        let alone = columns.iter().map(|column| {
            let mut plan = Plan::default();
            plan.take_up(column);
            plan.dear()
        });
        let at_once = (alone.sum::<usize>() > plan.dear()).then_some((plan, results));
        Together { columns, at_once }
    }

    pub(crate) fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Whether reading them together saves something.
    pub(crate) fn saves(&self) -> bool {
        self.at_once.is_some()
    }

    /// The values of `ids` in each column.
    ///
    /// # Errors
    /// What reading them one by one gives.
    pub(crate) fn read<'s>(&self, stores: &'s dyn Stores, ids: Ids<'_>, view: View) -> Result<Vec<Vector<'s>>> {
        if let Some((plan, results)) = &self.at_once
            && let Ok(mut read) = plan.read(stores, ids, view)
        {
            let given = results.iter().enumerate();
            return Ok(given.map(|(at, &result)| read.give(result, results[at + 1..].contains(&result))).collect());
        }
        self.columns.iter().map(|column| column.read(stores, ids, view)).collect()
    }
}
