//! head_by, tail_by: the first or last rows of each group, group by group. Columns are shared with the input.

mod parts;
#[cfg(test)]
mod tests;

use super::groups::Groups;
use super::slice::shown;
use super::sort::{LABELS, take_out};
use super::{Built, InputShape, Operator, placed};
use crate::Result;
use crate::column::{Column, Ids, StoreRef, View, batches};
use crate::graph::{Cx, Mask, NodeId, Output, Update};
use crate::group::Keys;
use crate::order::bulk;
use crate::plan::End;
use crate::rowset::RowSet;
use crate::types::Type;

use parts::{Change, Member, Parts};

/// Rows that come together and are only added are thinned out whenever they are so many more.
const MANY: usize = 1 << 16;

/// State: the groups, and their rows.
struct PartBy {
    end: End,
    count: u64,
    /// Positions of the key columns in the input, and the columns.
    keys: Vec<(usize, Column)>,
    key_mask: Mask,
    groups: Groups,
    parts: Parts,
    /// Positions of the columns of the result.
    columns: Vec<usize>,
    /// Rows are only added: those that are not shown never will be.
    only_adds: bool,
    is_still: bool,
}

/// `keys` and `columns` are positions in the input: of the columns that make groups, and of those of the result.
pub(super) fn build(
    end: End,
    count: u64,
    keys: &[usize],
    columns: Vec<usize>,
    input: &InputShape<'_>,
    node: NodeId,
) -> Built {
    let types: Vec<Type> = keys.iter().map(|&key| input.columns[key].ty()).collect();
    let only_adds = input.definition.flavour().only_adds();
    let op = PartBy {
        end,
        count,
        keys: keys.iter().map(|&key| (key, input.columns[key].clone())).collect(),
        key_mask: keys.iter().copied().collect(),
        groups: Groups::new(&types),
        columns,
        parts: Parts::new(count, only_adds),
        only_adds,
        is_still: input.definition.flavour().is_static(),
    };
    let columns = op.columns.iter().map(|&column| input.columns[column].clone()).collect();
    Built {
        op: Box::new(op),
        columns,
        stored: vec![Type::I64],
        order: input.order.relabelled(StoreRef { node, slot: LABELS }),
    }
}

impl Operator for PartBy {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let input = cx.input();
        let (delta, old) = (input.delta, cx.old_rows().clone());
        self.groups.start();
        let is_hit = delta.mask.has_order() || delta.mask.intersects(&self.key_mask);
        let moved = match is_hit {
            true if self.only_adds => delta.modified.intersect(&old),
            true => delta.modified.clone(),
            false => RowSet::new(),
        };
        let gone = self.retract(cx, &delta.removed.union(&moved))?;
        let come = self.insert(cx, &moved, &delta.added)?;
        let Change { leave, enter, .. } = self.parts.settle(&gone, &come, &self.groups)?;
        self.groups.touched();
        self.groups.reclaim();
        if self.is_still {
            // Nobody will ask again.
            self.groups = Groups::new(&[]);
            self.parts = Parts::new(self.count, true);
        }

        let leave = RowSet::from_unsorted(leave);
        let enter = self.in_order(enter);
        let entering = RowSet::from_unsorted(enter.iter().map(|&(_, id)| id).collect());
        let new = old.minus(&leave).union(&entering);
        take_out(cx, &old.intersect(&leave))?;
        let labelled = placed::put_in(cx, &enter, self.is_still)?;
        let mut delta = shown(delta, &old, &new);
        let moved = labelled.minus(&delta.added);
        delta.modified.insert_all(&moved);
        let mut mask: Mask = (0..self.columns.len()).filter(|&at| delta.mask.contains(self.columns[at])).collect();
        // Numbers of rows may have changed with the order of the input.
        mask.set_order(!moved.is_empty() || delta.mask.has_order());
        delta.mask = mask;
        Ok(Update::new(delta.normalized(), new))
    }

    fn reads_old(&self) -> Vec<(usize, usize)> {
        let is_asked = !self.only_adds;
        self.keys.iter().filter(|_| is_asked).map(|&(column, _)| (0, column)).collect()
    }

    fn reads_old_order(&self) -> Vec<usize> {
        vec![0]
    }

    fn bytes(&self) -> usize {
        self.groups.bytes() + self.parts.bytes()
    }

    fn validate(&self, output: &Output) -> Result<(), String> {
        match self.is_still {
            true => Ok(()),
            false => self.parts.validate(&self.groups, output.rows.len()),
        }
    }
}

impl PartBy {
    /// Takes rows out of their groups: by key, as they were.
    fn retract(&mut self, cx: &Cx<'_>, rows: &RowSet) -> Result<Vec<Member>> {
        let mut gone = Vec::with_capacity(rows.len() as usize);
        let mut slots = Vec::new();
        batches(rows, |ids| {
            self.groups.find(&self.keys(cx, ids, View::Old)?, ids.len(), &mut slots)?;
            self.groups.take_rows(&slots);
            self.note(cx, ids, View::Old, &slots, &mut gone)
        })?;
        gone.sort_unstable_by_key(|member| member.key);
        Ok(gone)
    }

    /// Puts rows into their groups, new groups in the order of their rows; by key, without those of which enough of
    /// their group stand nearer to its end.
    fn insert(&mut self, cx: &Cx<'_>, moved: &RowSet, added: &RowSet) -> Result<Vec<Member>> {
        let mut come = Vec::new();
        let (mut slots, mut known, mut thinned) = (Vec::new(), 0, 0);
        for rows in [moved, added] {
            known = come.len();
            cx.in_order(0, rows)?.batches(|ids| {
                self.groups.add_rows(&self.keys(cx, ids, View::New)?, ids.len(), &mut slots)?;
                self.note(cx, ids, View::New, &slots, &mut come)?;
                if self.only_adds && come.len() > 2 * thinned + MANY {
                    self.thin_out(&mut come, known);
                    thinned = come.len();
                }
                Ok(())
            })?;
        }
        if thinned > 0 {
            self.thin_out(&mut come, known);
        }
        let keys: Vec<u128> = come.iter().map(|member| member.key).collect();
        // No two rows have one key.
        let sorted = bulk::sort(&keys, |_: u128| true, cx.pool());
        Ok(sorted.positions.into_iter().map(|at| come[at as usize]).collect())
    }

    fn keys<'c>(&self, cx: &'c Cx<'_>, ids: Ids<'_>, view: View) -> Result<Keys<'c>> {
        Keys::read(cx, self.keys.iter().map(|(_, column)| (column, column.ty())), ids, view)
    }

    fn note(&self, cx: &Cx<'_>, ids: Ids<'_>, view: View, slots: &[u32], members: &mut Vec<Member>) -> Result<()> {
        let places = cx.input().order.places(cx, ids, view)?;
        let groups = self.groups.ids(slots);
        let rows = ids.iter().zip(places).zip(groups.into_iter().zip(slots));
        members.extend(rows.map(|((id, place), (group, &slot))| Member::new(group, self.standing(place), id, slot)));
        Ok(())
    }

    /// From the end that rows are taken from.
    fn standing(&self, place: u64) -> u64 {
        if self.end == End::First { place } else { !place }
    }

    /// Drops those of the rows from `known` on, which are in their order, that have enough others before them.
    fn thin_out(&self, come: &mut Vec<Member>, known: usize) {
        let mut seen = vec![0_u64; self.groups.slots()];
        let mut is_near = |member: &Member| {
            seen[member.slot as usize] += 1;
            seen[member.slot as usize] <= self.count
        };
        let rows = &come[known..];
        let near: Vec<Member> = match self.end {
            End::First => rows.iter().copied().filter(&mut is_near).collect(),
            End::Last => {
                let mut near: Vec<Member> = rows.iter().rev().copied().filter(&mut is_near).collect();
                near.reverse();
                near
            }
        };
        come.truncate(known);
        come.extend(near);
    }

    /// Rows by group and place, given by group and standing.
    fn in_order(&self, mut rows: Vec<(u128, u64)>) -> Vec<(u128, u64)> {
        if self.end == End::Last {
            rows.iter_mut().for_each(|(key, _)| *key ^= u128::from(u64::MAX));
        }
        rows.sort_unstable();
        rows
    }
}
