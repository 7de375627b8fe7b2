//! Avro records from a topic into column batches, beside a bare poll loop over the same topic: what decoding costs on
//! top of librdkafka.
//!
//! What is measured is the processor time of the one thread that polls (and decodes), so the throughput is that of one
//! core, whatever else runs on the machine, the broker included: it is librdkafka's mock in the same process. The
//! times are read from `/proc`, so this runs on Linux only.

use std::path::Path;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use headwater::{Session, Type, kafka};
use headwater_kit::broker::{Broker, Record};
use headwater_kit::registry::Registry;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

const RECORDS: u64 = 200_000;
const PARTITIONS: i32 = 16;

/// Six fields, 33 bytes framed.
const SCHEMA: &str = r#"{"type": "record", "name": "Trade", "fields": [
    {"name": "Sym", "type": "string"}, {"name": "Time", "type": "long"}, {"name": "Price", "type": "double"},
    {"name": "Size", "type": "int"}, {"name": "Buy", "type": "boolean"}, {"name": "Venue", "type": ["null", "string"]}]}"#;

fn trade(id: u32, number: u64) -> Vec<u8> {
    let mut payload = vec![0];
    payload.extend(id.to_be_bytes());
    payload.extend([8, b'S', b'Y', b'0' + (number / 10 % 10) as u8, b'0' + (number % 10) as u8]);
    payload.extend([0x80 | number as u8, 0x80 | (number >> 7) as u8, 0x80, 0x80, 0x80, 0x01]);
    payload.extend((number as f64).to_le_bytes());
    payload.extend([0x90, 0x01, 1, 2, 6, b'X', b'N', b'Y']);
    payload
}

/// What a thread has spent on a processor.
fn processor_time(task: &Path) -> Duration {
    let text = std::fs::read_to_string(task.join("schedstat")).expect("Linux tells of its threads");
    Duration::from_nanos(text.split(' ').next().and_then(|nanos| nanos.parse().ok()).expect("nanoseconds"))
}

/// What the consumer's thread has spent on a processor; there is one consumer at a time.
fn ingest_time() -> Duration {
    let tasks = std::fs::read_dir("/proc/self/task").expect("Linux tells of its threads");
    let is_ingest =
        |task: &Path| std::fs::read_to_string(task.join("comm")).is_ok_and(|name| name.starts_with("headwater-kafka"));
    let task = tasks.flatten().map(|entry| entry.path()).find(|task| is_ingest(task));
    processor_time(&task.expect("the consumer has a thread"))
}

fn bare(servers: &str) -> Duration {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", servers)
        .set("group.id", "bench")
        .set("enable.auto.commit", "false")
        .create()
        .expect("a client");
    let mut assignment = TopicPartitionList::new();
    for partition in 0..PARTITIONS {
        assignment.add_partition_offset("trades", partition, Offset::Beginning).expect("an assignment");
    }
    let start = processor_time(Path::new("/proc/thread-self"));
    consumer.assign(&assignment).expect("an assignment");
    let mut seen = 0;
    while seen < RECORDS {
        if let Some(Ok(_)) = consumer.poll(Duration::from_millis(100)) {
            seen += 1;
        }
    }
    processor_time(Path::new("/proc/thread-self")) - start
}

fn ingest(servers: &str, registry: &str, filter: Option<&str>) -> Duration {
    let session = Session::new();
    let consume = kafka::consume("trades")
        .property("bootstrap.servers", servers)
        .registry(registry)
        .key(kafka::simple("Key", Type::String))
        .value(kafka::avro("trades-value"))
        .threads(1);
    let consume = match filter {
        Some(filter) => consume.filter(filter),
        None => consume,
    };
    let consumer = consume.open(&session).expect("a consumer");
    while consumer.status().received < RECORDS {
        std::thread::sleep(Duration::from_micros(500));
    }
    ingest_time()
}

fn benches(criterion: &mut Criterion) {
    let broker = Broker::start(1);
    broker.create_topic("trades", PARTITIONS);
    let registry = Registry::start();
    let id = registry.register("trades-value", SCHEMA);
    let record = |number| Record::new("key", trade(id, number)).to((number % PARTITIONS as u64) as i32);
    broker.produce("trades", (0..RECORDS).map(record));
    let (servers, url) = (broker.servers(), registry.url());

    let mut group = criterion.benchmark_group("kafka");
    group.sample_size(10).throughput(Throughput::Elements(RECORDS));
    let repeat = |iterations, run: &dyn Fn() -> Duration| (0..iterations).map(|_| run()).sum();
    group.bench_function("bare_poll", |b| b.iter_custom(|n| repeat(n, &|| bare(&servers))));
    group.bench_function("avro_ingest", |b| b.iter_custom(|n| repeat(n, &|| ingest(&servers, &url, None))));
    let filter = Some("Sym = `SY07`");
    group.bench_function("avro_ingest_filtered", |b| b.iter_custom(|n| repeat(n, &|| ingest(&servers, &url, filter))));
    group.finish();
}

criterion_group!(kafka_benches, benches);
criterion_main!(kafka_benches);
