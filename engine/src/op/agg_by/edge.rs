//! first and last: the value of the first or last row of a group, null or not.

use super::History;
use super::accumulator::{Accumulator, Reads, Scope, absorb, of_lane};
use crate::Result;
use crate::column::Ids;
use crate::types::Type;
use crate::vector::{Vector, VectorBuilder};

/// Which row of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    First,
    Last,
}

/// No row yet, of a group whose first row is wanted.
const NONE: u64 = u64::MAX;

/// A row of a cycle before, whose value is in the result.
const PASSED: u64 = u64::MAX - 1;

/// The id of the row that wins, by slot; where rows can be taken back, the members of the group tell instead.
///
/// Rows of a blink table are gone in the next cycle: a group is asked for its last value only in a cycle that touches it,
/// and its first value is in the result from the cycle on that has its first row.
pub(super) struct Edge {
    end: End,
    input: Type,
    history: History,
    /// Whether groups may be shown before they have a row.
    shows_empty: bool,
    winners: Vec<u64>,
    /// Groups of a blink table that got their first row in this cycle.
    found: Vec<u32>,
}

impl Edge {
    pub(super) fn new(end: End, input: Type, history: History, shows_empty: bool) -> Self {
        Edge { end, input, history, shows_empty, winners: Vec::new(), found: Vec::new() }
    }

    /// What the first row of a group replaces.
    fn none(&self) -> u64 {
        match self.end {
            End::First => NONE,
            End::Last => 0,
        }
    }

    fn winner(&self, slot: u32, scope: &Scope<'_, '_>) -> Option<u64> {
        match (scope.members, self.end) {
            (Some(members), End::First) => members.first(slot),
            (Some(members), End::Last) => members.last(slot),
            (None, _) => (scope.groups.rows(slot) > 0).then(|| self.winners[slot as usize]),
        }
    }
}

impl Accumulator for Edge {
    fn start(&mut self) {
        for slot in self.found.drain(..) {
            self.winners[slot as usize] = PASSED;
        }
    }

    fn another(&self) -> Option<Box<dyn Accumulator>> {
        // Where rows may be taken back the members of the group tell, and those that pass have no ids to compare.
        let is_told = self.history == History::Adds;
        is_told.then(|| -> Box<dyn Accumulator> {
            Box::new(Edge::new(self.end, self.input, self.history, self.shows_empty))
        })
    }

    fn absorb(&mut self, lane: Box<dyn Accumulator>, slots: &[u32]) {
        let end = self.end;
        if let Some(lane) = of_lane::<Self>(lane) {
            absorb(&mut self.winners, lane.winners, slots, |first, winner| {
                *first = if end == End::First { winner.min(*first) } else { winner.max(*first) };
            });
        }
    }

    fn resize(&mut self, slots: usize) {
        if self.history != History::Changes {
            self.winners.resize(slots, self.none());
        }
    }

    fn insert_rows(&mut self, slots: &[u32], ids: Ids<'_>) {
        let rows = slots.iter().zip(ids.iter());
        let winners = &mut self.winners;
        match (self.history, self.end) {
            (History::Changes, _) => {}
            // Blink rows come in order, but their ids are not comparable with those of cycles before.
            (History::Passes, End::Last) => rows.for_each(|(&slot, id)| winners[slot as usize] = id),
            (History::Passes, End::First) => rows.for_each(|(&slot, id)| {
                let winner = &mut winners[slot as usize];
                if *winner == NONE {
                    *winner = id;
                    self.found.push(slot);
                }
            }),
            (History::Adds, End::First) => {
                rows.for_each(|(&slot, id)| winners[slot as usize] = winners[slot as usize].min(id));
            }
            (History::Adds, End::Last) => {
                rows.for_each(|(&slot, id)| winners[slot as usize] = winners[slot as usize].max(id));
            }
        }
    }

    fn finish(&mut self, _question: usize, slots: &[u32], scope: &Scope<'_, '_>) -> Result<Vector<'static>> {
        let winners: Vec<Option<u64>> = slots.iter().map(|&slot| self.winner(slot, scope)).collect();
        if !winners.contains(&Some(PASSED)) {
            return scope.cells(self.input, &winners);
        }
        let here: Vec<Option<u64>> = winners.iter().map(|winner| winner.filter(|&id| id != PASSED)).collect();
        let (cells, kept) = (scope.cells(self.input, &here)?, scope.kept(slots));
        let mut both = VectorBuilder::with_capacity(self.input, 2 * slots.len());
        both.extend(&cells);
        both.extend(&kept);
        let behind = |at: usize| if winners[at] == Some(PASSED) { at + slots.len() } else { at };
        let places: Vec<u32> = (0..slots.len()).map(|at| behind(at) as u32).collect();
        Ok(both.finish().take(&places))
    }

    fn reset(&mut self, slot: u32) {
        let none = self.none();
        if let Some(winner) = self.winners.get_mut(slot as usize) {
            *winner = none;
        }
    }

    fn reads(&self) -> Reads {
        Reads::Rows
    }

    fn needs_members(&self) -> bool {
        true
    }

    fn is_settled(&self) -> bool {
        self.history == History::Passes && self.end == End::First && !self.shows_empty
    }

    fn bytes(&self) -> usize {
        self.winners.capacity() * 8 + self.found.capacity() * 4
    }
}
