//! Lists: made of groups, kept, and computed with.
//!
//! * `list/group/<groups>`: `group_by` of 1 M rows in no order, two columns; `read` all lists of one column after that.
//! * `list/tick/<groups>`: 100 rows in random groups appended to that, one cycle, the lists read by nobody.
//! * `list/function/...`: one function over 100,000 lists of ten floats; `loop` is a sum by hand over the same values, which
//!   shows what reading and calling cost.

#![allow(missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use headwater_engine::source::Batch;
use headwater_engine::vector::Vector;
use headwater_engine::{ColumnDef, Session, Table, Type};

const ROWS: u64 = 1_000_000;

/// The `i`-th of a sequence of numbers below `limit` in no order (splitmix64).
fn random(i: u64, limit: u64) -> u64 {
    let mut x = i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (x ^ (x >> 31)) % limit
}

/// Rows `from` on: a group, and a number.
fn rows(table: &Table, from: u64, count: u64, groups: u64) -> Batch {
    let keys: Vec<i64> = (from..from + count).map(|i| random(i, groups) as i64).collect();
    let values: Vec<f64> = (from..from + count).map(|i| random(i, 1_000_000) as f64 / 16.0).collect();
    Batch::new(table.definition(), vec![Vector::from(keys), Vector::from(values)]).expect("a batch")
}

fn groups(criterion: &mut Criterion) {
    for groups in [100, 10_000, 100_000] {
        let session = Session::new();
        let defs = [ColumnDef::new("K", Type::I64), ColumnDef::new("V", Type::F64)];
        let (table, feed) = session.append_table("t", defs).expect("a table");
        feed.send(rows(&table, 0, ROWS, groups)).expect("sent");
        session.step().expect("a cycle");
        let mut group = criterion.benchmark_group("list");
        group.sample_size(10);
        group.throughput(Throughput::Elements(ROWS));
        group.bench_function(format!("group/{groups}"), |bench| {
            bench.iter(|| table.group_by("K").expect("lists"));
        });
        let listed = table.group_by("K").expect("lists");
        group.bench_function(format!("read/{groups}"), |bench| {
            let pin = listed.snapshot().expect("a snapshot");
            bench.iter(|| black_box(pin.column("V").expect("a column")));
        });
        group.throughput(Throughput::Elements(100));
        let mut next = ROWS;
        group.bench_function(format!("tick/{groups}"), |bench| {
            bench.iter(|| {
                feed.send(rows(&table, next, 100, groups)).expect("sent");
                next += 100;
                session.step().expect("a cycle")
            });
        });
        group.finish();
    }
}

fn functions(criterion: &mut Criterion) {
    let session = Session::new();
    let keys: Vec<i64> = (0..ROWS).map(|i| (i / 10) as i64).collect();
    let values: Vec<f64> = (0..ROWS).map(|i| random(i, 1_000_000) as f64 / 16.0).collect();
    let table =
        session.static_table("t", [("K", Vector::from(keys)), ("V", Vector::from(values.clone()))]).expect("a table");
    // Kept, so that what is measured is the function and not the reading of groups.
    let lists = table.group_by("K").and_then(|groups| groups.select(["K", "V"])).expect("lists");
    let mut group = criterion.benchmark_group("list/function");
    group.sample_size(20);
    group.throughput(Throughput::Elements(ROWS));
    group.bench_function("loop", |bench| {
        bench.iter(|| values.chunks(10).map(|list| black_box(list).iter().sum::<f64>()).collect::<Vec<f64>>());
    });
    for formula in [
        "V.size()",
        "sum(V)",
        "avg(V)",
        "std(V)",
        "median(V)",
        "max(V)",
        "V[3]",
        "wavg(V, V)",
        "cumsum(V)",
        "sort(V)",
        "rank(V)",
        "distinct(V)",
        "reverse(V)",
    ] {
        let computed = lists.view(format!("R = {formula}")).expect("a formula");
        let pin = computed.snapshot().expect("a snapshot");
        group.bench_function(formula, |bench| bench.iter(|| black_box(pin.column("R").expect("a column"))));
    }
    group.finish();
}

criterion_group!(benches, groups, functions);
criterion_main!(benches);
