//! Readers that are late, windows that move, listeners that fail, and who waits for whom.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_core::Stream;

use super::{Change, Changes, Rows};
use crate::source::{Batch, Feed, KeyedRows, RowChange};
use crate::vector::Vector;
use crate::{ColumnDef, Error, ErrorKind, Session, Stop, Table, Type};

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn ids(&mut self, count: u64) -> Vec<u64> {
        let ids: std::collections::BTreeSet<u64> = (0..self.roll(count)).map(|_| self.roll(40)).collect();
        ids.into_iter().collect()
    }
}

/// Rows by their first column, which no row changes; the others may.
type Shown = BTreeMap<i64, Vec<crate::Value>>;

fn cells(rows: &Rows) -> Shown {
    let row = |row| (0..rows.columns().len()).map(|column| rows.value(row, column)).collect::<Vec<_>>();
    let key = |row| rows.columns()[0].native::<i64>().map(|keys| keys[row]).unwrap_or_default();
    (0..rows.len()).map(|at| (key(at), row(at))).collect()
}

/// Does to `shown` what a change says, and holds every part of it against what is shown.
fn apply(shown: &mut Shown, change: &Change) {
    for (key, row) in cells(change.removed()) {
        assert_eq!(shown.remove(&key), Some(row), "a removed row as it was");
    }
    let (before, now) = (cells(change.modified_previous()), cells(change.modified()));
    assert!(before.keys().eq(now.keys()));
    for (key, row) in now {
        assert_eq!(shown.insert(key, row), before.get(&key).cloned(), "a modified row as it was");
    }
    for (key, row) in cells(change.added()) {
        assert_eq!(shown.insert(key, row), None, "an added row is new");
    }
}

fn named(session: &Session) -> (Table, KeyedRows) {
    let columns = ["K", "A", "B"].map(|name| ColumnDef::new(name, Type::I64));
    session.keyed_rows("named", columns).unwrap()
}

/// One random change of a table of named rows.
fn shake(dice: &mut Dice, table: &Table, writer: &KeyedRows, next: &mut i64) {
    let there = table.snapshot().unwrap().ids().clone();
    let removed: Vec<u64> = dice.ids(8).into_iter().filter(|&id| there.contains(id)).collect();
    let added: Vec<u64> = dice.ids(8).into_iter().filter(|id| !there.contains(*id) || removed.contains(id)).collect();
    let modified: Vec<u64> =
        dice.ids(8).into_iter().filter(|id| there.contains(*id) && !removed.contains(id)).collect();
    let keys: Vec<i64> = (*next..).take(added.len()).collect();
    *next += keys.len() as i64;
    let mut values = |count: usize| Vector::from((0..count).map(|_| dice.roll(3) as i64).collect::<Vec<_>>());
    let rows = vec![Vector::from(keys), values(added.len()), values(added.len())];
    let column = if *next % 2 == 0 { "A" } else { "B" };
    let news = values(modified.len());
    let rows = Batch::new(table.definition(), rows).unwrap();
    let change = RowChange::new(table.definition()).remove(removed).add(added, rows).unwrap();
    writer.apply(change.modify(modified, [(column, news)]).unwrap()).unwrap();
}

fn whole(table: &Table) -> Shown {
    cells(&table.snapshot().unwrap().rows(0..u64::MAX).unwrap())
}

#[test]
fn a_late_reader_is_told_of_all_cycles_as_of_one() {
    for seed in 0..30 {
        let (mut dice, mut next) = (Dice(seed), 0);
        let session = Session::builder().check_deltas(true).build();
        let (table, writer) = named(&session);
        let kept = table.filter("A != 1").unwrap();
        shake(&mut dice, &table, &writer, &mut next);
        session.step().unwrap();
        let readers = [&table, &kept].map(|table| table.export().initial(true).changes().unwrap());
        let mut all: Vec<(Changes, &Table, Shown)> =
            readers.into_iter().zip([&table, &kept]).map(|(reader, table)| (reader, table, Shown::new())).collect();
        for _ in 0..40 {
            shake(&mut dice, &table, &writer, &mut next);
            session.step().unwrap();
            for (reader, table, shown) in &mut all {
                if dice.roll(9) == 0 {
                    if let Some(change) = reader.try_next().unwrap() {
                        apply(shown, &change);
                    }
                    assert_eq!(*shown, whole(table));
                    assert!(reader.try_next().unwrap().is_none());
                }
            }
        }
    }
}

#[test]
fn a_window_shows_the_rows_at_its_positions_and_the_columns_asked_for() {
    let (mut dice, mut next) = (Dice(5), 0);
    let session = Session::builder().check_deltas(true).build();
    let (table, writer) = named(&session);
    let mut page = table.export().columns(["K", "B"]).window(3..8).initial(true).changes().unwrap();
    let mut shown = Shown::new();
    for _ in 0..200 {
        shake(&mut dice, &table, &writer, &mut next);
        session.step().unwrap();
        if let Some(change) = page.try_next().unwrap() {
            assert!(change.modified_columns().iter().all(|&column| column == 1));
            apply(&mut shown, &change);
        }
        assert_eq!(shown, cells(&table.window(3..8, ["K", "B"]).unwrap()));
    }
    assert_eq!(table.export().columns("X").changes().map(|_| ()).unwrap_err().kind(), ErrorKind::Unknown);
}

fn one(feed: &Feed, value: i64) {
    feed.send(Batch::new(feed.definition(), vec![Vector::from(vec![value])]).unwrap()).unwrap();
}

fn counted(change: &Change) -> Vec<i64> {
    change.added().columns()[0].native::<i64>().unwrap().to_vec()
}

#[test]
fn a_late_reader_of_a_blink_table_misses_no_row() {
    let session = Session::new();
    let (table, feed) = session.blink_table("blink", [ColumnDef::new("V", Type::I64)]).unwrap();
    let mut changes = table.export().changes().unwrap();
    for value in 0..20 {
        one(&feed, value);
        session.step().unwrap();
    }
    let change = changes.next().unwrap();
    assert_eq!((counted(&change), change.removed().len()), ((0..20).collect::<Vec<_>>(), 0));
    // More than is held for a reader: it is told, and the table goes on.
    for _ in 0..9 {
        let many = Vector::from(vec![7_i64; 1 << 20]);
        feed.send(Batch::new(feed.definition(), vec![many]).unwrap()).unwrap();
        session.step().unwrap();
    }
    changes.next().unwrap();
    assert_eq!(changes.next().unwrap_err().kind(), ErrorKind::Limit);
    assert!(changes.error().is_some() && table.error().is_none());
}

#[test]
fn a_listener_that_panics_or_fails_is_told_and_nobody_else_is_hurt() {
    let session = Session::new();
    let (table, feed) = session.append_table("t", [ColumnDef::new("V", Type::I64)]).unwrap();
    let told = Arc::new(AtomicUsize::new(0));
    let tell = |told: &Arc<AtomicUsize>| {
        let told = told.clone();
        move |_: &Error| {
            told.fetch_add(1, Ordering::Relaxed);
        }
    };
    let panics = table.listen_with(false, |_| panic!("on purpose"), tell(&told)).unwrap();
    let fails = table.listen_with(false, |_| Err(Error::new(ErrorKind::Io, "full disk")), tell(&told)).unwrap();
    let fragile = table.update_view("X = 1 % V").unwrap();
    let reader = fragile.listen_with(false, |_| Ok(()), tell(&told)).unwrap();
    let (sender, seen) = mpsc::channel();
    let _fine = table
        .listen(move |change| sender.send(counted(change)).map_err(|_| Error::new(ErrorKind::Closed, "nobody")))
        .unwrap();
    for value in [1, 0, 2] {
        one(&feed, value);
        session.step().unwrap();
    }
    assert_eq!(panics.error().map(|error| error.kind()), Some(ErrorKind::UserFunction));
    assert_eq!(fails.error().map(|error| error.kind()), Some(ErrorKind::Io));
    assert_eq!(reader.error().map(|error| error.kind()), Some(ErrorKind::Evaluation));
    assert_eq!(told.load(Ordering::Relaxed), 3);
    assert_eq!(seen.try_iter().collect::<Vec<_>>(), [[1], [0], [2]]);
    assert!(table.error().is_none() && fragile.error().is_none());
}

#[test]
fn a_listener_may_run_a_cycle_and_is_told_of_it_after() {
    let session = Session::new();
    let (table, feed) = session.append_table("t", [ColumnDef::new("V", Type::I64)]).unwrap();
    let (sender, seen) = mpsc::channel();
    let inner = (session.clone(), feed.clone());
    let _listener = table
        .listen(move |change| {
            let values = counted(change);
            if values[0] < 3 {
                one(&inner.1, values[0] + 1);
                inner.0.step()?;
            }
            sender.send(values).map_err(|_| Error::new(ErrorKind::Closed, "nobody"))
        })
        .unwrap();
    one(&feed, 0);
    session.step().unwrap();
    assert_eq!(seen.try_iter().collect::<Vec<_>>(), [[0], [1], [2], [3]]);
}

#[test]
fn who_waits_holds_up_neither_cycles_nor_readers_and_comes_to_a_bounded_change() {
    let session = Session::new();
    let (table, feed) = session.append_table("t", [ColumnDef::new("V", Type::I64)]).unwrap();
    let (release, held) = mpsc::channel::<()>();
    let (sender, seen) = mpsc::channel();
    let _slow = table
        .listen(move |change| {
            let _ = sender.send(change.added().len());
            let _ = held.recv();
            Ok(())
        })
        .unwrap();
    let mut quick = table.export().changes().unwrap();
    let stop = Stop::new();
    std::thread::scope(|scope| {
        scope.spawn(|| session.run(&stop, Duration::ZERO).unwrap());
        for value in 0..50 {
            one(&feed, value);
            // The reader with a thread of its own is told though the listener waits.
            assert_eq!(counted(&quick.next().unwrap()), [value]);
        }
        drop(release);
        while table.snapshot().unwrap().len() < 50 {}
        stop.stop();
    });
    // One change when it began to wait, and all others as one.
    let told: Vec<usize> = seen.try_iter().collect();
    assert_eq!(told.iter().sum::<usize>(), 50);
    assert!(told.len() <= 3, "{told:?}");
}

#[test]
fn a_stream_gives_changes_then_the_end() {
    let session = Session::new();
    let (table, feed) = session.append_table("t", [ColumnDef::new("V", Type::I64)]).unwrap();
    let mut stream = table.export().changes().unwrap();
    struct Woken(AtomicUsize);
    impl std::task::Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let woken = Arc::new(Woken(AtomicUsize::new(0)));
    let waker = Waker::from(woken.clone());
    let mut poll = || Pin::new(&mut stream).poll_next(&mut Context::from_waker(&waker));
    assert!(poll().is_pending());
    one(&feed, 1);
    session.step().unwrap();
    assert_eq!(woken.0.load(Ordering::Relaxed), 1);
    assert!(matches!(poll(), Poll::Ready(Some(Ok(change))) if counted(&change) == [1]));
    assert!(poll().is_pending());
    feed.fail(Error::new(ErrorKind::Io, "cut"));
    session.step().unwrap();
    assert!(matches!(poll(), Poll::Ready(Some(Err(error))) if error.kind() == ErrorKind::Io));
    assert!(matches!(poll(), Poll::Ready(None)));
    assert_eq!(woken.0.load(Ordering::Relaxed), 2);
}

#[test]
fn who_waits_for_a_session_that_goes_is_told() {
    let session = Session::new();
    let (table, feed) = session.append_table("t", [ColumnDef::new("V", Type::I64)]).unwrap();
    let mut changes = table.export().changes().unwrap();
    let waiting = std::thread::spawn(move || changes.next().map(|_| ()));
    drop((table, feed, session));
    assert_eq!(waiting.join().unwrap().unwrap_err().kind(), ErrorKind::Closed);
}

/// Reading the rows that are there runs cycles, which it could not while it had the gate.
#[test]
fn the_rows_that_are_there_are_read_while_cycles_go_on() {
    let session = Session::new();
    let (table, feed) = session.append_table("t", [ColumnDef::new("V", Type::I64)]).unwrap();
    let many = Vector::from((0..10_000_i64).collect::<Vec<_>>());
    feed.send(Batch::new(feed.definition(), vec![many]).unwrap()).unwrap();
    session.step().unwrap();
    let inner = (session.clone(), feed.clone());
    session
        .function("cycle_now_and_then", move |v: i64| -> crate::Result<i64> {
            if v % 4_000 == 1 && v < 10_000 {
                one(&inner.1, 10_000 + v);
                inner.0.step()?;
            }
            Ok(v)
        })
        .unwrap();
    let shown = table.update_view("X = cycle_now_and_then(V)").unwrap();
    let mut changes = shown.export().columns(["X"]).initial(true).changes().unwrap();
    one(&feed, 0);
    let report = session.step().unwrap();
    assert_eq!(report.cycle, 1 + 3 + 1, "three cycles ran while the rows were read");
    let told = changes.next().unwrap();
    let expected: Vec<i64> = (0..10_000).chain([10_001, 14_001, 18_001, 0]).collect();
    assert_eq!(counted(&told), expected);
    assert_eq!((told.removed().len(), told.modified().len()), (0, 0));
}
