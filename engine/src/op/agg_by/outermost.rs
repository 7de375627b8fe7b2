//! first and last where rows have an order of their own: the value of the row with the least or greatest place.

use super::accumulator::{Accumulator, Reads, Scope};
use super::best::{self, Best};
use super::edge::End;
use super::extreme::Side;
use crate::Result;
use crate::column::{Ids, View};
use crate::types::Type;
use crate::vector::Vector;

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
            self.groups[slot as usize].take(&(place, id), self.side);
        }
    }

    fn finish(&mut self, _question: usize, slots: &[u32], scope: &Scope<'_, '_>) -> Result<Vector<'static>> {
        let lost = best::forget_lost(&mut self.groups, slots, self.side);
        scope.read_again(&lost, |slots, ids| {
            self.insert_places(slots, ids, &scope.cx.input().order.places(scope.cx, ids, View::New)?);
            Ok(())
        })?;
        let winner = |&slot: &u32| {
            let group = &self.groups[slot as usize];
            (group.values > 0).then(|| group.best(self.side).1)
        };
        scope.cells(self.input, &slots.iter().map(winner).collect::<Vec<_>>())
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
        best::bytes(&self.groups)
    }

    fn validate(&self) -> Result<(), String> {
        best::validate(&self.groups, self.side)
    }
}
