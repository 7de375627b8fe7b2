//! [`Front`]: the best values of a group, with how often each is there.

use std::collections::BTreeMap;

use super::extreme::Side;

/// Different values kept, of a group whose best was taken back for the first time.
const FIRST: usize = 16;

/// Some of the best values of a group; those behind are only counted.
///
/// While values come and go alike, as many come into the front as go out of it: long before it is used up, most of the
/// group has changed. Where the best are always taken first, it is used up again and again, and keeps twice as many each
/// time: by then as many values went as the front held, so reading the group costs each of them its logarithm.
#[derive(Clone, Debug)]
pub(super) struct Front<K> {
    kept: BTreeMap<K, u64>,
    /// The last of those kept, where values are behind it: these are not looked for.
    worst: Option<K>,
    /// Different values kept at most.
    most: usize,
    /// Values that are not kept. Each is behind all that are.
    behind: u64,
}

impl<K: Ord + Clone> Front<K> {
    /// An empty front, in the place of one that was used up.
    pub(super) fn after(used_up: Option<&Self>) -> Self {
        let most = used_up.map_or(FIRST, |front| 2 * front.most);
        Front { kept: BTreeMap::new(), worst: None, most, behind: 0 }
    }

    pub(super) fn put(&mut self, key: K, side: Side) {
        if self.is_behind(&key, side) {
            self.behind += 1;
            return;
        }
        *self.kept.entry(key).or_default() += 1;
        if self.kept.len() > self.most {
            let worst = match side {
                Side::Least => self.kept.pop_last(),
                Side::Greatest => self.kept.pop_first(),
            };
            self.behind += worst.map_or(0, |(_, count)| count);
            self.find_worst(side);
        }
    }

    /// Takes back a value that was put in.
    pub(super) fn take(&mut self, key: &K, side: Side) {
        if self.is_behind(key, side) {
            self.behind -= 1;
            return;
        }
        match self.kept.get_mut(key) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                self.kept.remove(key);
                self.find_worst(side);
            }
        }
    }

    /// The best value; `None` if none is there, or the front was used up.
    pub(super) fn best(&self, side: Side) -> Option<&K> {
        match side {
            Side::Least => self.kept.keys().next(),
            Side::Greatest => self.kept.keys().next_back(),
        }
    }

    /// Whether a value belongs behind those that are kept.
    fn is_behind(&self, key: &K, side: Side) -> bool {
        self.behind > 0 && self.worst.as_ref().is_none_or(|worst| side.is_better(worst, key))
    }

    fn find_worst(&mut self, side: Side) {
        let worst = match side {
            Side::Least => self.kept.keys().next_back(),
            Side::Greatest => self.kept.keys().next(),
        };
        self.worst = worst.cloned();
    }

    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + self.kept.len() * (size_of::<K>() + size_of::<u64>())
    }

    /// Checks that the front holds what it may, of a group of so many values.
    pub(super) fn validate(&self, values: u64, side: Side) -> Result<(), String> {
        let mut found = self.clone();
        found.find_worst(side);
        if self.behind > 0 && found.worst != self.worst {
            return Err("the last of the values kept is another".to_owned());
        }
        let kept: u64 = self.kept.values().sum();
        if self.kept.len() > self.most || kept + self.behind != values || self.kept.values().any(|&count| count == 0) {
            let (different, most, behind) = (self.kept.len(), self.most, self.behind);
            return Err(format!("{values} values: {kept} kept, {different} of {most} different, {behind} behind"));
        }
        Ok(())
    }
}
