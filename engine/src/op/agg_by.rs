//! agg_by: one row for each combination of key values, with what is computed of the rows of that group.

mod accumulator;
mod approximate;
mod best;
mod build;
mod compensated;
mod count;
mod deciders;
mod digest;
mod double;
mod edge;
mod extreme;
mod float_sum;
mod formulas;
mod front;
mod int_sum;
mod lanes;
mod members;
mod multiset;
mod nulls;
mod numbers;
mod outermost;
mod peak;
mod publish;
mod ranked;
mod row_lists;
mod shares;
mod slot;
mod sorted;
mod spread;
mod sums;
mod tally;
#[cfg(test)]
mod tests;
mod weighted;
mod wide;

use super::Operator;
use super::groups::{self, Groups};
use crate::Result;
use crate::column::{Column, Compiled, Ids, View, batches};
use crate::graph::{Cx, Delta, Mask, Output, Update};
use crate::group::{Keys, NO_SLOT};
use crate::rowset::{RowSet, RowSetBuilder};

use accumulator::Reads;
pub(super) use build::build;
use formulas::Formulas;
use lanes::Cut;
use members::Members;
use row_lists::RowLists;
use slot::{Concern, Pass, Slot};

/// How the rows of the input come and go, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum History {
    /// Rows stay as they are: nothing is ever taken back.
    Adds,
    /// Rows pass by: what was counted stays counted.
    Passes,
    /// Rows may be taken back.
    Changes,
}

/// Groups that are there before any row is.
enum Initial {
    None,
    /// The one group of all rows.
    One,
    /// One for each row of the second input, by its key columns.
    Rows(Vec<Column>),
}

/// State: the groups, the state of each aggregate by slot of its group, and where needed the rows of each group.
struct AggBy {
    history: History,
    /// Whether no row ever comes after the first ones: then no key is looked up again.
    is_static: bool,
    /// Positions of the key columns in the input, and the columns.
    keys: Vec<(usize, Column)>,
    key_mask: Mask,
    groups: Groups,
    initial: Initial,
    members: Option<Members>,
    /// The rows of each group, where they are listed, and where the lists are stored.
    rows: Option<RowLists>,
    rows_at: usize,
    aggregates: Vec<Slot>,
    formulas: Formulas,
    slots: Vec<u32>,
    /// Whether an aggregate goes by the places of rows.
    by_place: bool,
}

impl Operator for AggBy {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let Delta { removed, added, modified, mask } = cx.input().delta;
        self.groups.start();
        self.aggregates.iter_mut().for_each(|slot| slot.state.start());
        self.seed(cx)?;
        if self.history == History::Changes {
            let moved = mask.intersects(&self.key_mask);
            self.retract(cx, removed)?;
            if moved {
                self.retract(cx, modified)?;
            }
            self.empty();
            match moved {
                true => self.insert(cx, modified)?,
                false => self.revalue(cx, modified, mask)?,
            }
        } else if self.by_place && mask.has_order() {
            self.revalue(cx, modified, mask)?;
        }
        self.insert(cx, added)?;
        if let Some(members) = &mut self.members {
            members.settle();
        }
        if let Some(rows) = &mut self.rows {
            rows.settle(cx)?;
        }
        let touched = self.groups.touched();
        let delta = self.publish(cx, touched)?;
        let rows = delta.apply(cx.old_rows());
        self.groups.reclaim();
        Ok(Update::new(delta, rows))
    }

    fn reads_old(&self) -> Vec<(usize, usize)> {
        if self.history != History::Changes {
            return Vec::new();
        }
        let mut columns = self.key_mask.clone();
        self.aggregates.iter().for_each(|slot| columns.insert_all(&slot.told_mask));
        columns.columns().map(|column| (0, column)).collect()
    }

    fn reads_old_order(&self) -> Vec<usize> {
        if self.by_place { vec![0] } else { Vec::new() }
    }

    fn formulas(&self) -> Vec<&Compiled> {
        let conditions = self.aggregates.iter().flat_map(|slot| slot.told.conditions());
        conditions.chain(self.formulas.compiled()).collect()
    }

    fn bytes(&self) -> usize {
        let states: usize = self.aggregates.iter().map(|slot| slot.state.bytes()).sum();
        let members = self.members.as_ref().map_or(0, Members::bytes);
        states + self.groups.bytes() + members + self.rows.as_ref().map_or(0, RowLists::bytes)
    }

    fn validate(&self, output: &Output) -> Result<(), String> {
        self.groups.validate(&output.rows)?;
        self.members.as_ref().map_or(Ok(()), |members| members.validate(&self.groups))?;
        self.aggregates.iter().try_for_each(|slot| slot.state.validate())?;
        self.rows.as_ref().map_or(Ok(()), |rows| rows.validate(&self.groups))
    }
}

impl AggBy {
    /// Whether only the number of rows of the whole table is asked for: then no row is looked at.
    fn only_counts_all(&self) -> bool {
        let no_rows = self.members.is_none() && self.rows.is_none();
        let counts = |slot: &Slot| slot.state.reads() == Reads::Rows && slot.column.is_none();
        self.keys.is_empty() && no_rows && self.aggregates.iter().all(counts)
    }

    /// Makes the groups that are there before any row is.
    fn seed(&mut self, cx: &Cx<'_>) -> Result<()> {
        match &self.initial {
            Initial::None => return Ok(()),
            Initial::One if self.groups.slots() > 0 => return Ok(()),
            Initial::One => self.groups.seed(&Keys::none(), 1, &mut self.slots)?,
            Initial::Rows(columns) => cx.in_order(1, &cx.inputs[1].delta.added)?.batches(|ids| {
                let keys = Keys::read(cx, columns.iter().map(|column| (column, column.ty())), ids, View::New)?;
                self.groups.seed(&keys, ids.len(), &mut self.slots)
            })?,
        }
        self.resize();
        Ok(())
    }

    /// Makes room for all groups.
    fn resize(&mut self) {
        let count = self.groups.slots();
        if let Some(members) = &mut self.members {
            members.resize(count);
        }
        if let Some(rows) = &mut self.rows {
            rows.resize(count);
        }
        self.aggregates.iter_mut().for_each(|slot| slot.state.resize(count));
    }

    /// Takes rows out of their groups, by the values they had.
    fn retract(&mut self, cx: &Cx<'_>, rows: &RowSet) -> Result<()> {
        if self.only_counts_all() {
            return self.groups.take_from_only(rows.len());
        }
        batches(rows, |ids| {
            self.find(cx, ids, View::Old)?;
            self.groups.take_rows(&self.slots);
            if let Some(members) = &mut self.members {
                members.remove(&self.slots, ids);
            }
            if let Some(rows) = &mut self.rows {
                rows.take(&self.slots, ids);
            }
            self.take(cx, ids, Concern::Rows)
        })
    }

    /// Puts rows into their groups.
    fn insert(&mut self, cx: &Cx<'_>, rows: &RowSet) -> Result<()> {
        if self.only_counts_all() {
            return self.groups.add_to_only(rows.len());
        }
        match self.cut(cx, rows)? {
            Some(Cut::Lanes(lanes)) => return self.insert_lanes(cx, lanes),
            Some(Cut::Shares(stretches, bits)) => return self.insert_shares(cx, stretches, bits),
            Some(Cut::Whole(groups)) => self.groups.reserve(groups as usize),
            None => {}
        }
        // Rows that pass by are told in their order.
        let all_in_order = cx.input().order.is_by_id() || self.groups.slots() == 0 || self.history == History::Passes;
        let strangers = if all_in_order { rows.clone() } else { self.insert_known(cx, rows)? };
        // New groups take their places in the order of their rows.
        cx.in_order(0, &strangers)?.batches(|ids| {
            let keys = read_keys(&self.keys, cx, ids, View::New)?;
            self.groups.add_rows(&keys, ids.len(), &mut self.slots)?;
            self.resize();
            self.take_in(cx, ids)
        })
    }

    /// Puts those rows into their groups whose groups are there, in whatever order; gives the others.
    fn insert_known(&mut self, cx: &Cx<'_>, rows: &RowSet) -> Result<RowSet> {
        let mut strangers = RowSetBuilder::new();
        batches(rows, |ids| {
            let keys = read_keys(&self.keys, cx, ids, View::New)?;
            self.groups.locate(&keys, ids.len(), &mut self.slots);
            if !self.slots.contains(&NO_SLOT) {
                self.groups.count_rows(&self.slots);
                return self.take_in(cx, ids);
            }
            let (known, others): (Vec<_>, Vec<_>) = ids.iter().zip(&self.slots).partition(|row| *row.1 != NO_SLOT);
            others.iter().for_each(|row| strangers.push(row.0));
            let known: Vec<u64> = known.into_iter().map(|row| row.0).collect();
            self.slots.retain(|&slot| slot != NO_SLOT);
            self.groups.count_rows(&self.slots);
            self.take_in(cx, Ids::List(&known))
        })?;
        Ok(strangers.finish())
    }

    /// Tells whoever keeps something of the rows at hand, which are counted.
    fn take_in(&mut self, cx: &Cx<'_>, ids: Ids<'_>) -> Result<()> {
        if let Some(members) = &mut self.members {
            members.insert(&self.slots, ids);
        }
        if let Some(rows) = &mut self.rows {
            rows.put(&self.slots, ids);
        }
        self.put(cx, ids, Concern::Rows)
    }

    /// Gives rows that stay in their groups other values.
    fn revalue(&mut self, cx: &Cx<'_>, rows: &RowSet, mask: &Mask) -> Result<()> {
        let hit = |slot: &Slot| mask.intersects(&slot.depends);
        let has_moved = self.by_place && mask.has_order();
        let is_listed = self.rows.as_ref().is_some_and(|rows| rows.reads(mask));
        if !has_moved && !is_listed && !self.aggregates.iter().any(hit) {
            return Ok(());
        }
        batches(rows, |ids| {
            self.find(cx, ids, View::New)?;
            self.groups.touch(&self.slots);
            if let Some(rows) = &mut self.rows {
                if has_moved {
                    rows.take(&self.slots, ids);
                    rows.put(&self.slots, ids);
                } else if is_listed {
                    rows.revalue(&self.slots);
                }
            }
            self.take(cx, ids, Concern::Values(mask))?;
            self.put(cx, ids, Concern::Values(mask))
        })
    }

    /// Finds the slots of rows whose groups exist.
    fn find(&mut self, cx: &Cx<'_>, ids: Ids<'_>, view: View) -> Result<()> {
        let keys = read_keys(&self.keys, cx, ids, view)?;
        self.groups.find(&keys, ids.len(), &mut self.slots)
    }

    /// Takes the rows at hand out of the aggregates concerned, by what they were.
    fn take(&mut self, cx: &Cx<'_>, ids: Ids<'_>, concern: Concern<'_>) -> Result<()> {
        let mut pass = Pass::of_old(cx, &self.slots, ids);
        self.aggregates.iter_mut().try_for_each(|slot| slot.take(&mut pass, concern))
    }

    /// Puts the rows at hand into the aggregates concerned, by what they are.
    fn put(&mut self, cx: &Cx<'_>, ids: Ids<'_>, concern: Concern<'_>) -> Result<()> {
        let mut pass = Pass::of_new(cx, &self.slots, ids);
        self.aggregates.iter_mut().try_for_each(|slot| slot.put(&mut pass, concern))
    }

    /// Makes the states of groups that lost all their rows as new: nothing is left of errors in sums, and lists of values
    /// are given back.
    fn empty(&mut self) {
        for slot in self.groups.emptied() {
            self.aggregates.iter_mut().for_each(|aggregate| aggregate.state.reset(slot));
        }
    }
}

fn read_keys<'c>(keys: &[(usize, Column)], cx: &'c Cx<'_>, ids: Ids<'_>, view: View) -> Result<Keys<'c>> {
    Keys::read(cx, keys.iter().map(|(_, column)| (column, column.ty())), ids, view)
}
