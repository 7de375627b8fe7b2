//! Kafka in and out, against librdkafka's mock cluster and a schema registry in this process.

mod consume;
mod faults;
mod filter;
mod produce;
mod runtimes;

use std::time::{Duration, Instant};

use headwater::kafka::{Consume, Consumer, Status, consume};
use headwater::{Session, Table, Value};
use headwater_kit::broker::{Broker, Record};
use headwater_kit::registry::Registry;

pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) const USE: &str = r#"{"type": "record", "name": "ServiceUse", "fields": [
    {"name": "Value", "type": "long"}, {"name": "Host", "type": ["null", "string"], "default": null}]}"#;

/// A `ServiceUse` record, framed.
pub(crate) fn service_use(id: u32, value: i64, host: Option<&str>) -> Vec<u8> {
    let mut payload = vec![0];
    payload.extend(id.to_be_bytes());
    long(value, &mut payload);
    match host {
        None => payload.push(0),
        Some(host) => {
            payload.push(2);
            long(host.len() as i64, &mut payload);
            payload.extend(host.as_bytes());
        }
    }
    payload
}

fn long(value: i64, out: &mut Vec<u8>) {
    let mut raw = (value << 1 ^ value >> 63) as u64;
    while raw >= 0x80 {
        out.push(raw as u8 | 0x80);
        raw >>= 7;
    }
    out.push(raw as u8);
}

/// A topic of `ServiceUse` records with text keys, and what reads it.
pub(crate) struct Rig {
    pub(crate) broker: Broker,
    pub(crate) registry: Registry,
    pub(crate) session: Session,
    /// The schema of `USE`.
    pub(crate) id: u32,
}

impl Rig {
    pub(crate) fn new(partitions: i32) -> Rig {
        let broker = Broker::start(1);
        broker.create_topic("use", partitions);
        let registry = Registry::start();
        let id = registry.register("use-value", USE);
        Rig { broker, registry, session: Session::new(), id }
    }

    pub(crate) fn consume(&self) -> Consume {
        consume("use")
            .property("bootstrap.servers", self.broker.servers())
            .registry(self.registry.url())
            .key(headwater::kafka::simple("Service", headwater::Type::String))
            .value(headwater::kafka::avro("use-value"))
    }

    /// Puts `values` into the topic, value `v` under key `s{v % 7}` into partition `v % partitions`.
    pub(crate) fn put(&self, partitions: i32, values: impl IntoIterator<Item = i64>) {
        let records = values.into_iter().map(|value| {
            let record = Record::new(format!("s{}", value % 7), service_use(self.id, value, None));
            record.to((value % i64::from(partitions)) as i32).at(1_700_000_000_000 + value)
        });
        self.broker.produce("use", records);
    }

    /// Runs cycles until the status is as wanted.
    pub(crate) fn until(&self, consumer: &Consumer, wanted: impl Fn(&Status) -> bool) -> Status {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let status = consumer.status();
            self.session.step().unwrap();
            if wanted(&status) {
                return status;
            }
            assert!(Instant::now() < deadline, "not reached: {status}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Runs cycles until `count` messages are done with.
    pub(crate) fn received(&self, consumer: &Consumer, count: u64) -> Status {
        self.until(consumer, |status| status.received >= count)
    }
}

/// All rows of some columns, in row order.
pub(crate) fn rows(table: &Table, columns: &[&str]) -> Vec<Vec<Value>> {
    let snapshot = table.snapshot().unwrap();
    let rows = snapshot.window(0..snapshot.len(), columns).unwrap();
    (0..rows.len()).map(|row| (0..columns.len()).map(|column| rows.value(row, column)).collect()).collect()
}

/// All values of an `I64` column, sorted.
pub(crate) fn sorted(table: &Table, column: &str) -> Vec<i64> {
    let mut values: Vec<i64> = rows(table, &[column])
        .into_iter()
        .map(|row| match row[0] {
            Value::I64(value) => value,
            ref other => panic!("{other} is not an i64"),
        })
        .collect();
    values.sort_unstable();
    values
}
