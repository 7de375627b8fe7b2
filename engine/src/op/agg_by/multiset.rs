//! [`Multiset`]: the values of a group in order, each with how often it is there.

/// Entries of a leaf at most.
const LEAF: usize = 128;

/// Changes that wait at least, however few values there are.
const WAIT: usize = 32;

/// Sorted values with counts, in leaves; changes wait until somebody asks, or until they are many beside what is there.
/// A set that has not changed since it was first asked is its values, sorted: most are never anything else.
///
/// Putting in and taking out cost the logarithm of what is there and a leaf; of many at a time, their sorting. A value by
/// its place is found in the time of a walk over the leaves.
#[derive(Clone, Debug)]
pub(super) struct Multiset<K> {
    /// All values as long as there are no leaves.
    sorted: Vec<K>,
    /// None of them is empty.
    leaves: Vec<Leaf<K>>,
    distinct: usize,
    values: u64,
    /// Values that came since.
    fresh: Vec<K>,
    /// A value, and how often more it is there, or less.
    waiting: Vec<(K, i64)>,
}

#[derive(Clone, Debug)]
struct Leaf<K> {
    keys: Vec<K>,
    counts: Vec<u64>,
    /// The sum of the counts.
    values: u64,
}

impl<K> Default for Multiset<K> {
    fn default() -> Self {
        Multiset {
            sorted: Vec::new(),
            leaves: Vec::new(),
            distinct: 0,
            values: 0,
            fresh: Vec::new(),
            waiting: Vec::new(),
        }
    }
}

impl<K: Ord + Clone> Multiset<K> {
    /// Has a value there once more.
    pub(super) fn put(&mut self, key: K) {
        self.fresh.push(key);
    }

    /// Has all values of another set there that was never asked.
    pub(super) fn absorb(&mut self, mut other: Multiset<K>) {
        self.fresh.append(&mut other.fresh);
    }

    /// Has a value there once less.
    pub(super) fn take(&mut self, key: K) {
        self.waiting.push((key, -1));
        if self.waiting.len() >= WAIT.max(self.distinct / 4) {
            self.settle();
        }
    }

    /// Makes the changes that wait: before anything is asked.
    pub(super) fn settle(&mut self) {
        if self.fresh.is_empty() && self.waiting.is_empty() {
            return;
        }
        let mut fresh = std::mem::take(&mut self.fresh);
        if self.values == 0 && self.waiting.is_empty() {
            fresh.sort_unstable();
            (self.values, self.distinct) = (fresh.len() as u64, fresh.chunk_by(K::eq).count());
            self.sorted = fresh;
            return;
        }
        let sorted = std::mem::take(&mut self.sorted);
        if !sorted.is_empty() {
            self.merge(sorted.chunk_by(K::eq).map(|equal| (equal[0].clone(), equal.len() as i64)));
        }
        self.waiting.extend(fresh.into_iter().map(|key| (key, 1)));
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        waiting.dedup_by(|(key, by), (kept, sum)| {
            let same = key == kept;
            *sum += if same { *by } else { 0 };
            same
        });
        waiting.retain(|&(_, by)| by != 0);
        self.values = self.values.wrapping_add_signed(waiting.iter().map(|&(_, by)| by).sum());
        if waiting.len() * 8 >= self.distinct {
            self.merge(waiting.drain(..));
        } else {
            waiting.drain(..).for_each(|(key, by)| self.adjust(key, by));
        }
        if waiting.capacity() <= 2 * WAIT {
            self.waiting = waiting;
        }
    }

    /// Writes all leaves anew, with some changes, which ascend.
    fn merge(&mut self, changes: impl Iterator<Item = (K, i64)>) {
        let mut out = Leaves::default();
        let mut changes = changes.peekable();
        for leaf in std::mem::take(&mut self.leaves) {
            for (key, count) in leaf.keys.into_iter().zip(leaf.counts) {
                while let Some((fresh, by)) = changes.next_if(|(fresh, _)| *fresh < key) {
                    out.push(fresh, by as u64);
                }
                let by = changes.next_if(|(fresh, _)| *fresh == key).map_or(0, |(_, by)| by);
                out.push(key, count.wrapping_add_signed(by));
            }
        }
        changes.for_each(|(fresh, by)| out.push(fresh, by as u64));
        (self.leaves, self.distinct) = out.finish();
    }

    /// Changes the count of one value.
    fn adjust(&mut self, key: K, by: i64) {
        let behind = self.leaves.partition_point(|leaf| leaf.keys.last().is_some_and(|last| *last < key));
        let at = behind.min(self.leaves.len().saturating_sub(1));
        let Some(leaf) = self.leaves.get_mut(at) else {
            self.distinct = 1;
            return self.leaves.push(Leaf { keys: vec![key], counts: vec![by as u64], values: by as u64 });
        };
        leaf.values = leaf.values.wrapping_add_signed(by);
        match leaf.keys.binary_search(&key) {
            Ok(found) => {
                leaf.counts[found] = leaf.counts[found].wrapping_add_signed(by);
                if leaf.counts[found] == 0 {
                    leaf.keys.remove(found);
                    leaf.counts.remove(found);
                    self.distinct -= 1;
                }
            }
            Err(missing) => {
                leaf.keys.insert(missing, key);
                leaf.counts.insert(missing, by as u64);
                self.distinct += 1;
            }
        }
        if leaf.keys.is_empty() {
            self.leaves.remove(at);
        } else if leaf.keys.len() > LEAF {
            let keys = leaf.keys.split_off(LEAF / 2);
            let counts = leaf.counts.split_off(LEAF / 2);
            let values = counts.iter().sum();
            leaf.values -= values;
            self.leaves.insert(at + 1, Leaf { keys, counts, values });
        }
    }

    /// How many values there are, equal ones counted each.
    pub(super) fn len(&self) -> u64 {
        self.values
    }

    /// How many different values there are.
    pub(super) fn distinct(&self) -> usize {
        self.distinct
    }

    /// The value at a place, equal ones counted each.
    pub(super) fn get(&self, mut place: u64) -> Option<&K> {
        if !self.sorted.is_empty() {
            return self.sorted.get(place as usize);
        }
        let leaf = self.leaves.iter().find(|leaf| {
            let here = place < leaf.values;
            place -= if here { 0 } else { leaf.values };
            here
        })?;
        let at = leaf.counts.iter().position(|&count| {
            let here = place < count;
            place -= if here { 0 } else { count };
            here
        })?;
        leaf.keys.get(at)
    }

    /// The different values, ascending.
    pub(super) fn keys(&self) -> impl Iterator<Item = &K> {
        let sorted = self.sorted.chunk_by(K::eq).map(|equal| &equal[0]);
        sorted.chain(self.leaves.iter().flat_map(|leaf| &leaf.keys))
    }

    /// Bytes held apart from the set itself.
    pub(super) fn bytes(&self) -> usize {
        let leaf = |leaf: &Leaf<K>| leaf.keys.capacity() * size_of::<K>() + leaf.counts.capacity() * 8;
        self.leaves.iter().map(leaf).sum::<usize>()
            + self.leaves.capacity() * size_of::<Leaf<K>>()
            + self.waiting.capacity() * size_of::<(K, i64)>()
            + (self.fresh.capacity() + self.sorted.capacity()) * size_of::<K>()
    }
}

/// Leaves being filled from the least value on.
struct Leaves<K> {
    leaves: Vec<Leaf<K>>,
    distinct: usize,
}

impl<K> Default for Leaves<K> {
    fn default() -> Self {
        Leaves { leaves: Vec::new(), distinct: 0 }
    }
}

impl<K> Leaves<K> {
    fn push(&mut self, key: K, count: u64) {
        if count == 0 {
            return;
        }
        self.distinct += 1;
        match self.leaves.last_mut() {
            // Room is left for values that come.
            Some(leaf) if leaf.keys.len() < LEAF / 4 * 3 => {
                leaf.keys.push(key);
                leaf.counts.push(count);
                leaf.values += count;
            }
            _ => self.leaves.push(Leaf { keys: vec![key], counts: vec![count], values: count }),
        }
    }

    fn finish(mut self) -> (Vec<Leaf<K>>, usize) {
        // Most groups have one leaf, and few values.
        if let [leaf] = &mut self.leaves[..] {
            leaf.keys.shrink_to_fit();
            leaf.counts.shrink_to_fit();
        }
        (self.leaves, self.distinct)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    impl<K: Ord + Clone + std::fmt::Debug> Multiset<K> {
        fn validate(&self) {
            let keys: Vec<&K> = self.keys().collect();
            assert!(keys.is_sorted_by(|a, b| a < b), "{keys:?}");
            assert_eq!(keys.len(), self.distinct);
            let in_leaves = self.leaves.iter().map(|leaf| leaf.values).sum::<u64>();
            assert_eq!(in_leaves + self.sorted.len() as u64, self.values);
            assert!(self.sorted.is_empty() || self.leaves.is_empty());
            assert!(self.sorted.is_sorted());
            for leaf in &self.leaves {
                assert!((1..=LEAF).contains(&leaf.keys.len()) && leaf.keys.len() == leaf.counts.len());
                assert!(leaf.counts.iter().all(|&count| count > 0));
                assert_eq!(leaf.counts.iter().sum::<u64>(), leaf.values);
            }
        }
    }

    /// Few changes and many, of few values and many, against a map.
    #[test]
    fn changes_few_and_many() {
        let mut state = 7_u64;
        let mut below = |limit: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % limit
        };
        for spread in [3, 50, 5000] {
            let (mut set, mut model) = (Multiset::default(), BTreeMap::<u64, u64>::new());
            for round in 0..200 {
                for _ in 0..[1, 7, 400][round % 3] {
                    let key = below(spread);
                    let there = model.get(&key).copied().unwrap_or_default();
                    if there > 0 && below(2) == 0 {
                        set.take(key);
                        model.insert(key, there - 1);
                        model.retain(|_, &mut count| count > 0);
                    } else {
                        set.put(key);
                        model.insert(key, there + 1);
                    }
                }
                set.settle();
                set.validate();
                assert!(set.keys().eq(model.keys()));
                let all: Vec<u64> = model.iter().flat_map(|(&key, &count)| (0..count).map(move |_| key)).collect();
                assert_eq!(set.len(), all.len() as u64);
                for place in [0, all.len() / 3, all.len().saturating_sub(1), all.len()] {
                    assert_eq!(set.get(place as u64), all.get(place));
                }
            }
        }
    }
}
