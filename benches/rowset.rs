//! Row sets against `roaring::RoaringTreemap`.
//!
//! Ids are `rowset/<operation>/<shape>/<headwater|roaring>`. Shapes, each over 1e9 ids but for the last: one range, 4,000 runs, 1e6
//! runs, 1e7 random ids, 1e7 alternating ids. The second side of an operation has the same shape, shifted so that it overlaps the
//! first in part. Roaring's containers are optimised first, as a user who knows it would do.
//!
//! * `union`, `intersect`, `minus`: of the two sides, giving a new set.
//! * `iterate`: the sum of the ids, taken one at a time (of the range and the 4,000 runs, of the first 10,000,000).
//! * `rank`, `select`: 1,000 random ids or positions.
//! * `append`: 1,000 ids in 500 runs after the last, to a set whose old version is still held by a clone: what each cycle does.
//!
//! Bytes per id are printed once before the measurements, as the heap counts them: roaring's of a clone, which has no room to spare.

#![allow(clippy::print_stderr, missing_docs)]

use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, Criterion, criterion_group, criterion_main};
use headwater_engine::RowSet;
use headwater_kit::heap::CountingHeap;
use roaring::RoaringTreemap;

#[global_allocator]
static HEAP: CountingHeap = CountingHeap::new();

const SPACE: u64 = 1_000_000_000;
const PROBES: u64 = 1_000;

/// A reproducible sequence of numbers below `limit` (splitmix64).
fn random(seed: u64, limit: u64) -> impl Iterator<Item = u64> {
    (1..).map(move |i: u64| {
        let mut x = i.wrapping_add(seed << 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x ^ (x >> 31)) % limit
    })
}

/// Runs that take up half the space, the starts shifted by `shift`.
fn even_runs(count: u64, shift: u64) -> RowSet {
    let step = SPACE / count;
    RowSet::from_runs((0..count).map(|i| i * step + shift..i * step + shift + step / 2))
}

fn shapes() -> [(&'static str, RowSet, RowSet); 5] {
    let scattered = |seed| random(seed, SPACE).take(10_000_000).collect();
    let alternating = |start: u64| (0..10_000_000u64).map(|i| start + 2 * i).collect();
    [
        ("range", RowSet::range(0..SPACE), RowSet::range(SPACE / 2..SPACE + SPACE / 2)),
        ("runs4k", even_runs(4_000, 0), even_runs(4_000, 60_000)),
        ("runs1m", even_runs(1_000_000, 0), even_runs(1_000_000, 240)),
        ("random", scattered(1), scattered(2)),
        ("alternating", alternating(0), alternating(10_000_000)),
    ]
}

fn to_roaring(rows: &RowSet) -> RoaringTreemap {
    let mut treemap = RoaringTreemap::new();
    rows.runs().for_each(|run| {
        treemap.insert_range(run);
    });
    treemap.optimize();
    treemap
}

/// Bytes that a value takes on the heap.
fn heap_of<T>(make: impl FnOnce() -> T) -> f64 {
    let before = HEAP.count().live;
    let _made = make();
    (HEAP.count().live - before) as f64
}

fn pair<A, B>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    shape: &str,
    mut headwater: impl FnMut() -> A,
    mut roaring: impl FnMut() -> B,
) {
    group.bench_function(format!("{shape}/headwater"), |b| b.iter(|| black_box(headwater())));
    group.bench_function(format!("{shape}/roaring"), |b| b.iter(|| black_box(roaring())));
}

fn rowset(c: &mut Criterion) {
    let shapes: Vec<_> =
        shapes().into_iter().map(|(name, a, b)| (name, to_roaring(&a), to_roaring(&b), a, b)).collect();
    for (name, treemap, _, rows, _) in &shapes {
        let ids = rows.len() as f64;
        let own = heap_of(|| RowSet::from_runs(rows.runs())) / ids;
        let other = heap_of(|| treemap.clone()) / ids;
        let ratio = if other > 0.0 { own / other } else { 0.0 };
        eprintln!("{name}: {own:.5} bytes an id, roaring {other:.5}, ratio {ratio:.3}");
        let (own, other) = (rows.to_bytes().len() as f64 / ids, treemap.serialized_size() as f64 / ids);
        eprintln!("{name}: {own:.5} bytes an id serialised, roaring {other:.5}, ratio {:.3}", own / other);
    }
    type Both<T> = fn(&T, &T) -> T;
    let algebra: [(&str, Both<RowSet>, Both<RoaringTreemap>); 3] = [
        ("union", RowSet::union, |a, b| a | b),
        ("intersect", RowSet::intersect, |a, b| a & b),
        ("minus", RowSet::minus, |a, b| a - b),
    ];
    for (operation, own, other) in algebra {
        let mut group = c.benchmark_group(format!("rowset/{operation}"));
        for (shape, ta, tb, a, b) in &shapes {
            pair(&mut group, shape, || own(a, b), || other(ta, tb));
        }
    }
    points(c, &shapes);
    append(c, &shapes);
}

type Shape = (&'static str, RoaringTreemap, RoaringTreemap, RowSet, RowSet);

fn points(c: &mut Criterion, shapes: &[Shape]) {
    let mut group = c.benchmark_group("rowset/iterate");
    for (shape, treemap, _, rows, _) in shapes {
        let own = || rows.iter().take(10_000_000).fold(0, |sum, id| sum ^ id);
        let other = || treemap.iter().take(10_000_000).fold(0, |sum, id| sum ^ id);
        pair(&mut group, shape, own, other);
    }
    drop(group);
    let mut group = c.benchmark_group("rowset/rank");
    for (shape, treemap, _, rows, _) in shapes {
        let span = rows.last().unwrap_or(0) + 1;
        let ids: Vec<u64> = random(3, span).take(PROBES as usize).collect();
        let own = || ids.iter().map(|&id| rows.rank(id).unwrap_or_else(|at| at)).sum::<u64>();
        let other = || ids.iter().map(|&id| treemap.rank(id)).sum::<u64>();
        pair(&mut group, shape, own, other);
    }
    drop(group);
    let mut group = c.benchmark_group("rowset/select");
    for (shape, treemap, _, rows, _) in shapes {
        let positions: Vec<u64> = random(4, rows.len()).take(PROBES as usize).collect();
        let own = || positions.iter().filter_map(|&at| rows.select(at)).sum::<u64>();
        let other = || positions.iter().filter_map(|&at| treemap.select(at)).sum::<u64>();
        pair(&mut group, shape, own, other);
    }
}

fn append(c: &mut Criterion, shapes: &[Shape]) {
    let mut group = c.benchmark_group("rowset/append");
    for (shape, treemap, _, rows, _) in shapes {
        let end = rows.last().unwrap_or(0) + 2;
        let more = RowSet::from_runs((0..PROBES / 2).map(|i| end + 3 * i..end + 3 * i + 2));
        let ids = more.to_vec();
        group.bench_function(format!("{shape}/headwater"), |b| {
            b.iter_batched_ref(
                || rows.clone(),
                |grown| {
                    grown.insert_all(&more);
                    black_box(grown.clone())
                },
                BatchSize::PerIteration,
            );
        });
        group.bench_function(format!("{shape}/roaring"), |b| {
            b.iter_with_large_drop(|| {
                let mut grown = treemap.clone();
                grown.extend(ids.iter().copied());
                grown
            });
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800));
    targets = rowset
}
criterion_main!(benches);
