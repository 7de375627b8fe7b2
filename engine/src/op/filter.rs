//! filter: the rows for which every condition is true, or any of them.

mod condition;
mod order;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

use condition::Condition;
use order::{arrange, samples, tell};

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
            let (left, listed) = self.left_open(cx, ids)?;
            each(match self.needs {
                Needs::All => left.hits(listed),
                Needs::Any => left.hits(listed).others_of(ids),
            });
            Ok(())
        })
    }

    /// What is left of a batch when all conditions have spoken: where all are needed the rows that no condition was false
    /// for, where any will do those that no condition was true for.
    fn left_open<'a>(&self, cx: &Cx<'_>, batch: Ids<'a>) -> Result<(Left<'a>, Vec<u64>)> {
        let (mut left, mut listed) = (Left::all(batch), Vec::new());
        for &at in &self.order {
            let condition = &self.conditions[at];
            if left.is_few() || condition.is_fallible() {
                left = left.listed(&mut listed);
            }
            let ids = left.ids(&listed);
            if ids.len() == 0 {
                break;
            }
            left.keep(self.ask(cx, condition, ids)?);
        }
        Ok((left, listed))
    }
}

/// Some rows of a batch.
enum Hits {
    Range(Range<u64>),
    /// Those after the id whose bit is set.
    Bits(u64, Bits),
    List(Vec<u64>),
}

impl Hits {
    /// The rows of the batch that are not among these.
    fn others_of(self, batch: Ids<'_>) -> Hits {
        match (self, batch) {
            (Hits::Bits(start, bits), _) => Hits::Bits(start, bits.not()),
            (hits, batch) => {
                let mut these = hits.iter().peekable();
                let others = batch.iter().filter(|id| these.next_if_eq(id).is_none());
                Hits::List(others.collect())
            }
        }
    }

    /// The rows, ascending.
    fn iter(&self) -> Box<dyn Iterator<Item = u64> + '_> {
        match self {
            Hits::Range(range) => Box::new(range.clone()),
            Hits::Bits(start, bits) => Box::new(bits.ones().map(move |bit| start + bit as u64)),
            Hits::List(ids) => Box::new(ids.iter().copied()),
        }
    }

    fn push_to(self, rows: &mut RowSetBuilder) {
        match self {
            Hits::Range(range) => rows.push_range(range),
            Hits::Bits(start, bits) => rows.push_bits(start, &bits),
            Hits::List(ids) => rows.extend_sorted(&ids),
        }
    }
}

/// The rows of a batch that the conditions so far have left open.
struct Left<'a> {
    /// The batch, or none once the ids left have been listed.
    batch: Option<Ids<'a>>,
    /// Which of the batch, or of the list; `None` for all.
    bits: Option<Bits>,
}

/// Below one row in so many, reading those rows by id is cheaper than all of them as a slice.
const FEW: usize = 8;

impl<'a> Left<'a> {
    fn all(batch: Ids<'a>) -> Self {
        Left { batch: Some(batch), bits: None }
    }

    /// What the next condition is asked about.
    fn ids<'l>(&self, listed: &'l [u64]) -> Ids<'l>
    where
        'a: 'l,
    {
        self.batch.unwrap_or(Ids::List(listed))
    }

    /// Whether so few are left that the next condition should see only them.
    fn is_few(&self) -> bool {
        self.bits.as_ref().is_some_and(|bits| bits.count() * FEW < bits.len())
    }

    /// The same rows as a list: a condition that may fail must not see a row that is out already.
    fn listed(self, list: &mut Vec<u64>) -> Self {
        let Some(bits) = self.bits.filter(|bits| !bits.all()) else { return Left { bits: None, ..self } };
        match self.batch {
            Some(batch) => *list = bits.ones().map(|index| batch.get(index)).collect(),
            None => *list = bits.ones().map(|index| list[index]).collect(),
        }
        Left { batch: None, bits: None }
    }

    fn keep(&mut self, bits: Bits) {
        self.bits = Some(match self.bits.take() {
            Some(before) => before.and(&bits),
            None => bits,
        });
    }

    fn hits(self, listed: Vec<u64>) -> Hits {
        match (self.bits, self.batch) {
            (Some(bits), Some(Ids::Range { start, .. })) => Hits::Bits(start, bits),
            (None, Some(Ids::Range { start, len })) => Hits::Range(start..start + len as u64),
            (Some(bits), Some(Ids::List(ids))) => Hits::List(bits.ones().map(|index| ids[index]).collect()),
            (None, Some(Ids::List(ids))) => Hits::List(ids.to_vec()),
            (Some(bits), None) => Hits::List(bits.ones().map(|index| listed[index]).collect()),
            (None, None) => Hits::List(listed),
        }
    }
}
