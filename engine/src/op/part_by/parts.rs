//! [`Parts`]: which rows of each group are shown: so many from the end that their standings count from.

use crate::Result;
use crate::op::groups::Groups;
use crate::op::sort::lost;
use crate::order::OrderIndex;

/// A row of a group. Its key is the place of the group, then its standing in the group; no two rows have the same.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) key: u128,
    pub(super) id: u64,
    pub(super) slot: u32,
}

impl Member {
    pub(super) fn new(group: u64, standing: u64, id: u64, slot: u32) -> Self {
        Member { key: u128::from(group) << 64 | u128::from(standing), id, slot }
    }

    fn group(&self) -> u64 {
        (self.key >> 64) as u64
    }

    fn row(&self) -> (u128, u64) {
        (self.key, self.id)
    }
}

fn standing(key: u128) -> u64 {
    key as u64
}

/// What a group shows.
#[derive(Clone, Copy, Debug)]
struct Part {
    /// Rows up to this standing are shown: all of them while there are no more than are wanted.
    edge: u64,
    shown: u64,
}

/// Nothing so far, and whatever comes.
const EMPTY: Part = Part { edge: u64::MAX, shown: 0 };

/// State: rows by group and standing, and where in each group those end that are shown.
///
/// A cycle looks at the rows that went and came, and at those that its edges pass by: never at a whole group.
pub(super) struct Parts {
    count: u64,
    /// Whether rows, once not shown, never will be: then they are not kept.
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

/// What became of the rows that are shown.
#[derive(Debug, Default)]
pub(super) struct Change {
    /// Rows that are not shown any more, or not where they were; and rows that never were.
    pub(super) leave: Vec<u64>,
    /// Rows that are shown now, or at another place, by key.
    pub(super) enter: Vec<(u128, u64)>,
    hidden: Vec<(u128, u64)>,
}

impl Parts {
    pub(super) fn new(count: u64, forgets: bool) -> Self {
        Parts { count, forgets, rows: OrderIndex::default(), parts: Vec::new() }
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
            change.hidden.sort_unstable();
            self.rows.remove_keyed(&change.hidden).map_err(lost)?;
        }
        Ok(change)
    }

    /// Moves the edge of a group from which rows went or to which some came.
    fn settle_group(&mut self, found: &Found, leaving: &[Member], coming: &[Member], change: &mut Change) {
        let &Found { group, slot, rows } = found;
        let Part { mut edge, shown } = self.parts[slot as usize];
        let up_to = |members: &[Member], edge: u64| members.partition_point(|row| standing(row.key) <= edge);
        let shown = shown - up_to(leaving, edge) as u64 + up_to(coming, edge) as u64;
        let wanted = rows.min(self.count);
        let comes = |key: u128| coming.binary_search_by_key(&key, |row| row.key).is_ok();
        change.leave.extend(leaving.iter().map(|row| row.id));
        let at = u128::from(group) << 64 | u128::from(edge);
        for (key, id) in self.rows.back_from(at).take(shown.saturating_sub(wanted) as usize) {
            edge = standing(key).saturating_sub(1);
            if !comes(key) {
                change.leave.push(id);
                change.hidden.push((key, id));
            }
        }
        for (key, id) in self.rows.on_from(at).take(wanted.saturating_sub(shown) as usize) {
            edge = standing(key);
            if !comes(key) {
                change.enter.push((key, id));
            }
        }
        let (enter, hidden) = coming.split_at(up_to(coming, edge));
        change.enter.extend(enter.iter().map(Member::row));
        change.hidden.extend(hidden.iter().map(Member::row));
        let edge = match edge {
            _ if rows <= self.count => u64::MAX,
            // Of the rows that came only those were given that are shown.
            u64::MAX => self.rows.back_from(at).next().map_or(edge, |(key, _)| standing(key)),
            edge => edge,
        };
        self.parts[slot as usize] = Part { edge, shown: wanted };
    }

    pub(super) fn bytes(&self) -> usize {
        self.rows.bytes() + self.parts.capacity() * size_of::<Part>()
    }

    /// Checks the rows against those counted, and how many are shown.
    pub(super) fn validate(&self, groups: &Groups, shown: u64) -> Result<(), String> {
        self.rows.validate_keyed()?;
        let slots = 0..self.parts.len() as u32;
        let (mut all, mut wanted) = (0, 0);
        for slot in slots {
            let rows = groups.rows(slot);
            let Part { edge, shown } = self.parts[slot as usize];
            if shown != rows.min(self.count) || (rows <= self.count) != (edge == u64::MAX) {
                return Err(format!("slot {slot} shows {shown} of {rows} rows, up to {edge}"));
            }
            (all, wanted) = (all + rows, wanted + shown);
        }
        let kept = if self.forgets { wanted } else { all };
        match (self.rows.len() == kept, shown == wanted) {
            (true, true) => Ok(()),
            (false, _) => Err(format!("{} rows are kept of {kept}", self.rows.len())),
            (_, false) => Err(format!("{shown} rows are shown of {wanted}")),
        }
    }
}

/// Takes the rows of a group off the front.
fn of_group<'m>(members: &mut &'m [Member], group: u64) -> &'m [Member] {
    let (here, rest) = members.split_at(members.partition_point(|row| row.group() <= group));
    *members = rest;
    here
}
