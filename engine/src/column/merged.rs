//! [`Merged`]: one column of several tables, each with a part of the ids for itself.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use super::{Column, Ids, Stores, View};
use crate::rowset::{RowSet, RowSetBuilder};
use crate::types::Type;
use crate::vector::{Vector, VectorBuilder};
use crate::{Error, ErrorKind, Result};

/// Ids have 63 bits.
const IDS: u64 = 1 << 63;

/// A stretch grows to an id if no more than one in so many of the free places between are skipped for it.
const NEAR: u64 = 1 << 16;

/// A column of the same name in each of the tables that are merged.
#[derive(Debug)]
pub(crate) struct Merged {
    pub(crate) places: Arc<Places>,
    pub(crate) sources: Vec<Column>,
}

/// Which id of the result stands for which row of which input.
///
/// Each input has an equal part of all ids, in order of the inputs, and in it *stretches* of ids that are those of the
/// input moved by one distance: mostly a single one. A stretch grows as ids are used near it, and an id that has its
/// place keeps it, so one map is right for both views of a cycle and for every pin. Readers hold its lock for the
/// translation of a batch, never while they read values; only a merge that is given ids it never saw writes.
#[derive(Debug)]
pub(crate) struct Places {
    /// Ids in the part of each input.
    width: u64,
    inputs: RwLock<Vec<Vec<Stretch>>>,
}

/// The ids `inner..inner + len` of an input, as `outer..outer + len` of the result.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    inner: u64,
    outer: u64,
    len: u64,
}

impl Stretch {
    fn inner_end(&self) -> u64 {
        self.inner + self.len
    }

    fn outer_end(&self) -> u64 {
        self.outer + self.len
    }
}

impl Places {
    /// No places yet, for so many inputs (at least one).
    pub(crate) fn new(inputs: usize) -> Self {
        let width = IDS / inputs.max(1) as u64;
        let part = |input| vec![Stretch { inner: 0, outer: input as u64 * width, len: 0 }];
        Places { width, inputs: RwLock::new((0..inputs).map(part).collect()) }
    }

    fn read(&self) -> RwLockReadGuard<'_, Vec<Vec<Stretch>>> {
        self.inputs.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives places to those of `rows` of an input that have none yet.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] if they lie so far apart, in so many places, that nothing is left between their neighbours.
    pub(crate) fn make(&self, input: usize, rows: &RowSet) -> Result<()> {
        let known = self.read().get(input).is_some_and(|part| rows.runs().all(|run| covers(part, run.start, run.end)));
        if known {
            return Ok(());
        }
        let mut inputs = self.inputs.write().unwrap_or_else(PoisonError::into_inner);
        let part = inputs.get_mut(input).ok_or_else(|| unplaced(0))?;
        let end = (input as u64 + 1) * self.width;
        rows.runs().try_for_each(|run| {
            let mut from = run.start;
            while from < run.end {
                from = place(part, end, from, run.end)?;
            }
            Ok(())
        })
    }

    /// Puts rows of an input, which have places, at the end of a set that is being built: inputs come in order.
    pub(crate) fn push(&self, input: usize, rows: &RowSet, out: &mut RowSetBuilder) {
        for stretch in self.read().get(input).into_iter().flatten() {
            for run in rows.runs_in(stretch.inner..stretch.inner_end()) {
                let moved = |id: u64| id - stretch.inner + stretch.outer;
                out.push_range(moved(run.start)..moved(run.end));
            }
        }
    }

    /// The input of each id and its id there.
    fn locate(&self, ids: Ids<'_>) -> Result<Located> {
        let inputs = self.read();
        let mut located: Vec<(usize, u64)> = Vec::new();
        let mut last: Option<(usize, Stretch)> = None;
        for (index, id) in ids.iter().enumerate() {
            let (input, stretch) = match last {
                Some(last) if (last.1.outer..last.1.outer_end()).contains(&id) => last,
                _ => {
                    let input = (id / self.width) as usize;
                    let part = inputs.get(input).ok_or_else(|| unplaced(id))?;
                    let at = part.partition_point(|stretch| stretch.outer_end() <= id);
                    let stretch = *part.get(at).filter(|s| s.outer <= id).ok_or_else(|| unplaced(id))?;
                    *last.insert((input, stretch))
                }
            };
            let inner = id - stretch.outer + stretch.inner;
            if index == 0
                && let Ids::Range { len, .. } = ids
                && inner + len as u64 <= stretch.inner_end()
            {
                return Ok(Located::Range { input, start: inner, len });
            }
            located.push((input, inner));
        }
        let first = located.first().map_or(0, |&(input, _)| input);
        if located.iter().all(|&(input, _)| input == first) {
            return Ok(Located::One { input: first, ids: located.into_iter().map(|(_, id)| id).collect() });
        }
        Ok(Located::Several(located))
    }

    /// Checks the order of the stretches.
    pub(crate) fn validate(&self) -> Result<(), String> {
        for (input, part) in self.read().iter().enumerate() {
            let (start, end) = (input as u64 * self.width, (input as u64 + 1) * self.width);
            if part.iter().any(|stretch| stretch.outer < start || stretch.outer_end() > end) {
                return Err(format!("ids of input {input} outside its part"));
            }
            let ascending = |a: &Stretch, b: &Stretch| a.inner_end() <= b.inner && a.outer_end() <= b.outer;
            if !part.is_sorted_by(ascending) {
                return Err(format!("ids of input {input} out of order"));
            }
        }
        Ok(())
    }
}

/// Where a batch of ids is read.
enum Located {
    Range { input: usize, start: u64, len: usize },
    One { input: usize, ids: Vec<u64> },
    Several(Vec<(usize, u64)>),
}

fn covers(part: &[Stretch], start: u64, end: u64) -> bool {
    let at = part.partition_point(|stretch| stretch.inner_end() <= start);
    part.get(at).is_some_and(|stretch| stretch.inner <= start && end <= stretch.inner_end())
}

/// Sees to the place of id `from`, and of as many of those after it (before `to`) as go with it; gives the next id.
///
/// A stretch nearby grows to it; else a new one begins where `from` would be if the ids between its neighbours were
/// spread evenly. So neither ids that count upwards, from either end, nor ids at random soon use up what is free.
fn place(part: &mut Vec<Stretch>, end: u64, from: u64, to: u64) -> Result<u64> {
    let after = part.partition_point(|stretch| stretch.inner <= from);
    // The first stretch begins at id 0.
    let Some(before) = after.checked_sub(1).and_then(|at| part.get(at).copied()) else { return Err(unplaced(from)) };
    if from < before.inner_end() {
        return Ok(before.inner_end());
    }
    let next = part.get(after).copied();
    let (inner_end, outer_end) = next.map_or((IDS, end), |next| (next.inner, next.outer));
    let to = to.min(inner_end);
    let (below, above) = (from - before.inner_end(), inner_end - to);
    let Some(free) = (outer_end - before.outer_end()).checked_sub(to - from) else {
        let message = format!("row id {from} finds no place in order between those of its input");
        return Err(Error::new(ErrorKind::Limit, message)
            .with_row(from)
            .with_help("the ids of this input are spread over too many places: give it ids that count upwards"));
    };
    if below <= free / NEAR {
        part[after - 1].len = to - before.inner;
    } else if let Some(next) = next.filter(|_| above <= free / NEAR) {
        let more = next.inner - from;
        part[after] = Stretch { inner: from, outer: next.outer - more, len: next.len + more };
    } else {
        let share = u128::from(free) * u128::from(below) / (u128::from(below) + u128::from(above)).max(1);
        let outer = before.outer_end() + share as u64;
        part.insert(after, Stretch { inner: from, outer, len: to - from });
    }
    Ok(to)
}

fn unplaced(id: u64) -> Error {
    Error::new(ErrorKind::Internal, format!("row {id} of a merged table stands for no row")).with_row(id)
}

impl Merged {
    pub(super) fn ty(&self) -> Type {
        // A merge has at least one input.
        self.sources[0].ty()
    }

    pub(super) fn read<'s>(&self, stores: &'s dyn Stores, ids: Ids<'_>, view: View) -> Result<Vector<'s>> {
        match self.places.locate(ids)? {
            Located::Range { input, start, len } => self.sources[input].read(stores, Ids::Range { start, len }, view),
            Located::One { input, ids } => self.sources[input].read(stores, Ids::List(&ids), view),
            Located::Several(located) => self.gather(stores, &located, view),
        }
    }

    /// Reads each input once, then brings the values into the order asked for.
    fn gather(&self, stores: &dyn Stores, located: &[(usize, u64)], view: View) -> Result<Vector<'static>> {
        let mut values = VectorBuilder::with_capacity(self.ty(), located.len());
        let mut order = vec![0_u32; located.len()];
        let mut ids = Vec::new();
        for (input, source) in self.sources.iter().enumerate() {
            let base = values.len();
            ids.clear();
            for (place, (_, id)) in located.iter().enumerate().filter(|(_, (at, _))| *at == input) {
                order[place] = (base + ids.len()) as u32;
                ids.push(*id);
            }
            if !ids.is_empty() {
                values.extend(&source.read(stores, Ids::List(&ids), view)?);
            }
        }
        let values = values.finish();
        let in_order = order.iter().zip(0..).all(|(&at, place)| at == place);
        Ok(if in_order { values } else { values.take(&order) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(places: &Places, input: usize, rows: &RowSet) -> RowSet {
        places.make(input, rows).unwrap();
        places.validate().unwrap();
        let mut out = RowSetBuilder::new();
        places.push(input, rows, &mut out);
        out.finish()
    }

    #[test]
    fn ids_that_count_upwards_make_one_stretch_and_keep_their_places() {
        let places = Places::new(2);
        for next in 0..100 {
            let rows = RowSet::range(next * 10..next * 10 + 10);
            assert_eq!(moved(&places, 0, &rows), rows);
            assert_eq!(moved(&places, 1, &rows).first(), Some(IDS / 2 + next * 10));
        }
        assert_eq!(places.read()[1].len(), 1);
    }

    #[test]
    fn ids_far_apart_stay_in_order_and_never_move() {
        let places = Places::new(3);
        let mut rows = RowSet::new();
        let mut before: Vec<(u64, u64)> = Vec::new();
        let mut id = 1_u64;
        for _ in 0..3000 {
            id = id.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            rows.insert(id >> 1);
            moved(&places, 1, &RowSet::single(id >> 1));
        }
        rows.insert_range(IDS - 500..IDS);
        for _ in 0..2 {
            let now: Vec<(u64, u64)> = rows.iter().zip(moved(&places, 1, &rows).iter()).collect();
            assert!(now.is_sorted_by(|a, b| a.1 < b.1) && now.len() as u64 == rows.len());
            assert!(before.iter().all(|pair| now.contains(pair)));
            before = now;
        }
    }

    #[test]
    fn merges_of_merges_find_places() {
        // The ids of the second input of each merge begin at half of all ids.
        let mut rows = RowSet::range(0..10);
        for _ in 0..40 {
            let places = Places::new(2);
            let mut out = RowSetBuilder::new();
            for input in 0..2 {
                places.make(input, &rows).unwrap();
                places.push(input, &rows, &mut out);
            }
            places.validate().unwrap();
            let merged = out.finish();
            assert_eq!(merged.len(), 2 * rows.len());
            rows = merged.slice_positions(rows.len() / 2..rows.len() / 2 + rows.len().min(2000));
        }
    }
}
