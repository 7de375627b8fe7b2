//! [`Members`]: the rows of each group, where rows can be taken back and an aggregate must find the next best.

use std::ops::RangeInclusive;

use super::groups::Groups;
use crate::column::{Ids, batches};
use crate::rowset::{RowSet, RowSetBuilder};
use crate::vector::VECTOR_ROWS;

/// The rows of each group, by slot.
#[derive(Debug, Default)]
pub(super) struct Members {
    groups: Vec<Rows>,
    /// Groups whose first or last row was taken out in this cycle.
    cut: Vec<u32>,
}

/// The rows of a group.
#[derive(Clone, Debug)]
enum Rows {
    /// The first so many of these, in order.
    Few(u8, [u64; FEW]),
    Many(Box<Many>),
}

/// Rows that need no memory of their own.
const FEW: usize = 3;

/// The rows of a group as a set, and what is to be changed in it: changing a set costs as much as the set, and mostly
/// nobody asks which rows are in it.
#[derive(Clone, Debug)]
struct Many {
    set: RowSet,
    /// The least row, and the greatest. While a cycle runs they may be gone.
    first: u64,
    last: u64,
    /// Rows that are to go into the set or out of it: each time one is named, it goes where it was not.
    flips: Vec<u64>,
}

/// Flips that a group may have, whatever its rows: at least, and at most. So many rows are a set in blocks, of which few
/// change.
const FLIPS: RangeInclusive<u64> = 16..=1024;

/// Groups of more rows are read by themselves, those of fewer together.
const MOST_TOGETHER: usize = VECTOR_ROWS / 2;

impl Members {
    /// Makes room for this many slots.
    pub(super) fn resize(&mut self, slots: usize) {
        self.groups.resize(slots, Rows::Few(0, [0; FEW]));
    }

    /// Puts rows into their groups.
    pub(super) fn insert(&mut self, slots: &[u32], ids: Ids<'_>) {
        for (&slot, id) in slots.iter().zip(ids.iter()) {
            self.groups[slot as usize].insert(id);
        }
    }

    /// Takes rows out of their groups.
    pub(super) fn remove(&mut self, slots: &[u32], ids: Ids<'_>) {
        for (&slot, id) in slots.iter().zip(ids.iter()) {
            if self.groups[slot as usize].remove(id) {
                self.cut.push(slot);
            }
        }
    }

    /// Finds the first and last rows anew where they were taken out.
    pub(super) fn settle(&mut self) {
        for slot in self.cut.drain(..) {
            self.groups[slot as usize].settle();
        }
    }

    /// The rows of a group.
    pub(super) fn of(&self, slot: u32) -> RowSet {
        self.groups[slot as usize].set()
    }

    pub(super) fn first(&self, slot: u32) -> Option<u64> {
        match &self.groups[slot as usize] {
            Rows::Few(count, few) => few[..usize::from(*count)].first().copied(),
            Rows::Many(many) => Some(many.first),
        }
    }

    pub(super) fn last(&self, slot: u32) -> Option<u64> {
        match &self.groups[slot as usize] {
            Rows::Few(count, few) => few[..usize::from(*count)].last().copied(),
            Rows::Many(many) => Some(many.last),
        }
    }

    /// The rows of some groups in batches of at most [`VECTOR_ROWS`], each row with the slot of its group.
    pub(super) fn batches<E>(
        &self,
        slots: &[u32],
        mut each: impl FnMut(&[u32], Ids<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let (mut owners, mut rows): (Vec<u32>, Vec<u64>) = (Vec::new(), Vec::new());
        for &slot in slots {
            match &self.groups[slot as usize] {
                Rows::Few(count, few) => rows.extend_from_slice(&few[..usize::from(*count)]),
                many => {
                    let set = many.set();
                    if set.len() > MOST_TOGETHER as u64 {
                        batches(&set, |ids| each(&vec![slot; ids.len()], ids))?;
                    } else {
                        rows.extend(set.iter());
                    }
                }
            }
            owners.resize(rows.len(), slot);
            if rows.len() >= VECTOR_ROWS {
                each(&owners[..VECTOR_ROWS], Ids::List(&rows[..VECTOR_ROWS]))?;
                owners.drain(..VECTOR_ROWS);
                rows.drain(..VECTOR_ROWS);
            }
        }
        if rows.is_empty() { Ok(()) } else { each(&owners, Ids::List(&rows)) }
    }

    pub(super) fn bytes(&self) -> usize {
        let apart: usize = self.groups.iter().map(Rows::bytes).sum();
        apart + self.groups.capacity() * size_of::<Rows>() + self.cut.capacity() * size_of::<u32>()
    }

    /// Checks every group, and that it has as many rows as are counted.
    pub(super) fn validate(&self, groups: &Groups) -> Result<(), String> {
        if !self.cut.is_empty() {
            return Err(format!("{} groups wait to find their first and last rows", self.cut.len()));
        }
        for (slot, rows) in self.groups.iter().enumerate() {
            let (set, counted) = (rows.set(), groups.rows(slot as u32));
            set.validate()?;
            if set.len() != counted {
                return Err(format!("slot {slot} counts {counted} rows and has {}", set.len()));
            }
            let ends = (self.first(slot as u32), self.last(slot as u32));
            if ends != (set.first(), set.last()) {
                return Err(format!("slot {slot} of rows {set} goes by {ends:?}"));
            }
        }
        Ok(())
    }
}

impl Rows {
    fn of(set: RowSet) -> Self {
        match (set.first(), set.last()) {
            // One less than there is room for, so that a group does not go to and fro between both forms.
            (Some(first), Some(last)) if set.len() >= FEW as u64 => {
                Rows::Many(Box::new(Many { set, first, last, flips: Vec::new() }))
            }
            _ => {
                let mut few = [0; FEW];
                few.iter_mut().zip(set.iter()).for_each(|(place, id)| *place = id);
                Rows::Few(set.len() as u8, few)
            }
        }
    }

    fn insert(&mut self, id: u64) {
        match self {
            Rows::Few(count, few) if usize::from(*count) < FEW => {
                let there = usize::from(*count);
                let at = few[..there].partition_point(|&other| other < id);
                few.copy_within(at..there, at + 1);
                few[at] = id;
                *count += 1;
            }
            Rows::Few(_, few) => *self = Rows::of(few.iter().copied().chain([id]).collect()),
            // A run that grows is no dearer to change than to remember.
            Rows::Many(many) if many.flips.is_empty() && id == many.last + 1 => {
                many.set.append(id..id + 1);
                many.last = id;
            }
            Rows::Many(many) => {
                (many.first, many.last) = (many.first.min(id), many.last.max(id));
                self.flip(id);
            }
        }
    }

    /// Takes a row out; whether [`Rows::settle`] has to find the first and the last one.
    fn remove(&mut self, id: u64) -> bool {
        match self {
            Rows::Few(count, few) => {
                let there = usize::from(*count);
                let at = few[..there].partition_point(|&other| other < id);
                few.copy_within(at + 1..there, at);
                *count -= 1;
                false
            }
            Rows::Many(many) => {
                let is_cut = id == many.first || id == many.last;
                self.flip(id);
                is_cut
            }
        }
    }

    /// Has a row go into the set, or out of it, later.
    fn flip(&mut self, id: u64) {
        let Rows::Many(many) = self else { return };
        many.flips.push(id);
        // How many there may be is looked up as often as they get more room.
        let flips = many.flips.len();
        if flips == many.flips.capacity() && flips as u64 >= (many.set.len() / 8).clamp(*FLIPS.start(), *FLIPS.end()) {
            self.settle();
        }
    }

    /// Changes the set as it is to be changed.
    fn settle(&mut self) {
        let Rows::Many(many) = self else { return };
        if many.flips.is_empty() {
            return;
        }
        let flipped = many.flipped();
        let come = flipped.minus(&many.set);
        many.set.remove_all(&flipped);
        many.set.insert_all(&come);
        many.flips.clear();
        match (many.set.first(), many.set.last()) {
            (Some(first), Some(last)) if many.set.len() >= FEW as u64 => (many.first, many.last) = (first, last),
            _ => *self = Rows::of(std::mem::take(&mut many.set)),
        }
    }

    fn set(&self) -> RowSet {
        match self {
            Rows::Few(count, few) => RowSet::from_sorted(&few[..usize::from(*count)]),
            Rows::Many(many) if many.flips.is_empty() => many.set.clone(),
            Rows::Many(many) => many.set.xor(&many.flipped()),
        }
    }

    /// Bytes held apart from the group itself.
    fn bytes(&self) -> usize {
        match self {
            Rows::Few(..) => 0,
            Rows::Many(many) => {
                size_of::<Many>() - size_of::<RowSet>() + many.set.bytes() + many.flips.capacity() * size_of::<u64>()
            }
        }
    }
}

impl Many {
    /// The rows that are to go into the set or out of it.
    fn flipped(&self) -> RowSet {
        let mut flips = self.flips.clone();
        flips.sort_unstable();
        let mut odd = RowSetBuilder::new();
        flips.chunk_by(|a, b| a == b).filter(|same| same.len() % 2 == 1).for_each(|same| odd.push(same[0]));
        odd.finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

        /// Rows come behind the others, come back, and go from the front, the back and the middle, few and many in a cycle.
        #[test]
        fn rows_come_and_go(
            cycles in prop::collection::vec((0..3_usize, 0..60_usize, 0..60_usize, any::<u64>()), 1..60),
            start in 0..3000_u64,
        ) {
            let (mut members, mut model) = (Members::default(), [(); 2].map(|()| BTreeSet::new()));
            members.resize(2);
            let put = |members: &mut Members, model: &mut [BTreeSet<u64>; 2], id: u64| {
                let slot = usize::from(id % 7 > 4);
                if model[slot].insert(id) {
                    members.insert(&[slot as u32], Ids::List(&[id]));
                }
            };
            (0..start).for_each(|id| put(&mut members, &mut model, id));
            let mut next = start;
            for (from, gone, come, seed) in cycles {
                for turn in 0..gone as u64 {
                    let slot = (turn % 3 == 0) as usize;
                    let rows = &model[slot];
                    let somewhere = seed.wrapping_mul(2 * turn + 1) % next.max(1);
                    let id = match from {
                        0 => rows.first(),
                        1 => rows.last(),
                        _ => rows.range(somewhere..).next(),
                    };
                    if let Some(&id) = id {
                        model[slot].remove(&id);
                        members.remove(&[slot as u32], Ids::List(&[id]));
                    }
                }
                for turn in 0..come as u64 {
                    let old = seed.rotate_left(turn as u32) % next.max(1);
                    put(&mut members, &mut model, if turn % 2 == 0 { next } else { old });
                    next += 1;
                }
                members.settle();
                let (mut together, mut apart) = ([(); 2].map(|()| Vec::new()), [(); 2].map(|()| Vec::new()));
                members
                    .batches(&[1, 0], |slots, ids| {
                        slots.iter().zip(ids.iter()).for_each(|(&slot, id)| together[slot as usize].push(id));
                        Ok::<_, ()>(())
                    })
                    .unwrap();
                for slot in 0..2 {
                    let (rows, model) = (members.of(slot as u32), &model[slot]);
                    rows.validate().unwrap();
                    apart[slot].extend(rows.iter());
                    prop_assert!(apart[slot].iter().eq(model), "{rows} instead of {model:?}");
                    prop_assert_eq!(members.first(slot as u32), model.first().copied());
                    prop_assert_eq!(members.last(slot as u32), model.last().copied());
                }
                prop_assert_eq!(&together, &apart);
            }
        }
    }

    #[test]
    fn small_groups_are_read_in_full_batches() {
        const GROUPS: u32 = 500;
        let mut members = Members::default();
        members.resize(GROUPS as usize);
        let slot_of = |id: u64| (id * 7919 % u64::from(GROUPS)) as u32;
        (0..5000).for_each(|id| members.insert(&[slot_of(id)], Ids::List(&[id])));
        let (mut lengths, mut all) = (Vec::new(), Vec::new());
        let slots: Vec<u32> = (0..GROUPS).collect();
        members
            .batches(&slots, |slots, ids| {
                assert!(slots.iter().zip(ids.iter()).all(|(&slot, id)| slot == slot_of(id)));
                lengths.push(slots.len());
                all.extend(ids.iter());
                Ok::<_, ()>(())
            })
            .unwrap();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..5000));
        assert_eq!(lengths, [VECTOR_ROWS, VECTOR_ROWS, 5000 - 2 * VECTOR_ROWS]);
    }

    #[test]
    fn rows_that_go_are_waited_for() {
        let mut members = Members::default();
        members.resize(1);
        (0..3000).for_each(|id| members.insert(&[0], Ids::List(&[3 * id])));
        members.groups[0].settle();
        let waiting = |members: &Members| match &members.groups[0] {
            Rows::Many(many) => many.flips.len(),
            Rows::Few(..) => 0,
        };
        (1..=255).for_each(|id| members.remove(&[0], Ids::List(&[9 * id])));
        assert_eq!(waiting(&members), 255, "a set is changed for many rows at once");
        members.settle();
        assert_eq!(waiting(&members), 255, "the ends are where they were");
        members.remove(&[0], Ids::List(&[0]));
        members.settle();
        assert_eq!((waiting(&members), members.first(0)), (0, Some(3)));
    }
}
