//! What becomes of the result: answers written where they differ, and the delta.

use std::borrow::Cow;

use super::AggBy;
use super::accumulator::Scope;
use super::groups::Touched;
use crate::Result;
use crate::column::{Ids, View};
use crate::graph::{Cx, Delta};
use crate::op::differ::differ;
use crate::rowset::RowSet;
use crate::vector::{Bits, Vector};

impl AggBy {
    /// Writes what became of the groups touched, and says which columns of which groups differ.
    pub(super) fn publish(&mut self, cx: &mut Cx<'_>, touched: Touched) -> Result<Delta> {
        let Touched { added, removed, stayed } = touched;
        let mut delta = Delta {
            added: RowSet::from_sorted(&self.groups.ids(&added)),
            removed: RowSet::from_sorted(&self.groups.ids(&removed)),
            ..Delta::default()
        };
        if !added.is_empty() {
            self.write_new(cx, &added)?;
        }
        let ids = self.groups.ids(&stayed);
        // Mostly all groups that were touched differ, in one column as in the other.
        let mut changed = Bits::filled(false, stayed.len());
        for at in 0..self.aggregates.len() {
            if stayed.is_empty() || self.aggregates[at].state.is_settled() {
                continue;
            }
            for question in 0..self.aggregates[at].answers.len() {
                let answer = self.aggregates[at].answers[question];
                let values = self.finish(cx, at, question, &stayed)?;
                let differ = differ(&cx.own(answer.stored, as_ids(&ids), View::New), &values);
                if !differ.any() {
                    continue;
                }
                match picked(&ids, &differ) {
                    Cow::Borrowed(all) => cx.write(answer.stored, as_ids(all), &values)?,
                    Cow::Owned(some) => cx.write(answer.stored, as_ids(&some), &values.select(&differ))?,
                }
                changed = changed.or(&differ);
                delta.mask.set(answer.output);
            }
        }
        let other_lists = self.publish_lists(cx, &stayed, &ids, &mut delta)?;
        if let Some(rows) = &mut self.rows {
            rows.forget(&added);
            rows.forget(&removed);
        }
        let modified = RowSet::from_sorted(&picked(&ids, &changed));
        delta.modified = modified.union(&other_lists);
        Ok(delta)
    }

    /// Writes all columns of groups that were not in the result before.
    fn write_new(&mut self, cx: &mut Cx<'_>, added: &[u32]) -> Result<()> {
        let ids = self.groups.ids(added);
        for key in 0..self.keys.len() {
            self.write_keys(cx, key, added, as_ids(&ids))?;
        }
        for at in 0..self.aggregates.len() {
            for question in 0..self.aggregates[at].answers.len() {
                let values = self.finish(cx, at, question, added)?;
                cx.write(self.aggregates[at].answers[question].stored, as_ids(&ids), &values)?;
            }
        }
        if let Some(rows) = &self.rows {
            cx.write(self.rows_at, as_ids(&ids), &rows.of(added))?;
        }
        self.formulas.fill(cx, &ids)
    }

    /// Writes a key column of groups; text that many groups share is encoded once.
    fn write_keys(&self, cx: &mut Cx<'_>, key: usize, slots: &[u32], ids: Ids<'_>) -> Result<()> {
        if let Some((texts, places)) = self.groups.shared_texts(key, slots)
            && let Some(coded) = cx.encode(key, &texts)?
        {
            let codes = places.iter().map(|&place| coded.codes()[place as usize]).collect();
            let valid = texts.valid().map(|valid| places.iter().map(|&place| valid.get(place as usize)).collect());
            return cx.put_codes(key, ids, codes, valid);
        }
        cx.write(key, ids, &self.groups.keys(key, slots))
    }

    /// Writes the lists of groups that stayed and what formulas make of them; the groups in which one differs.
    fn publish_lists(&mut self, cx: &mut Cx<'_>, stayed: &[u32], ids: &[u64], delta: &mut Delta) -> Result<RowSet> {
        let Some(rows) = &mut self.rows else { return Ok(RowSet::new()) };
        let (other_rows, differ) = rows.changed(stayed);
        if other_rows.any() {
            let ids = picked(ids, &other_rows);
            let slots: Vec<u32> = other_rows.ones().map(|at| stayed[at]).collect();
            cx.write(self.rows_at, as_ids(&ids), &rows.of(&slots))?;
        }
        if !differ.any() {
            return Ok(RowSet::new());
        }
        let lists_differ = rows.mark(&mut delta.mask, &cx.input().delta.mask, other_rows.any());
        let ids = picked(ids, &differ);
        let changed = self.formulas.revise(cx, &ids, &mut delta.mask)?;
        Ok(if lists_differ { RowSet::from_sorted(&ids) } else { changed })
    }

    /// The answers of an aggregate for groups.
    fn finish(&mut self, cx: &Cx<'_>, at: usize, question: usize, slots: &[u32]) -> Result<Vector<'static>> {
        let slot = &mut self.aggregates[at];
        let scope = Scope {
            cx,
            column: slot.column.as_ref(),
            beside: &slot.beside,
            groups: &self.groups,
            members: self.members.as_ref(),
            stored: slot.answers[question].stored,
        };
        slot.state.finish(question, slots, &scope)
    }
}

/// The ids whose bit is set.
fn picked<'i>(ids: &'i [u64], bits: &Bits) -> Cow<'i, [u64]> {
    if bits.all() { Cow::Borrowed(ids) } else { bits.ones().map(|index| ids[index]).collect() }
}

/// Ascending ids, as a range if they are one.
fn as_ids(ids: &[u64]) -> Ids<'_> {
    match (ids.first(), ids.last()) {
        (Some(&start), Some(&last)) if last - start == ids.len() as u64 - 1 => Ids::Range { start, len: ids.len() },
        _ => Ids::List(ids),
    }
}
