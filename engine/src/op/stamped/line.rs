//! [`Line`]: rows in the order of their keys, in pieces, so that one finds its place among many.
//!
//! Who asks for many keys mostly asks in about their order, for rows come in the order of time: so a search begins where
//! [`Line::turn_to`] found the last key, and looks at no more than lies between.

use super::Stamp;

/// Rows in a piece at most: one that comes moves half of them.
const PIECE: usize = 256;

/// Rows by key, no two of the same. Between the keys of rows, the front and the back of a stamp are places to look from.
#[derive(Debug)]
pub(in crate::op) struct Line<S: Stamp> {
    pieces: Vec<Piece<S>>,
    /// Where to look first. It may be anywhere: rows come and go without it.
    near: Spot,
}

/// A row of a line, or the end of a piece.
#[derive(Clone, Copy, Debug, Default)]
struct Spot {
    piece: usize,
    slot: usize,
}

#[derive(Debug)]
struct Piece<S: Stamp> {
    keys: Vec<S::Key>,
    /// One a key; none where the place in a key is the id.
    ids: Vec<u64>,
}

impl<S: Stamp> Piece<S> {
    fn id(&self, at: usize) -> u64 {
        self.ids.get(at).copied().unwrap_or_else(|| S::place(&self.keys[at]))
    }

    /// How many rows stand in front of a key.
    fn before(&self, key: &S::Key) -> usize {
        self.keys.partition_point(|other| other < key)
    }

    /// The same, of a key in front of which that many rows stand at least: so many steps as are doublings of the rest.
    fn before_from(&self, start: usize, key: &S::Key) -> usize {
        let (mut start, mut step) = (start, 1);
        while start + step <= self.keys.len() && self.keys[start + step - 1] < *key {
            start += step;
            step *= 2;
        }
        let end = self.keys.len().min(start + step);
        start + self.keys[start..end].partition_point(|other| other < key)
    }
}

impl<S: Stamp> Default for Line<S> {
    fn default() -> Self {
        Line { pieces: Vec::new(), near: Spot::default() }
    }
}

impl<S: Stamp> Line<S> {
    pub(in crate::op) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The piece in which a key has its place.
    fn piece(&self, key: &S::Key) -> usize {
        self.pieces.partition_point(|piece| piece.keys[0] <= *key).saturating_sub(1)
    }

    /// Puts a row in; `id` is given where it is not the place in the key.
    pub(in crate::op) fn insert(&mut self, key: S::Key, id: Option<u64>) {
        // Rows often come behind all others: then pieces stay full.
        if let Some(last) = self.pieces.last_mut().filter(|last| last.keys.last().is_some_and(|last| *last < key)) {
            if last.keys.len() < PIECE {
                last.keys.push(key);
                last.ids.extend(id);
                return;
            }
            let mut next = Piece { keys: Vec::with_capacity(PIECE), ids: Vec::new() };
            if let Some(id) = id {
                next.ids.reserve_exact(PIECE);
                next.ids.push(id);
            }
            next.keys.push(key);
            self.pieces.push(next);
            return;
        }
        if self.pieces.is_empty() {
            self.pieces.push(Piece { keys: vec![key], ids: id.into_iter().collect() });
            return;
        }
        let mut at = self.piece(&key);
        if self.pieces[at].keys.len() == PIECE {
            let piece = &mut self.pieces[at];
            let (keys, ids) = (piece.keys.split_off(PIECE / 2), piece.ids.split_off((PIECE / 2).min(piece.ids.len())));
            let goes_on = keys[0] <= key;
            self.pieces.insert(at + 1, Piece { keys, ids });
            at += usize::from(goes_on);
        }
        let piece = &mut self.pieces[at];
        let slot = piece.before(&key);
        piece.keys.insert(slot, key);
        if let Some(id) = id {
            piece.ids.insert(slot, id);
        }
    }

    /// Takes the row of a key out; whether it was there.
    pub(in crate::op) fn remove(&mut self, key: &S::Key) -> bool {
        if self.pieces.is_empty() {
            return false;
        }
        let at = self.piece(key);
        let piece = &mut self.pieces[at];
        let Ok(slot) = piece.keys.binary_search(key) else { return false };
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

    /// The first row from a key on, or the end of the last piece in front of it.
    fn spot(&self, key: &S::Key) -> Spot {
        self.spot_nearby(key).unwrap_or_else(|| {
            let piece = self.piece(key);
            Spot { piece, slot: self.pieces.get(piece).map_or(0, |piece| piece.before(key)) }
        })
    }

    /// The same, if it is behind where the last key was found, in the same piece or the next one.
    fn spot_nearby(&self, key: &S::Key) -> Option<Spot> {
        let Spot { piece: at, slot } = self.near;
        let piece = self.pieces.get(at)?;
        if piece.keys.get(slot.saturating_sub(1))? >= key {
            return None;
        }
        let found = piece.before_from(slot, key);
        let goes_on = |next: &&Piece<S>| found == piece.keys.len() && next.keys[0] < *key;
        let Some(next) = self.pieces.get(at + 1).filter(goes_on) else { return Some(Spot { piece: at, slot: found }) };
        let found = next.before_from(1, key);
        (found < next.keys.len()).then_some(Spot { piece: at + 1, slot: found })
    }

    /// Has the next searches begin at a key.
    pub(in crate::op) fn turn_to(&mut self, key: &S::Key) {
        self.near = self.spot(key);
    }

    /// The last row in front of a key, with its key.
    pub(in crate::op) fn last_before(&self, key: &S::Key) -> Option<(&S::Key, u64)> {
        let Spot { piece: at, slot } = self.spot(key);
        let piece = self.pieces.get(at)?;
        match slot.checked_sub(1) {
            Some(slot) => Some((&piece.keys[slot], piece.id(slot))),
            // The key is that of the first row of a piece.
            None => {
                let piece = self.pieces.get(at.checked_sub(1)?)?;
                let slot = piece.keys.len() - 1;
                Some((&piece.keys[slot], piece.id(slot)))
            }
        }
    }

    /// The first row from a key on, with its key.
    pub(in crate::op) fn first_from(&self, key: &S::Key) -> Option<(&S::Key, u64)> {
        let Spot { piece: at, slot } = self.spot(key);
        let piece = self.pieces.get(at)?;
        let (piece, slot) = if slot < piece.keys.len() { (piece, slot) } else { (self.pieces.get(at + 1)?, 0) };
        Some((&piece.keys[slot], piece.id(slot)))
    }

    /// Calls `each` with the keys and ids of the rows from a key on, as far as another, first to last.
    pub(in crate::op) fn for_each_of(&self, from: &S::Key, to: Option<&S::Key>, mut each: impl FnMut(&S::Key, u64)) {
        for piece in &self.pieces[self.piece(from)..] {
            for at in piece.before(from)..piece.keys.len() {
                if to.is_some_and(|to| piece.keys[at] >= *to) {
                    return;
                }
                each(&piece.keys[at], piece.id(at));
            }
        }
    }

    /// Calls `each` with the keys and ids of all rows.
    pub(in crate::op) fn for_each(&self, each: impl FnMut(&S::Key, u64)) {
        self.for_each_of(&S::default().front(), None, each);
    }

    pub(in crate::op) fn bytes(&self) -> usize {
        let of_piece =
            |piece: &Piece<S>| piece.keys.capacity() * size_of::<S::Key>() + piece.ids.capacity() * size_of::<u64>();
        self.pieces.capacity() * size_of::<Piece<S>>() + self.pieces.iter().map(of_piece).sum::<usize>()
    }

    pub(in crate::op) fn validate(&self, has_ids: bool) -> Result<(), String> {
        let keys: Vec<&S::Key> = self.pieces.iter().flat_map(|piece| &piece.keys).collect();
        if !keys.is_sorted_by(|a, b| a < b) {
            return Err("keys that do not ascend".into());
        }
        let is_sound = |piece: &Piece<S>| {
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
        let (mut line, mut map, mut state) = (Line::<u128>::default(), BTreeMap::new(), 1_u64);
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
                assert!(line.remove(&key));
            } else {
                assert_eq!(line.remove(&key), map.remove(&key).is_some());
            }
            let asked = u128::from(random(12_000));
            if random(3) == 0 {
                line.turn_to(&u128::from(random(12_000).min(asked as u64 + random(300))));
            }
            assert_eq!(line.last_before(&asked), map.range(..asked).next_back().map(|(key, &id)| (key, id)));
            assert_eq!(line.first_from(&asked), map.range(asked..).next().map(|(key, &id)| (key, id)));
            if round % 500 == 0 {
                line.validate(true).expect("sound");
                let mut found = Vec::new();
                line.for_each_of(&asked, Some(&(asked + 900)), |&key, id| found.push((key, id)));
                assert_eq!(found, map.range(asked..asked + 900).map(|(&key, &id)| (key, id)).collect::<Vec<_>>());
            }
        }
    }
}
