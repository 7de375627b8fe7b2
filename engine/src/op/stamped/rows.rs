//! [`StampedRows`]: the rows of one side, a line for each key, and how what becomes of them gets there.

use super::{Line, Located, Stamp, StampedSide};
use crate::column::{Ids, View, batches};
use crate::graph::{Cx, Delta};
use crate::group::KeyTable;
use crate::op::matching::{SlotSet, known};
use crate::rowset::RowSet;
use crate::{Error, ErrorKind, Result};

/// Where rows came, went or changed: key slots and stamps, each once, in order.
pub(in crate::op) type Touched<S> = Vec<(u32, S)>;

/// The rows of an input by key and stamp.
pub(in crate::op) struct StampedRows<S: Stamp> {
    side: StampedSide<S>,
    /// The number of the input.
    input: usize,
    /// Rows of one stamp stand in the order of their table, which is not that of their ids.
    by_place: bool,
    /// A line for each key slot; `None` where nobody asks for them.
    lines: Option<Vec<Line<S>>>,
    nobody: Line<S>,
}

impl<S: Stamp> StampedRows<S> {
    pub(in crate::op) fn new(side: StampedSide<S>, input: usize, by_place: bool, are_kept: bool) -> Self {
        StampedRows { side, input, by_place, lines: are_kept.then(Vec::new), nobody: Line::default() }
    }

    pub(in crate::op) fn are_kept(&self) -> bool {
        self.lines.is_some()
    }

    /// The rows of a key; none of a slot that was never given a row.
    pub(in crate::op) fn get(&self, slot: u32) -> &Line<S> {
        self.lines.as_ref().and_then(|lines| lines.get(slot as usize)).unwrap_or(&self.nobody)
    }

    /// As [`StampedRows::get`], for who will search the line often.
    pub(in crate::op) fn get_mut(&mut self, slot: u32) -> &mut Line<S> {
        let StampedRows { lines, nobody, .. } = self;
        lines.as_mut().and_then(|lines| lines.get_mut(slot as usize)).unwrap_or(nobody)
    }

    /// Those of the rows modified that may stand elsewhere now.
    pub(in crate::op) fn rekeyed(&self, delta: &Delta) -> RowSet {
        let is_hit = self.side.is_hit(&delta.mask) || self.by_place && delta.mask.has_order();
        if is_hit { delta.modified.clone() } else { RowSet::new() }
    }

    /// Takes what became of the rows into their lines. Keys that lost a row are `vacated`; with `track`, it tells where rows
    /// came or went.
    pub(in crate::op) fn change(
        &mut self,
        cx: &mut Cx<'_>,
        keys: &mut KeyTable,
        delta: &Delta,
        vacated: &mut SlotSet,
        track: bool,
    ) -> Result<Touched<S>> {
        let rekeyed = self.rekeyed(delta);
        let mut touched = Touched::new();
        self.retract(cx, keys, &delta.removed.union(&rekeyed), |slot, stamp| {
            vacated.insert(slot);
            if track {
                touched.push((slot, stamp.clone()));
            }
        })?;
        for rows in [&rekeyed, &delta.added] {
            self.insert(cx, keys, rows, |_, _, located| {
                if track {
                    touched.extend(located.slots.iter().copied().zip(located.stamps.iter().cloned()));
                }
                Ok(())
            })?;
        }
        touched.sort_unstable();
        touched.dedup();
        Ok(touched)
    }

    /// Takes rows out of their lines; calls `each` with the key slot and stamp of each.
    pub(in crate::op) fn retract(
        &mut self,
        cx: &Cx<'_>,
        keys: &mut KeyTable,
        rows: &RowSet,
        mut each: impl FnMut(u32, &S),
    ) -> Result<()> {
        let StampedRows { side, input, by_place, lines: Some(lines), .. } = self else { return Ok(()) };
        let mut located = Located::default();
        batches(rows, |ids| {
            side.locate(cx, keys, ids, View::Old, &mut located)?;
            let places = if *by_place { Some(cx.inputs[*input].order.places(cx, ids, View::Old)?) } else { None };
            for (at, id) in ids.iter().enumerate() {
                let (slot, stamp) = (known(located.slots[at])?, &located.stamps[at]);
                let key = stamp.key(places.as_ref().map_or(id, |places| places[at]));
                if !lines.get_mut(slot as usize).is_some_and(|line| line.remove(&key)) {
                    let message = "a row that is not where its stamp says";
                    return Err(Error::new(ErrorKind::Internal, message).with_row(id));
                }
                each(slot, stamp);
            }
            Ok(())
        })
    }

    /// Puts rows into their lines; calls `each` with the rows of a batch and where they are. Where no lines are kept, it
    /// only tells that, and keys not seen before have no slot.
    pub(in crate::op) fn insert<'c>(
        &mut self,
        cx: &mut Cx<'c>,
        keys: &mut KeyTable,
        rows: &RowSet,
        mut each: impl FnMut(&mut Cx<'c>, Ids<'_>, &Located<S>) -> Result<()>,
    ) -> Result<()> {
        let StampedRows { side, input, by_place, lines, .. } = self;
        let mut located = Located::default();
        batches(rows, |ids| {
            let Some(lines) = lines else {
                side.locate(cx, keys, ids, View::New, &mut located)?;
                return each(cx, ids, &located);
            };
            side.place(cx, keys, ids, &mut located)?;
            if lines.len() < keys.slots() {
                lines.resize_with(keys.slots(), Line::default);
            }
            let places = if *by_place { Some(cx.inputs[*input].order.places(cx, ids, View::New)?) } else { None };
            for (at, id) in ids.iter().enumerate() {
                let (line, stamp) = (&mut lines[located.slots[at] as usize], &located.stamps[at]);
                match &places {
                    Some(places) => line.insert(stamp.key(places[at]), Some(id)),
                    None => line.insert(stamp.key(id), None),
                }
            }
            each(cx, ids, &located)
        })
    }

    /// Calls `each` with rows as they are now, and their key slots and stamps.
    pub(in crate::op) fn locate(
        &self,
        cx: &Cx<'_>,
        keys: &mut KeyTable,
        rows: &RowSet,
        mut each: impl FnMut(u32, &S, u64),
    ) -> Result<()> {
        let mut located = Located::default();
        batches(rows, |ids| {
            self.side.locate(cx, keys, ids, View::New, &mut located)?;
            located.slots.iter().zip(&located.stamps).zip(ids.iter()).for_each(|((&slot, stamp), id)| {
                each(slot, stamp, id);
            });
            Ok(())
        })
    }

    /// The columns whose values before a cycle are read: where no lines are kept, a row that goes is simply gone.
    pub(in crate::op) fn reads_old(&self) -> Vec<usize> {
        if self.are_kept() { self.side.reads_old() } else { Vec::new() }
    }

    /// The input, if its order before a cycle is read.
    pub(in crate::op) fn reads_old_order(&self) -> Option<usize> {
        self.by_place.then_some(self.input)
    }

    pub(in crate::op) fn bytes(&self) -> usize {
        let of_lines = |lines: &Vec<Line<S>>| {
            lines.capacity() * size_of::<Line<S>>() + lines.iter().map(Line::bytes).sum::<usize>()
        };
        self.lines.as_ref().map_or(0, of_lines)
    }

    pub(in crate::op) fn validate(&self) -> Result<(), String> {
        self.lines.iter().flatten().try_for_each(|line| line.validate(self.by_place))
    }
}
