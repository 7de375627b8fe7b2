//! What the program watches when it is given nothing: made-up history, a broker and a registry in this process, an hour
//! of samples played fast, and the knowledge of which of them are to be found.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use headwater::kafka;
use headwater::prelude::*;
use headwater_kit::broker::{Broker, Record};
use headwater_kit::history::{History, Spec};
use headwater_kit::registry::Registry;

use crate::options::Place;

const TOPIC: &str = "ServiceUse";
const PUBLISH: &str = "UseAnomalies";
const PARTITIONS: i32 = 16;
const SCHEMA: &str = r#"{"type":"record","name":"service_use_record","fields":[{"name":"Value","type":"long"}]}"#;
/// A midnight in Amsterdam: 2026-08-01T00:00:00+02:00. History ends there, the feed begins.
const MIDNIGHT: i64 = 1_785_535_200;
const WEEKS: u32 = 5;
const SERVICES: usize = 50;
/// Samples of each service that are played: an hour of them.
const SAMPLES: i64 = 360;
/// How long to wait for the last anomaly to come back.
const PATIENCE: Duration = Duration::from_secs(60);

/// A sample by service and second.
type Sample = (String, i64);

pub(crate) struct Demo {
    broker: Broker,
    registry: Registry,
    schema: u32,
    history: History,
    folder: tempfile::TempDir,
}

impl Demo {
    pub(crate) fn start() -> Result<Self> {
        let started = Instant::now();
        let end = Timestamp::from_seconds(MIDNIGHT).unwrap_or_default();
        let history = History::new(Spec { seed: 7, services: SERVICES, days: 7 * WEEKS, end });
        let folder = tempfile::tempdir()
            .map_err(|error| Error::new(ErrorKind::Io, "no folder for the history").with_source(error))?;
        let written = history
            .write_dir(folder.path())
            .map_err(|error| Error::new(ErrorKind::Io, format!("the history was not written: {error}")))?;
        eprintln!("made up {} samples in {:.1} s", written.rows, started.elapsed().as_secs_f64());
        let broker = Broker::start(1);
        broker.create_topic(TOPIC, PARTITIONS);
        broker.create_topic(PUBLISH, PARTITIONS);
        let registry = Registry::start();
        let schema = registry.register("service_use_record", SCHEMA);
        Ok(Demo { broker, registry, schema, history, folder })
    }

    pub(crate) fn place(&self) -> Place {
        Place {
            history: self.folder.path().display().to_string(),
            bootstrap: self.broker.servers(),
            registry: self.registry.url(),
            topic: TOPIC.to_owned(),
            publish: PUBLISH.to_owned(),
            midnight: MIDNIGHT,
        }
    }

    /// Plays the feed, waits until everything came through, and compares what was found and what was published with
    /// what was hidden.
    pub(crate) fn watch(
        &self,
        session: &Session,
        feed: &kafka::Consumer,
        found: &Table,
        publishing: &kafka::Publisher,
    ) -> Result<bool> {
        let read_back = kafka::consume(PUBLISH)
            .property("bootstrap.servers", self.broker.servers())
            .key(kafka::simple("ServiceName", Type::String))
            .value(kafka::json().field("KafkaTimestamp", "At", Type::Timestamp))
            .offsets(kafka::Offsets::Begin)
            .open(session)?;
        let hidden = self.play();
        let all = (SERVICES as i64 * SAMPLES) as u64;
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            for table in [feed.table(), found, read_back.table()] {
                if let Some(error) = table.error() {
                    return Err(error);
                }
            }
            if let Some(error) = publishing.error() {
                return Err(error);
            }
            let arrived = feed.table().snapshot()?.len();
            let published = read_back.table().snapshot()?.len();
            eprintln!("{arrived} of {all} samples, lag {}, {published} anomalies published", feed.status().lag());
            if arrived == all && published >= found.snapshot()?.len() {
                break;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        let flagged = samples(found, "KafkaTimestamp")?;
        let published = samples(read_back.table(), "At")?;
        let hit = flagged.intersection(&hidden).count();
        let false_alarms = flagged.difference(&hidden).count();
        println!("found {hit} of {} injected, {false_alarms} false; published {}", hidden.len(), published.len());
        Ok(flagged == hidden && published == hidden)
    }

    /// Plays all samples; gives those that are to be found.
    fn play(&self) -> BTreeSet<Sample> {
        let mut hidden = BTreeSet::new();
        let mut records = Vec::with_capacity(SERVICES * SAMPLES as usize);
        for sample in 0..SAMPLES {
            let second = MIDNIGHT + sample * 10;
            for (service, name) in self.history.services().iter().enumerate() {
                let deviation = match injected(service as i64, sample) {
                    Some(deviation) => deviation,
                    None => self.history.noise(service, second),
                };
                if deviation.abs() > 0.05 {
                    hidden.insert((name.clone(), second));
                }
                let value = self.history.live(service, second, deviation);
                let record = Record::new(name.as_bytes(), self.framed(value));
                records.push(record.to(service as i32 % PARTITIONS).at(second * 1000));
            }
        }
        self.broker.produce(TOPIC, records);
        hidden
    }

    /// A value as the registry's clients frame it: a zero, the schema's id, the Avro record.
    fn framed(&self, value: i64) -> Vec<u8> {
        let mut bytes = vec![0];
        bytes.extend(self.schema.to_be_bytes());
        // Avro writes a long in zigzag groups of seven bits, the lowest first.
        let mut rest = ((value << 1) ^ (value >> 63)) as u64;
        while rest >= 0x80 {
            bytes.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        bytes.push(rest as u8);
        bytes
    }
}

/// By how much a sample is off on purpose: some just too much, some just not, a few by far.
fn injected(service: i64, sample: i64) -> Option<f64> {
    match (service * 7 + sample) % 271 {
        0 => Some(0.051),
        1 => Some(-0.051),
        2 => Some(0.049),
        3 => Some(-0.049),
        4 => Some(0.4),
        _ => None,
    }
}

fn samples(table: &Table, timestamp: &str) -> Result<BTreeSet<Sample>> {
    let snapshot = table.snapshot()?;
    let rows = snapshot.window(0..snapshot.len(), &["ServiceName", timestamp])?;
    let rows = rows.rows::<(String, Timestamp)>(["ServiceName", timestamp])?;
    Ok(rows.into_iter().map(|(service, at)| (service, at.epoch_seconds())).collect())
}
