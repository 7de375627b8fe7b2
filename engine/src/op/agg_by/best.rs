//! [`Best`]: the least or greatest of the values of a group, some of which may be taken back.

use super::extreme::Side;
use super::front::Front;

/// The best value of a group and how often it is there; several of the best, once the last best was taken back.
#[derive(Clone, Debug, Default)]
pub(super) struct Best<K> {
    best: K,
    /// How often `best` is there; 0 when it was taken back and the next best is not known yet.
    ties: u64,
    /// Values that are neither null nor NaN.
    pub(super) values: u64,
    pub(super) nans: u64,
    /// Takes the place of `best` once that was lost in a group of more than a [`FEW`] values.
    front: Option<Box<Front<K>>>,
}

/// A group of so many values is rather read again than given a front.
const FEW: u64 = 8;

impl<K: Ord + Clone + Default> Best<K> {
    pub(super) fn put(&mut self, key: K, side: Side) {
        self.values += 1;
        if let Some(front) = &mut self.front {
            front.put(key, side);
        } else if self.values == 1 {
            (self.best, self.ties) = (key, 1);
        } else if self.ties > 0 {
            if key == self.best {
                self.ties += 1;
            } else if side.is_better(&key, &self.best) {
                (self.best, self.ties) = (key, 1);
            }
        }
    }

    /// Puts all values of a group in of which none was ever taken back.
    pub(super) fn absorb(&mut self, other: Best<K>, side: Side) {
        if other.values > 0 {
            if self.values > 0 && other.best == self.best {
                self.ties += other.ties;
            } else if self.values == 0 || side.is_better(&other.best, &self.best) {
                (self.best, self.ties) = (other.best, other.ties);
            }
            self.values += other.values;
        }
        self.nans += other.nans;
    }

    pub(super) fn take(&mut self, key: &K, side: Side) {
        self.values -= 1;
        if self.values == 0 {
            (self.ties, self.front) = (0, None);
        } else if let Some(front) = &mut self.front {
            front.take(key, side);
        } else if self.ties > 0 && *key == self.best {
            self.ties -= 1;
        }
    }

    /// Whether the best of the values is not known.
    fn is_lost(&self, side: Side) -> bool {
        self.values > 0
            && match &self.front {
                Some(front) => front.best(side).is_none(),
                None => self.ties == 0,
            }
    }

    /// Forgets all values of a group whose best was lost, which are put in again.
    fn begin_again(&mut self) {
        let front = (self.values > FEW).then(|| Box::new(Front::after(self.front.as_deref())));
        *self = Best { front, ..Best::default() };
    }

    /// Bytes held apart from the group itself.
    fn bytes(&self) -> usize {
        self.front.as_ref().map_or(0, |front| front.bytes())
    }

    pub(super) fn best(&self, side: Side) -> &K {
        self.front.as_ref().and_then(|front| front.best(side)).unwrap_or(&self.best)
    }

    /// Checks what is kept, of a group whose best is known.
    fn validate(&self, side: Side) -> Result<(), String> {
        if self.is_lost(side) {
            return Err(format!("the best of {} values is not known", self.values));
        }
        match &self.front {
            Some(front) => front.validate(self.values, side),
            None if self.ties > self.values || (self.ties == 0) != (self.values == 0) => {
                Err(format!("the best of {} values is there {} times", self.values, self.ties))
            }
            None => Ok(()),
        }
    }
}

/// Forgets the values of those groups whose best was lost, for them to be put in again; gives their slots.
pub(super) fn forget_lost<K: Ord + Clone + Default>(groups: &mut [Best<K>], slots: &[u32], side: Side) -> Vec<u32> {
    let mut lost = slots.to_vec();
    lost.retain(|&slot| groups[slot as usize].is_lost(side));
    lost.iter().for_each(|&slot| groups[slot as usize].begin_again());
    lost
}

/// Bytes held by groups.
pub(super) fn bytes<K: Ord + Clone + Default>(groups: &Vec<Best<K>>) -> usize {
    groups.capacity() * size_of::<Best<K>>() + groups.iter().map(Best::bytes).sum::<usize>()
}

/// Checks all groups.
pub(super) fn validate<K: Ord + Clone + Default>(groups: &[Best<K>], side: Side) -> Result<(), String> {
    let mut all = groups.iter().enumerate();
    all.try_for_each(|(slot, group)| group.validate(side).map_err(|problem| format!("slot {slot}: {problem}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Puts all values in again if the best was lost, as an aggregate does; whether it was.
    fn settle(groups: &mut [Best<i64>], values: &[i64], side: Side) -> bool {
        let is_lost = !forget_lost(groups, &[0], side).is_empty();
        if is_lost {
            values.iter().for_each(|&value| groups[0].put(value, side));
        }
        validate(groups, side).unwrap();
        is_lost
    }

    proptest! {
        /// Values come and go at random, the best first, or the oldest first while better and better ones come.
        #[test]
        fn the_best_is_found(
            moves in prop::collection::vec((0..4_usize, 0..200_i64, 1..40_usize), 1..120),
            start in 0..300_usize,
            side in prop::sample::select(vec![Side::Least, Side::Greatest]),
        ) {
            let mut groups = [Best::default()];
            let mut values: Vec<i64> = Vec::new();
            let come = |groups: &mut [Best<i64>], values: &mut Vec<i64>, value| {
                groups[0].put(value, side);
                values.push(value);
            };
            (0..start as i64).for_each(|value| come(&mut groups, &mut values, value * 7919 % 200));
            for (what, value, count) in moves {
                for turn in 0..count {
                    let best = (0..values.len()).reduce(|a, b| if side.is_better(&values[b], &values[a]) { b } else { a });
                    let gone = match (what, best) {
                        (_, None) | (0, _) => {
                            come(&mut groups, &mut values, (value + turn as i64 * 31) % 200);
                            continue;
                        }
                        (1, Some(best)) => best,
                        (2, _) => 0,
                        _ => (value as usize * 31 + turn) % values.len(),
                    };
                    let gone = values.remove(gone);
                    groups[0].take(&gone, side);
                }
                settle(&mut groups, &values, side);
                let best = match side {
                    Side::Least => values.iter().min(),
                    Side::Greatest => values.iter().max(),
                };
                prop_assert_eq!(best.map(|_| groups[0].best(side)), best);
                prop_assert_eq!(groups[0].values, values.len() as u64);
            }
        }
    }

    #[test]
    fn a_group_is_seldom_read_again() {
        const VALUES: i64 = 10_000;
        let mut groups = [Best::default()];
        let mut values: Vec<i64> = (0..VALUES).collect();
        values.iter().for_each(|&value| groups[0].put(value, Side::Least));
        let mut readings = 0;
        while let Some(&least) = values.first() {
            values.remove(0);
            groups[0].take(&least, Side::Least);
            readings += usize::from(settle(&mut groups, &values, Side::Least));
        }
        // Fronts of 16, 32, 64 and so on hold all values in the end.
        assert_eq!(readings, 10, "the least of {VALUES} values, taken one by one");
    }
}
