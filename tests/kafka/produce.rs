//! A table's changes as messages: what is on the wire, and that none is lost.

use std::collections::BTreeMap;
use std::time::Duration;

use headwater::kafka::{self, Produce};
use headwater::source::{Batch, RowChange};
use headwater::{ColumnDef, ErrorKind, Session, Table, Type, Value, vector::Vector};
use headwater_kit::broker::Broker;
use headwater_kit::registry::Registry;
use rdkafka::message::{Message as _, OwnedMessage};

use super::{PATIENCE, rows};

fn columns() -> [ColumnDef; 2] {
    [ColumnDef::new("Service", Type::String), ColumnDef::new("Pct", Type::F64)]
}

fn batch(table: &Table, rows: &[(&str, f64)]) -> Batch {
    let services = Vector::from_values(Type::String, rows.iter().map(|row| Value::from(row.0))).unwrap();
    let pcts = Vector::from_values(Type::F64, rows.iter().map(|row| Value::from(row.1))).unwrap();
    Batch::new(table.definition(), vec![services, pcts]).unwrap()
}

fn produce(broker: &Broker) -> Produce {
    let key = kafka::simple("Service", Type::String);
    kafka::produce("out").property("bootstrap.servers", broker.servers()).key(key)
}

fn wire(messages: &[OwnedMessage]) -> Vec<(String, Option<String>)> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    messages.iter().map(|message| (text(message.key().unwrap()), message.payload().map(text))).collect()
}

#[test]
fn rows_go_out_as_json_the_ones_there_and_the_ones_that_come() {
    let broker = Broker::start(1);
    broker.create_topic("out", 1);
    let session = Session::new();
    let (table, feed) = session.append_table("found", columns()).unwrap();
    feed.send(batch(&table, &[("a", 1.5)])).unwrap();
    session.step().unwrap();
    let publisher = produce(&broker).value(kafka::json()).publish(&table).unwrap();
    feed.send(batch(&table, &[("b", f64::NAN), ("a", -2.0)])).unwrap();
    session.step().unwrap();
    publisher.flush(PATIENCE).unwrap();
    assert_eq!(publisher.delivered(), 3);
    feed.send(batch(&table, &[("c", 0.0)])).unwrap();
    session.step().unwrap();
    assert_eq!(publisher.stop().unwrap(), 4);
    feed.send(batch(&table, &[("d", 0.0)])).unwrap();
    session.step().unwrap();
    let expected = [
        ("a", r#"{"Service":"a","Pct":1.5}"#),
        ("b", r#"{"Service":"b","Pct":"NaN"}"#),
        ("a", r#"{"Service":"a","Pct":-2.0}"#),
        ("c", r#"{"Service":"c","Pct":0.0}"#),
    ];
    let expected = expected.map(|(key, value)| (key.to_owned(), Some(value.to_owned())));
    assert_eq!(wire(&broker.read("out", 1, 5, Duration::from_millis(1500))), expected);
}

#[test]
fn rows_that_go_or_change_their_key_are_withdrawn_by_a_message_without_a_value() {
    let broker = Broker::start(1);
    broker.create_topic("out", 1);
    let session = Session::new();
    let (table, keyed) = session.keyed_rows("found", columns()).unwrap();
    let publisher = produce(&broker).value(kafka::json().column("Pct", "p")).publish(&table).unwrap();
    let change = || RowChange::new(table.definition());
    let three = batch(&table, &[("a", 1.0), ("b", 2.0), ("c", 3.0)]);
    keyed.apply(change().add(vec![1, 2, 3], three).unwrap()).unwrap();
    session.step().unwrap();
    // Cycles that run before these messages are handed over would become one change with this one.
    publisher.flush(PATIENCE).unwrap();
    let now = batch(&table, &[("a", 1.5), ("B", 2.5)]).into_columns();
    let now = ["Service", "Pct"].into_iter().zip(now);
    keyed.apply(change().remove([3]).modify(vec![1, 2], now).unwrap()).unwrap();
    session.step().unwrap();
    assert_eq!(publisher.stop().unwrap(), 7);
    let some = |key: &str, value: &str| (key.to_owned(), Some(value.to_owned()));
    let none = |key: &str| (key.to_owned(), None);
    assert_eq!(
        wire(&broker.read("out", 1, 7, PATIENCE)),
        [
            some("a", r#"{"p":1.0}"#),
            some("b", r#"{"p":2.0}"#),
            some("c", r#"{"p":3.0}"#),
            none("c"),
            none("b"),
            some("a", r#"{"p":1.5}"#),
            some("B", r#"{"p":2.5}"#),
        ]
    );
}

#[test]
fn a_row_is_sent_again_only_if_what_is_sent_of_it_changed() {
    let broker = Broker::start(1);
    broker.create_topic("out", 1);
    let session = Session::new();
    let (table, keyed) = session.keyed_rows("found", columns()).unwrap();
    let publisher = produce(&broker).key(kafka::ignore()).value(kafka::json().column("Pct", "p")).publish(&table);
    let publisher = publisher.unwrap();
    let change = || RowChange::new(table.definition());
    let step = |change| {
        keyed.apply(change).unwrap();
        session.step().unwrap();
        publisher.flush(PATIENCE).unwrap();
        publisher.delivered()
    };
    let names = |names: [&str; 2]| Vector::from(names.to_vec());
    let two = batch(&table, &[("a", 1.0), ("b", 2.0)]);
    assert_eq!(step(change().add(vec![1, 2], two).unwrap()), 2);
    assert_eq!(step(change().modify(vec![1, 2], [("Service", names(["x", "y"]))]).unwrap()), 2);
    let values = [("Service", names(["a", "b"])), ("Pct", Vector::from(vec![1.0, 2.5]))];
    assert_eq!(step(change().modify(vec![1, 2], values).unwrap()), 3);
    assert_eq!(publisher.stop().unwrap(), 3);
}

#[test]
fn a_detached_publisher_hands_over_what_waits_when_the_session_ends() {
    let broker = Broker::start(1);
    broker.create_topic("out", 1);
    let session = Session::new();
    let (table, feed) = session.append_table("found", columns()).unwrap();
    produce(&broker).value(kafka::json()).timeout(PATIENCE).publish(&table).unwrap().detach();
    for _ in 0..50 {
        feed.send(batch(&table, &[("a", 1.0), ("b", 2.0)])).unwrap();
        session.step().unwrap();
    }
    drop((table, feed, session));
    assert_eq!(broker.read("out", 1, 100, PATIENCE).len(), 100);
}

#[test]
fn a_blink_table_sends_what_comes_and_nothing_when_it_goes() {
    let broker = Broker::start(1);
    broker.create_topic("out", 1);
    let session = Session::new();
    let (table, feed) = session.blink_table("found", columns()).unwrap();
    let publisher = produce(&broker).value(kafka::json()).publish(&table).unwrap();
    for service in ["a", "b"] {
        feed.send(batch(&table, &[(service, 1.0)])).unwrap();
        session.step().unwrap();
    }
    session.step().unwrap();
    assert_eq!(publisher.stop().unwrap(), 2);
}

#[test]
fn what_is_published_as_avro_is_consumed_as_the_same_rows() {
    let broker = Broker::start(1);
    broker.create_topic("out", 4);
    let registry = Registry::start();
    let session = Session::new();
    let (table, feed) = session.append_table("found", columns()).unwrap();
    let publisher = produce(&broker).registry(registry.url()).value(kafka::avro("out-value")).publish(&table).unwrap();
    // A second one finds the schema that the first has registered.
    let again = produce(&broker).registry(registry.url()).value(kafka::avro("out-value"));
    let again = again.initial(false).publish(&table).unwrap();
    let sent: Vec<(String, f64)> = (0..500).map(|i| (format!("service {i}"), f64::from(i) / 8.0)).collect();
    let sent: Vec<(&str, f64)> = sent.iter().map(|(service, pct)| (service.as_str(), *pct)).collect();
    feed.send(batch(&table, &sent)).unwrap();
    session.step().unwrap();
    assert_eq!((publisher.stop().unwrap(), again.stop().unwrap()), (500, 500));
    let consumer = kafka::consume("out")
        .property("bootstrap.servers", broker.servers())
        .registry(registry.url())
        .value(kafka::avro("out-value"))
        .open(&session)
        .unwrap();
    let deadline = std::time::Instant::now() + PATIENCE;
    while consumer.status().received < 1000 {
        assert!(std::time::Instant::now() < deadline, "{}", consumer.status());
        std::thread::sleep(Duration::from_millis(5));
    }
    session.step().unwrap();
    let mut counts = BTreeMap::new();
    for row in rows(consumer.table(), &["Service", "Pct"]) {
        *counts.entry(format!("{} {}", row[0], row[1])).or_insert(0) += 1;
    }
    let expected = sent.iter().map(|(service, pct)| (format!("{service} {}", Value::F64(*pct)), 2));
    assert_eq!(counts, expected.collect::<BTreeMap<_, _>>());
}

#[test]
fn a_publisher_rides_out_brokers_that_go_down_and_tells_of_rows_it_cannot_deliver() {
    let broker = Broker::start(1);
    broker.create_topic("out", 1);
    let session = Session::new();
    let (table, feed) = session.append_table("found", columns()).unwrap();
    let patient = produce(&broker).value(kafka::json()).timeout(PATIENCE).publish(&table).unwrap();
    let (told, hear) = std::sync::mpsc::channel();
    let hasty = produce(&broker)
        .property("message.timeout.ms", "300")
        .value(kafka::json())
        .on_failure(move |error| told.send(error.clone()).unwrap())
        .publish(&table)
        .unwrap();
    broker.down();
    feed.send(batch(&table, &[("a", 1.0), ("b", 2.0)])).unwrap();
    session.step().unwrap();
    let error = hear.recv_timeout(PATIENCE).unwrap();
    assert_eq!((error.kind(), error.topic(), error.is_retriable()), (ErrorKind::Unavailable, Some("out"), true));
    assert_eq!(hasty.error().map(|error| error.to_string()), Some(error.to_string()));
    assert_eq!(hasty.stop().unwrap_err().to_string(), error.to_string());
    broker.up();
    assert_eq!(patient.stop().unwrap(), 2);
    assert_eq!(wire(&broker.read("out", 1, 2, PATIENCE)).len(), 2);
}

#[test]
fn what_cannot_be_published_is_an_error_at_the_call() {
    let broker = Broker::start(1);
    broker.create_topic("out", 1);
    let registry = Registry::start();
    registry.register("narrow", r#"{"type": "record", "name": "N", "fields": [{"name": "Pct", "type": "float"}]}"#);
    let session = Session::new();
    let (table, _feed) = session.append_table("found", columns()).unwrap();
    let told = |produce: Produce| produce.publish(&table).unwrap_err().to_string();
    let with = || produce(&broker).registry(registry.url());
    assert_eq!(
        told(with().value(kafka::avro("narrow"))),
        "subject narrow, topic out, column Pct: a column of type f64 for the field Pct, which is float"
    );
    assert_eq!(
        told(with().key(kafka::simple("Pct", Type::I64))),
        "topic out, column Pct: the column is of type f64, not i64"
    );
    assert_eq!(
        told(with().value(kafka::json().column("Pctt", "p"))),
        "topic out, column Pctt: there is no column Pctt"
    );
    assert_eq!(told(with().key(kafka::ignore())), "topic out: neither key nor value is written");
    let unreachable = with().property("bootstrap.servers", "127.0.0.1:1").timeout(Duration::from_millis(500));
    let error = unreachable.publish(&table).unwrap_err();
    assert_eq!((error.kind(), error.is_retriable()), (ErrorKind::Unavailable, true));
}
