//! Building many rows at once: they are cut into lanes, which group their rows each by itself, on all threads, and are
//! put together in their order.
//!
//! How many lanes there are follows from the rows alone, never from the threads: sums of floats are the same whoever
//! adds them up. Groups take their places as if there were no lanes: those of the first in the order of their rows, then
//! those that only the second has, and so on.

use super::accumulator::{Accumulator, Reads};
use super::slot::{Pass, Slot};
use super::{AggBy, History, Initial, read_keys};
use crate::Result;
use crate::column::{Ids, View, batches};
use crate::graph::Cx;
use crate::group::{KeyTable, Keys};
use crate::op::groups::Groups;
use crate::rowset::RowSet;
use crate::types::Type;

/// Lanes at most, and rows in one at least, in pieces of parallel work.
const MOST: u64 = 16;
const PIECES_A_LANE: u64 = 4;

/// Rows in a lane at most: those of a group are counted in 32 bits.
const MOST_ROWS: u64 = 1 << 31;

/// For so many rows of a lane there may be one group: each lane finds each group again, and has a state for it.
const ROWS_A_GROUP: u64 = 16;

/// Rows that are looked at to tell how many groups there are: so many, here and there.
const PLACES: u64 = 16;
const ROWS_A_PLACE: u64 = 1024;

/// The groups of some rows.
pub(super) struct Lane {
    pub(super) keys: KeyTable,
    /// How many rows each group has, by slot.
    pub(super) rows: Vec<u32>,
    pub(super) states: Vec<Box<dyn Accumulator>>,
}

/// All groups and their states, as long as pieces are put in.
pub(super) struct Whole {
    pub(super) groups: Groups,
    states: Vec<Box<dyn Accumulator>>,
}

/// How many rows at once are cut.
pub(super) enum Cut {
    /// Into lanes.
    Lanes(Vec<RowSet>),
    /// Into stretches, to be dealt into shares, of which so many bits number them.
    Shares(Vec<RowSet>, u32),
    /// Not at all, but it is known about how many groups they have.
    Whole(u64),
}

impl AggBy {
    /// How rows are cut that are put in; `None` where they are few, or not the first, and put in one after the other.
    pub(super) fn cut(&self, cx: &Cx<'_>, rows: &RowSet) -> Result<Option<Cut>> {
        let is_first = self.groups.slots() == 0 && matches!(self.initial, Initial::None);
        let is_plain = self.members.is_none() && self.rows.is_none() && self.history != History::Passes;
        let can_be_parted =
            |slot: &Slot| matches!(slot.state.reads(), Reads::Values | Reads::Rows) && slot.state.another().is_some();
        let most = MOST.min(rows.len() / (cx.pool().grain() * PIECES_A_LANE));
        let is_in_order = cx.input().order.is_by_id();
        if most < 2 || !is_first || !is_plain || !is_in_order || !self.aggregates.iter().all(can_be_parted) {
            return Ok(None);
        }
        let groups = self.groups_in(cx, rows)?;
        let lanes = most.min(rows.len() / (ROWS_A_GROUP * groups));
        if lanes < 2 {
            let shares = |bits| Cut::Shares(cx.pool().lanes(rows, most), bits);
            let whole = Cut::Whole(groups.min(rows.len()));
            return Ok(Some(self.shares(cx, rows, groups).map_or(whole, shares)));
        }
        let can_be_counted = rows.len() / lanes < MOST_ROWS;
        Ok(can_be_counted.then(|| Cut::Lanes(cx.pool().lanes(rows, lanes))))
    }

    /// About how many groups some rows have.
    fn groups_in(&self, cx: &Cx<'_>, rows: &RowSet) -> Result<u64> {
        let mut keys = KeyTable::new(&self.key_types());
        let mut seen = 0;
        let mut slots = Vec::new();
        for place in 0..PLACES {
            let first = rows.len() / PLACES * place;
            let some = rows.slice_positions(first..(first + ROWS_A_PLACE).min(rows.len()));
            seen += some.len();
            batches(&some, |ids| keys.place(&read_keys(&self.keys, cx, ids, View::New)?, ids.len(), &mut slots))?;
        }
        Ok(estimate(seen, keys.len() as u64))
    }

    /// Puts rows in that are cut into lanes. Each is taken in as soon as those before it are, and its memory is the next
    /// one's.
    pub(super) fn insert_lanes(&mut self, cx: &Cx<'_>, lanes: Vec<RowSet>) -> Result<()> {
        let mut whole = self.take_whole();
        let this = &*self;
        let mut slots = Vec::new();
        let taken = cx.map_into(
            lanes,
            |cx, rows| this.lane(cx, &rows),
            |lane| {
                whole.groups.add_lane(lane.keys, &lane.rows, &mut slots)?;
                whole.absorb(lane.states, &slots);
                Ok(())
            },
        );
        self.put_whole(whole);
        taken
    }

    /// Takes the groups and their states out, for pieces to be put in that are made after the manner of what stays.
    pub(super) fn take_whole(&mut self) -> Whole {
        let groups = std::mem::replace(&mut self.groups, Groups::new(&[]));
        let states = self.aggregates.iter_mut().filter_map(|slot| {
            let another = slot.state.another()?;
            Some(std::mem::replace(&mut slot.state, another))
        });
        Whole { groups, states: states.collect() }
    }

    pub(super) fn put_whole(&mut self, whole: Whole) {
        self.groups = whole.groups;
        self.aggregates.iter_mut().zip(whole.states).for_each(|(slot, state)| slot.state = state);
    }

    /// Groups some rows.
    fn lane(&self, cx: &Cx<'_>, rows: &RowSet) -> Result<Lane> {
        let mut lane = self.empty_lane();
        let mut slots = Vec::new();
        batches(rows, |ids| {
            let keys = read_keys(&self.keys, cx, ids, View::New)?;
            lane.put(&self.aggregates, cx, &keys, &mut slots, ids)
        })?;
        Ok(lane)
    }

    pub(super) fn empty_lane(&self) -> Lane {
        let states = self.aggregates.iter().filter_map(|slot| slot.state.another()).collect();
        Lane { keys: KeyTable::new(&self.key_types()), rows: Vec::new(), states }
    }

    fn key_types(&self) -> Vec<Type> {
        self.keys.iter().map(|(_, column)| column.ty()).collect()
    }
}

impl Whole {
    /// Takes the states of a piece in, whose groups are those of `slots`.
    pub(super) fn absorb(&mut self, states: Vec<Box<dyn Accumulator>>, slots: &[u32]) {
        for (state, of_piece) in self.states.iter_mut().zip(states) {
            state.resize(self.groups.slots());
            state.absorb(of_piece, slots);
        }
    }
}

impl Lane {
    /// Puts rows in; their slots are put into `slots`.
    pub(super) fn put(
        &mut self,
        aggregates: &[Slot],
        cx: &Cx<'_>,
        keys: &Keys<'_>,
        slots: &mut Vec<u32>,
        ids: Ids<'_>,
    ) -> Result<()> {
        self.keys.place(keys, ids.len(), slots)?;
        self.rows.resize(self.keys.slots(), 0);
        slots.iter().for_each(|&slot| self.rows[slot as usize] += 1);
        let mut pass = Pass::of_new(cx, slots, ids);
        for (slot, state) in aggregates.iter().zip(&mut self.states) {
            state.resize(self.keys.slots());
            slot.put_into(state.as_mut(), &mut pass)?;
        }
        Ok(())
    }
}

/// How many different values there are, if so many are found among `seen` that were drawn from them.
fn estimate(seen: u64, different: u64) -> u64 {
    let mut groups = different.max(1);
    // Of `groups` values drawn `seen` times, each is missed with a chance of e^(-seen / groups).
    let found = |groups: u64| groups as f64 * (1.0 - (-(seen as f64) / groups as f64).exp());
    while groups < seen * 1024 && found(groups) + 0.5 < different as f64 {
        groups += groups.div_ceil(8);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_groups_is_told_from_a_sample() {
        for groups in [1_u64, 10, 1000, 100_000, 1_000_000] {
            let seen = 16_384_u32;
            let different = groups as f64 * (1.0 - (-f64::from(seen) / groups as f64).exp());
            let told = estimate(seen.into(), different.round() as u64);
            assert!(told >= groups * 4 / 5 && told <= groups * 5 / 4, "{told} for {groups}");
        }
        assert!(estimate(16_384, 16_384) > 10_000_000);
    }
}
