//! [`Lefts`]: the left rows by key and range, so that right rows that come, go or change find those they matter to.

use super::ends::Ends;
use super::spans::Spans;
use crate::op::stamped::{Stamp, StampedRows, Touched};

/// The ranges of left rows for each key slot.
#[derive(Debug, Default)]
pub(super) struct Lefts<S: Stamp> {
    spans: Vec<Spans<S>>,
}

impl<S: Stamp> Lefts<S> {
    pub(super) fn is_empty(&self, slot: u32) -> bool {
        self.spans.get(slot as usize).is_none_or(Spans::is_empty)
    }

    pub(super) fn insert(&mut self, slot: u32, low: &S, high: S, id: u64) {
        if self.spans.len() <= slot as usize {
            self.spans.resize_with(slot as usize + 1, Spans::default);
        }
        self.spans[slot as usize].insert(low, high, id);
    }

    /// Takes a row out; whether it was there.
    pub(super) fn remove(&mut self, slot: u32, low: &S, id: u64) -> bool {
        self.spans.get_mut(slot as usize).is_some_and(|spans| spans.remove(low, id))
    }

    /// Calls `each` with the left rows that what became of right rows may matter to, each once: a value lies in their
    /// range, or they may reach for it. An end that reaches for the next value does so over no other, so it lies between
    /// the value touched and its neighbour in the line.
    pub(super) fn for_each_of(
        &self,
        touched: &Touched<S>,
        right: &StampedRows<S>,
        ends: &Ends<S>,
        mut each: impl FnMut(u64),
    ) {
        for of_key in touched.chunk_by(|a, b| a.0 == b.0) {
            let slot = of_key[0].0;
            let Some(spans) = self.spans.get(slot as usize) else { continue };
            let line = right.get(slot);
            // Rows whose low end lies no further than this were met: as values ascend, so do high ends asked for.
            let mut met: Option<S> = None;
            for (_, stamp) in of_key {
                let before = || line.last_before(&stamp.front()).map(|(key, _)| S::of(key)).unwrap_or_default();
                let from = if ends.reaches_up() { before() } else { stamp.clone() };
                let behind = || line.first_from(&stamp.back()).map(|(key, _)| S::of(key));
                let to = if ends.reaches_down() { behind() } else { Some(stamp.clone()) };
                spans.for_each_of(met.as_ref(), to.as_ref(), &from, &mut each);
                met = to;
                if met.is_none() {
                    break;
                }
            }
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.spans.capacity() * size_of::<Spans<S>>() + self.spans.iter().map(Spans::bytes).sum::<usize>()
    }

    /// The ids of the rows of a key.
    pub(super) fn ids(&self, slot: u32) -> impl Iterator<Item = u64> {
        self.spans.get(slot as usize).into_iter().flat_map(Spans::ids)
    }

    pub(super) fn validate(&self) -> Result<(), String> {
        self.spans.iter().try_for_each(Spans::validate)
    }
}
