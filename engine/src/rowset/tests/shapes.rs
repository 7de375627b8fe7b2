//! Shapes of sets: each where one encoding starts to pay, or at an edge of one.

use std::collections::BTreeSet;
use std::ops::Range;

use proptest::prelude::*;

use super::super::{ID_LIMIT, RowSet};

pub(super) fn to_set(ids: &BTreeSet<u64>) -> RowSet {
    ids.iter().copied().collect()
}

fn base() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => 0..200_000u64,
        2 => Just(65_530),
        1 => Just(3 * 65_536 - 5_000),
        1 => Just(ID_LIMIT - 400_000),
    ]
}

fn dense() -> impl Strategy<Value = BTreeSet<u64>> {
    (base(), 0..4_000u64).prop_map(|(base, len)| (base..base + len).collect())
}

fn runs() -> impl Strategy<Value = BTreeSet<u64>> {
    (base(), prop::collection::vec((1..300u64, 1..60u64), 0..40)).prop_map(|(mut at, runs)| {
        let mut ids = BTreeSet::new();
        for (gap, len) in runs {
            at += gap;
            ids.extend(at..at + len);
            at += len;
        }
        ids
    })
}

fn alternating() -> impl Strategy<Value = BTreeSet<u64>> {
    (base(), 1..3_000u64, 2..4u64).prop_map(|(base, count, step)| (0..count).map(|i| base + i * step).collect())
}

fn sparse() -> impl Strategy<Value = BTreeSet<u64>> {
    prop::collection::btree_set(prop_oneof![0..1_000_000u64, 0..ID_LIMIT], 0..60)
}

fn block_edges() -> impl Strategy<Value = BTreeSet<u64>> {
    prop::collection::btree_set((0..6u64, 0..4u64).prop_map(|(block, near)| block * 65_536 + 65_534 + near), 0..16)
}

fn at_the_limit() -> impl Strategy<Value = BTreeSet<u64>> {
    prop::collection::btree_set((1..200_000u64).prop_map(|below| ID_LIMIT - below), 0..50)
        .prop_map(|ids| ids.into_iter().chain([ID_LIMIT - 1]).collect())
}

/// Too many runs for a flat list, about the edges where the form changes.
fn many_runs() -> impl Strategy<Value = BTreeSet<u64>> {
    (base(), prop_oneof![2_040..2_060u64, 4_090..4_110u64, Just(12_000)], 2..30u64)
        .prop_map(|(base, count, step)| (0..count).map(|i| base + i * step).collect())
}

/// Enough runs for blocks, and after them blocks of every form next to each other: none, one id, an array, runs, a bitmap, full.
fn mixed() -> impl Strategy<Value = BTreeSet<u64>> {
    (0..3u64, prop::collection::vec((0..7u8, any::<u64>()), 1..5)).prop_map(|(block, blocks)| {
        let mut ids: BTreeSet<u64> = (0..5_000).map(|i| block * 65_536 + i * 13).collect();
        for (i, (form, seed)) in (block + 1..).zip(blocks) {
            let key = i * 65_536;
            match form {
                0 => (),
                1 => drop(ids.insert(key + seed % 65_536)),
                2 => ids.extend((0..700).map(|i: u64| key + i.wrapping_mul(seed | 1) % 65_536)),
                3 => ids.extend((0..6_000).filter(|i| i % 97 > seed % 90).map(|i| key + 65_536 - 6_000 + i)),
                4 => ids.extend((0..9_000).map(|i| key + (seed % 1_000) + i * 3 + i % 2)),
                5 => ids.extend((0..40).map(|i| key + i * 1_600).flat_map(|at| at..at + 1 + seed % 1_700)),
                _ => ids.extend(key..key + 65_536),
            }
        }
        ids
    })
}

pub(super) fn ids() -> impl Strategy<Value = BTreeSet<u64>> {
    prop_oneof![
        3 => dense(),
        3 => runs(),
        2 => alternating(),
        2 => sparse(),
        2 => block_edges(),
        1 => at_the_limit(),
        1 => many_runs(),
        2 => mixed(),
    ]
}

pub(super) fn range() -> impl Strategy<Value = Range<u64>> {
    (base(), prop_oneof![0..3u64, 0..500u64, 60_000..140_000u64]).prop_map(|(base, len)| base..base + len)
}
