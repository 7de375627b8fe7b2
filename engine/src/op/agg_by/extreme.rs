//! min and max.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::accumulator::{Accumulator, Scope};
use super::ranked::Ranked;
use crate::column::{View, batches};
use crate::types::Type;
use crate::vector::{Bits, Vector};
use crate::{Error, ErrorKind, Result};

/// Which end of the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Least,
    Greatest,
}

/// The least or greatest value of each group.
///
/// A group keeps its best value and how often it has it. Only when the last of these is taken back are the rows of
/// the group read again, and from then on all its values are kept sorted.
pub(super) struct Extreme<T: Ranked> {
    ty: Type,
    side: Side,
    groups: Vec<Best<T::Key>>,
}

#[derive(Clone, Debug, Default)]
struct Best<K> {
    best: K,
    /// How often `best` is there; 0 when it was taken back and the next best is not known yet.
    ties: u64,
    /// Values that are neither null nor NaN.
    values: u64,
    nans: u64,
    /// Every value with how often it is there, once the best was lost.
    sorted: Option<BTreeMap<K, u64>>,
}

impl<K: Ord> Best<K> {
    fn put(&mut self, key: K, side: Side) {
        self.values += 1;
        if let Some(sorted) = &mut self.sorted {
            *sorted.entry(key).or_default() += 1;
        } else if self.values == 1 {
            (self.best, self.ties) = (key, 1);
        } else if self.ties > 0 {
            match (key.cmp(&self.best), side) {
                (Ordering::Equal, _) => self.ties += 1,
                (Ordering::Less, Side::Least) | (Ordering::Greater, Side::Greatest) => {
                    (self.best, self.ties) = (key, 1);
                }
                _ => {}
            }
        }
    }

    fn take(&mut self, key: &K) {
        self.values -= 1;
        if self.values == 0 {
            (self.ties, self.sorted) = (0, None);
        } else if let Some(sorted) = &mut self.sorted {
            match sorted.get_mut(key) {
                Some(count) if *count > 1 => *count -= 1,
                _ => drop(sorted.remove(key)),
            }
        } else if self.ties > 0 && *key == self.best {
            self.ties -= 1;
        }
    }

    fn is_lost(&self) -> bool {
        self.values > 0 && self.ties == 0 && self.sorted.is_none()
    }

    fn best(&self, side: Side) -> &K {
        let of_sorted = self.sorted.as_ref().and_then(|sorted| match side {
            Side::Least => sorted.keys().next(),
            Side::Greatest => sorted.keys().next_back(),
        });
        of_sorted.unwrap_or(&self.best)
    }
}

impl<T: Ranked> Extreme<T> {
    pub(super) fn new(ty: Type, side: Side) -> Self {
        Extreme { ty, side, groups: Vec::new() }
    }

    fn pass(&mut self, slots: &[u32], values: &Vector<'_>, apply: impl Fn(&mut Best<T::Key>, Option<T::Key>)) {
        let valid = values.valid();
        for (row, value) in T::values(values).iter().enumerate() {
            if valid.is_none_or(|valid| valid.get(row)) {
                apply(&mut self.groups[slots[row] as usize], value.key());
            }
        }
    }

    /// Reads all values of a group again.
    fn sort(&mut self, slot: u32, scope: &Scope<'_, '_>) -> Result<()> {
        let (Some(members), Some(column)) = (scope.members, scope.column) else {
            return Err(Error::new(ErrorKind::Internal, "an extreme was lost where rows are never taken back"));
        };
        let mut sorted: BTreeMap<T::Key, u64> = BTreeMap::new();
        batches(members.of(slot), |ids| {
            let values = scope.cx.read(column, ids, View::New)?;
            for (row, value) in T::values(&values).iter().enumerate() {
                if let (true, Some(key)) = (values.is_valid(row), value.key()) {
                    *sorted.entry(key).or_default() += 1;
                }
            }
            Ok::<_, Error>(())
        })?;
        self.groups[slot as usize].sorted = Some(sorted);
        Ok(())
    }
}

impl<T: Ranked> Accumulator for Extreme<T> {
    fn resize(&mut self, slots: usize) {
        self.groups.resize(slots, Best::default());
    }

    fn insert(&mut self, slots: &[u32], values: &Vector<'_>) {
        let side = self.side;
        self.pass(slots, values, |group, key| match key {
            Some(key) => group.put(key, side),
            None => group.nans += 1,
        });
    }

    fn retract(&mut self, slots: &[u32], values: &Vector<'_>) {
        self.pass(slots, values, |group, key| match key {
            Some(key) => group.take(&key),
            None => group.nans -= 1,
        });
    }

    fn finish(&mut self, slots: &[u32], scope: &Scope<'_, '_>) -> Result<Vector<'static>> {
        for &slot in slots {
            if self.groups[slot as usize].is_lost() {
                self.sort(slot, scope)?;
            }
        }
        let group = |slot: &u32| &self.groups[*slot as usize];
        let valid = Bits::from_fn(slots.len(), |at| {
            let group = group(&slots[at]);
            group.values > 0 || group.nans > 0
        });
        let values = slots.iter().map(group).map(|group| match (group.nans, group.values) {
            (0, 0) => T::default(),
            (0, _) => T::of(group.best(self.side)),
            _ => T::nan(),
        });
        Ok(Vector::new(self.ty, T::wrapped(Cow::Owned(values.collect())), Some(valid)))
    }

    fn reset(&mut self, slot: u32) {
        self.groups[slot as usize] = Best::default();
    }

    fn needs_members(&self) -> bool {
        true
    }

    fn bytes(&self) -> usize {
        let entry = size_of::<T::Key>() + size_of::<u64>();
        let sorted = self.groups.iter().filter_map(|group| group.sorted.as_ref());
        self.groups.capacity() * size_of::<Best<T::Key>>() + sorted.map(|sorted| sorted.len() * entry).sum::<usize>()
    }
}
