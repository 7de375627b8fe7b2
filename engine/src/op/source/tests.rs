//! Rows by key against a model, rings at their limits, and what sources refuse.

use std::time::Duration;

use crate::source::{Batch, Feed, Positions, Retain};
use crate::types::{Timestamp, Value};
use crate::vector::Vector;
use crate::{ColumnDef, Error, ErrorKind, Result, Session, Table, Type, on};

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

fn checked() -> Session {
    Session::builder().block_rows(64).unwrap().check_deltas(true).build()
}

fn contents(table: &Table) -> Vec<Vec<Value>> {
    let rows = table.snapshot().unwrap().rows(0..u64::MAX).unwrap();
    (0..rows.len()).map(|row| (0..rows.columns().len()).map(|column| rows.value(row, column)).collect()).collect()
}

#[test]
fn rows_by_key_are_what_a_list_of_rows_would_be() {
    let mut dice = Dice(7);
    let session = checked();
    let columns = [ColumnDef::new("K", Type::I64), ColumnDef::new("T", Type::String), ColumnDef::new("V", Type::F64)];
    let (table, input) = session.input_table("t", columns, ["T", "K"]).unwrap();
    let listener = table.listen(|_| Ok(())).unwrap();
    let mut model: Vec<(i64, Option<String>, f64)> = Vec::new();
    for _ in 0..150 {
        for _ in 0..dice.roll(4) {
            let mut key = || (dice.roll(12) as i64, (dice.roll(3) > 0).then(|| format!("text {}", dice.roll(3))));
            let keys: Vec<_> = (0..key().0 * 5).map(|_| key()).collect();
            let (k, t): (Vec<i64>, Vec<Option<String>>) = keys.iter().cloned().unzip();
            let t = Vector::from_values(Type::String, t.into_iter().map(Value::from)).unwrap();
            if dice.roll(3) == 0 {
                input.delete([t, Vector::from(k)]).unwrap();
                model.retain(|(k, t, _)| !keys.contains(&(*k, t.clone())));
                continue;
            }
            let values: Vec<f64> = keys.iter().map(|_| dice.roll(1000) as f64).collect();
            for ((k, t), &v) in keys.iter().zip(&values) {
                match model.iter_mut().find(|row| row.0 == *k && row.1 == *t) {
                    Some(row) => row.2 = v,
                    None => model.push((*k, t.clone(), v)),
                }
            }
            input.upsert(Batch::new(table.definition(), vec![k.into(), t, values.into()]).unwrap()).unwrap();
        }
        session.step().unwrap();
        session.validate().unwrap();
        let expected: Vec<Vec<Value>> =
            model.iter().map(|(k, t, v)| vec![(*k).into(), Value::from(t.clone()), (*v).into()]).collect();
        assert_eq!(contents(&table), expected);
    }
    assert!(table.error().is_none() && listener.error().is_none());
}

#[test]
fn equal_keys_are_one_row_that_shows_the_key_as_it_came_first() {
    let session = checked();
    let (table, input) = session.input_table("t", [ColumnDef::new("K", Type::F64)], "K").unwrap();
    let put = |values: Vec<f64>| input.upsert(Batch::new(table.definition(), vec![values.into()]).unwrap()).unwrap();
    put(vec![0.0, f64::NAN]);
    session.step().unwrap();
    put(vec![-0.0, -f64::NAN]);
    session.step().unwrap();
    assert_eq!(table.snapshot().unwrap().len(), 2);
    assert_eq!(contents(&table)[0][0], Value::F64(0.0));
    assert!(table.error().is_none());
}

fn stamped(feed: &Feed, stamps: &[Option<i64>]) {
    let values = stamps.iter().map(|stamp| Value::from(stamp.map(Timestamp::from_nanos)));
    let values = Vector::from_values(Type::Timestamp, values).unwrap();
    feed.send(Batch::new(feed.definition(), vec![values]).unwrap()).unwrap();
}

fn kept(session: &Session, table: &Table) -> Vec<Option<i64>> {
    session.step().unwrap();
    session.validate().unwrap();
    assert!(table.error().is_none(), "{:?}", table.error());
    let stamp = |row: &Vec<Value>| match row[0] {
        Value::Timestamp(stamp) => Some(stamp.nanos()),
        _ => None,
    };
    contents(table).iter().map(stamp).collect()
}

#[test]
fn a_ring_keeps_the_newest_rows_and_says_what_goes() {
    let session = checked();
    let time = || [ColumnDef::new("T", Type::Timestamp)];
    let (table, feed) = session.ring_table("rows", time(), Retain::rows(3)).unwrap();
    let sum = table.count_by("N", "T").unwrap();
    stamped(&feed, &[Some(1), Some(2)]);
    assert_eq!(kept(&session, &table), [Some(1), Some(2)]);
    stamped(&feed, &[Some(3), Some(4)]);
    assert_eq!(kept(&session, &table), [Some(2), Some(3), Some(4)]);
    stamped(&feed, &[None; 500]);
    stamped(&feed, &[Some(6), Some(7)]);
    assert_eq!(kept(&session, &table), [None, Some(6), Some(7)]);
    assert_eq!(sum.snapshot().unwrap().len(), 3);
    // Rows that came and went at once left nothing behind.
    assert!(table.bytes().unwrap() < 64 * 8 * 3, "{} bytes", table.bytes().unwrap());

    let (table, feed) = session.ring_table("age", time(), Duration::from_nanos(10)).unwrap();
    stamped(&feed, &[Some(100), None, Some(95)]);
    assert_eq!(kept(&session, &table), [Some(100), None, Some(95)]);
    // The last row is old, but behind a younger one.
    stamped(&feed, &[Some(110), Some(20)]);
    assert_eq!(kept(&session, &table), [Some(100), None, Some(95), Some(110), Some(20)]);
    stamped(&feed, &[Some(111)]);
    assert_eq!(kept(&session, &table), [Some(110), Some(20), Some(111)]);
    stamped(&feed, &[Some(1000), Some(1), Some(1001)]);
    assert_eq!(kept(&session, &table), [Some(1000), Some(1), Some(1001)]);

    let (table, feed) = session.ring_table("bytes", time(), Retain::default().bytes(800)).unwrap();
    for from in 0..30 {
        stamped(&feed, &(from * 10..from * 10 + 10).map(Some).collect::<Vec<_>>());
        let rows = kept(&session, &table);
        assert_eq!(rows.last(), Some(&Some(from * 10 + 9)));
        assert_eq!(rows.len() as i64, (from * 10 + 10).min(100));
    }
}

#[test]
fn what_does_not_fit_is_refused_and_nothing_accepted_is_lost() {
    let session = checked();
    let columns = || [ColumnDef::new("K", Type::I64), ColumnDef::new("V", Type::F64)];
    let kind = |result: Result<()>| result.unwrap_err().kind();
    let (table, input) = session.input_table("t", columns(), "K").unwrap();
    let (other, feed) = session.append_table("o", columns().into_iter().rev()).unwrap();
    let rows = || Batch::new(table.definition(), vec![vec![1_i64, 2].into(), vec![1.0, 2.0].into()]).unwrap();
    input.upsert(rows()).unwrap();
    assert_eq!(kind(feed.send(rows())), ErrorKind::Type);
    assert_eq!(kind(input.delete([Vector::from(vec![1.0])])), ErrorKind::Type);
    assert_eq!(kind(input.delete([])), ErrorKind::Argument);
    let unequal = vec![vec![1_i64].into(), Vector::from(vec![1.0, 2.0])];
    assert_eq!(Batch::new(table.definition(), unequal).unwrap_err().kind(), ErrorKind::Argument);
    let refused = |retain: Retain| session.ring_table("r", columns(), retain).map(|_| ()).unwrap_err().kind();
    assert_eq!(refused(Retain::default()), ErrorKind::Argument);
    assert_eq!(refused(Duration::from_secs(1).into()), ErrorKind::Type);
    assert_eq!(refused(Retain::rows(1).age(Duration::from_secs(1), "V")), ErrorKind::Type);
    assert_eq!(refused(Retain::rows(1).age(Duration::from_secs(1), "X")), ErrorKind::Unknown);
    assert_eq!(session.input_table("x", columns(), [""; 0]).map(|_| ()).unwrap_err().kind(), ErrorKind::Argument);
    assert_eq!(session.input_table("x", columns(), "W").map(|_| ()).unwrap_err().kind(), ErrorKind::Unknown);
    session.step().unwrap();
    assert_eq!((contents(&table).len(), contents(&other).len()), (2, 0));
    drop((table, other));
    session.step().unwrap();
    let definition = feed.definition().clone();
    let late = Batch::new(&definition, vec![Vector::from(vec![1.0]), vec![1_i64].into()]).unwrap();
    assert_eq!(
        (
            kind(feed.send(late)),
            kind(input.upsert(Batch::new(input.definition(), vec![vec![1_i64].into(), vec![1.0].into()]).unwrap()))
        ),
        (ErrorKind::Closed, ErrorKind::Closed)
    );
}

#[test]
fn a_full_feed_says_so_or_waits_and_positions_come_with_their_rows() {
    struct Small(std::sync::mpsc::Sender<Feed>);
    impl crate::source::Source for Small {
        fn columns(&self) -> Vec<ColumnDef> {
            vec![ColumnDef::new("V", Type::I64)]
        }
        fn feed_bytes(&self) -> usize {
            100
        }
        fn start(self, feed: Feed) -> Result<()> {
            self.0.send(feed).map_err(|_| Error::new(ErrorKind::Closed, "nobody asks for the feed"))
        }
    }
    let session = checked();
    let (sender, feeds) = std::sync::mpsc::channel();
    let table = session.open("small", Small(sender)).unwrap();
    let feed = feeds.recv().unwrap();
    let batch = |next| {
        let rows = Batch::new(feed.definition(), vec![Vector::from(vec![0_i64; 10])]).unwrap();
        rows.with_positions([("part".into(), next)].into_iter().collect())
    };
    feed.send(batch(10)).unwrap();
    let full = feed.try_send(batch(20)).unwrap_err();
    assert!(full.kind() == ErrorKind::Limit && full.is_retriable());
    assert_eq!(feed.send_timeout(batch(20), Duration::from_millis(1)).unwrap_err().kind(), ErrorKind::Limit);
    assert_eq!(feed.send_unless(batch(20), |_| true).unwrap_err().kind(), ErrorKind::Closed);
    let before = table.snapshot().unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| feed.send(batch(20)));
        while table.snapshot().unwrap().len() < 20 {
            session.step().unwrap();
        }
        waiting.join().unwrap().unwrap();
    });
    assert_eq!((before.positions(), before.len()), (&Positions::new(), 0));
    assert_eq!(table.snapshot().unwrap().positions().get("part"), Some(20));
    feed.end();
    assert_eq!(feed.send(batch(30)).unwrap_err().kind(), ErrorKind::Closed);
    assert!(table.error().is_none());
    let (gone, _) = std::sync::mpsc::channel();
    assert_eq!(session.open("gone", Small(gone)).map(|_| ()).unwrap_err().kind(), ErrorKind::Closed);
}

#[test]
fn a_table_tells_how_far_each_source_it_is_made_of_was_read() {
    let session = checked();
    let columns = || [ColumnDef::new("K", Type::I64)];
    let (one, first) = session.append_table("one", columns()).unwrap();
    let (other, second) = session.append_table("other", columns()).unwrap();
    let (silent, third) = session.input_table("silent", columns(), "K").unwrap();
    let joined = one.natural_join(&other.count_by("N", "K").unwrap(), on("K").add("N")).unwrap();
    let both = one.filter("K > 0").unwrap().merge([&silent]).unwrap();
    let rows = |keys: Vec<i64>| Batch::new(one.definition(), vec![keys.into()]).unwrap();
    let read = |next| Positions::from_iter([("0".into(), next)]);
    first.send(rows(vec![1, 2]).with_positions(read(2))).unwrap();
    second.send(rows(vec![1]).with_positions(read(7))).unwrap();
    third.upsert(rows(vec![3])).unwrap();
    session.step().unwrap();
    let of = |table: &Table| -> Vec<(String, Positions)> {
        let snapshot = table.snapshot().unwrap();
        snapshot.sources().map(|(name, positions)| (name.to_owned(), positions.clone())).collect()
    };
    assert_eq!(of(&joined), [("one".to_owned(), read(2)), ("other".to_owned(), read(7))]);
    assert_eq!(of(&both), [("one".to_owned(), read(2))]);
    assert_eq!(both.snapshot().unwrap().positions(), &read(2));
    assert!(joined.snapshot().unwrap().positions().is_empty());
    let before = both.snapshot().unwrap();
    first.send(rows(vec![0]).with_positions(read(3))).unwrap();
    session.step().unwrap();
    assert_eq!(of(&both), [("one".to_owned(), read(3))]);
    assert_eq!(before.positions(), &read(2));
    session.validate().unwrap();
}
