//! Sorting many rows at once by their packed keys.
//!
//! Rows are dealt out to heaps by the topmost bits of their keys, and each heap is sorted on its own; all threads take
//! part in both. Meanwhile a row is one number, its key above its position: numbers compare without branches, and rows
//! of equal keys stay in order by themselves.

use std::ops::Range;
use std::slice::IterMut;

use crate::pool::Pool;

use super::sort_keys::Packed;

/// Rows in a part that is sorted on its own, about: it should fit a cache.
const PART: usize = 1 << 13;

/// log2 of the heaps that rows are dealt out to.
const HEAPS_LOG2: u32 = 11;

/// Rows that one thread deals out at a time.
const HAND: usize = 1 << 19;

/// Bits of a row's position.
const AT_BITS: u32 = u32::BITS;

/// What is seen of a row while rows are sorted: bits of its key, and below them its position.
trait Row: Copy + Ord + Default + Send + Sync {
    /// Bits of a key that there is room for.
    const KEY_BITS: u32;

    /// From a key without bits above those there is room for.
    fn new(key: u128, at: u32) -> Self;

    fn key(self) -> u128;

    fn at(self) -> u32;
}

macro_rules! rows {
    ($($ty:ty),*) => {$(
        impl Row for $ty {
            const KEY_BITS: u32 = <$ty>::BITS - AT_BITS;

            fn new(key: u128, at: u32) -> Self {
                (key as $ty) << AT_BITS | <$ty>::from(at)
            }

            fn key(self) -> u128 {
                (self >> AT_BITS).into()
            }

            fn at(self) -> u32 {
                self as u32
            }
        }
    )*};
}

rows!(u64, u128);

/// An order of positions.
pub(crate) struct Order {
    /// By their keys, equal keys in the order of their positions.
    pub(crate) positions: Vec<u32>,
    /// Where keys are the same but rows may differ.
    pub(crate) ties: Vec<Range<usize>>,
}

/// Sorts positions by their keys; `is_whole` tells whether rows of the same key are the same.
///
/// Only bits in which keys differ are looked at, the topmost 96 of them first.
pub(crate) fn sort<K: Packed>(keys: &[K], is_whole: impl Fn(K) -> bool + Sync, pool: &Pool) -> Order {
    let varying: u128 = varying(keys, pool).into();
    let top = u128::BITS - varying.leading_zeros();
    let width = top.saturating_sub(varying.trailing_zeros());
    if width <= u64::KEY_BITS {
        sort_as::<K, u64>(keys, varying, top - width, width, is_whole, pool)
    } else {
        let seen = width.min(u128::KEY_BITS);
        sort_as::<K, u128>(keys, varying, top - seen, seen, is_whole, pool)
    }
}

/// The bits in which some keys differ.
fn varying<K: Packed>(keys: &[K], pool: &Pool) -> K {
    let bits = pool.map(keys.chunks(HAND).collect(), |keys: &[K]| {
        keys.iter().fold((K::MAX, K::default()), |(all, any), &key| (all & key, any | key))
    });
    let (all, any) =
        bits.into_iter().fold((K::MAX, K::default()), |(all, any), (every, some)| (all & every, any | some));
    any & !all
}

/// Sorts by `width` of the varying bits from `low` up, and by those below where these are the same.
fn sort_as<K: Packed, R: Row>(
    keys: &[K],
    varying: u128,
    low: u32,
    width: u32,
    is_whole: impl Fn(K) -> bool + Sync,
    pool: &Pool,
) -> Order {
    let shift = width.saturating_sub(HEAPS_LOG2);
    let row = |at: usize| R::new((keys[at].into() & varying) >> low, at as u32);
    let mut rows = deal(keys.len(), row, shift, pool);
    let decides_all = varying & ((1 << low) - 1) == 0;
    let key = |row: &R| keys[row.at() as usize];
    let mut positions = vec![0; keys.len()];
    let parts = parts(&mut rows, shift, &mut positions);
    let ties = pool.map(parts, |Part { start, rows, positions }: Part<'_, R>| {
        let mut ties = Vec::new();
        rows.sort_unstable();
        let mut tied = start;
        for run in rows.chunk_by_mut(|a, b| a.key() == b.key()) {
            if !decides_all && run.len() > 1 {
                run.sort_unstable_by_key(|row| (key(row), row.at()));
            }
            for same in run.chunk_by(|a, b| decides_all || key(a) == key(b)) {
                if same.len() > 1 && !is_whole(key(&same[0])) {
                    ties.push(tied..tied + same.len());
                }
                tied += same.len();
            }
        }
        rows.iter().zip(positions).for_each(|(row, at)| *at = row.at());
        ties
    });
    Order { positions, ties: ties.concat() }
}

/// The place in an order of each position, of an order of all of them.
pub(crate) fn places(order: &[u32], pool: &Pool) -> Vec<u32> {
    let mut places = vec![0; order.len()];
    if order.len() <= PART {
        order.iter().zip(0..).for_each(|(&at, place)| places[at as usize] = place);
        return places;
    }
    // Dealt out by position, the rows of a heap have their places within a cache's reach of each other.
    let shift = order.len().ilog2().saturating_sub(HEAPS_LOG2 - 1);
    let rows: Vec<u64> = deal(order.len(), |place| Row::new(order[place].into(), place as u32), shift, pool);
    let heaps = rows.chunks(1 << shift).zip(places.chunks_mut(1 << shift)).collect();
    pool.map(heaps, |(heap, places): (&[u64], &mut [u32])| {
        heap.iter().for_each(|row| places[row.key() as usize & ((1 << shift) - 1)] = row.at());
    });
    places
}

/// Rows, heap by heap; in each in the order of their positions. The heap of a row is what is left of its key after
/// `shift` bits. Few rows are left in one heap.
fn deal<R: Row>(count: usize, row: impl Fn(usize) -> R + Sync, shift: u32, pool: &Pool) -> Vec<R> {
    if count <= PART {
        return (0..count).map(row).collect();
    }
    let heap = |row: R| (row.key() >> shift) as usize;
    let hands: Vec<Range<usize>> = (0..count).step_by(HAND).map(|start| start..count.min(start + HAND)).collect();
    let counts: Vec<Vec<usize>> = pool.map(hands.clone(), |hand| {
        let mut counts = vec![0; 1 << HEAPS_LOG2];
        hand.for_each(|at| counts[heap(row(at))] += 1);
        counts
    });
    let mut dealt = vec![R::default(); count];
    // In each heap the rows of each hand have their own places, one hand's after the other's.
    let mut places: Vec<Vec<IterMut<'_, R>>> = hands.iter().map(|_| Vec::with_capacity(1 << HEAPS_LOG2)).collect();
    let mut rest = &mut dealt[..];
    for heap in 0..1 << HEAPS_LOG2 {
        for (counts, places) in counts.iter().zip(&mut places) {
            places.push(rest.split_off_mut(..counts[heap]).unwrap_or_default().iter_mut());
        }
    }
    pool.map(hands.into_iter().zip(places).collect(), |(hand, mut places): (Range<usize>, Vec<IterMut<'_, R>>)| {
        for row in hand.map(&row) {
            if let Some(place) = places[heap(row)].next() {
                *place = row;
            }
        }
    });
    dealt
}

/// Rows to be sorted on their own.
struct Part<'a, R> {
    /// The place of the first of them.
    start: usize,
    rows: &'a mut [R],
    positions: &'a mut [u32],
}

/// Cuts rows between heaps, into parts of about as many as are worth a thread's while.
fn parts<'a, R: Row>(mut rows: &'a mut [R], shift: u32, mut positions: &'a mut [u32]) -> Vec<Part<'a, R>> {
    let (mut parts, mut start) = (Vec::with_capacity(rows.len() / PART + 1), 0);
    while !rows.is_empty() {
        let mut end = rows.len().min(PART);
        while end < rows.len() && rows[end].key() >> shift == rows[end - 1].key() >> shift {
            end += 1;
        }
        let (part, rows_left) = rows.split_at_mut(end);
        let (part_positions, positions_left) = positions.split_at_mut(end);
        parts.push(Part { start, rows: part, positions: part_positions });
        start += end;
        (rows, positions) = (rows_left, positions_left);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::ALONE;

    fn check(keys: &[u128]) {
        let mut expected: Vec<u32> = (0..keys.len() as u32).collect();
        expected.sort_by_key(|&at| keys[at as usize]);
        let pool = Pool::new(4, 64);
        let is_whole = |key| key % 2 == 0;
        let alone = sort(keys, is_whole, &ALONE);
        assert_eq!(alone.positions, expected);
        let order = sort(keys, is_whole, &pool);
        assert_eq!((&order.positions, &order.ties), (&expected, &alone.ties));
        let same = expected.chunk_by(|&a, &b| keys[a as usize] == keys[b as usize]);
        let tied = same.filter(|run| run.len() > 1 && keys[run[0] as usize] % 2 == 1);
        assert!(tied.eq(order.ties.into_iter().map(|tie| &expected[tie])));
        if let Ok(narrow) = keys.iter().map(|&key| key.try_into()).collect::<Result<Vec<u64>, _>>() {
            assert_eq!(sort(&narrow, |_| true, &pool).positions, expected);
        }
        let places = places(&expected, &pool);
        assert!(expected.iter().zip(0..).all(|(&at, place)| places[at as usize] == place));
    }

    #[test]
    fn keys_of_any_width_are_sorted_and_equal_ones_stay_in_order() {
        let mut state = 7_u128;
        let mut random = || {
            state = state.wrapping_mul(0x2360_ED05_1FC6_5DA4_4385_DF64_9FCC_F645).wrapping_add(99);
            state ^ state >> 64
        };
        check(&[]);
        check(&[5]);
        check(&vec![9; 20_000]);
        for rows in [100, 20_000, 70_000] {
            for width in [1, 9, 32, 33, 64, 65, 96, 97, 128] {
                for low in [0, 50] {
                    let keys: Vec<u128> = (0..rows)
                        .map(|_| (random() >> (128 - width)) << (low % (129 - width).max(1)) | 1 << (width.max(64) - 1))
                        .collect();
                    check(&keys);
                }
            }
        }
        // All but one in one heap.
        let mut skewed: Vec<u128> = (0..30_000).map(|_| random() >> 100).collect();
        skewed.push(u128::MAX);
        check(&skewed);
        // More than one hand.
        check(&(0..HAND as u128 + 5).map(|_| random() >> 98).collect::<Vec<_>>());
    }
}
