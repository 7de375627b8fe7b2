//! sorted_first and sorted_last: the value of the row that comes first or last by other columns.

use super::History;
use super::accumulator::{Accumulator, Reads, Scope, Standing};
use super::best::{self, Best};
use super::deciders::Decider;
use super::extreme::Side;
use crate::Result;
use crate::column::View;
use crate::types::Type;
use crate::vector::{Vector, VectorBuilder};

/// The rank and the id of the row that wins in each group.
///
/// Rows of a blink table are gone in the next cycle: of a winner from a cycle before, the value is in the result.
pub(super) struct Sorted<D: Decider> {
    side: Side,
    input: Type,
    history: History,
    groups: Vec<Best<Rank<D::Key>>>,
    /// Rows that passed before this cycle, and in all.
    before: u64,
    passed: u64,
}

/// How rows compare: by what decides, then by place.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Rank<K> {
    key: K,
    place: u64,
    id: u64,
}

impl<D: Decider> Sorted<D> {
    pub(super) fn new(side: Side, input: Type, history: History) -> Self {
        Sorted { side, input, history, groups: Vec::new(), before: 0, passed: 0 }
    }

    fn pass(&mut self, slots: &[u32], rows: &Standing<'_>, apply: impl Fn(&mut Best<Rank<D::Key>>, Rank<D::Key>)) {
        let key = D::keys(rows.cells);
        for (at, &slot) in slots.iter().enumerate() {
            // Ids of rows that pass do not compare with those of other cycles.
            let place = if self.history == History::Passes { self.passed + at as u64 } else { rows.places[at] };
            apply(&mut self.groups[slot as usize], Rank { key: key(at), place, id: rows.ids.get(at) });
        }
        self.passed += slots.len() as u64;
    }
}

impl<D: Decider> Accumulator for Sorted<D> {
    fn start(&mut self) {
        self.before = self.passed;
    }

    fn resize(&mut self, slots: usize) {
        self.groups.resize(slots, Best::default());
    }

    fn insert_standing(&mut self, slots: &[u32], rows: &Standing<'_>) {
        let side = self.side;
        self.pass(slots, rows, |group, rank| group.put(rank, side));
    }

    fn retract_standing(&mut self, slots: &[u32], rows: &Standing<'_>) {
        let side = self.side;
        self.pass(slots, rows, |group, rank| group.take(&rank, side));
    }

    fn finish(&mut self, _question: usize, slots: &[u32], scope: &Scope<'_, '_>) -> Result<Vector<'static>> {
        let lost = best::forget_lost(&mut self.groups, slots, self.side);
        scope.read_again(&lost, |slots, ids| {
            let cells = scope.cx.read_all(scope.beside, ids, View::New)?;
            let places = scope.cx.input().order.places(scope.cx, ids, View::New)?;
            self.insert_standing(slots, &Standing { ids, places, cells: &cells });
            Ok(())
        })?;
        let mut winners = Vec::with_capacity(slots.len());
        let mut passed = Vec::new();
        for (at, &slot) in slots.iter().enumerate() {
            let group = &self.groups[slot as usize];
            let winner = (group.values > 0).then(|| group.best(self.side));
            let has_passed = |winner: &&Rank<D::Key>| self.history == History::Passes && winner.place < self.before;
            if winner.filter(has_passed).is_some() {
                passed.push(at);
                winners.push(None);
            } else {
                winners.push(winner.map(|winner| winner.id));
            }
        }
        let values = scope.cells(self.input, &winners)?;
        if passed.is_empty() {
            return Ok(values);
        }
        // What passed is behind what is there.
        let kept = scope.kept(&passed.iter().map(|&at| slots[at]).collect::<Vec<_>>());
        let mut all = VectorBuilder::with_capacity(self.input, values.len() + kept.len());
        all.extend(&values);
        all.extend(&kept);
        let mut places: Vec<u32> = (0..values.len() as u32).collect();
        for (behind, at) in passed.into_iter().enumerate() {
            places[at] = (values.len() + behind) as u32;
        }
        Ok(all.finish().take(&places))
    }

    fn reset(&mut self, slot: u32) {
        self.groups[slot as usize] = Best::default();
    }

    fn reads(&self) -> Reads {
        Reads::Standing
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
