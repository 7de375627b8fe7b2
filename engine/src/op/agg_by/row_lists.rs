//! [`RowLists`]: the rows of each group as a list of ids in the order of the input, through which columns of lists are read.

use std::borrow::Cow;
use std::sync::Arc;

use super::groups::Groups;
use crate::Result;
use crate::column::Ids;
use crate::column::View;
use crate::graph::{Cx, Mask};
use crate::types::{List, Type};
use crate::vector::{Bits, Values, Vector};

/// Groups smaller than this share vectors of ids with others: one allocation a group would cost more than its ids.
const SHARED: usize = 2048;

/// One list a group, by slot. A group whose rows change gets another list, as long as the group: whoever reads it reads
/// as much.
#[derive(Debug, Default)]
pub(super) struct RowLists {
    lists: Vec<List>,
    /// What the cycle did to each group so far, by slot.
    changes: Vec<Change>,
    gone: Vec<(u32, u64)>,
    come: Vec<(u32, u64)>,
    /// Columns of lists: the position of each in the result, and of what it lists in the input.
    columns: Vec<(usize, usize)>,
    /// Columns of the input that formulas read as lists.
    read: Mask,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    #[default]
    None,
    /// Its rows may have other values.
    Values,
    /// It has other rows, or in another order.
    Rows,
}

impl RowLists {
    pub(super) fn new(columns: Vec<(usize, usize)>, read: Mask) -> Self {
        RowLists { columns, read, ..RowLists::default() }
    }

    /// Notes rows that leave their groups.
    pub(super) fn take(&mut self, slots: &[u32], ids: Ids<'_>) {
        self.gone.extend(slots.iter().copied().zip(ids.iter()));
    }

    /// Notes rows that come into groups, or come back to another place.
    pub(super) fn put(&mut self, slots: &[u32], ids: Ids<'_>) {
        self.come.extend(slots.iter().copied().zip(ids.iter()));
    }

    /// Whether other values in the columns of a mask are other lists.
    pub(super) fn reads(&self, mask: &Mask) -> bool {
        mask.intersects(&self.read) || self.columns.iter().any(|&(_, input)| mask.contains(input))
    }

    /// Notes groups whose rows may have other values.
    pub(super) fn revalue(&mut self, slots: &[u32]) {
        for &slot in slots {
            let change = &mut self.changes[slot as usize];
            *change = Change::Values.max(*change);
        }
    }

    /// Makes room for this many slots.
    pub(super) fn resize(&mut self, slots: usize) {
        if self.lists.len() < slots {
            self.lists.resize(slots, List::from(Vec::<i64>::new()));
        }
        self.changes.resize(slots, Change::None);
    }

    /// Brings the lists up to date with the rows that left and came.
    pub(super) fn settle(&mut self, cx: &Cx<'_>) -> Result<()> {
        let (mut gone, mut come) = (std::mem::take(&mut self.gone), std::mem::take(&mut self.come));
        gone.sort_unstable();
        // Rows came in their order, at most twice: those that stayed, and those that are new.
        come.sort_by_key(|&(slot, _)| slot);
        let (mut ids, mut cuts): (Vec<i64>, Vec<(u32, usize)>) = (Vec::new(), Vec::new());
        let (mut gone_at, mut come_at) = (0, 0);
        loop {
            let next = [gone.get(gone_at), come.get(come_at)].into_iter().flatten().map(|&(slot, _)| slot).min();
            let Some(slot) = next else { break };
            let leaving = run(&gone, &mut gone_at, slot);
            let coming = run(&come, &mut come_at, slot);
            self.changes[slot as usize] = Change::Rows;
            let before = self.lists[slot as usize].native::<i64>().unwrap_or_default();
            changed(cx, before, leaving, coming, &mut ids)?;
            cuts.push((slot, ids.len()));
            if ids.len() >= SHARED {
                self.cut(std::mem::take(&mut ids), &mut cuts);
            }
        }
        self.cut(ids, &mut cuts);
        gone.clear();
        come.clear();
        (self.gone, self.come) = (gone, come);
        Ok(())
    }

    /// Makes one vector of ids, and of its parts the lists of some groups.
    fn cut(&mut self, mut ids: Vec<i64>, cuts: &mut Vec<(u32, usize)>) {
        ids.shrink_to_fit();
        let ids = Arc::new(Vector::from(ids));
        let mut start = 0;
        for (slot, end) in cuts.drain(..) {
            self.lists[slot as usize] = List::of(ids.clone(), std::mem::replace(&mut start, end)..end);
        }
    }

    /// The lists of groups.
    pub(super) fn of(&self, slots: &[u32]) -> Vector<'static> {
        let lists: Vec<List> = slots.iter().map(|&slot| self.lists[slot as usize].clone()).collect();
        Vector::new(Type::List(&Type::I64), Values::List(Cow::Owned(lists)), None)
    }

    /// Which of these groups have other rows, and which other rows or other values; both are forgotten.
    pub(super) fn changed(&mut self, slots: &[u32]) -> (Bits, Bits) {
        let change = |at: usize| self.changes[slots[at] as usize];
        let rows = Bits::from_fn(slots.len(), |at| change(at) == Change::Rows);
        let values = Bits::from_fn(slots.len(), |at| change(at) != Change::None);
        self.forget(slots);
        (rows, values)
    }

    /// Forgets what became of groups.
    pub(super) fn forget(&mut self, slots: &[u32]) {
        slots.iter().for_each(|&slot| self.changes[slot as usize] = Change::None);
    }

    /// Adds to `mask` the columns of lists that differ, given what differs in the input; all where groups have other rows.
    /// Whether there is one.
    pub(super) fn mark(&self, mask: &mut Mask, input: &Mask, has_other_rows: bool) -> bool {
        let differ = self.columns.iter().filter(|(_, column)| has_other_rows || input.contains(*column));
        let mut any = false;
        differ.for_each(|&(column, _)| {
            mask.set(column);
            any = true;
        });
        any
    }

    pub(super) fn bytes(&self) -> usize {
        // The ids are counted where they are stored.
        self.lists.capacity() * size_of::<List>()
            + self.changes.capacity()
            + (self.gone.capacity() + self.come.capacity()) * size_of::<(u32, u64)>()
    }

    /// Checks that every group has as many rows as are counted, each once, and that nothing waits.
    pub(super) fn validate(&self, groups: &Groups) -> Result<(), String> {
        if !self.gone.is_empty() || !self.come.is_empty() {
            return Err(format!("{} rows wait to leave groups, {} to come", self.gone.len(), self.come.len()));
        }
        for (slot, list) in self.lists.iter().enumerate() {
            let mut ids = list.native::<i64>().unwrap_or_default().to_vec();
            ids.sort_unstable();
            ids.dedup();
            let counted = groups.rows(slot as u32);
            if (ids.len(), list.len() as u64) != (list.len(), counted) {
                return Err(format!("slot {slot} counts {counted} rows and lists {list}"));
            }
        }
        Ok(())
    }
}

/// The entries of a slot from `at` on, behind which `at` goes.
fn run<'r>(rows: &'r [(u32, u64)], at: &mut usize, slot: u32) -> &'r [(u32, u64)] {
    let rest = &rows[*at..];
    let len = rest.iter().take_while(|&&(other, _)| other == slot).count();
    *at += len;
    &rest[..len]
}

/// Adds to `ids` the rows of a group: those before without those that leave (which ascend), and those that come, each in
/// its place.
fn changed(
    cx: &Cx<'_>,
    before: &[i64],
    leaving: &[(u32, u64)],
    coming: &[(u32, u64)],
    ids: &mut Vec<i64>,
) -> Result<()> {
    let start = ids.len();
    let leaves = |id: &i64| leaving.binary_search_by_key(&(*id as u64), |&(_, id)| id).is_ok();
    if leaving.is_empty() {
        ids.extend_from_slice(before);
    } else {
        ids.extend(before.iter().copied().filter(|id| !leaves(id)));
    }
    let stayed = ids.len() - start;
    ids.extend(coming.iter().map(|&(_, id)| id as i64));
    if coming.is_empty() {
        return Ok(());
    }
    // Mostly rows come behind those that are there: then it is enough to look at the last of these.
    let order = cx.input().order;
    let from = start + stayed.saturating_sub(1);
    let places = |ids: &[i64]| order.places(cx, Ids::List(bytemuck::cast_slice(ids)), View::New);
    if order.is_by_id() && ids[from..].is_sorted() {
        return Ok(());
    }
    let last = places(&ids[from..])?;
    if last.is_sorted() {
        return Ok(());
    }
    let all = places(&ids[start..])?;
    let mut placed: Vec<(u64, i64)> = all.into_iter().zip(ids[start..].iter().copied()).collect();
    placed.sort_unstable();
    ids.truncate(start);
    ids.extend(placed.into_iter().map(|(_, id)| id));
    Ok(())
}
