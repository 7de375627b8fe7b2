//! [`Spans`]: the left rows of a key by their ranges, so that those are found that a value lies in.

use crate::op::stamped::Stamp;

/// Rows in a piece at most.
const PIECE: usize = 128;

/// Rows by the low ends of their ranges, in pieces; a tree of the greatest high ends leads to those that reach far enough.
#[derive(Debug)]
pub(super) struct Spans<S: Stamp> {
    pieces: Vec<Piece<S>>,
    /// The greatest high end of each piece, from the middle on, and of any two of them one level up.
    tops: Vec<S>,
}

#[derive(Debug)]
struct Piece<S: Stamp> {
    /// Low end and id.
    lows: Vec<S::Key>,
    highs: Vec<S>,
}

/// The greater of two high ends: null is open, which is greater than any.
fn further<S: Stamp>(a: &S, b: &S) -> S {
    let open = S::default();
    if *a == open || *b == open { open } else { a.max(b).clone() }
}

fn reaches<S: Stamp>(high: &S, from: &S) -> bool {
    *high == S::default() || high >= from
}

impl<S: Stamp> Piece<S> {
    fn top(&self) -> S {
        self.highs[1..].iter().fold(self.highs[0].clone(), |top, high| further(&top, high))
    }
}

impl<S: Stamp> Default for Spans<S> {
    fn default() -> Self {
        Spans { pieces: Vec::new(), tops: Vec::new() }
    }
}

impl<S: Stamp> Spans<S> {
    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The piece in which a key has its place.
    fn piece(&self, key: &S::Key) -> usize {
        self.pieces.partition_point(|piece| piece.lows[0] <= *key).saturating_sub(1)
    }

    pub(super) fn insert(&mut self, low: &S, high: S, id: u64) {
        let key = low.key(id);
        if self.pieces.is_empty() {
            self.pieces.push(Piece { lows: vec![key], highs: vec![high] });
            return self.raise_all();
        }
        let at = self.piece(&key);
        let piece = &mut self.pieces[at];
        let slot = piece.lows.partition_point(|other| *other < key);
        piece.lows.insert(slot, key);
        piece.highs.insert(slot, high);
        if piece.lows.len() <= PIECE {
            return self.raise(at);
        }
        // What comes behind all others leaves a full piece behind.
        let middle = if at + 1 == self.pieces.len() && slot == PIECE { PIECE } else { PIECE / 2 };
        let piece = &mut self.pieces[at];
        let behind = Piece { lows: piece.lows.split_off(middle), highs: piece.highs.split_off(middle) };
        self.pieces.insert(at + 1, behind);
        self.raise_all();
    }

    /// Takes a row out; whether it was there.
    pub(super) fn remove(&mut self, low: &S, id: u64) -> bool {
        let key = low.key(id);
        if self.pieces.is_empty() {
            return false;
        }
        let at = self.piece(&key);
        let piece = &mut self.pieces[at];
        let Ok(slot) = piece.lows.binary_search(&key) else { return false };
        piece.lows.remove(slot);
        piece.highs.remove(slot);
        let left = piece.lows.len();
        let next = self.pieces.get(at + 1).map_or(PIECE, |next| next.lows.len());
        if left == 0 {
            self.pieces.remove(at);
            self.raise_all();
        } else if left + next <= PIECE / 2 {
            let next = self.pieces.remove(at + 1);
            self.pieces[at].lows.extend(next.lows);
            self.pieces[at].highs.extend(next.highs);
            self.raise_all();
        } else {
            self.raise(at);
        }
        true
    }

    /// Brings the tree up to date with one piece.
    fn raise(&mut self, piece: usize) {
        let mut at = self.tops.len() / 2 + piece;
        self.tops[at] = self.pieces[piece].top();
        while at > 1 {
            at /= 2;
            self.tops[at] = further(&self.tops[2 * at], &self.tops[2 * at + 1]);
        }
    }

    /// Makes the tree anew: pieces came or went. One more level than needed is filled with the last piece.
    fn raise_all(&mut self) {
        self.tops.clear();
        let Some(last) = self.pieces.last() else { return };
        let width = self.pieces.len().next_power_of_two();
        self.tops.resize(2 * width, last.top());
        for (at, piece) in self.pieces.iter().enumerate() {
            self.tops[width + at] = piece.top();
        }
        for at in (1..width).rev() {
            self.tops[at] = further(&self.tops[2 * at], &self.tops[2 * at + 1]);
        }
    }

    /// Calls `each` with the rows whose low end lies behind `after` and not behind `to`, and whose high end does not lie
    /// before `from`. The cost is that of the pieces they stand in, each with the logarithm of all.
    pub(super) fn for_each_of(&self, after: Option<&S>, to: Option<&S>, from: &S, each: &mut impl FnMut(u64)) {
        if self.pieces.is_empty() {
            return;
        }
        let first = after.map_or_else(|| S::default().front(), S::back);
        let end = to.map(S::back);
        let last = end.as_ref().map_or(self.pieces.len() - 1, |end| self.piece(end));
        let mut at = self.next_top(self.piece(&first), from);
        while let Some(found) = at.filter(|&at| at <= last) {
            let piece = &self.pieces[found];
            let begin = piece.lows.partition_point(|low| *low < first);
            let stop = end.as_ref().map_or(piece.lows.len(), |end| piece.lows.partition_point(|low| low < end));
            for slot in begin..stop {
                if reaches(&piece.highs[slot], from) {
                    each(S::place(&piece.lows[slot]));
                }
            }
            at = self.next_top(found + 1, from);
        }
    }

    /// The first piece from one on that has a high end which does not lie before `from`.
    fn next_top(&self, piece: usize, from: &S) -> Option<usize> {
        let width = self.tops.len() / 2;
        if piece >= self.pieces.len() {
            return None;
        }
        let mut at = width + piece;
        // Up, to the right, until some piece below reaches far enough; then down to the first of them.
        while !reaches(&self.tops[at], from) {
            while at % 2 == 1 {
                at /= 2;
            }
            if at == 0 {
                return None;
            }
            at += 1;
        }
        while at < width {
            at = if reaches(&self.tops[2 * at], from) { 2 * at } else { 2 * at + 1 };
        }
        Some(at - width).filter(|&piece| piece < self.pieces.len())
    }

    /// The ids of all rows.
    pub(super) fn ids(&self) -> impl Iterator<Item = u64> {
        self.pieces.iter().flat_map(|piece| piece.lows.iter().map(S::place))
    }

    pub(super) fn bytes(&self) -> usize {
        let of_piece =
            |piece: &Piece<S>| piece.lows.capacity() * size_of::<S::Key>() + piece.highs.capacity() * size_of::<S>();
        let pieces = self.pieces.capacity() * size_of::<Piece<S>>() + self.pieces.iter().map(of_piece).sum::<usize>();
        pieces + self.tops.capacity() * size_of::<S>()
    }

    pub(super) fn validate(&self) -> Result<(), String> {
        let lows: Vec<&S::Key> = self.pieces.iter().flat_map(|piece| &piece.lows).collect();
        if !lows.is_sorted_by(|a, b| a < b) {
            return Err("low ends that do not ascend".into());
        }
        let is_sound =
            |piece: &Piece<S>| (1..=PIECE).contains(&piece.lows.len()) && piece.highs.len() == piece.lows.len();
        if !self.pieces.iter().all(is_sound) {
            return Err("a piece of a wrong size".into());
        }
        let width = self.tops.len() / 2;
        let is_wrong = |at: usize| self.tops[at] != further(&self.tops[2 * at], &self.tops[2 * at + 1]);
        if self.pieces.iter().zip(self.tops.iter().skip(width)).any(|(piece, top)| piece.top() != *top) {
            return Err("a piece reaches further than the tree says, or less far".into());
        }
        if (1..width).any(is_wrong) { Err("a tree of high ends that is out of date".into()) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn rows_are_found_as_by_looking_at_all() {
        let (mut spans, mut all, mut state) = (Spans::<u128>::default(), BTreeMap::new(), 7_u64);
        let mut random = |limit: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % limit
        };
        for round in 0..6_000_u64 {
            // Most ranges are short, some are open, and few of the long ones stay to the end.
            let low = if round < 1_000 { round } else { random(3_000) };
            let length = if random(50) == 0 { 2_000 } else { random(20) };
            let high = if random(200) == 0 { 0 } else { u128::from(low + length) };
            if random(6_000) > round {
                spans.insert(&low.into(), high, round);
                all.insert((u128::from(low), round), high);
            } else if let Some((&(low, id), _)) = all.range((u128::from(low), 0)..).next() {
                all.remove(&(low, id));
                assert!(spans.remove(&low, id) && !spans.remove(&low, id));
            }
            if round % 20 == 0 {
                spans.validate().expect("sound");
                let (after, to, from) =
                    (u128::from(random(3_000)), u128::from(random(3_000)), u128::from(random(3_000)));
                for (after, to) in [(None, None), (Some(after), None), (None, Some(to)), (Some(after), Some(to))] {
                    let mut found = Vec::new();
                    spans.for_each_of(after.as_ref(), to.as_ref(), &from, &mut |id| found.push(id));
                    let is_in = |low: u128, high: u128| {
                        after.is_none_or(|after| low > after) && to.is_none_or(|to| low <= to) && reaches(&high, &from)
                    };
                    let expected = all.iter().filter(|&(&(low, _), &high)| is_in(low, high)).map(|(&(_, id), _)| id);
                    assert_eq!(found, expected.collect::<Vec<_>>());
                }
            }
        }
        assert_eq!(spans.ids().count(), all.len());
    }
}
