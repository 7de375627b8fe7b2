//! Joining: building from a right table that is there, and following rows that come on either side.
//!
//! * `build/right`: a table of 1,000,000 rows under distinct integer keys; no left rows yet.
//! * `append/<right rows>`: 1,000 appended left rows look up their keys, one cycle.
//! * `service`: the main job's pipeline, source to filter: 1,000 samples against the levels of 50 services, one cycle.
//! * `right/<left rows a key>`: 1,000 right rows get another value, one cycle; their left rows follow.
//! * `as_of/<rows>`: so many rows, half on each side, onto 1,000,000 of 500 symbols, in order of time; one cycle.
//! * `pairs/<right rows a key>`: 1,000 left rows come and meet their right rows; one cycle.

#![allow(missing_docs)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use headwater_engine::source::{Batch, RowChange};
use headwater_engine::vector::Vector;
use headwater_engine::{ColumnDef, Session, Table, Type, Value, on};

const ROWS: i64 = 1_000;
const SERVICES: i64 = 50;
/// Ten-second samples of a day.
const SLOTS: i64 = 8_640;

fn integers(values: impl IntoIterator<Item = i64>) -> Vector<'static> {
    Vector::from_values(Type::I64, values.into_iter().map(Value::I64)).expect("integers")
}

fn floats(values: impl IntoIterator<Item = f64>) -> Vector<'static> {
    Vector::from_values(Type::F64, values.into_iter().map(Value::F64)).expect("floats")
}

fn services(values: impl IntoIterator<Item = i64>) -> Vector<'static> {
    let name = |at: i64| Value::from(format!("service-{at:02}"));
    Vector::from_values(Type::String, values.into_iter().map(name)).expect("text")
}

/// A number below `limit` that looks like no order.
fn scattered(at: i64, limit: i64) -> i64 {
    ((at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20) as i64 % limit
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

fn right_table(session: &Session, rows: i64) -> Table {
    let columns = [("K", integers(0..rows)), ("W", floats((0..rows).map(|at| at as f64)))];
    session.static_table("right", columns).expect("a table")
}

fn build(c: &mut Criterion) {
    let mut group = c.benchmark_group("join/build");
    group.sample_size(10);
    let session = Session::new();
    let right = right_table(&session, 1_000_000);
    let (left, _feed) = session.append_table("left", [ColumnDef::new("K", Type::I64)]).expect("a table");
    group.bench_function("right", |b| b.iter(|| black_box(left.natural_join(&right, "K").expect("joins"))));
}

fn append(c: &mut Criterion) {
    let mut group = c.benchmark_group("join/append");
    for rows in [SERVICES, 1_000_000] {
        group.bench_function(rows.to_string(), |b| {
            b.iter_custom(|iterations| {
                let session = Session::new();
                let right = right_table(&session, rows);
                let (left, feed) = session.append_table("left", [ColumnDef::new("K", Type::I64)]).expect("a table");
                let _joined = left.natural_join(&right, "K").expect("joins");
                let mut start = 0;
                cycles(&session, iterations, || {
                    let keys = integers((start..start + ROWS).map(|at| scattered(at, rows)));
                    feed.send(Batch::new(left.definition(), vec![keys]).expect("a batch")).expect("room");
                    start += ROWS;
                })
            });
        });
    }
}

/// The average level of each service, weekday and time of day.
fn levels(session: &Session) -> Table {
    let all = || (0..SERVICES * 7 * SLOTS).step_by(7);
    let columns = [
        ("ServiceName", services(all().map(|at| at % SERVICES))),
        ("DayOfWeek", integers(all().map(|at| at / SERVICES % 7))),
        ("SecondsInDay", integers(all().map(|at| at / SERVICES / 7 * 10))),
        ("Last4Avg", floats(all().map(|at| 100.0 + (at % 13) as f64))),
    ];
    session.static_table("levels", columns).expect("a table")
}

fn service(c: &mut Criterion) {
    c.bench_function("join/service", |b| {
        b.iter_custom(|iterations| {
            let session = Session::new();
            let levels = levels(&session);
            let columns = [("ServiceName", Type::String), ("Seconds", Type::I64), ("Value", Type::F64)];
            let columns = columns.map(|(name, ty)| ColumnDef::new(name, ty));
            let (samples, feed) = session.append_table("samples", columns).expect("a table");
            let _anomalies = samples
                .update_view(["DayOfWeek = floorDiv(Seconds, 86400) % 7", "SecondsInDay = Seconds % 86400"])
                .and_then(|t| t.natural_join(&levels, on(["ServiceName", "DayOfWeek", "SecondsInDay"]).add("Last4Avg")))
                .and_then(|t| t.update_view(["Diff = Value - Last4Avg", "PctDiff = Diff / Last4Avg"]))
                .and_then(|t| t.filter("abs(PctDiff) > 0.05"))
                .expect("a pipeline");
            let mut start = 0;
            cycles(&session, iterations, || {
                let rows = || start..start + ROWS;
                let columns = vec![
                    services(rows().map(|at| at % SERVICES)),
                    integers(rows().map(|at| at / SERVICES * 10)),
                    floats(rows().map(|at| 100.0 + (at % 13) as f64)),
                ];
                feed.send(Batch::new(samples.definition(), columns).expect("a batch")).expect("room");
                start += ROWS;
            })
        });
    });
}

fn right(c: &mut Criterion) {
    let mut group = c.benchmark_group("join/right");
    for per_key in [1, 20] {
        group.bench_function(per_key.to_string(), |b| {
            b.iter_custom(|iterations| {
                let session = Session::new();
                let left = session.static_table("left", [("K", integers((0..ROWS * per_key).map(|at| at % ROWS)))]);
                let columns = [ColumnDef::new("K", Type::I64), ColumnDef::new("W", Type::I64)];
                let (right, writer) = session.keyed_rows("right", columns).expect("a table");
                let ids: Vec<u64> = (0..ROWS as u64).collect();
                let batch = Batch::new(right.definition(), vec![integers(0..ROWS), integers(0..ROWS)]);
                let first = RowChange::new(right.definition()).add(ids.clone(), batch.expect("a batch"));
                writer.apply(first.expect("fits")).expect("applies");
                session.step().expect("a cycle");
                let _joined = left.expect("a table").natural_join(&right, "K").expect("joins");
                let mut round = 0;
                cycles(&session, iterations, || {
                    round += 1;
                    let values = integers((0..ROWS).map(|at| at + round));
                    let change = RowChange::new(right.definition()).modify(ids.clone(), [("W", values)]);
                    writer.apply(change.expect("fits")).expect("applies");
                })
            });
        });
    }
}

fn as_of(c: &mut Criterion) {
    const SYMBOLS: i64 = 500;
    const BASE: i64 = 500_000;
    let mut group = c.benchmark_group("join/as_of");
    for rows in [1_000, 10_000] {
        group.bench_function(rows.to_string(), |b| {
            b.iter_custom(|iterations| {
                let session = Session::new();
                let table = |name: &str| {
                    let columns = [("Sym", Type::I64), ("Time", Type::I64), (name, Type::I64)];
                    session.append_table(name, columns.map(|(name, ty)| ColumnDef::new(name, ty))).expect("a table")
                };
                let ((trades, trade_feed), (quotes, quote_feed)) = (table("Size"), table("Bid"));
                let mut next = 0;
                let mut send = |rows: i64| {
                    for (at, (table, feed)) in [(&trades, &trade_feed), (&quotes, &quote_feed)].into_iter().enumerate()
                    {
                        let all = || next..next + rows;
                        let symbols = integers(all().map(|row| scattered(2 * row + at as i64, SYMBOLS)));
                        let columns = vec![symbols, integers(all()), integers(all())];
                        feed.send(Batch::new(table.definition(), columns).expect("a batch")).expect("room");
                    }
                    next += rows;
                };
                send(BASE);
                session.step().expect("a cycle");
                let _joined = trades.aj(&quotes, on(["Sym", "Time"]).add("Bid")).expect("joins");
                cycles(&session, iterations, || send(rows / 2))
            });
        });
    }
}

fn pairs(c: &mut Criterion) {
    let mut group = c.benchmark_group("join/pairs");
    for per_key in [1, 20] {
        group.bench_function(per_key.to_string(), |b| {
            b.iter_custom(|iterations| {
                let session = Session::new();
                let define = |value: &str| [ColumnDef::new("K", Type::I64), ColumnDef::new(value, Type::I64)];
                let (left, feed) = session.append_table("left", define("V")).expect("a table");
                let (right, other) = session.append_table("right", define("W")).expect("a table");
                let keys = integers((0..ROWS * per_key).map(|at| at % ROWS));
                let columns = vec![keys, integers(0..ROWS * per_key)];
                other.send(Batch::new(right.definition(), columns).expect("a batch")).expect("room");
                session.step().expect("a cycle");
                let _joined = left.join(&right, "K").expect("joins");
                let mut start = 0;
                cycles(&session, iterations, || {
                    let columns =
                        vec![integers((start..start + ROWS).map(|at| scattered(at, ROWS))), integers(0..ROWS)];
                    feed.send(Batch::new(left.definition(), columns).expect("a batch")).expect("room");
                    start += ROWS;
                })
            });
        });
    }
}

criterion_group!(benches, build, append, service, right, as_of, pairs);
criterion_main!(benches);
