//! Checking the lists by key against the pairs.

use super::{Growth, PairJoin};
use crate::graph::Output;
use crate::op::sort::LABELS;

impl PairJoin {
    pub(super) fn check(&self, output: &Output) -> Result<(), String> {
        self.keys.validate()?;
        self.left_rows.validate().map_err(|fault| format!("left rows: {fault}"))?;
        self.right_rows.validate().map_err(|fault| format!("right rows: {fault}"))?;
        if output.rows.last().is_some_and(|last| last >= self.next) {
            return Err(format!("a pair has an id from {} on, which is not given yet", self.next));
        }
        if self.growth != Growth::Anywhere {
            return Ok(());
        }
        let (mut pairs, mut used) = (0, 0);
        for slot in 0..self.keys.slots() as u32 {
            let (left, right) = (self.left_rows.get(slot).len(), self.right_rows.get(slot).len());
            used += usize::from(left + right > 0);
            pairs += match (left, right) {
                (left, 0) if self.keeps_left() => left,
                (0, right) if self.keeps_right() => right,
                (left, right) => left * right,
            };
        }
        if used != self.keys.len() {
            return Err(format!("{} keys, of which some row has {used}", self.keys.len()));
        }
        if pairs != output.rows.len() || output.index.len() != pairs {
            return Err(format!("{pairs} pairs by key, {} rows, {} in order", output.rows.len(), output.index.len()));
        }
        let labels = &output.stored[LABELS];
        output.index.validate(|id| output.rows.contains(id).then(|| labels.label(id)))
    }
}
