//! filter: the rows for which every condition is true, or any of them.

mod condition;

use std::ops::Range;

use condition::Condition;

use super::{Bound, Built, InputShape, Operator};
use crate::Result;
use crate::column::{Compiled, Ids, batches};
use crate::formula::{Checked, FormulaBackend};
use crate::graph::{Cx, Delta, Mask, Update};
use crate::plan::Needs;
use crate::rowset::{RowSet, RowSetBuilder};
use crate::vector::Bits;

/// State: none but the rows kept, which are the output's.
struct Filter {
    /// Evaluated in order; each sees only what those before it left open.
    conditions: Vec<Condition>,
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
    let conditions = conditions
        .into_iter()
        .map(|checked| {
            let inputs = checked.inputs().iter().map(|&column| input.columns[column].clone()).collect();
            Ok(Condition::new(Bound { formula: Compiled::new(checked, backend)?, inputs }))
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Built {
        op: Box::new(Filter { conditions, needs, reads }),
        columns: input.columns.to_vec(),
        stored: Vec::new(),
        order: input.order.of_other_rows(),
    })
}

impl Operator for Filter {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let input = cx.input();
        let kept = cx.old_rows().clone();
        self.conditions.iter_mut().try_for_each(|condition| condition.learn(cx))?;
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
        self.conditions.iter().map(Condition::formula).collect()
    }
}

impl Filter {
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
        for condition in &self.conditions {
            if left.is_few() || condition.formula().is_fallible() {
                left = left.listed(&mut listed);
            }
            let ids = left.ids(&listed);
            if ids.len() == 0 {
                break;
            }
            let matches = condition.matches(cx, ids)?;
            left.keep(match self.needs {
                Needs::All => matches,
                Needs::Any => matches.not(),
            });
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
