//! head_by, tail_by, and slices of constituents: rows of each group by their position in it, group by group. Columns are shared
//! with the input.

mod bound;
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
use crate::plan::Window;
use crate::rowset::RowSet;
use crate::types::Type;

use bound::{Bound, End, Side};
use parts::{Change, Member, Parts};

/// Rows that come together and are only added are thinned out whenever they are so many more.
const MANY: usize = 1 << 16;

/// State: the groups, and their rows.
struct PartBy {
    /// Where rows are counted from.
    from: End,
    /// Positions of the key columns in the input, and the columns.
    keys: Vec<(usize, Column)>,
    key_mask: Mask,
    groups: Groups,
    /// The rows up to the last one that is shown, and those that are passed over before the first, if any may be.
    parts: Parts,
    passed: Option<Parts>,
    /// Positions of the columns of the result.
    columns: Vec<usize>,
    only_adds: bool,
    /// So many rows of a group are shown, and others never will be: rows are only added.
    forgets: Option<u64>,
    is_still: bool,
}

/// `keys` and `columns` are positions in the input: of the columns that make groups, and of those of the result.
pub(super) fn build(
    window: Window,
    keys: &[usize],
    columns: Vec<usize>,
    input: &InputShape<'_>,
    node: NodeId,
) -> Built {
    let types: Vec<Type> = keys.iter().map(|&key| input.columns[key].ty()).collect();
    let only_adds = input.definition.flavour().only_adds();
    let from = End::of(window);
    let forgets = match window {
        Window::First(count) | Window::Last(count) if only_adds => Some(count),
        _ => None,
    };
    let op = PartBy {
        from,
        keys: keys.iter().map(|&key| (key, input.columns[key].clone())).collect(),
        key_mask: keys.iter().copied().collect(),
        groups: Groups::new(&types),
        columns,
        parts: Parts::new(Bound { window, from, side: Side::Behind }, forgets.is_some()),
        passed: from.passes(window).then(|| Parts::new(Bound { window, from, side: Side::Before }, false)),
        only_adds,
        forgets,
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
            true if self.forgets.is_some() => delta.modified.intersect(&old),
            true => delta.modified.clone(),
            false => RowSet::new(),
        };
        let gone = self.retract(cx, &delta.removed.union(&moved))?;
        let come = self.insert(cx, &moved, &delta.added)?;
        let mut change = self.parts.settle(&gone, &come, &self.groups)?;
        if let Some(passed) = &mut self.passed {
            change = change.without(passed.settle(&gone, &come, &self.groups)?);
        }
        let Change { leave, enter, .. } = change;
        self.groups.touched();
        self.groups.reclaim();
        if self.is_still {
            // Nobody will ask again.
            self.groups = Groups::new(&[]);
            self.parts.clear();
            self.passed = None;
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
        self.groups.bytes() + self.parts.bytes() + self.passed.as_ref().map_or(0, Parts::bytes)
    }

    fn validate(&self, output: &Output) -> Result<(), String> {
        match self.is_still {
            true => Ok(()),
            false => {
                let passed = self.passed.as_ref().map_or(Ok(0), |passed| passed.validate(&self.groups))?;
                match self.parts.validate(&self.groups)? {
                    up_to if up_to - passed == output.rows.len() => Ok(()),
                    up_to => Err(format!("{} rows are shown of {up_to} without {passed}", output.rows.len())),
                }
            }
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
                if let Some(count) = self.forgets
                    && come.len() > 2 * thinned + MANY
                {
                    self.thin_out(&mut come, known, count);
                    thinned = come.len();
                }
                Ok(())
            })?;
        }
        if let Some(count) = self.forgets
            && thinned > 0
        {
            self.thin_out(&mut come, known, count);
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
        if self.from == End::First { place } else { !place }
    }

    /// Drops those of the rows from `known` on, which are in their order, that have enough others before them.
    fn thin_out(&self, come: &mut Vec<Member>, known: usize, count: u64) {
        let mut seen = vec![0_u64; self.groups.slots()];
        let mut is_near = |member: &Member| {
            seen[member.slot as usize] += 1;
            seen[member.slot as usize] <= count
        };
        let rows = &come[known..];
        let near: Vec<Member> = match self.from {
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
        if self.from == End::Last {
            rows.iter_mut().for_each(|(key, _)| *key ^= u128::from(u64::MAX));
        }
        rows.sort_unstable();
        rows
    }
}
