//! [`Formulas`]: what formulas make of keys and lists of each group.

use super::slot::Answer;
use crate::Result;
use crate::column::{Compiled, Ids, View};
use crate::graph::{Cx, Mask};
use crate::op::Bound;
use crate::op::differ::differ;
use crate::rowset::RowSet;
use crate::vector::Bits;

/// The formulas of a table of groups. They read keys and lists where these are stored, so both are written before.
#[derive(Default)]
pub(super) struct Formulas {
    all: Vec<GroupFormula>,
}

struct GroupFormula {
    bound: Bound,
    /// The columns of the input that it reads as lists.
    lists: Mask,
    answer: Answer,
}

impl Formulas {
    pub(super) fn add(&mut self, bound: Bound, lists: Mask, answer: Answer) {
        self.all.push(GroupFormula { bound, lists, answer });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The columns of the input that any of them reads as lists.
    pub(super) fn lists(&self) -> Mask {
        let mut lists = Mask::none();
        self.all.iter().for_each(|formula| lists.insert_all(&formula.lists));
        lists
    }

    pub(super) fn compiled(&self) -> impl Iterator<Item = &Compiled> {
        self.all.iter().map(|formula| &formula.bound.formula)
    }

    /// Evaluates all for new groups.
    pub(super) fn fill(&self, cx: &mut Cx<'_>, ids: &[u64]) -> Result<()> {
        for GroupFormula { bound, answer, .. } in &self.all {
            for ids in ids.chunks(BATCH) {
                let values = bound.evaluate(cx, Ids::List(ids))?;
                cx.write(answer.stored, Ids::List(ids), &values)?;
            }
        }
        Ok(())
    }

    /// Evaluates all for groups whose lists may be others; adds to `mask` the columns that differ, and gives the groups in
    /// which one does.
    pub(super) fn revise(&self, cx: &mut Cx<'_>, ids: &[u64], mask: &mut Mask) -> Result<RowSet> {
        let mut changed = RowSet::new();
        for GroupFormula { bound, answer, .. } in &self.all {
            for ids in ids.chunks(BATCH) {
                let values = bound.evaluate(cx, Ids::List(ids))?;
                let differ: Bits = differ(&cx.own(answer.stored, Ids::List(ids), View::New), &values);
                if differ.any() {
                    let some: Vec<u64> = differ.ones().map(|at| ids[at]).collect();
                    cx.write(answer.stored, Ids::List(&some), &values.select(&differ))?;
                    mask.set(answer.output);
                    changed.insert_all(&RowSet::from_sorted(&some));
                }
            }
        }
        Ok(changed)
    }
}

/// Groups evaluated at a time: each brings all its rows.
const BATCH: usize = 256;

impl Bound {
    fn evaluate(&self, cx: &Cx<'_>, ids: Ids<'_>) -> Result<crate::vector::Vector<'static>> {
        let inputs = cx.read_all(&self.inputs, ids, View::New)?;
        Ok(self.formula.evaluate(&inputs, ids)?.into_owned())
    }
}
