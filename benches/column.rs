//! Stored columns: changing them in place, pinning them while they change, reading them.
//!
//! * `column/modify/{bare,plain,undo}`: 1,000 random rows of 16 M get another value, one cycle; `bare` is a loop over a slice. With
//!   `undo` a sum reads the old values back. `wide` writes five columns: a quarter of what it takes more than `plain` is the
//!   writing of a column by itself.
//! * `column/scan/<block>`, `column/gather/<block>`: all values of 4 M rows in order, and those that 1 M rows point at in no order,
//!   by values in a block.
//! * `column/text/...`: 1 M rows of 1,000 texts, beside the same as numbers: grouped, filtered, read, and 10,000 appended.
//! * `column/list/{scan,gather,text,length,arrow}`: 1 M lists of eight floats in order, those that 1 M rows point at in no order, as many
//!   texts of 64 bytes so, the length of each, and all out to Arrow.
//! * `column/tower/<height>`, `column/chain/<height>`: formulas over formulas, and joined columns of joined columns, 1 M rows.
//!
//! First, and not by criterion, percentiles of 200 cycles: `pin/<block>/<pins>` is a `last_by` of 1 M keys and ten columns of which
//! 10,000 random keys get a row each cycle, with no pin, one held throughout, or one taken before each cycle and held during it;
//! `pin/modify/<pins>` is `column/modify/plain` in the same way.

#![allow(clippy::print_stderr, missing_docs)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use headwater_engine::source::{Batch, KeyedRows, RowChange};
use headwater_engine::vector::Vector;
use headwater_engine::{ColumnDef, List, Session, Snapshot, Str, Table, Type, agg};

const BLOCKS: [usize; 4] = [64, 512, 1_024, 8_192];
const KEYS: u64 = 1_000_000;
const VALUES: [&str; 10] = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J"];

/// The `i`-th of a sequence of numbers below `limit` in no order (splitmix64).
fn random(i: u64, limit: u64) -> u64 {
    let mut x = i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (x ^ (x >> 31)) % limit
}

fn integers(values: impl Iterator<Item = u64>) -> Vector<'static> {
    Vector::from(values.map(|value| value as i64).collect::<Vec<i64>>())
}

fn session(block: usize) -> Session {
    Session::builder().block_rows(block).expect("a block").build()
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Pins {
    None,
    Held,
    Each,
}

/// What is not timed by criterion goes by the filter of the command line all the same.
fn is_asked_for(name: &str) -> bool {
    let filter = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    filter.is_none_or(|filter| name.contains(&filter))
}

fn pins(_: &mut Criterion) {
    if !is_asked_for("pin") {
        return;
    }
    for block in BLOCKS {
        for pins in [Pins::None, Pins::Held, Pins::Each] {
            pinned_cycles(block, pins);
        }
    }
}

/// Prints what cycles take while a keyed table is pinned.
fn pinned_cycles(block: usize, pins: Pins) {
    const CHANGED: u64 = 10_000;
    let session = session(block);
    let columns = std::iter::once("K").chain(VALUES).map(|name| ColumnDef::new(name, Type::I64));
    let (updates, feed) = session.blink_table("updates", columns).expect("a table");
    let last = updates.last_by("K").expect("the last of each key");
    let send = |keys: &mut dyn Iterator<Item = u64>, seed: u64| {
        let keys: Vec<u64> = keys.collect();
        let values = VALUES.iter().map(|_| integers(keys.iter().map(|key| key + seed)));
        let columns = std::iter::once(integers(keys.iter().copied())).chain(values).collect();
        feed.send(Batch::new(updates.definition(), columns).expect("the columns of the table")).expect("room");
    };
    for start in (0..KEYS).step_by(100_000) {
        send(&mut (start..start + 100_000), 0);
        session.step().expect("a cycle");
    }
    let mut pin: Option<Snapshot> = (pins == Pins::Held).then(|| last.snapshot().expect("a pin"));
    let mut times: Vec<Duration> = (0..200u64)
        .map(|cycle| {
            send(&mut (0..CHANGED).map(|i| random(cycle * CHANGED + i, KEYS)), cycle);
            let start = Instant::now();
            if pins == Pins::Each {
                pin = Some(last.snapshot().expect("a pin"));
            }
            session.step().expect("a cycle");
            start.elapsed()
        })
        .collect();
    drop(pin);
    times.sort_unstable();
    eprintln!("pin/{block}/{pins:?}: p50 {:?}, p99 {:?}", times[100], times[198]);
}

const ROWS: u64 = 16_000_000;

/// A table of 16 M rows, of which 1,000 get other values in a cycle.
struct Scattered {
    session: Session,
    table: Table,
    rows: KeyedRows,
    cycle: u64,
}

impl Scattered {
    fn new(columns: &[&str]) -> Self {
        let session = Session::new();
        let defs = columns.iter().map(|&name| ColumnDef::new(name, Type::I64));
        let (table, rows) = session.keyed_rows("rows", defs).expect("a table");
        let all = Batch::new(table.definition(), columns.iter().map(|_| integers(0..ROWS)).collect()).expect("columns");
        let change = RowChange::new(table.definition());
        rows.apply(change.add((0..ROWS).collect(), all).expect("rows")).expect("an open table");
        session.step().expect("a cycle");
        Scattered { session, table, rows, cycle: 0 }
    }

    /// Hands a change to the next cycle.
    fn change(&mut self, columns: &[&str]) {
        self.cycle += 1;
        let ids = scattered(self.cycle);
        let values = columns.iter().map(|&name| (name, integers(ids.iter().map(|_| self.cycle)))).collect::<Vec<_>>();
        let change = RowChange::new(self.table.definition()).modify(ids, values).expect("values");
        self.rows.apply(change).expect("an open table");
    }

    /// Times one cycle.
    fn step(&self) -> Duration {
        let start = Instant::now();
        self.session.step().expect("a cycle");
        start.elapsed()
    }

    fn bench(&mut self, b: &mut criterion::Bencher<'_>, columns: &[&str]) {
        b.iter_custom(|iterations| {
            let cycle = |_| {
                self.change(columns);
                self.step()
            };
            (0..iterations).map(cycle).sum()
        });
    }
}

fn scattered(cycle: u64) -> Vec<u64> {
    const CHANGED: u64 = 1_000;
    let mut ids: Vec<u64> = (0..CHANGED).map(|i| random(cycle * CHANGED + i, ROWS)).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn modify(c: &mut Criterion) {
    let mut group = c.benchmark_group("column/modify");
    let mut flat: Vec<i64> = (0..ROWS as i64).collect();
    let mut cycle = 0;
    group.bench_function("bare", |b| {
        b.iter_custom(|iterations| {
            let mut total = Duration::ZERO;
            for _ in 0..iterations {
                cycle += 1;
                let ids = scattered(cycle);
                let start = Instant::now();
                for &id in &ids {
                    flat[id as usize] = cycle as i64;
                }
                black_box(&mut flat);
                total += start.elapsed();
            }
            total
        });
    });
    drop(flat);
    let mut wide = Scattered::new(&VALUES[..5]);
    group.bench_function("wide", |b| wide.bench(b, &VALUES[..5]));
    group.bench_function("plain", |b| wide.bench(b, &VALUES[..1]));
    let sum = wide.table.agg(agg::sum("A")).expect("a sum");
    group.bench_function("undo", |b| wide.bench(b, &VALUES[..1]));
    drop(sum);
}

fn pinned_modify(_: &mut Criterion) {
    if !is_asked_for("pin/modify") {
        return;
    }
    let mut rows = Scattered::new(&VALUES[..1]);
    for pins in [Pins::None, Pins::Held, Pins::Each] {
        let mut pin: Option<Snapshot> = (pins == Pins::Held).then(|| rows.table.snapshot().expect("a pin"));
        let mut times: Vec<Duration> = (0..200)
            .map(|_| {
                rows.change(&VALUES[..1]);
                if pins == Pins::Each {
                    pin = Some(rows.table.snapshot().expect("a pin"));
                }
                rows.step()
            })
            .collect();
        drop(pin);
        times.sort_unstable();
        eprintln!("pin/modify/{pins:?}: p50 {:?}, p99 {:?}", times[100], times[198]);
    }
}

fn read_all(b: &mut criterion::Bencher<'_>, table: &Table, column: &str) {
    let pin = table.snapshot().expect("a pin");
    b.iter(|| black_box(pin.column(column).expect("values")));
}

fn read(c: &mut Criterion) {
    for block in BLOCKS {
        let session = session(block);
        let rows = session.static_table("rows", [("V", integers(0..4 * KEYS))]).expect("a table");
        let mut group = c.benchmark_group("column/scan");
        group.throughput(Throughput::Bytes(4 * KEYS * 8));
        group.bench_function(block.to_string(), |b| read_all(b, &rows, "V"));
        drop(group);
        let joined = chain(&session, 1);
        let mut group = c.benchmark_group("column/gather");
        group.throughput(Throughput::Bytes(KEYS * 8));
        group.bench_function(block.to_string(), |b| read_all(b, &joined, "V1"));
    }
    let session = Session::new();
    for height in [1, 2, 4, 8] {
        let mut tower = session.static_table("rows", [("V0", integers(0..KEYS))]).expect("a table");
        for level in 1..=height {
            tower = tower.update_view(format!("V{level} = V{} * 3 + {level}", level - 1)).expect("a formula");
        }
        let top = format!("V{height}");
        c.bench_function(&format!("column/tower/{height}"), |b| read_all(b, &tower, &top));
    }
    for height in [1, 2, 3] {
        let joined = chain(&session, height);
        c.bench_function(&format!("column/chain/{height}"), |b| read_all(b, &joined, "V1"));
    }
}

fn text(c: &mut Criterion) {
    const TEXTS: u64 = 1_000;
    let symbols = |first: u64, count: u64| {
        let text = |i| Str::from(format!("SYM{:05}", random(i, TEXTS)).as_str());
        Vector::from((first..first + count).map(text).collect::<Vec<Str>>())
    };
    let numbers = |first: u64, count: u64| integers((first..first + count).map(|i| random(i, TEXTS)));
    let session = Session::new();
    let columns = [("Sym", symbols(0, KEYS)), ("Number", numbers(0, KEYS)), ("V", integers(0..KEYS))];
    let rows = session.static_table("rows", columns).expect("a table");
    let mut group = c.benchmark_group("column/text");
    for key in ["Sym", "Number"] {
        group.bench_function(format!("group by {key}"), |b| {
            b.iter(|| black_box(rows.agg_by(agg::sum("V"), key).expect("sums")));
        });
    }
    for condition in ["Sym = `SYM00500`", "Sym in `SYM00001`, `SYM00500`, `SYM00999`", "Number = 500"] {
        group.bench_function(condition, |b| b.iter(|| black_box(rows.filter(condition).expect("a filter"))));
    }
    group.bench_function("read", |b| read_all(b, &rows, "Sym"));
    for (name, ty) in [("Sym", Type::String), ("Number", Type::I64)] {
        const APPENDED: u64 = 10_000;
        for grouped in [false, true] {
            let (table, feed) = session.append_table("rows", [ColumnDef::new(name, ty)]).expect("a table");
            let counts = grouped.then(|| table.agg_by(agg::count("N"), name).expect("counts"));
            let mut first = 0;
            let label = if grouped { "append and count by" } else { "append" };
            group.bench_function(format!("{label} {name}"), |b| {
                b.iter_custom(|iterations| {
                    let cycle = |_| {
                        let values =
                            if ty == Type::String { symbols(first, APPENDED) } else { numbers(first, APPENDED) };
                        first += APPENDED;
                        feed.send(Batch::new(table.definition(), vec![values]).expect("a column")).expect("room");
                        let start = Instant::now();
                        session.step().expect("a cycle");
                        start.elapsed()
                    };
                    (0..iterations).map(cycle).sum()
                });
            });
            drop(counts);
        }
    }
}

/// Rows joined `height` times: `V1` is the column of the table furthest away.
fn chain(session: &Session, height: u64) -> Table {
    let side = |level: u64, key: &str, value: &str, scatter: bool| {
        let values = (0..KEYS).map(|i| if scatter { random(i + level * KEYS, KEYS) } else { i });
        session.static_table("side", [(key, integers(0..KEYS)), (value, integers(values))]).expect("a table")
    };
    let mut joined = side(0, "K1", "V1", false);
    for level in 1..=height {
        let (key, next) = (format!("K{level}"), format!("K{}", level + 1));
        let left = side(level, &next, &key, true);
        joined = left.natural_join(&joined, key.as_str()).expect("a join");
    }
    joined
}

fn lists(c: &mut Criterion) {
    const LENGTH: usize = 8;
    let session = Session::new();
    let floats = (0..KEYS as usize * LENGTH).map(|i| i as f64).collect::<Vec<f64>>();
    let floats = std::sync::Arc::new(Vector::from(floats));
    let ty = Type::List(&Type::F64);
    let cells = (0..KEYS as usize).map(|i| List::of(floats.clone(), i * LENGTH..(i + 1) * LENGTH).into());
    let lists = Vector::from_values(ty, cells).expect("lists");
    let texts = Vector::from((0..KEYS).map(|i| format!("{i:064}")).collect::<Vec<String>>());
    let rows = session.static_table("rows", [("K", integers(0..KEYS)), ("L", lists), ("T", texts)]).expect("a table");
    let left = session.static_table("left", [("K", integers((0..KEYS).map(|i| random(i, KEYS))))]).expect("a table");
    let joined = left.natural_join(&rows, "K").expect("a join");
    let lengths = rows.view("N = len(L)").expect("a formula");
    let mut group = c.benchmark_group("column/list");
    group.throughput(Throughput::Elements(KEYS));
    group.bench_function("scan", |b| read_all(b, &rows, "L"));
    group.bench_function("gather", |b| read_all(b, &joined, "L"));
    group.bench_function("text", |b| read_all(b, &joined, "T"));
    group.bench_function("length", |b| read_all(b, &lengths, "N"));
    let all = rows.snapshot().expect("a pin").column("L").expect("values");
    group.bench_function("arrow", |b| b.iter(|| black_box(all.borrowed().into_arrow().expect("an array"))));
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800));
    targets = pins, pinned_modify, modify, text, read, lists
}
criterion_main!(benches);
