//! Cycles: what they cost, who shares the work, and who has to wait. Beside criterion's figures each line tells the
//! median and the 99th percentile of single cycles, for a mean hides who waited long.
//!
//! * `chain`: 1,000 appended rows through ten chained nodes, one cycle.
//! * `below/<a sort or none>/<rows>`: appended rows through a filter and sums, what these two take, in the same cycles.
//! * `idle`: a node that runs and has nothing to say: 1,000 filters that keep no row, one row modified; per node.
//! * `rows/<threads>`: 100,000 appended rows through a formula and a filter, one cycle; and what of it the calling
//!   thread did itself, which others on the machine do not lengthen.
//! * `grain/<operation>/<rows>/<threads>`: building over static tables: from what size on sharing pays.
//! * `large/<operation>/<threads>`: the same over 10,000,000 rows.
//! * `pin`: one moment of 10 tables of 10 columns of 10,000,000 rows.
//! * `attach`: cycles of 1,000 rows while sums are made of 10,000,000 rows of the same table, and before.

#![allow(missing_docs, clippy::print_stdout, reason = "percentiles are not criterion's")]

use std::hint::black_box;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use headwater_engine::source::{Batch, Feed, RowChange};
use headwater_engine::vector::Vector;
use headwater_engine::{ColumnDef, Session, Table, Type, Value, agg};

const LARGE: i64 = 10_000_000;

/// Numbers that look like no order.
fn scattered(start: i64, count: i64) -> Vector<'static> {
    let mix = |at: i64| ((at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20) as i64;
    Vector::from((start..start + count).map(mix).collect::<Vec<_>>())
}

fn floats(count: i64) -> Vector<'static> {
    Vector::from((0..count).map(|at| at as f64 / 7.0).collect::<Vec<_>>())
}

fn session(threads: usize) -> Session {
    Session::builder().threads(threads).build()
}

fn live(session: &Session) -> (Table, Feed) {
    session.append_table("live", ["K", "V"].map(|name| ColumnDef::new(name, Type::I64))).expect("a table")
}

fn send(table: &Table, feed: &Feed, start: i64, count: i64) {
    let keys = Vector::from((start..start + count).map(|at| at % 1_000).collect::<Vec<_>>());
    feed.send(Batch::new(table.definition(), vec![keys, scattered(start, count)]).expect("rows")).expect("room");
}

/// Fastest percent, median, 99th percentile, longest. On a machine that others use too, the first is nearest to what
/// the work itself takes.
fn percentiles(name: &str, times: &mut [Duration]) {
    times.sort();
    let at = |share: usize| times.get((times.len().max(1) - 1) * share / 100).copied().unwrap_or_default();
    let (p1, p50, p99, longest) = (at(1), at(50), at(99), at(100));
    println!("cycle/{name}: p1 {p1:?}, p50 {p50:?}, p99 {p99:?}, longest {longest:?} of {}", times.len());
}

/// Has criterion measure what `once` says it took, and tells the percentiles. Each time is divided by `parts`.
fn measure(c: &mut Criterion, name: &str, parts: u32, mut once: impl FnMut() -> Duration) {
    let mut group = c.benchmark_group("cycle");
    group.sample_size(10).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(2));
    let mut times = Vec::new();
    group.bench_function(name, |b| {
        b.iter_custom(|iterations| {
            let all = (0..iterations).map(|_| once() / parts).collect::<Vec<_>>();
            let sum = all.iter().sum();
            times.extend(all);
            sum
        });
    });
    percentiles(name, &mut times);
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    black_box(work());
    start.elapsed()
}

fn chain(c: &mut Criterion) {
    let session = session(2);
    let (table, feed) = live(&session);
    let mut last = table.clone();
    let mut chain = Vec::new();
    for at in 0..3 {
        last = last.filter(format!("V % {} != 1", 7 + at)).expect("a filter");
        chain.push(last.clone());
        last = last.update_view(format!("A{at} = V + {at}")).expect("a view");
        chain.push(last.clone());
        last = last.update(format!("B{at} = A{at} * 2")).expect("a column");
        chain.push(last.clone());
    }
    chain.push(last.agg_by([agg::sum("V"), agg::count("N")], "K").expect("sums"));
    assert_eq!(chain.len(), 10);
    let mut start = 0;
    measure(c, "chain", 1, || {
        send(&table, &feed, start, 1_000);
        start += 1_000;
        timed(|| session.step())
    });
    let costs = session.performance().expect("the costs").view(["Operation", "MicrosACycle = Nanos / 1000 / Cycles"]);
    println!("{}", costs.and_then(|costs| costs.show(20)).expect("the costs"));
}

/// A filter and sums, made of rows as they are and of the same rows sorted. The costs are told by the session itself, so
/// that the sort is not in them.
fn below(c: &mut Criterion) {
    let session = session(2);
    let (table, feed) = live(&session);
    let mut start = 0;
    let mut cycle = |rows| {
        send(&table, &feed, start, rows);
        start += rows;
        session.step().expect("a cycle");
    };
    (0..10).for_each(|_| cycle(100_000));
    let sums = |table: &Table| table.filter("V % 7 != 2")?.agg_by(agg::sum("V"), "K");
    let kept = [sums(&table), table.sort("V").and_then(|sorted| sums(&sorted))].map(|made| made.expect("sums"));
    let costs = session.performance().expect("the costs");
    let nanos = || {
        let rows = costs.snapshot().and_then(|costs| costs.rows(0..99)).expect("the costs");
        let rows: Vec<(String, i64)> = rows.rows(["Operation", "Nanos"]).expect("names and nanoseconds");
        let of = |operation| {
            rows.iter().filter(move |row| row.0.starts_with(operation)).map(|row| row.1).collect::<Vec<_>>()
        };
        let (filters, sums) = (of("filter"), of("agg_by"));
        [0, 1].map(|which| Duration::from_nanos((filters[which] + sums[which]) as u64))
    };
    for rows in [1_000, 10_000] {
        for which in [0, 1] {
            let mut ratios = Vec::new();
            measure(c, &format!("below/{}/{rows}", ["none", "a sort"][which]), 1, || {
                let before = nanos();
                cycle(rows);
                let after = nanos();
                let took = [0, 1].map(|which| after[which] - before[which]);
                ratios.push(took[1].as_secs_f64() / took[0].as_secs_f64());
                took[which]
            });
            ratios.sort_by(f64::total_cmp);
            println!("cycle/below: {:.3} times what it takes without a sort (median)", ratios[ratios.len() / 2]);
        }
    }
    drop(kept);
}

fn idle(c: &mut Criterion) {
    let session = session(2);
    let columns = ["V", "W"].map(|name| ColumnDef::new(name, Type::I64));
    let (table, rows) = session.keyed_rows("keyed", columns).expect("a table");
    let change = RowChange::new(table.definition());
    let two = || vec![Vector::from(vec![1_i64, 2]), Vector::from(vec![1_i64, 2])];
    let first = change.clone().add(vec![0, 1], Batch::new(table.definition(), two()).expect("rows")).expect("rows");
    rows.apply(first).expect("an open table");
    session.step().expect("a cycle");
    let cycle = || {
        let modified = change.clone().modify(vec![1], [("W", Vector::from(vec![7_i64]))]).expect("a value");
        rows.apply(modified).expect("an open table");
        timed(|| session.step())
    };
    let mut alone: Vec<Duration> = (0..1_000).map(|_| cycle()).collect();
    percentiles("idle without nodes", &mut alone);
    let filters: Vec<Table> = (0..1_000).map(|_| table.filter("V < 0").expect("a filter")).collect();
    measure(c, "idle", 1_000, cycle);
    drop(filters);
}

fn rows(c: &mut Criterion) {
    for threads in [1, 2] {
        let session = session(threads);
        let (table, feed) = live(&session);
        let made = table.update("X = sqrt(V * 2.5 + K) / (1.0 + abs(K - 500.0))").expect("a column");
        let kept = made.filter("X > 3 && V % 7 != 2 && K * 3 % 11 < 6").expect("a filter");
        let (mut start, mut own) = (0, Duration::ZERO);
        measure(c, &format!("rows/{threads}"), 1, || {
            send(&table, &feed, start, 100_000);
            start += 100_000;
            let before = on_a_core().running;
            let time = timed(|| session.step());
            own += on_a_core().running - before;
            time
        });
        // The system counts by its ticks: one cycle by itself would tell nothing.
        println!("cycle/rows/{threads}: {:?} a cycle on the calling thread", own / (start / 100_000).max(1) as u32);
        drop(kept);
    }
}

fn made_of(table: &Table, operation: &str) -> Table {
    match operation {
        "filter" => table.filter("V % 7 != 2 && F < 1e9").expect("a filter"),
        _ => table.select("X = sqrt(F * 2.5 + V) / (1.0 + abs(F - 500.0))").expect("a column"),
    }
}

/// What building takes; the table is given back between two, as it would be in a life of its own.
fn built(table: &Table, operation: &str) -> Duration {
    let start = Instant::now();
    let made = made_of(table, operation);
    let time = start.elapsed();
    drop(made);
    // Whoever passes the gate has what was dropped freed; that takes a while on another thread.
    let _ = table.bytes();
    std::thread::sleep(time / 2);
    time
}

fn grain(c: &mut Criterion) {
    for log2 in [13, 14, 15, 16, 17, 18, 20] {
        let rows = 1_i64 << log2;
        for operation in ["filter", "select"] {
            for threads in [1, 2] {
                let session = Session::builder().threads(threads).grain_rows(4096).expect("a grain").build();
                let columns = [("V", scattered(0, rows)), ("F", floats(rows))];
                let table = session.static_table("rows", columns).expect("a table");
                measure(c, &format!("grain/{operation}/{rows}/{threads}"), 1, || built(&table, operation));
            }
        }
    }
}

fn large(c: &mut Criterion) {
    for threads in [1, 2] {
        let session = session(threads);
        let columns = [("V", scattered(0, LARGE)), ("F", floats(LARGE))];
        let table = session.static_table("rows", columns).expect("a table");
        for operation in ["filter", "select"] {
            measure(c, &format!("large/{operation}/{threads}"), 1, || built(&table, operation));
        }
    }
}

fn pin(c: &mut Criterion) {
    let session = session(2);
    let flags = || Vector::from_values(Type::I8, (0..LARGE).map(|at| Value::I8(at as i8))).expect("small integers");
    let column = flags();
    let names: Vec<String> = (0..10).map(|at| format!("C{at}")).collect();
    let tables: Vec<Table> = (0..10)
        .map(|at| {
            let columns = names.iter().map(|name| (name.as_str(), column.clone()));
            session.static_table(&format!("table {at}"), columns).expect("a table")
        })
        .collect();
    measure(c, "pin", 1, || timed(|| session.snapshot(&tables)));
}

fn attach(_: &mut Criterion) {
    let session = session(2);
    let (table, feed) = live(&session);
    for start in (0..LARGE).step_by(1_000_000) {
        send(&table, &feed, start, 1_000_000);
        session.step().expect("a cycle");
    }
    let (attaching, done) = (AtomicBool::new(false), AtomicBool::new(false));
    let (before, during) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut start = LARGE;
            while !done.load(Ordering::Relaxed) {
                send(&table, &feed, start, 1_000);
                start += 1_000;
                let times = if attaching.load(Ordering::Relaxed) { &during } else { &before };
                let before = on_a_core().waiting;
                let time = timed(|| session.step());
                times.lock().expect("no panic").push((time, on_a_core().waiting - before));
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        std::thread::sleep(Duration::from_secs(1));
        attaching.store(true, Ordering::Relaxed);
        let (mut sums, mut took) = (Vec::new(), Vec::new());
        for _ in 0..5 {
            took.push(timed(|| sums.push(table.agg_by([agg::sum("V"), agg::count("N")], "K").expect("sums"))));
        }
        done.store(true, Ordering::Relaxed);
        percentiles("attach/build", &mut took);
    });
    for (name, times) in [("before", before), ("during", during)] {
        let times = times.into_inner().expect("no panic");
        percentiles(&format!("attach/cycles {name}"), &mut times.iter().map(|(time, _)| *time).collect::<Vec<_>>());
        let alone = times.iter().map(|(time, waiting)| time.saturating_sub(*waiting));
        percentiles(&format!("attach/cycles {name}, had it had a core"), &mut alone.collect::<Vec<_>>());
    }
}

/// What became of this thread so far.
struct OnACore {
    /// It ran.
    running: Duration,
    /// It was ready to run and got no core: what others on the machine cost.
    waiting: Duration,
}

/// As Linux tells it; nothing elsewhere.
fn on_a_core() -> OnACore {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let mut nanos = told.split(' ').map(|nanos| Duration::from_nanos(nanos.parse().unwrap_or_default()));
    let mut next = || nanos.next().unwrap_or_default();
    OnACore { running: next(), waiting: next() }
}

type Figures = fn(&mut Criterion);

const GROUPS: [(&str, Figures); 8] = [
    ("rows", rows),
    ("large", large),
    ("grain", grain),
    ("chain", chain),
    ("below", below),
    ("idle", idle),
    ("pin", pin),
    ("attach", attach),
];

/// All groups, or those that an argument begins with: what the others need is not made then.
fn figures(c: &mut Criterion) {
    let is_named = |group: &str| {
        let mut arguments = std::env::args().skip(1);
        arguments.any(|argument| argument.trim_start_matches("cycle/").starts_with(group))
    };
    let all = !GROUPS.iter().any(|(name, _)| is_named(name));
    GROUPS.iter().filter(|(name, _)| all || is_named(name)).for_each(|(_, measure)| measure(c));
}

criterion_group!(benches, figures);
criterion_main!(benches);
