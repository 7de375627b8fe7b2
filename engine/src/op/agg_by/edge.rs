//! first and last: the value of the first or last row of a group, null or not.

use super::History;
use super::accumulator::{Accumulator, Reads, Scope};
use crate::column::{Ids, View};
use crate::types::Type;
use crate::vector::{VECTOR_ROWS, Vector, VectorBuilder};
use crate::{Error, ErrorKind, Result};

/// Which row of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    First,
    Last,
}

/// The id of the row that wins, by slot; where rows can be taken back, the members of the group tell instead.
///
/// Rows of a blink table are gone in the next cycle, but their value is in the result by then: a group is asked for
/// its result only in a cycle that touches it, and the first value of a group only in the cycle that makes it.
pub(super) struct Edge {
    end: End,
    input: Type,
    history: History,
    winners: Vec<u64>,
}

impl Edge {
    pub(super) fn new(end: End, input: Type, history: History) -> Self {
        Edge { end, input, history, winners: Vec::new() }
    }

    /// What the first row of a group replaces.
    fn none(&self) -> u64 {
        match self.end {
            End::First => u64::MAX,
            End::Last => 0,
        }
    }

    fn winner(&self, slot: u32, scope: &Scope<'_, '_>) -> u64 {
        let Some(members) = scope.members else { return self.winners[slot as usize] };
        let rows = members.of(slot);
        let winner = if self.end == End::First { rows.first() } else { rows.last() };
        winner.unwrap_or_else(|| self.none())
    }
}

impl Accumulator for Edge {
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
                *winner = if *winner == u64::MAX { id } else { *winner };
            }),
            (History::Adds, End::First) => {
                rows.for_each(|(&slot, id)| winners[slot as usize] = winners[slot as usize].min(id));
            }
            (History::Adds, End::Last) => {
                rows.for_each(|(&slot, id)| winners[slot as usize] = winners[slot as usize].max(id));
            }
        }
    }

    fn finish(&mut self, slots: &[u32], scope: &Scope<'_, '_>) -> Result<Vector<'static>> {
        let Some(column) = scope.column else {
            return Err(Error::new(ErrorKind::Internal, "first or last of no column"));
        };
        let winners: Vec<u64> = slots.iter().map(|&slot| self.winner(slot, scope)).collect();
        let mut values = VectorBuilder::with_capacity(self.input, slots.len());
        for ids in winners.chunks(VECTOR_ROWS) {
            values.extend(&scope.cx.read(column, Ids::List(ids), View::New)?);
        }
        Ok(values.finish())
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
        self.history == History::Passes && self.end == End::First
    }

    fn bytes(&self) -> usize {
        self.winners.capacity() * 8
    }
}
