//! What a cycle of the main job asks of the heap, once it runs: a binary of its own, because the counters are the process's.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test says what it expects and what it found")]

#[expect(dead_code, reason = "what names a partition of Parquet stays unused")]
#[path = "../examples/service_use/model.rs"]
mod model;

use headwater::prelude::*;
use headwater::source::{Batch, Feed};
use headwater::vector::Vector;
use headwater_kit::heap::CountingHeap;

#[global_allocator]
static HEAP: CountingHeap = CountingHeap::new();

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
