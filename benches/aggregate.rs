//! Grouping: building from rows that are there, and following those that come, change and go.
//!
//! * `build/<groups>`: the sum of an integer column over 1,000,000 rows by an integer key.
//! * `append/five`: five aggregates by 1,000 keys follow 10,000 appended rows, one cycle.
//! * `keyed/value`, `keyed/key`: 10,000 of 100,000 rows get another value, or move to another group, one cycle.

#![allow(missing_docs)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use headwater_engine::plan::Aggregate;
use headwater_engine::source::{Batch, RowChange};
use headwater_engine::vector::Vector;
use headwater_engine::{ColumnDef, Session, Table, Type, Value, agg};

const ROWS: i64 = 1_000_000;
const CHANGED: i64 = 10_000;
const KEYS: i64 = 1_000;

/// Numbers below `limit` in no order.
fn scattered(start: i64, count: i64, limit: i64) -> Vector<'static> {
    let mix = |i: i64| ((i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20) as i64 % limit;
    Vector::from_values(Type::I64, (start..start + count).map(|i| Value::I64(mix(i)))).expect("integers")
}

fn floats(start: i64, count: i64) -> Vector<'static> {
    Vector::from_values(Type::F64, (start..start + count).map(|i| Value::F64(i as f64 / 7.0))).expect("floats")
}

fn columns() -> [ColumnDef; 3] {
    [ColumnDef::new("K", Type::I64), ColumnDef::new("V", Type::I64), ColumnDef::new("X", Type::F64)]
}

fn batch(table: &Table, start: i64, count: i64) -> Batch {
    let columns = vec![scattered(start, count, KEYS), scattered(start, count, ROWS), floats(start, count)];
    Batch::new(table.definition(), columns).expect("the columns of the table")
}

fn five() -> Vec<Aggregate> {
    vec![agg::sum("V"), agg::avg("A = V"), agg::count("N"), agg::min("Least = X"), agg::last("X")]
}

fn build(c: &mut Criterion) {
    let mut group = c.benchmark_group("aggregate/build");
    group.sample_size(10);
    for groups in [1_000, 100_000, 1_000_000] {
        let session = Session::new();
        let columns = [("K", scattered(0, ROWS, groups)), ("V", scattered(1, ROWS, ROWS))];
        let table = session.static_table("rows", columns).expect("a table");
        group.bench_function(groups.to_string(), |b| {
            b.iter(|| black_box(table.agg_by(agg::sum("V"), "K").expect("sums")));
        });
    }
}

/// The time `cycles` cycles take, each after `change` was sent.
fn cycles(session: &Session, cycles: u64, mut change: impl FnMut()) -> Duration {
    let mut total = Duration::ZERO;
    for _ in 0..cycles {
        change();
        let start = Instant::now();
        session.step().expect("a cycle");
        total += start.elapsed();
    }
    total
}

fn append(c: &mut Criterion) {
    let mut group = c.benchmark_group("aggregate/append");
    group.sample_size(10);
    group.bench_function("five", |b| {
        b.iter_custom(|iterations| {
            let session = Session::new();
            let (table, feed) = session.append_table("rows", columns()).expect("a table");
            let result = table.agg_by(five(), "K").expect("aggregates");
            let mut start = 0;
            let total = cycles(&session, iterations, || {
                feed.send(batch(&table, start, CHANGED)).expect("room");
                start += CHANGED;
            });
            drop(result);
            total
        });
    });
}

fn keyed(c: &mut Criterion) {
    let session = Session::new();
    let (table, rows) = session.keyed_rows("rows", columns()).expect("a table");
    let result = table.agg_by(five(), "K").expect("aggregates");
    let change = RowChange::new(table.definition());
    let all: Vec<u64> = (0..10 * CHANGED as u64).collect();
    rows.apply(change.clone().add(all, batch(&table, 0, 10 * CHANGED)).expect("rows")).expect("an open table");
    session.step().expect("a cycle");
    let ids: Vec<u64> = (0..CHANGED as u64).map(|i| i * 10).collect();
    let mut group = c.benchmark_group("aggregate/keyed");
    group.sample_size(10);
    let mut start = 0;
    let mut modify = |b: &mut criterion::Bencher<'_>, column: &'static str, values: fn(i64) -> Vector<'static>| {
        b.iter_custom(|iterations| {
            cycles(&session, iterations, || {
                start += 1;
                let modified = change.clone().modify(ids.clone(), [(column, values(start))]);
                rows.apply(modified.expect("values")).expect("an open table");
            })
        });
    };
    group.bench_function("value", |b| modify(b, "X", |start| floats(start, CHANGED)));
    group.bench_function("key", |b| modify(b, "K", |start| scattered(start, CHANGED, KEYS)));
    drop(result);
}

criterion_group!(benches, build, append, keyed);
criterion_main!(benches);
