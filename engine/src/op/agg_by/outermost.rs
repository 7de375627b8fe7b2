//! first and last where rows have an order of their own: the value of the row with the least or greatest place.

use super::accumulator::{Accumulator, Reads, Scope};
use super::best::Best;
use super::edge::End;
use super::extreme::Side;
use crate::column::{Ids, View};
use crate::types::Type;
use crate::vector::Vector;
use crate::{Error, ErrorKind, Result};

/// The place and the id of the outermost row of each group.
pub(super) struct Outermost {
    side: Side,
    input: Type,
    groups: Vec<Best<(u64, u64)>>,
}

impl Outermost {
    pub(super) fn new(end: End, input: Type) -> Self {
        let side = if end == End::First { Side::Least } else { Side::Greatest };
        Outermost { side, input, groups: Vec::new() }
    }

    /// Looks at all rows of a group again, and keeps them in order from now on.
    fn sort(&mut self, slot: u32, scope: &Scope<'_, '_>) -> Result<()> {
        let Some(members) = scope.members else {
            return Err(Error::new(ErrorKind::Internal, "a row was lost where rows are never taken back"));
        };
        let placed = scope.cx.input().order.placed(scope.cx, members.of(slot), View::New)?;
        self.groups[slot as usize].keep_sorted(placed.into_iter().map(|row| (row, 1)).collect());
        Ok(())
    }
}

impl Accumulator for Outermost {
    fn resize(&mut self, slots: usize) {
        self.groups.resize(slots, Best::default());
    }

    fn insert_places(&mut self, slots: &[u32], ids: Ids<'_>, places: &[u64]) {
        for ((&slot, id), &place) in slots.iter().zip(ids.iter()).zip(places) {
            self.groups[slot as usize].put((place, id), self.side);
        }
    }

    fn retract_places(&mut self, slots: &[u32], ids: Ids<'_>, places: &[u64]) {
        for ((&slot, id), &place) in slots.iter().zip(ids.iter()).zip(places) {
            self.groups[slot as usize].take(&(place, id));
        }
    }

    fn finish(&mut self, _question: usize, slots: &[u32], scope: &Scope<'_, '_>) -> Result<Vector<'static>> {
        let mut winners = Vec::with_capacity(slots.len());
        for &slot in slots {
            if self.groups[slot as usize].is_lost() {
                self.sort(slot, scope)?;
            }
            let group = &self.groups[slot as usize];
            winners.push((group.values > 0).then(|| group.best(self.side).1));
        }
        scope.cells(self.input, &winners)
    }

    fn reset(&mut self, slot: u32) {
        self.groups[slot as usize] = Best::default();
    }

    fn reads(&self) -> Reads {
        Reads::Places
    }

    fn needs_members(&self) -> bool {
        true
    }

    fn bytes(&self) -> usize {
        self.groups.iter().map(Best::bytes).sum::<usize>() + self.groups.capacity() * size_of::<Best<(u64, u64)>>()
    }
}
