//! median, pct, count_distinct, distinct and unique: all values of each group, in order.

use std::borrow::Cow;

use super::accumulator::{Accumulator, Scope, absorb, of_lane};
use super::multiset::Multiset;
use super::ranked::Ranked;
use crate::Result;
use crate::plan::{AggFunction, PreparedAggregate};
use crate::types::{Type, Value};
use crate::vector::{Bits, Values, Vector, VectorBuilder};

/// The values of each group, for all questions about one column.
pub(super) struct Tally<T: Ranked> {
    ty: Type,
    groups: Vec<Group<T::Key>>,
    questions: Vec<Question<T>>,
}

#[derive(Clone, Debug)]
struct Group<K> {
    values: Multiset<K>,
    nulls: u64,
    nans: u64,
}

impl<K> Default for Group<K> {
    fn default() -> Self {
        Group { values: Multiset::default(), nulls: 0, nans: 0 }
    }
}

/// From so many groups on, their values are put in order by all threads.
const MANY_GROUPS: usize = 1024;

/// What is asked of each group.
enum Question<T> {
    /// The value at a share of the way from the least to the greatest; if that divides them evenly, perhaps a mean.
    At {
        fraction: f64,
        average: bool,
    },
    CountDistinct {
        nulls: bool,
    },
    Distinct {
        nulls: bool,
    },
    /// The only value, and what stands for several.
    Unique {
        nulls: bool,
        otherwise: Option<T>,
    },
}

impl<T: Ranked> Question<T> {
    /// `None` for another kind of function.
    fn of(aggregate: &PreparedAggregate, ty: Type) -> Option<Self> {
        let options = &aggregate.options;
        let nulls = options.nulls;
        Some(match aggregate.function {
            AggFunction::Median => Question::At { fraction: 0.5, average: options.average.unwrap_or(true) },
            AggFunction::Percentile { fraction } => {
                Question::At { fraction, average: options.average.unwrap_or(false) }
            }
            AggFunction::CountDistinct => Question::CountDistinct { nulls },
            AggFunction::Distinct => Question::Distinct { nulls },
            AggFunction::Unique => {
                let otherwise = options.otherwise.as_ref().and_then(|value| cell::<T>(ty, value));
                Question::Unique { nulls, otherwise }
            }
            _ => return None,
        })
    }
}

/// A value in its physical form; `None` for null.
fn cell<T: Ranked>(ty: Type, value: &Value) -> Option<T> {
    let vector = Vector::constant(ty, value, 1)?;
    if value.is_null() { None } else { T::values(&vector).first().cloned() }
}

impl<T: Ranked> Tally<T> {
    pub(super) fn new(ty: Type) -> Self {
        Tally { ty, groups: Vec::new(), questions: Vec::new() }
    }

    fn pass(&mut self, slots: &[u32], values: &Vector<'_>, by: i64) {
        let valid = values.valid();
        for (row, value) in T::values(values).iter().enumerate() {
            let group = &mut self.groups[slots[row] as usize];
            let count = match value.one_zero().key() {
                _ if valid.is_some_and(|valid| !valid.get(row)) => &mut group.nulls,
                Some(key) => {
                    if by > 0 {
                        group.values.put(key);
                    } else {
                        group.values.take(key);
                    }
                    continue;
                }
                None => &mut group.nans,
            };
            *count = count.wrapping_add_signed(by);
        }
    }

    /// Has everything there that came since groups were last asked.
    fn settle(&mut self, slots: &[u32], scope: &Scope<'_, '_>) {
        if slots.len() < MANY_GROUPS || slots.len() < self.groups.len() / 2 {
            return slots.iter().for_each(|&slot| self.groups[slot as usize].values.settle());
        }
        let pieces = self.groups.chunks_mut(MANY_GROUPS / 4).collect();
        scope.cx.pool().map(pieces, |groups: &mut [Group<T::Key>]| {
            groups.iter_mut().for_each(|group| group.values.settle());
        });
    }

    fn group(&self, slot: u32) -> &Group<T::Key> {
        &self.groups[slot as usize]
    }

    /// Results that are values of the column.
    fn cells(&self, slots: &[u32], cell: impl Fn(&Group<T::Key>) -> Option<T>) -> Vector<'static> {
        let cells: Vec<Option<T>> = slots.iter().map(|&slot| cell(self.group(slot))).collect();
        let valid = Bits::from_fn(cells.len(), |at| cells[at].is_some());
        let values = T::wrapped(Cow::Owned(cells.into_iter().map(Option::unwrap_or_default).collect()));
        Vector::new(self.ty, values, Some(valid))
    }

    /// The value at a share of the way.
    fn at(&self, slots: &[u32], fraction: f64, average: bool) -> Vector<'static> {
        if !average || !matches!(self.ty, Type::I32 | Type::I64 | Type::F32 | Type::F64) {
            return self.cells(slots, |group| group.at(fraction));
        }
        let means: Vec<Option<f64>> = slots.iter().map(|&slot| self.group(slot).mean_at::<T>(fraction)).collect();
        let valid = Bits::from_fn(means.len(), |at| means[at].is_some());
        let means = means.into_iter().map(Option::unwrap_or_default);
        let (ty, values) = match self.ty {
            Type::F32 => (Type::F32, Values::F32(Cow::Owned(means.map(|mean| mean as f32).collect()))),
            _ => (Type::F64, Values::F64(Cow::Owned(means.collect()))),
        };
        Vector::new(ty, values, Some(valid))
    }

    fn distinct(&self, slots: &[u32], nulls: bool) -> Vector<'static> {
        let mut lists = VectorBuilder::with_capacity(Type::list_of(self.ty), slots.len());
        for &slot in slots {
            let group = self.group(slot);
            if group.count_distinct(nulls) == 0 {
                lists.push_null();
                continue;
            }
            if nulls && group.nulls > 0 {
                lists.items().push_null();
            }
            let nan = (nulls && group.nans > 0).then(T::nan);
            let values = T::wrapped(Cow::Owned(group.values.keys().map(T::of).chain(nan).collect()));
            lists.items().extend(&Vector::new(self.ty, values, None));
            lists.end_list();
        }
        lists.finish()
    }
}

impl<K: Ord + Clone> Group<K> {
    /// The value at the place nearest to a share of the way, the upper of two that are as near.
    fn at<T: Ranked<Key = K>>(&self, fraction: f64) -> Option<T> {
        if self.nans > 0 {
            return Some(T::nan());
        }
        let place = fraction * self.values.len().checked_sub(1)? as f64;
        self.values.get((place + 0.5).floor() as u64).map(T::of)
    }

    /// The value below a share of the way; the mean of it and the next, if there are as many up to here as behind.
    fn mean_at<T: Ranked<Key = K>>(&self, fraction: f64) -> Option<f64> {
        if self.nans > 0 {
            return Some(f64::NAN);
        }
        let count = self.values.len();
        let place = (fraction * count.checked_sub(1)? as f64).floor() as u64;
        let lower = T::of(self.values.get(place)?);
        let divides_evenly = 2 * (place + 1) == count;
        let upper = if divides_evenly { self.values.get(place + 1).map(T::of) } else { None };
        Some(upper.map_or_else(|| lower.number(), |upper| T::mean(&lower, &upper)))
    }

    fn count_distinct(&self, nulls: bool) -> usize {
        let others = [self.nulls, self.nans].map(|count| usize::from(nulls && count > 0));
        self.values.distinct() + others.into_iter().sum::<usize>()
    }

    fn unique<T: Ranked<Key = K>>(&self, nulls: bool, otherwise: Option<&T>) -> Option<T> {
        match (self.count_distinct(nulls), self.values.keys().next()) {
            (0 | 1, Some(value)) => Some(T::of(value)),
            (1, None) if self.nans > 0 => Some(T::nan()),
            (0 | 1, None) => None,
            _ => otherwise.cloned(),
        }
    }
}

impl<T: Ranked> Accumulator for Tally<T> {
    fn also(&mut self, aggregate: &PreparedAggregate) -> bool {
        let question = Question::of(aggregate, self.ty);
        let takes = question.is_some();
        self.questions.extend(question);
        takes
    }

    fn another(&self) -> Option<Box<dyn Accumulator>> {
        Some(Box::new(Tally::<T>::new(self.ty)))
    }

    fn absorb(&mut self, lane: Box<dyn Accumulator>, slots: &[u32]) {
        if let Some(lane) = of_lane::<Self>(lane) {
            absorb(&mut self.groups, lane.groups, slots, |group, more| {
                group.values.absorb(more.values);
                group.nulls += more.nulls;
                group.nans += more.nans;
            });
        }
    }

    fn resize(&mut self, slots: usize) {
        self.groups.resize(slots, Group::default());
    }

    fn insert(&mut self, slots: &[u32], values: &[Vector<'_>]) {
        self.pass(slots, &values[0], 1);
    }

    fn retract(&mut self, slots: &[u32], values: &[Vector<'_>]) {
        self.pass(slots, &values[0], -1);
    }

    fn finish(&mut self, question: usize, slots: &[u32], scope: &Scope<'_, '_>) -> Result<Vector<'static>> {
        self.settle(slots, scope);
        Ok(match &self.questions[question] {
            &Question::At { fraction, average } => self.at(slots, fraction, average),
            &Question::CountDistinct { nulls } => {
                let count = |&slot: &u32| self.group(slot).count_distinct(nulls) as i64;
                let counts: Vec<i64> = slots.iter().map(count).collect();
                // Without a value there is nothing to count.
                let valid = Bits::from_fn(counts.len(), |at| counts[at] > 0);
                Vector::new(Type::I64, Values::I64(Cow::Owned(counts)), Some(valid))
            }
            &Question::Distinct { nulls } => self.distinct(slots, nulls),
            Question::Unique { nulls, otherwise } => {
                self.cells(slots, |group| group.unique(*nulls, otherwise.as_ref()))
            }
        })
    }

    fn reset(&mut self, slot: u32) {
        self.groups[slot as usize] = Group::default();
    }

    fn bytes(&self) -> usize {
        let sets = self.groups.iter().map(|group| group.values.bytes());
        self.groups.capacity() * size_of::<Group<T::Key>>() + sets.sum::<usize>()
    }
}
