//! [`Line`]: rows in the order of their keys, in pieces, so that one finds its place among many.

use std::ops::RangeInclusive;

/// Rows in a piece at most: one that comes moves half of them.
const PIECE: usize = 256;

/// Rows by key, no two of the same.
#[derive(Debug, Default)]
pub(in crate::op) struct Line {
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Piece {
    keys: Vec<u128>,
    /// One a key; none where a key ends with the id.
    ids: Vec<u64>,
}

/// The id that a key ends with.
fn id_in(key: u128) -> u64 {
    key as u64 & (u64::MAX >> 1)
}

impl Piece {
    fn id(&self, at: usize) -> u64 {
        self.ids.get(at).copied().unwrap_or_else(|| id_in(self.keys[at]))
    }
}

impl Line {
    pub(in crate::op) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The piece in which a key has its place.
    fn piece(&self, key: u128) -> usize {
        self.pieces.partition_point(|piece| piece.keys[0] <= key).saturating_sub(1)
    }

    /// Puts a row in; `id` is given where the key does not end with it.
    pub(in crate::op) fn insert(&mut self, key: u128, id: Option<u64>) {
        if self.pieces.is_empty() {
            self.pieces.push(Piece { keys: vec![key], ids: id.into_iter().collect() });
            return;
        }
        let mut at = self.piece(key);
        if self.pieces[at].keys.len() == PIECE {
            let is_behind_all = at + 1 == self.pieces.len() && self.pieces[at].keys[PIECE - 1] < key;
            // Rows often come behind all others: then pieces stay full.
            let from = if is_behind_all { PIECE } else { PIECE / 2 };
            let piece = &mut self.pieces[at];
            let (keys, ids) = (piece.keys.split_off(from), piece.ids.split_off(from.min(piece.ids.len())));
            let goes_on = is_behind_all || keys[0] <= key;
            self.pieces.insert(at + 1, Piece { keys, ids });
            at += usize::from(goes_on);
        }
        let piece = &mut self.pieces[at];
        let slot = piece.keys.partition_point(|&other| other < key);
        piece.keys.insert(slot, key);
        if let Some(id) = id {
            piece.ids.insert(slot, id);
        }
    }

    /// Takes the row of a key out; whether it was there.
    pub(in crate::op) fn remove(&mut self, key: u128) -> bool {
        if self.pieces.is_empty() {
            return false;
        }
        let at = self.piece(key);
        let piece = &mut self.pieces[at];
        let Ok(slot) = piece.keys.binary_search(&key) else { return false };
        piece.keys.remove(slot);
        if !piece.ids.is_empty() {
            piece.ids.remove(slot);
        }
        let left = piece.keys.len();
        let next = self.pieces.get(at + 1).map_or(PIECE, |next| next.keys.len());
        if left == 0 {
            self.pieces.remove(at);
        } else if left + next <= PIECE / 2 {
            let next = self.pieces.remove(at + 1);
            self.pieces[at].keys.extend(next.keys);
            self.pieces[at].ids.extend(next.ids);
        }
        true
    }

    /// The last row up to a key, with its key.
    pub(in crate::op) fn last_to(&self, key: u128) -> Option<(u128, u64)> {
        let piece = self.pieces.get(self.piece(key))?;
        let at = piece.keys.partition_point(|&other| other <= key).checked_sub(1)?;
        Some((piece.keys[at], piece.id(at)))
    }

    /// The first row from a key on, with its key.
    pub(in crate::op) fn first_from(&self, key: u128) -> Option<(u128, u64)> {
        let at = self.piece(key);
        let piece = self.pieces.get(at)?;
        let slot = piece.keys.partition_point(|&other| other < key);
        let (piece, slot) = if slot < piece.keys.len() { (piece, slot) } else { (self.pieces.get(at + 1)?, 0) };
        Some((piece.keys[slot], piece.id(slot)))
    }

    /// Calls `each` with the keys and ids of the rows whose keys lie in a range, first to last.
    pub(in crate::op) fn for_each_of(&self, keys: RangeInclusive<u128>, mut each: impl FnMut(u128, u64)) {
        for piece in &self.pieces[self.piece(*keys.start())..] {
            let first = piece.keys.partition_point(|key| key < keys.start());
            for at in first..piece.keys.len() {
                if piece.keys[at] > *keys.end() {
                    return;
                }
                each(piece.keys[at], piece.id(at));
            }
        }
    }

    pub(in crate::op) fn bytes(&self) -> usize {
        let piece = |piece: &Piece| piece.keys.capacity() * size_of::<u128>() + piece.ids.capacity() * size_of::<u64>();
        self.pieces.capacity() * size_of::<Piece>() + self.pieces.iter().map(piece).sum::<usize>()
    }

    pub(in crate::op) fn validate(&self, has_ids: bool) -> Result<(), String> {
        let keys: Vec<u128> = self.pieces.iter().flat_map(|piece| piece.keys.iter().copied()).collect();
        if !keys.is_sorted_by(|a, b| a < b) {
            return Err("keys that do not ascend".into());
        }
        let is_sound = |piece: &Piece| {
            let ids = if has_ids { piece.keys.len() } else { 0 };
            (1..=PIECE).contains(&piece.keys.len()) && piece.ids.len() == ids
        };
        if self.pieces.iter().all(is_sound) { Ok(()) } else { Err("a piece of a wrong size".into()) }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn rows_are_found_as_in_a_map() {
        let (mut line, mut map, mut state) = (Line::default(), BTreeMap::new(), 1_u64);
        let mut random = |limit: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % limit
        };
        for round in 0..20_000_u64 {
            // It grows behind all, then anywhere, then shrinks.
            let key = u128::from(if round < 3_000 { 3 * round } else { random(12_000) });
            let grows = round < 3_000 || random(20_000) > round;
            if grows && map.insert(key, round).is_none() {
                line.insert(key, Some(round));
            } else if grows {
                map.remove(&key);
                assert!(line.remove(key));
            } else {
                assert_eq!(line.remove(key), map.remove(&key).is_some());
            }
            let asked = u128::from(random(12_000));
            assert_eq!(line.last_to(asked), map.range(..=asked).next_back().map(|(&key, &id)| (key, id)));
            assert_eq!(line.first_from(asked), map.range(asked..).next().map(|(&key, &id)| (key, id)));
            if round % 500 == 0 {
                line.validate(true).expect("sound");
                let mut found = Vec::new();
                line.for_each_of(asked..=asked + 900, |key, id| found.push((key, id)));
                assert_eq!(found, map.range(asked..=asked + 900).map(|(&key, &id)| (key, id)).collect::<Vec<_>>());
            }
        }
    }
}
