//! Formulas on tables.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput};
use headwater_engine::vector::Vector;
use headwater_engine::{Session, Table};

const MILLION: usize = 1 << 20;
const FIRST: u64 = 2_048;

/// `A`, `B` of floats, `N` of integers, `Few` of ten texts, `Many` of a text for each row.
fn table(rows: usize, texts: bool) -> Table {
    let floats = |by: usize| Vector::from((0..rows).map(|row| (row * by % 10_007) as f64 / 8.0).collect::<Vec<f64>>());
    let numbers = Vector::from((0..rows).map(|row| (row * 31 % 1_000) as i64).collect::<Vec<i64>>());
    let mut columns = vec![("A", floats(7)), ("B", floats(13)), ("N", numbers)];
    if texts {
        let few = (0..rows).map(|row| format!("one of ten texts: {}", row * 7 % 10));
        columns.push(("Few", Vector::from(few.collect::<Vec<String>>())));
        let many = (0..rows).map(|row| format!("a text of its own: {row}"));
        columns.push(("Many", Vector::from(many.collect::<Vec<String>>())));
    }
    Session::builder().threads(1).build().static_table("t", columns).expect("a table")
}

pub(crate) fn first_rows(c: &mut Criterion) {
    let table = table(10_000_000, false);
    let mut group = c.benchmark_group("formula/first_rows");
    let formula = "X = A * 2 + B";
    group.bench_function("update_view", |b| {
        b.iter_with_large_drop(|| {
            let view = table.update_view(formula).expect("a view");
            let rows = view.window(0..FIRST, "X").expect("rows");
            (view, rows)
        });
    });
    group.bench_function("lazy_update", |b| {
        b.iter_with_large_drop(|| {
            let view = table.lazy_update(formula).expect("a view");
            let rows = view.window(0..FIRST, "X").expect("rows");
            (view, rows)
        });
    });
    group.finish();
}

pub(crate) fn shared(c: &mut Criterion) {
    let table = table(MILLION, true);
    let mut group = c.benchmark_group("formula/shared");
    group.throughput(Throughput::Elements(MILLION as u64)).sample_size(10);
    let formulas = ["X = Many.toUpperCase().indexOf(`7`) + N", "Y = N - Many.toUpperCase().indexOf(`7`)"];
    group.bench_function("one_call", |b| b.iter_with_large_drop(|| table.update(formulas).expect("a table")));
    group.bench_function("two_calls", |b| {
        b.iter_with_large_drop(|| formulas.map(|formula| table.update(formula).expect("a table")));
    });
    group.finish();
}

pub(crate) fn text(c: &mut Criterion) {
    let table = table(MILLION, true);
    let mut group = c.benchmark_group("formula/text");
    group.throughput(Throughput::Elements(MILLION as u64)).sample_size(10);
    for (name, column) in [("codes", "Few"), ("plain", "Many")] {
        let formula = format!("X = {column}.toUpperCase().length() + N");
        group.bench_function(name, |b| b.iter_with_large_drop(|| table.update(&formula).expect("a table")));
    }
    group.finish();
}

pub(crate) fn memo(c: &mut Criterion) {
    let table = table(MILLION, true);
    let mut group = c.benchmark_group("formula/memo");
    group.throughput(Throughput::Elements(MILLION as u64)).sample_size(10);
    let formula = "X = (Few + N % 1).hashCode() + N % 4";
    let views = [("update_view", table.update_view(formula)), ("lazy_update", table.lazy_update(formula))];
    for (name, view) in views {
        let snapshot = view.and_then(|view| view.snapshot()).expect("a snapshot");
        group.bench_function(name, |b| b.iter(|| black_box(snapshot.column("X").expect("a column"))));
    }
    group.finish();
}

pub(crate) fn order(c: &mut Criterion) {
    let table = table(4 * MILLION, true);
    let mut group = c.benchmark_group("filter/order");
    group.throughput(Throughput::Elements(4 * MILLION as u64)).sample_size(10);
    for (name, conditions) in
        [("cheap_first", ["N < 10", "Many.contains(`77`)"]), ("dear_first", ["Many.contains(`77`)", "N < 10"])]
    {
        group.bench_function(name, |b| {
            b.iter_batched(|| (), |()| table.filter(conditions).expect("a table"), BatchSize::PerIteration);
        });
    }
    group.finish();
}
