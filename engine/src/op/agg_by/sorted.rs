//! sorted_first and sorted_last: the value of the row that comes first or last by other columns.

use super::History;
use super::accumulator::{Accumulator, Reads, Scope, Standing};
use super::best::Best;
use super::deciders::Decider;
use super::extreme::Side;
use crate::column::{View, batches};
use crate::types::Type;
use crate::vector::{Vector, VectorBuilder};
use crate::{Error, ErrorKind, Result};

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

    /// Looks at all rows of a group again, and keeps them in order from now on.
    fn sort(&mut self, slot: u32, scope: &Scope<'_, '_>) -> Result<()> {
        let Some(members) = scope.members else {
            return Err(Error::new(ErrorKind::Internal, "a row was lost where rows are never taken back"));
        };
        let mut ranks = std::collections::BTreeMap::new();
        batches(members.of(slot), |ids| {
            let cells = scope.cx.read_all(scope.beside, ids, View::New)?;
            let places = scope.cx.input().order.places(scope.cx, ids, View::New)?;
            let key = D::keys(&cells);
            ranks.extend(places.iter().enumerate().map(|(at, &place)| {
                let rank = Rank { key: key(at), place, id: ids.get(at) };
                (rank, 1)
            }));
            Ok::<_, Error>(())
        })?;
        self.groups[slot as usize].keep_sorted(ranks);
        Ok(())
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
        self.pass(slots, rows, |group, rank| group.take(&rank));
    }

    fn finish(&mut self, _question: usize, slots: &[u32], scope: &Scope<'_, '_>) -> Result<Vector<'static>> {
        let mut winners = Vec::with_capacity(slots.len());
        let mut passed = Vec::new();
        for (at, &slot) in slots.iter().enumerate() {
            if self.groups[slot as usize].is_lost() {
                self.sort(slot, scope)?;
            }
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
        self.groups.iter().map(Best::bytes).sum::<usize>() + self.groups.capacity() * size_of::<Best<Rank<D::Key>>>()
    }
}
