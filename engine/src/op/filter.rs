//! filter: the rows for which every condition is true.

use super::{Bound, Built, InputShape, Operator};
use crate::Result;
use crate::column::{Compiled, Ids, View, batches};
use crate::formula::{Checked, FormulaBackend};
use crate::graph::{Cx, Delta, Mask, Update};
use crate::rowset::{RowSet, RowSetBuilder};
use crate::vector::Bits;

/// State: none but the rows kept, which are the output's.
struct Filter {
    /// Evaluated in order; each sees only what those before it left.
    conditions: Vec<Bound>,
    /// The input columns any condition reads.
    reads: Mask,
}

pub(super) fn build(conditions: Vec<Checked>, input: &InputShape<'_>, backend: &dyn FormulaBackend) -> Result<Built> {
    let reads = conditions.iter().flat_map(|condition| condition.inputs().iter().copied()).collect();
    let conditions = conditions
        .into_iter()
        .map(|checked| {
            let inputs = checked.inputs().iter().map(|&column| input.columns[column].clone()).collect();
            Ok(Bound { formula: Compiled::new(checked, backend)?, inputs })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Built { op: Box::new(Filter { conditions, reads }), columns: input.columns.to_vec(), stored: Vec::new() })
}

impl Operator for Filter {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let input = cx.input();
        let kept = cx.old_rows().clone();
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
        self.conditions.iter().map(|condition| &condition.formula).collect()
    }
}

impl Filter {
    /// Those of `rows` for which every condition is true.
    fn matching(&self, cx: &Cx<'_>, rows: &RowSet) -> Result<RowSet> {
        let mut matching = RowSetBuilder::new();
        let mut hits: Vec<u64> = Vec::new();
        batches(rows, |ids| {
            let mut left: Option<Vec<u64>> = None;
            for (at, condition) in self.conditions.iter().enumerate() {
                let ids = left.as_deref().map_or(ids, Ids::List);
                let inputs = cx.read_all(&condition.inputs, ids, View::New)?;
                let bits = condition.formula.matches(&inputs, ids)?;
                if at + 1 == self.conditions.len() {
                    push(&mut matching, ids, &bits);
                } else if !bits.all() {
                    hits.clear();
                    hits.extend(bits.ones().map(|index| ids.get(index)));
                    left = Some(hits.clone());
                }
            }
            Ok::<_, crate::Error>(())
        })?;
        Ok(matching.finish())
    }
}

/// Adds the ids whose bit is set.
fn push(rows: &mut RowSetBuilder, ids: Ids<'_>, bits: &Bits) {
    match ids {
        Ids::Range { start, len } if bits.all() => rows.push_range(start..start + len as u64),
        _ => bits.ones().for_each(|index| rows.push(ids.get(index))),
    }
}
