//! Sorting many rows at once by their packed keys.

use crate::pool::Pool;

/// Rows in a part that is sorted on its own, about: it should fit a cache.
const PART: usize = 1 << 13;

/// log2 of the heaps that rows are dealt out to.
const HEAPS_LOG2: u32 = 11;

/// A row by the bits of its key that are looked at first, and its position.
type Row = (u64, u32);

/// Positions in the order of their keys, equal keys in the order of their positions.
///
/// Only bits in which keys differ are looked at, 64 of them first. Many rows are dealt out to heaps by the topmost bits,
/// and the heaps are sorted by all threads.
pub(crate) fn sort(keys: &[u128], pool: &Pool) -> Vec<u32> {
    let Some(&first) = keys.first() else { return Vec::new() };
    let varying = keys.iter().fold(0, |bits, key| bits | (key ^ first));
    let top = u128::BITS - varying.leading_zeros();
    let below = top.saturating_sub(u64::BITS);
    let shift = top.saturating_sub(below).saturating_sub(HEAPS_LOG2);
    let seen = |key: u128| ((key & varying) >> below) as u64;
    let mut rows = deal(keys, seen, shift);
    let decides_all = varying & ((1 << below) - 1) == 0;
    pool.map(parts(&mut rows, shift), |part: &mut [Row]| {
        part.sort_unstable();
        if !decides_all {
            for run in part.chunk_by_mut(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
                run.sort_unstable_by_key(|&(_, at)| (keys[at as usize], at));
            }
        }
    });
    rows.into_iter().map(|(_, at)| at).collect()
}

/// The rows, heap by heap; in each in the order of their positions.
fn deal(keys: &[u128], seen: impl Fn(u128) -> u64, shift: u32) -> Vec<Row> {
    let rows = keys.iter().map(|&key| seen(key)).zip(0..);
    if keys.len() <= PART {
        return rows.collect();
    }
    let mut starts = vec![0_usize; (1 << HEAPS_LOG2) + 1];
    for &key in keys {
        starts[(seen(key) >> shift) as usize + 1] += 1;
    }
    for heap in 1..starts.len() {
        starts[heap] += starts[heap - 1];
    }
    let mut dealt = vec![(0, 0); keys.len()];
    for row in rows {
        let next = &mut starts[(row.0 >> shift) as usize];
        dealt[*next] = row;
        *next += 1;
    }
    dealt
}

/// Cuts rows between heaps, into parts of about as many rows as are worth a thread's while.
fn parts(rows: &mut [Row], shift: u32) -> Vec<&mut [Row]> {
    if rows.len() <= PART {
        return vec![rows];
    }
    let mut parts = Vec::with_capacity(rows.len() / PART + 1);
    let mut rest = rows;
    while !rest.is_empty() {
        let mut end = rest.len().min(PART);
        while end < rest.len() && rest[end].0 >> shift == rest[end - 1].0 >> shift {
            end += 1;
        }
        let (part, later) = rest.split_at_mut(end);
        parts.push(part);
        rest = later;
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
        assert_eq!(sort(keys, &ALONE), expected);
        assert_eq!(sort(keys, &Pool::new(4, 64)), expected);
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
            for width in [1, 9, 33, 64, 65, 128] {
                for low in [0, 50] {
                    let keys: Vec<u128> = (0..rows)
                        .map(|_| (random() >> (128 - width)) << (low % (129 - width).max(1)) | 1 << 127)
                        .collect();
                    check(&keys);
                }
            }
        }
        // All but one in one heap.
        let mut skewed: Vec<u128> = (0..30_000).map(|_| random() >> 100).collect();
        skewed.push(u128::MAX);
        check(&skewed);
    }
}
