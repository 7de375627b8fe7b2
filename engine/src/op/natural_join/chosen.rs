//! Which of several right rows of a key is taken, where the right table has an order of its own.

use std::collections::HashMap;

use super::NaturalJoin;
use super::rule::Choice;
use crate::Result;
use crate::column::View;
use crate::graph::Cx;
use crate::op::matching::RowsOfKey;
use crate::plan::Match;
use crate::rowset::RowSet;

/// What keys with several right rows give in the running update, by slot: each is looked for once.
pub(super) type Chosen = HashMap<u32, Choice, foldhash::fast::FixedState>;

impl NaturalJoin {
    /// What a key gives now; asked for when the lists of right rows are settled.
    pub(super) fn choose(&mut self, cx: &Cx<'_>, slot: u32) -> Result<Choice> {
        let rows = match self.right_rows.get(slot) {
            RowsOfKey::Several(rows) if self.by_place => rows,
            rows => return Ok(self.rule.choose(rows)),
        };
        if let Some(&choice) = self.work.chosen.get(&slot) {
            return Ok(choice);
        }
        let choice = self.outermost(cx, rows, View::New)?;
        self.work.chosen.insert(slot, choice);
        Ok(choice)
    }

    /// What a key gave before the update, while the lists still have the rows of then.
    pub(super) fn chosen_before(&self, cx: &Cx<'_>, slot: u32) -> Result<Choice> {
        match self.right_rows.get(slot) {
            RowsOfKey::Several(rows) if self.by_place => self.outermost(cx, rows, View::Old),
            rows => Ok(self.rule.choose(rows)),
        }
    }

    /// The first or last of some right rows, by their places.
    fn outermost(&self, cx: &Cx<'_>, rows: &RowSet, view: View) -> Result<Choice> {
        let placed = cx.inputs[1].order.placed(cx, rows, view)?;
        let taken = if self.rule.end() == Some(Match::First) { placed.first() } else { placed.last() };
        Ok(taken.map_or(Choice::Nothing, |&(_, id)| Choice::Row(id)))
    }
}
