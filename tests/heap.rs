//! What a cycle of the main job asks of the heap, once it runs, and what keys that pass leave there: a binary of its own,
//! because the counters are the process's. More keys pass in a longer run, of which every hundredth is alive:
//!
//! ```text
//! HEADWATER_PASSING_KEYS=100000000 cargo test --release --features full --test heap passing -- --nocapture
//! ```

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test says what it expects and what it found")]

#[expect(dead_code, reason = "what names a partition of Parquet stays unused")]
#[path = "../examples/service_use/model.rs"]
mod model;

use headwater::prelude::*;
use std::sync::{Mutex, PoisonError};

use headwater::source::{Batch, Feed, RowChange};
use headwater::vector::Vector;
use headwater_kit::heap::CountingHeap;

#[global_allocator]
static HEAP: CountingHeap = CountingHeap::new();

/// Held by the test that runs: others would be counted too.
static ALONE: Mutex<()> = Mutex::new(());

/// Keys that pass unless another number is asked for.
const PASSING: u64 = 1_000_000;
/// One of so many keys is alive.
const ALIVE_ONE_IN: u64 = 100;

/// Rows a cycle brings.
const ROWS: i64 = 100;
/// Allocations of a cycle that nobody listens to; ARCHITECTURE.md says which they are.
const MOST: u64 = 80;
/// Allocations of a cycle whose result goes to a listener, as Arrow batches that it may keep.
const MOST_HEARD: u64 = 340;

fn samples(session: &Session, name: &str, timestamp: &str) -> (Table, Feed) {
    let columns = [("ServiceName", Type::String), (timestamp, Type::Timestamp), ("Value", Type::F64)];
    session.append_table(name, columns.map(|(name, ty)| ColumnDef::new(name, ty))).unwrap()
}

/// Samples of ten services, one every ten seconds, `count` from the `start`-th on; every fourth is `off` by so much.
fn batch(table: &Table, start: i64, count: i64, off: f64) -> Batch {
    let range = || start..start + count;
    let service = range().map(|i| Value::from(format!("service {}", i % 10)));
    let at = range().map(|i| Value::Timestamp(Timestamp::from_seconds(i / 10 * 10).unwrap()));
    let value = range().map(|i| Value::F64(100.0 + if i % 4 == 0 { off } else { 0.0 }));
    let columns = vec![
        Vector::from_values(Type::String, service).unwrap(),
        Vector::from_values(Type::Timestamp, at).unwrap(),
        Vector::from_values(Type::F64, value).unwrap(),
    ];
    Batch::new(table.definition(), columns).unwrap()
}

#[test]
fn a_cycle_of_the_main_job_asks_little_of_the_heap() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let session = Session::new();
    session.function("secs", |t: Timestamp| t.epoch_seconds() / 10 * 10).unwrap();
    let (history, past) = samples(&session, "history", "Timestamp");
    past.send(batch(&history, 0, 100_000, 0.0)).unwrap();
    session.step().unwrap();
    let (live, feed) = samples(&session, "live", "KafkaTimestamp");
    let found = model::anomalies(&history, &live, 0).unwrap();
    let mut next = 0;
    let mut median = || {
        let mut counts: Vec<u64> = (0..200)
            .map(|_| {
                feed.send(batch(&live, next, ROWS, 50.0)).unwrap();
                next += ROWS;
                let before = HEAP.count().allocations;
                session.step().unwrap();
                HEAP.count().allocations - before
            })
            .skip(100)
            .collect();
        counts.sort_unstable();
        counts[counts.len() / 2]
    };
    let unheard = median();
    let _listener = found
        .listen(|change: &Change| {
            assert!(!change.added().is_empty());
            Ok(())
        })
        .unwrap();
    let heard = median();
    println!("allocations of half the cycles: at most {unheard} unheard, {heard} with a listener");
    assert!(found.snapshot().unwrap().len() > 1_000);
    assert!(unheard <= MOST, "{unheard} allocations, {MOST} allowed");
    assert!(heard <= MOST_HEARD, "{heard} allocations, {MOST_HEARD} allowed");
}

/// A row for each key, its number as text too.
fn keys(table: &Table, keys: std::ops::Range<u64>) -> Batch {
    let numbers: Vec<i64> = keys.clone().map(|key| key as i64).collect();
    let texts: Vec<String> = keys.clone().map(|key| format!("the key {key}")).collect();
    let values: Vec<f64> = keys.map(|key| key as f64 / 7.0).collect();
    Batch::new(table.definition(), vec![numbers.into(), texts.into(), values.into()]).unwrap()
}

#[test]
fn passing_keys_leave_nothing_behind() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let asked = std::env::var_os("HEADWATER_PASSING_KEYS").and_then(|keys| keys.to_str()?.parse().ok());
    let passing: u64 = asked.unwrap_or(PASSING);
    let alive = passing / ALIVE_ONE_IN;
    let session = Session::new();
    let columns = [("K", Type::I64), ("T", Type::String), ("V", Type::F64)];
    let (table, writer) = session.keyed_rows("t", columns.map(|(name, ty)| ColumnDef::new(name, ty))).unwrap();
    let totals = [agg::sum("S = V"), agg::count("N"), agg::max("High = V"), agg::last("L = V")];
    let by_number = table.agg_by(totals.clone(), "K").unwrap();
    let by_text = table.agg_by(totals, "T").unwrap();
    let distinct = table.select_distinct("T").unwrap();
    let a_cycle = (alive / 10).max(1);
    // Bytes after each cycle, and what share of the keys had come by then.
    let mut held: Vec<(u64, u64)> = Vec::new();
    for start in (0..passing).step_by(a_cycle as usize) {
        let end = start + a_cycle;
        let gone = start.saturating_sub(alive)..end.saturating_sub(alive);
        let change = RowChange::new(table.definition()).remove(gone);
        writer.apply(change.add((start..end).collect(), keys(&table, start..end)).unwrap()).unwrap();
        session.step().unwrap();
        held.push((100 * end / passing, HEAP.count().live));
    }
    for table in [&by_number, &by_text, &distinct] {
        assert_eq!(table.snapshot().unwrap().len(), alive);
    }
    let most = |from: u64, to: u64| {
        let there = held.iter().filter(|(share, _)| (from..=to).contains(share)).map(|(_, bytes)| *bytes);
        there.max().unwrap()
    };
    let (early, late) = (most(20, 40), most(80, 100));
    println!("{passing} keys, {alive} alive: {early} bytes at most when a third had come, {late} at the end");
    assert!(late <= early + early / 10, "{early} bytes, then {late}");
}
