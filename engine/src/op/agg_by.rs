//! agg_by: one row for each combination of key values, with sums, means, counts, extremes, first and last values, and
//! lists of all.

mod accumulator;
mod best;
mod count;
mod edge;
mod extreme;
mod float_sum;
mod groups;
mod int_sum;
mod members;
mod outermost;
mod ranked;
mod row_lists;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::Arc;

use super::differ::differ;
use super::{Built, InputShape, Operator};
use crate::Result;
use crate::column::{Column, Ids, Listed, StoreRef, View, batches};
use crate::graph::{Cx, Delta, Mask, NodeId, Output, Update};
use crate::group::Keys;
use crate::order::RowOrder;
use crate::plan::{AggFunction, Flavour};
use crate::rowset::RowSet;
use crate::types::Type;
use crate::vector::{Bits, Vector};

use accumulator::{Accumulator, Reads, Scope, accumulator};
use groups::{Groups, Touched};
use members::Members;
use row_lists::RowLists;

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

/// State: the groups, the state of each aggregate by slot of its group, and where needed the rows of each group.
struct AggBy {
    history: History,
    /// Positions of the key columns in the input, and the columns.
    keys: Vec<(usize, Column)>,
    key_mask: Mask,
    groups: Groups,
    members: Option<Members>,
    /// The rows of each group, where they are listed.
    rows: Option<RowLists>,
    aggregates: Vec<Slot>,
    slots: Vec<u32>,
    /// Whether an aggregate goes by the places of rows.
    by_place: bool,
}

/// One aggregate.
struct Slot {
    /// Its position in the result.
    output: usize,
    /// The column it is computed of, by position and as it is read; `None` for a count of rows.
    input: Option<(usize, Column)>,
    state: Box<dyn Accumulator>,
}

/// Which aggregates a pass over rows concerns.
#[derive(Clone, Copy)]
enum Concern<'a> {
    /// All, and the groups themselves: rows come or go.
    Rows,
    /// Those whose input is in the mask: rows stay in their groups.
    Values(&'a Mask),
}

impl Concern<'_> {
    fn includes(self, (column, _): &(usize, Column), reads: Reads) -> bool {
        match self {
            Concern::Rows => true,
            Concern::Values(mask) if reads == Reads::Places => mask.has_order(),
            Concern::Values(mask) => mask.contains(*column),
        }
    }
}

pub(super) fn build(
    keys: Vec<usize>,
    aggregates: Vec<(AggFunction, Option<usize>, Type)>,
    input: &InputShape<'_>,
    node: NodeId,
) -> Built {
    let history = match input.definition.flavour() {
        flavour if flavour.only_adds() => History::Adds,
        Flavour::Blink => History::Passes,
        _ => History::Changes,
    };
    // Blink rows are told in their order as they pass.
    let by_place = !input.order.is_by_id() && history != History::Passes;
    let key_types: Vec<Type> = keys.iter().map(|&key| input.columns[key].ty()).collect();
    let mut stored = key_types.clone();
    let of_values = || aggregates.iter().filter(|(function, ..)| *function != AggFunction::Group);
    stored.extend(of_values().map(|&(_, _, ty)| ty));
    let rows_at = StoreRef { node, slot: stored.len() };
    let mut columns: Vec<Column> =
        key_types.iter().enumerate().map(|(slot, &ty)| Column::Stored { at: StoreRef { node, slot }, ty }).collect();
    let (mut slots, mut listed): (Vec<Slot>, Vec<(usize, usize)>) = (Vec::new(), Vec::new());
    for (function, column, ty) in aggregates {
        let output = columns.len();
        if let (AggFunction::Group, Some(column)) = (function, column) {
            listed.push((output, column));
            columns.push(Column::Listed(Arc::new(Listed::new(rows_at, input.columns[column].clone()))));
            continue;
        }
        columns.push(Column::Stored { at: StoreRef { node, slot: keys.len() + slots.len() }, ty });
        slots.push(Slot {
            output,
            input: column.map(|column| (column, input.columns[column].clone())),
            state: accumulator(function, column.map(|column| input.columns[column].ty()), ty, history, by_place),
        });
    }
    let aggregates = slots;
    if !listed.is_empty() {
        stored.push(Type::List(&Type::I64));
    }
    // Where rows are only added they may still be told to make room for others: then a place is taken back.
    let moves = by_place && !input.definition.flavour().is_static();
    let takes_back = history == History::Changes || moves;
    let needs_members = takes_back && aggregates.iter().any(|slot| slot.state.needs_members());
    let by_place =
        by_place && (!listed.is_empty() || aggregates.iter().any(|slot| slot.state.reads() == Reads::Places));
    let op = AggBy {
        history,
        by_place,
        key_mask: keys.iter().copied().collect(),
        keys: keys.iter().map(|&key| (key, input.columns[key].clone())).collect(),
        groups: Groups::new(&key_types),
        members: needs_members.then(Members::default),
        rows: (!listed.is_empty()).then(|| RowLists::new(listed)),
        aggregates,
        slots: Vec::new(),
    };
    Built { op: Box::new(op), columns, stored, order: RowOrder::BY_ID }
}

impl Operator for AggBy {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let Delta { removed, added, modified, mask } = cx.input().delta;
        self.groups.start();
        if self.history == History::Changes {
            let moved = mask.intersects(&self.key_mask);
            self.retract(cx, removed)?;
            if moved {
                self.retract(cx, modified)?;
            }
            self.settle(Members::remove_waiting);
            match moved {
                true => self.insert(cx, modified)?,
                false => self.revalue(cx, modified, mask)?,
            }
        } else if self.by_place && mask.has_order() {
            self.revalue(cx, modified, mask)?;
        }
        self.insert(cx, added)?;
        self.settle(Members::insert_waiting);
        if let Some(rows) = &mut self.rows {
            rows.settle(cx)?;
        }
        let touched = self.groups.touched();
        let delta = self.publish(cx, touched)?;
        let rows = delta.apply(cx.old_rows());
        self.reclaim();
        Ok(Update::new(delta, rows))
    }

    fn reads_old(&self) -> Vec<(usize, usize)> {
        if self.history != History::Changes {
            return Vec::new();
        }
        let inputs = self.aggregates.iter().filter(|slot| slot.state.reads() == Reads::Values);
        let columns = self.keys.iter().chain(inputs.filter_map(|slot| slot.input.as_ref()));
        columns.map(|&(column, _)| (0, column)).collect()
    }

    fn reads_old_order(&self) -> Vec<usize> {
        if self.by_place { vec![0] } else { Vec::new() }
    }

    fn bytes(&self) -> usize {
        let states: usize = self.aggregates.iter().map(|slot| slot.state.bytes()).sum();
        let members = self.members.as_ref().map_or(0, Members::bytes);
        states + self.groups.bytes() + members + self.rows.as_ref().map_or(0, RowLists::bytes)
    }

    fn validate(&self, output: &Output) -> Result<(), String> {
        self.groups.validate(&output.rows)?;
        self.members.as_ref().map_or(Ok(()), |members| members.validate(&self.groups))?;
        self.rows.as_ref().map_or(Ok(()), |rows| rows.validate(&self.groups))
    }
}

impl AggBy {
    /// Whether only the number of rows of the whole table is asked for: then no row is looked at.
    fn only_counts_all(&self) -> bool {
        let no_rows = self.members.is_none() && self.rows.is_none();
        self.keys.is_empty() && no_rows && self.aggregates.iter().all(|slot| slot.input.is_none())
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
                members.wait(&self.slots, ids);
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
        // New groups take their places in the order of their rows.
        cx.in_order(0, rows)?.batches(|ids| {
            let keys = read_keys(&self.keys, cx, ids, View::New)?;
            self.groups.add_rows(&keys, ids.len(), &mut self.slots)?;
            let count = self.groups.slots();
            if let Some(members) = &mut self.members {
                members.insert(&self.slots, ids, count);
            }
            if let Some(rows) = &mut self.rows {
                rows.resize(count);
                rows.put(&self.slots, ids);
            }
            self.aggregates.iter_mut().for_each(|slot| slot.state.resize(count));
            self.put(cx, ids, Concern::Rows)
        })
    }

    /// Gives rows that stay in their groups other values.
    fn revalue(&mut self, cx: &Cx<'_>, rows: &RowSet, mask: &Mask) -> Result<()> {
        let hit = |slot: &Slot| slot.input.as_ref().is_some_and(|(column, _)| mask.contains(*column));
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

    /// Takes the old values of the rows at hand out of the aggregates concerned.
    fn take(&mut self, cx: &Cx<'_>, ids: Ids<'_>, concern: Concern<'_>) -> Result<()> {
        let order = cx.input().order;
        for Slot { input, state, .. } in &mut self.aggregates {
            let reads = state.reads();
            let Some((_, column)) = input.as_ref().filter(|input| concern.includes(input, reads)) else { continue };
            match reads {
                Reads::Values => state.retract(&self.slots, &cx.read(column, ids, View::Old)?),
                Reads::Places => state.retract_places(&self.slots, ids, &order.places(cx, ids, View::Old)?),
                Reads::Rows => {}
            }
        }
        Ok(())
    }

    /// Puts the values of the rows at hand into the aggregates concerned.
    fn put(&mut self, cx: &Cx<'_>, ids: Ids<'_>, concern: Concern<'_>) -> Result<()> {
        let order = cx.input().order;
        for Slot { input, state, .. } in &mut self.aggregates {
            let reads = state.reads();
            let Some((_, column)) = input.as_ref().filter(|input| concern.includes(input, reads)) else { continue };
            match reads {
                Reads::Values => state.insert(&self.slots, &cx.read(column, ids, View::New)?),
                Reads::Places => state.insert_places(&self.slots, ids, &order.places(cx, ids, View::New)?),
                Reads::Rows => state.insert_rows(&self.slots, ids),
            }
        }
        Ok(())
    }

    fn settle(&mut self, settle: fn(&mut Members)) {
        if let Some(members) = &mut self.members {
            settle(members);
        }
    }

    /// Writes what became of the groups touched, and says which columns of which groups differ.
    fn publish(&mut self, cx: &mut Cx<'_>, touched: Touched) -> Result<Delta> {
        let Touched { added, removed, stayed } = touched;
        let (ids_added, ids_stayed) = (self.groups.ids(&added), self.groups.ids(&stayed));
        let mut delta = Delta {
            added: RowSet::from_sorted(&ids_added),
            removed: RowSet::from_sorted(&self.groups.ids(&removed)),
            ..Delta::default()
        };
        if !added.is_empty() {
            for key in 0..self.keys.len() {
                cx.write(key, as_ids(&ids_added), &self.groups.keys(key, &added))?;
            }
            for at in 0..self.aggregates.len() {
                let values = self.finish(cx, at, &added)?;
                cx.write(self.keys.len() + at, as_ids(&ids_added), &values)?;
            }
            if let Some(rows) = &self.rows {
                cx.write(self.rows_slot(), as_ids(&ids_added), &rows.of(&added))?;
            }
        }
        // Mostly all groups that were touched differ, in one column as in the other.
        let mut changed = Bits::filled(false, stayed.len());
        for at in 0..self.aggregates.len() {
            if stayed.is_empty() || self.aggregates[at].state.is_settled() {
                continue;
            }
            let column = self.keys.len() + at;
            let values = self.finish(cx, at, &stayed)?;
            let differ = differ(&cx.own(column, as_ids(&ids_stayed), View::New), &values);
            if !differ.any() {
                continue;
            }
            match picked(&ids_stayed, &differ) {
                Cow::Borrowed(all) => cx.write(column, as_ids(all), &values)?,
                Cow::Owned(some) => cx.write(column, as_ids(&some), &values.select(&differ))?,
            }
            changed = changed.or(&differ);
            delta.mask.set(self.aggregates[at].output);
        }
        let rows_slot = self.rows_slot();
        if let Some(rows) = &mut self.rows {
            rows.changed(&added);
            rows.changed(&removed);
            let (other_rows, differ) = rows.changed(&stayed);
            if other_rows.any() {
                let ids = picked(&ids_stayed, &other_rows);
                let slots: Vec<u32> = other_rows.ones().map(|at| stayed[at]).collect();
                cx.write(rows_slot, as_ids(&ids), &rows.of(&slots))?;
            }
            if differ.any() {
                rows.mark(&mut delta.mask, &cx.input().delta.mask, other_rows.any());
                changed = changed.or(&differ);
            }
        }
        delta.modified = RowSet::from_sorted(&picked(&ids_stayed, &changed));
        Ok(delta)
    }

    /// Where the rows of groups are stored: behind keys and results.
    fn rows_slot(&self) -> usize {
        self.keys.len() + self.aggregates.len()
    }

    /// The results of an aggregate for groups.
    fn finish(&mut self, cx: &Cx<'_>, at: usize, slots: &[u32]) -> Result<Vector<'static>> {
        let Slot { input, state, .. } = &mut self.aggregates[at];
        let column = input.as_ref().map(|(_, column)| column);
        state.finish(slots, &Scope { cx, column, groups: &self.groups, members: self.members.as_ref() })
    }

    /// Gives up the slots of groups that are empty for long, if they are many.
    fn reclaim(&mut self) {
        for slot in self.groups.reclaim() {
            self.aggregates.iter_mut().for_each(|aggregate| aggregate.state.reset(slot));
        }
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

fn read_keys<'c>(keys: &[(usize, Column)], cx: &'c Cx<'_>, ids: Ids<'_>, view: View) -> Result<Keys<'c>> {
    Keys::read(cx, keys.iter().map(|(_, column)| (column, column.ty())), ids, view)
}
