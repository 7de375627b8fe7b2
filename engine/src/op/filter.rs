//! filter: the rows for which every condition is true, or any of them.

mod condition;
mod order;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use condition::Condition;
use order::{arrange, samples, tell};

use super::in_turn::{Hits, ask_in_turn};
use super::{Bound, Built, InputShape, Operator};
use crate::Result;
use crate::column::{Column, Compiled, Computed, Ids, batches};
use crate::formula::{Checked, FormulaBackend, Shared, share};
use crate::graph::{Cx, Delta, Mask, Update};
use crate::plan::Needs;
use crate::rowset::{RowSet, RowSetBuilder};
use crate::vector::Bits;

/// State: none but the rows kept, which are the output's.
struct Filter {
    conditions: Vec<Condition>,
    /// The order in which they are asked: each sees only what those before it left open.
    order: Vec<usize>,
    needs: Needs,
    /// The input columns any condition reads.
    reads: Mask,
}

pub(super) fn build(
    conditions: Vec<Checked>,
    needs: Needs,
    input: &InputShape<'_>,
    backend: &dyn FormulaBackend,
) -> Result<Built> {
    let reads = conditions.iter().flat_map(|condition| condition.inputs().iter().copied()).collect();
    let conditions = conditions.iter().map(|condition| self::condition(condition, input, backend));
    let conditions = conditions.collect::<Result<Vec<Condition>>>()?;
    Ok(Built {
        op: Box::new(Filter { order: (0..conditions.len()).collect(), conditions, needs, reads }),
        columns: input.columns.to_vec(),
        stored: Vec::new(),
        order: input.order.of_other_rows(),
    })
}

/// A condition over columns, those among them that are computed for it once for each text.
fn condition(checked: &Checked, input: &InputShape<'_>, backend: &dyn FormulaBackend) -> Result<Condition> {
    let mut columns = input.columns.to_vec();
    let Shared { parts, mut formulas } =
        share(std::slice::from_ref(checked), columns.len(), |column| input.columns[column].may_be_coded());
    let bound = |checked: Checked, columns: &[Column]| {
        let inputs = checked.inputs().iter().map(|&column| columns[column].clone()).collect();
        Ok::<_, crate::Error>(Bound { formula: Compiled::new(checked, backend)?, inputs })
    };
    for part in parts {
        let Bound { formula, inputs } = bound(part.formula, &columns)?;
        columns.push(Column::Computed(Arc::new(Computed::new(formula, &inputs))));
    }
    let condition = formulas.pop().unwrap_or_else(|| checked.clone());
    Ok(Condition::new(bound(condition, &columns)?))
}

impl Operator for Filter {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let input = cx.input();
        let kept = cx.old_rows().clone();
        self.conditions.iter_mut().try_for_each(|condition| condition.learn(cx))?;
        self.arrange(cx, &input.delta.added)?;
        let mut delta = Delta {
            removed: input.delta.removed.intersect(&kept),
            added: self.matching(cx, &input.delta.added)?,
            modified: input.delta.modified.intersect(&kept),
            mask: input.delta.mask.clone(),
        };
        if input.delta.mask.intersects(&self.reads) {
            let stayed_or_left = delta.modified;
            let now = self.matching(cx, &input.delta.modified)?;
            delta.removed.insert_all(&stayed_or_left.minus(&now));
            delta.added.insert_all(&now.minus(&stayed_or_left));
            delta.modified = stayed_or_left.intersect(&now);
        }
        let delta = delta.normalized();
        let rows = delta.apply(&kept);
        Ok(Update::new(delta, rows))
    }

    fn formulas(&self) -> Vec<&Compiled> {
        self.order.iter().map(|&at| self.conditions[at].formula()).collect()
    }

    fn remarks(&self) -> Vec<String> {
        tell(&self.conditions, &self.order).into_iter().collect()
    }
}

impl Filter {
    /// Decides in which order to ask. Of many rows some are tried first, if nothing was seen yet.
    fn arrange(&mut self, cx: &Cx<'_>, added: &RowSet) -> Result<()> {
        let is_free = |condition: &&Condition| !condition.is_fallible();
        if self.conditions.iter().filter(is_free).count() < 2 {
            return Ok(());
        }
        self.conditions.iter_mut().for_each(Condition::forget_half);
        let is_new = self.conditions.iter().filter(is_free).all(|condition| condition.seen().0 == 0);
        if is_new && !self.conditions.iter().any(Condition::is_remote) {
            for sample in samples(added) {
                let free = self.conditions.iter().filter(is_free);
                free.into_iter()
                    .try_for_each(|condition| batches(&sample, |ids| self.ask(cx, condition, ids).map(drop)))?;
            }
        }
        arrange(&self.conditions, &mut self.order);
        Ok(())
    }

    /// Which rows a condition leaves open.
    fn ask(&self, cx: &Cx<'_>, condition: &Condition, ids: Ids<'_>) -> Result<Bits> {
        let matches = condition.matches(cx, ids)?;
        let open = match self.needs {
            Needs::All => matches,
            Needs::Any => matches.not(),
        };
        condition.note(ids.len(), open.count());
        Ok(open)
    }

    /// Those of `rows` that belong to the result.
    fn matching(&self, cx: &Cx<'_>, rows: &RowSet) -> Result<RowSet> {
        if rows.is_empty() {
            return Ok(RowSet::new());
        }
        let mut matching = RowSetBuilder::new();
        let Some(rounds) = cx.rounds(rows) else {
            self.each_batch(cx, rows, |hits| hits.push_to(&mut matching))?;
            return Ok(matching.finish());
        };
        for round in rounds {
            // Putting bits together is quick: one thread does it, in the order of the rows.
            let pieces = cx.map(round, |cx, piece| {
                let mut all = Vec::new();
                self.each_batch(cx, piece, |hits| all.push(hits))?;
                Ok(all)
            })?;
            pieces.into_iter().flatten().for_each(|hits| hits.push_to(&mut matching));
        }
        Ok(matching.finish())
    }

    fn each_batch(&self, cx: &Cx<'_>, rows: &RowSet, mut each: impl FnMut(Hits)) -> Result<()> {
        batches(rows, |ids| {
            let conditions = self.order.iter().map(|&at| &self.conditions[at]);
            let ask = |condition: &Condition, ids: Ids<'_>| self.ask(cx, condition, ids);
            // Where all are needed the rows that no condition was false for, where any will do those that none was true for.
            let open = ask_in_turn(ids, conditions, |condition| condition.is_fallible(), ask)?;
            each(match self.needs {
                Needs::All => open,
                Needs::Any => open.others_of(ids),
            });
            Ok(())
        })
    }
}
