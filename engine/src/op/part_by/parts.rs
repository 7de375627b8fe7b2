//! [`Parts`]: which rows of each group are on the near side of a bound, seen from the end that their standings count from.

use super::bound::Bound;
use crate::Result;
use crate::op::groups::Groups;
use crate::op::sort::lost;
use crate::order::OrderIndex;
use crate::rowset::RowSet;

/// A row of a group. Its key is the place of the group, from 1, then its standing in the group; no two rows have the same.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) key: u128,
    pub(super) id: u64,
    pub(super) slot: u32,
}

impl Member {
    pub(super) fn new(group: u64, standing: u64, id: u64, slot: u32) -> Self {
        Member { key: first_key(group) | u128::from(standing), id, slot }
    }

    fn group(&self) -> u64 {
        (self.key >> 64) as u64 - 1
    }

    fn row(&self) -> (u128, u64) {
        (self.key, self.id)
    }
}

/// The least key that a row of a group may have: there are others below it.
fn first_key(group: u64) -> u128 {
    u128::from(group + 1) << 64
}

fn standing(key: u128) -> u128 {
    u128::from(key as u64)
}

/// What a group has on the near side.
#[derive(Clone, Copy, Debug)]
struct Part {
    /// The rows with a lesser standing: all of them while no more are there than are wanted.
    edge: u128,
    shown: u64,
}

/// Beyond any standing.
const ALL: u128 = 1 << 64;

/// Nothing so far, and whatever comes.
const EMPTY: Part = Part { edge: ALL, shown: 0 };

/// State: rows by group and standing, and where in each group those end that are on the near side.
///
/// A cycle looks at the rows that went and came, and at those that its edges pass by: never at a whole group.
pub(super) struct Parts {
    bound: Bound,
    /// Whether rows that are not on the near side never will be: then they are not kept.
    forgets: bool,
    rows: OrderIndex,
    /// By slot.
    parts: Vec<Part>,
}

/// A group, and how many rows it has now.
struct Found {
    group: u64,
    slot: u32,
    rows: u64,
}

/// What became of the rows on the near side.
#[derive(Debug, Default)]
pub(super) struct Change {
    /// Rows that are not there any more, or not where they were; and rows that never were.
    pub(super) leave: Vec<u64>,
    /// Rows that are there now, or at another place, by key.
    pub(super) enter: Vec<(u128, u64)>,
    /// Of the rows that leave those that stay in their group.
    left: Vec<(u128, u64)>,
    /// Rows that came on the far side.
    beyond: Vec<(u128, u64)>,
}

impl Change {
    /// The same for the rows that are not on the near side of a nearer bound, given what became of those.
    pub(super) fn without(mut self, nearer: Change) -> Change {
        let ids = |rows: &[(u128, u64)]| RowSet::from_unsorted(rows.iter().map(|&(_, id)| id).collect());
        let (passed, left) = (ids(&nearer.enter), ids(&self.left));
        self.enter.retain(|&(_, id)| !passed.contains(id));
        self.enter.extend(nearer.left.into_iter().filter(|&(_, id)| !left.contains(id)));
        self.leave.extend(nearer.enter.into_iter().map(|(_, id)| id));
        self
    }
}

impl Parts {
    pub(super) fn new(bound: Bound, forgets: bool) -> Self {
        Parts { bound, forgets, rows: OrderIndex::default(), parts: Vec::new() }
    }

    /// Forgets all rows.
    pub(super) fn clear(&mut self) {
        *self = Parts::new(self.bound, self.forgets);
    }

    /// Takes out rows and puts in others; both ascend by key.
    pub(super) fn settle(&mut self, gone: &[Member], come: &[Member], groups: &Groups) -> Result<Change> {
        let rows = |members: &[Member]| members.iter().map(Member::row).collect::<Vec<_>>();
        self.rows.remove_keyed(&rows(gone)).map_err(lost)?;
        self.rows.insert_keyed(&rows(come));
        self.parts.resize(groups.slots(), EMPTY);
        let mut change = Change::default();
        let (mut gone, mut come) = (gone, come);
        loop {
            let next = [gone.first(), come.first()].into_iter().flatten().map(|row| (row.group(), row.slot)).min();
            let Some((group, slot)) = next else { break };
            let (leaving, coming) = (of_group(&mut gone, group), of_group(&mut come, group));
            let found = Found { group, slot, rows: groups.rows(slot) };
            self.settle_group(&found, leaving, coming, &mut change);
        }
        if self.forgets {
            let mut beyond = [&change.left[..], &change.beyond].concat();
            beyond.sort_unstable();
            self.rows.remove_keyed(&beyond).map_err(lost)?;
        }
        Ok(change)
    }

    /// Moves the edge of a group from which rows went or to which some came.
    fn settle_group(&mut self, found: &Found, leaving: &[Member], coming: &[Member], change: &mut Change) {
        let &Found { group, slot, rows } = found;
        let Part { mut edge, shown } = self.parts[slot as usize];
        let up_to = |members: &[Member], edge: u128| members.partition_point(|row| standing(row.key) < edge);
        let shown = shown - up_to(leaving, edge) as u64 + up_to(coming, edge) as u64;
        let wanted = self.bound.rows(rows);
        let comes = |key: u128| coming.binary_search_by_key(&key, |row| row.key).is_ok();
        change.leave.extend(leaving.iter().map(|row| row.id));
        // The greatest key before the edge.
        let at = first_key(group) + edge - 1;
        for (key, id) in self.rows.back_from(at).take(shown.saturating_sub(wanted) as usize) {
            edge = standing(key);
            if !comes(key) {
                change.leave.push(id);
                change.left.push((key, id));
            }
        }
        for (key, id) in self.rows.on_from(at).take(wanted.saturating_sub(shown) as usize) {
            edge = standing(key) + 1;
            if !comes(key) {
                change.enter.push((key, id));
            }
        }
        let (enter, beyond) = coming.split_at(up_to(coming, edge));
        change.enter.extend(enter.iter().map(Member::row));
        change.beyond.extend(beyond.iter().map(Member::row));
        let edge = match edge {
            _ if rows == wanted => ALL,
            // Of the rows that came only those were given that are shown.
            ALL => self.rows.back_from(at).next().map_or(edge, |(key, _)| standing(key) + 1),
            edge => edge,
        };
        self.parts[slot as usize] = Part { edge, shown: wanted };
    }

    pub(super) fn bytes(&self) -> usize {
        self.rows.bytes() + self.parts.capacity() * size_of::<Part>()
    }

    /// Checks the rows against those counted; how many are on the near side.
    pub(super) fn validate(&self, groups: &Groups) -> Result<u64, String> {
        self.rows.validate_keyed()?;
        let slots = 0..self.parts.len() as u32;
        let (mut all, mut wanted) = (0, 0);
        for slot in slots {
            let rows = groups.rows(slot);
            let Part { edge, shown } = self.parts[slot as usize];
            if shown != self.bound.rows(rows) || (rows == shown) != (edge == ALL) {
                return Err(format!("slot {slot} has {shown} of {rows} rows, before {edge}"));
            }
            (all, wanted) = (all + rows, wanted + shown);
        }
        let kept = if self.forgets { wanted } else { all };
        if self.rows.len() == kept { Ok(wanted) } else { Err(format!("{} rows are kept of {kept}", self.rows.len())) }
    }
}

/// Takes the rows of a group off the front.
fn of_group<'m>(members: &mut &'m [Member], group: u64) -> &'m [Member] {
    let (here, rest) = members.split_at(members.partition_point(|row| row.group() <= group));
    *members = rest;
    here
}
