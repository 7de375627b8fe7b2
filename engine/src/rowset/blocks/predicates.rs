//! Yes or no over two sets of blocks, stopping at the first block that decides.

use super::super::run_list::gallop;
use super::body::Body;
use super::combine::{Intersect, Minus, combine};
use super::{Blocks, Scratch};

impl Blocks {
    pub(in crate::rowset) fn intersects(&self, other: &Blocks) -> bool {
        let mut scratch = Scratch::default();
        let (mut i, mut j) = (0, 0);
        while i < self.keys.len() && j < other.keys.len() {
            if self.key_end(i) <= other.keys[j] {
                i = gallop(i + 1, self.keys.len(), |i| self.key_end(i) <= other.keys[j]);
                continue;
            }
            if other.key_end(j) <= self.keys[i] {
                j = gallop(j + 1, other.keys.len(), |j| other.key_end(j) <= self.keys[i]);
                continue;
            }
            match (&self.bodies[i], &other.bodies[j]) {
                (Body::Full(_), _) | (_, Body::Full(_)) => return true,
                (a, b) if a.is_same(b) || combine::<Intersect>(a, b, &mut scratch).is_some() => return true,
                _ => (i, j) = (i + 1, j + 1),
            }
        }
        false
    }

    pub(in crate::rowset) fn contains_all(&self, other: &Blocks) -> bool {
        let mut scratch = Scratch::default();
        let mut i = 0;
        other.keys.iter().zip(&other.bodies).enumerate().all(|(j, (&key, body))| {
            i = gallop(i, self.keys.len(), |i| self.key_end(i) <= key);
            if i == self.keys.len() || self.keys[i] > key {
                return false;
            }
            match (&self.bodies[i], body) {
                (Body::Full(_), _) => other.key_end(j) <= self.key_end(i),
                (_, Body::Full(_)) => false,
                (own, body) => own.is_same(body) || combine::<Minus>(body, own, &mut scratch).is_none(),
            }
        })
    }
}
