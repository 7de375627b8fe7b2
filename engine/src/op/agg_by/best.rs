//! [`Best`]: the least or greatest of the values of a group, some of which may be taken back.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::extreme::Side;

/// The best value of a group and how often it is there; all values, sorted, once the last best was taken back.
#[derive(Clone, Debug, Default)]
pub(super) struct Best<K> {
    best: K,
    /// How often `best` is there; 0 when it was taken back and the next best is not known yet.
    ties: u64,
    /// Values that are neither null nor NaN.
    pub(super) values: u64,
    pub(super) nans: u64,
    /// Every value with how often it is there, once the best was lost.
    #[allow(clippy::box_collection, reason = "most groups have none, and each has room for it")]
    sorted: Option<Box<BTreeMap<K, u64>>>,
}

impl<K: Ord> Best<K> {
    pub(super) fn put(&mut self, key: K, side: Side) {
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

    /// Puts all values of a group in of which none was ever taken back.
    pub(super) fn absorb(&mut self, other: Best<K>, side: Side) {
        if other.values > 0 {
            let order = if self.values == 0 { Ordering::Greater } else { other.best.cmp(&self.best) };
            match (order, side, self.values) {
                (Ordering::Equal, ..) => self.ties += other.ties,
                (_, _, 0) | (Ordering::Less, Side::Least, _) | (Ordering::Greater, Side::Greatest, _) => {
                    (self.best, self.ties) = (other.best, other.ties);
                }
                _ => {}
            }
            self.values += other.values;
        }
        self.nans += other.nans;
    }

    pub(super) fn take(&mut self, key: &K) {
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

    pub(super) fn is_lost(&self) -> bool {
        self.values > 0 && self.ties == 0 && self.sorted.is_none()
    }

    /// Takes all values, of a group whose best was lost, to keep them from now on.
    pub(super) fn keep_sorted(&mut self, sorted: BTreeMap<K, u64>) {
        self.sorted = Some(Box::new(sorted));
    }

    /// Bytes held apart from the group itself.
    pub(super) fn bytes(&self) -> usize {
        self.sorted.as_ref().map_or(0, |sorted| sorted.len() * (size_of::<K>() + size_of::<u64>()))
    }

    pub(super) fn best(&self, side: Side) -> &K {
        let of_sorted = self.sorted.as_ref().and_then(|sorted| match side {
            Side::Least => sorted.keys().next(),
            Side::Greatest => sorted.keys().next_back(),
        });
        of_sorted.unwrap_or(&self.best)
    }
}
