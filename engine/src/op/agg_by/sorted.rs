//! sorted_first and sorted_last: the value of the row that comes first or last by another column.

use super::History;
use super::accumulator::{Accumulator, Reads, Scope, Standing};
use super::best::Best;
use super::extreme::Side;
use super::ranked::Ranked;
use crate::column::{View, batches};
use crate::types::Type;
use crate::vector::{Vector, VectorBuilder};
use crate::{Error, ErrorKind, Result};

/// The rank and the id of the row that wins in each group.
///
/// Rows of a blink table are gone in the next cycle: of a winner from a cycle before, the value is in the result.
pub(super) struct Sorted<T: Ranked> {
    side: Side,
    input: Type,
    history: History,
    groups: Vec<Best<Rank<T::Key>>>,
    /// Rows that passed before this cycle, and in all.
    before: u64,
    passed: u64,
}

/// How rows compare: by class, by value, then by place.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Rank<K> {
    class: Class,
    key: K,
    place: u64,
    id: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    #[default]
    Null,
    Value,
    Nan,
}

fn rank<T: Ranked>(cell: Option<&T>, place: u64, id: u64) -> Rank<T::Key> {
    match cell.map(|cell| cell.one_zero().key()) {
        None => Rank { class: Class::Null, key: T::Key::default(), place, id },
        Some(Some(key)) => Rank { class: Class::Value, key, place, id },
        Some(None) => Rank { class: Class::Nan, key: T::Key::default(), place, id },
    }
}

impl<T: Ranked> Sorted<T> {
    pub(super) fn new(side: Side, input: Type, history: History) -> Self {
        Sorted { side, input, history, groups: Vec::new(), before: 0, passed: 0 }
    }

    fn pass(&mut self, slots: &[u32], rows: &Standing<'_>, apply: impl Fn(&mut Best<Rank<T::Key>>, Rank<T::Key>)) {
        let (cells, valid) = (T::values(rows.cells), rows.cells.valid());
        for (at, &slot) in slots.iter().enumerate() {
            let cell = cells.get(at).filter(|_| valid.is_none_or(|valid| valid.get(at)));
            // Ids of rows that pass do not compare with those of other cycles.
            let place = if self.history == History::Passes { self.passed + at as u64 } else { rows.places[at] };
            apply(&mut self.groups[slot as usize], rank(cell, place, rows.ids.get(at)));
        }
        self.passed += slots.len() as u64;
    }

    /// Looks at all rows of a group again, and keeps them in order from now on.
    fn sort(&mut self, slot: u32, scope: &Scope<'_, '_>) -> Result<()> {
        let (Some(members), Some(by)) = (scope.members, scope.beside) else {
            return Err(Error::new(ErrorKind::Internal, "a row was lost where rows are never taken back"));
        };
        let mut ranks = std::collections::BTreeMap::new();
        batches(members.of(slot), |ids| {
            let (cells, places) =
                (scope.cx.read(by, ids, View::New)?, scope.cx.input().order.places(scope.cx, ids, View::New)?);
            for (at, cell) in T::values(&cells).iter().enumerate() {
                let cell = cells.is_valid(at).then_some(cell);
                ranks.insert(rank(cell, places[at], ids.get(at)), 1);
            }
            Ok::<_, Error>(())
        })?;
        self.groups[slot as usize].keep_sorted(ranks);
        Ok(())
    }
}

impl<T: Ranked> Accumulator for Sorted<T> {
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
            let has_passed = |winner: &&Rank<T::Key>| self.history == History::Passes && winner.place < self.before;
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
        self.groups.iter().map(Best::bytes).sum::<usize>() + self.groups.capacity() * size_of::<Best<Rank<T::Key>>>()
    }
}
