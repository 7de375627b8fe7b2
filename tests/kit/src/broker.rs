//! An in-process Kafka: librdkafka's mock cluster, and the few things tests and examples do with it.

use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::KafkaError;
use rdkafka::message::OwnedMessage;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::{
    BaseProducer, BaseRecord, DefaultProducerContext, DeliveryResult, Producer as _, ProducerContext,
};
use rdkafka::types::RDKafkaErrorCode;
use rdkafka::{ClientContext, Offset, TopicPartitionList};

/// What the mock cluster keeps of a partition: older messages are dropped beyond it. Spread what a test needs to keep
/// over many partitions.
pub const PARTITION_BYTES: usize = 5 << 20;

/// A Kafka cluster on 127.0.0.1 that lives as long as this; it stays on the thread that started it.
pub struct Broker {
    cluster: MockCluster<'static, DefaultProducerContext>,
    producer: BaseProducer<Deliveries>,
}

/// One message to produce.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The partition; the key's hash decides if `None`.
    pub partition: Option<i32>,
    /// Milliseconds since 1970; now if `None`.
    pub timestamp: Option<i64>,
    /// The key.
    pub key: Option<Vec<u8>>,
    /// The value; `None` is a tombstone.
    pub value: Option<Vec<u8>>,
}

impl Record {
    /// A message with a key and a value.
    pub fn new(key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) -> Record {
        Record { key: Some(key.into()), value: Some(value.into()), ..Record::default() }
    }

    /// The same in a partition.
    pub fn to(mut self, partition: i32) -> Record {
        self.partition = Some(partition);
        self
    }

    /// The same with a timestamp, in milliseconds since 1970.
    pub fn at(mut self, timestamp: i64) -> Record {
        self.timestamp = Some(timestamp);
        self
    }
}

/// Panics when a message is not delivered: a test whose messages are not there has nothing to go on with.
struct Deliveries;

impl ClientContext for Deliveries {}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        if let Err((error, _)) = result {
            panic!("a message of the test was not delivered: {error}");
        }
    }
}

#[expect(clippy::unwrap_used, reason = "a test without its broker has nothing to go on with")]
impl Broker {
    /// Starts a cluster of `brokers` brokers.
    pub fn start(brokers: i32) -> Broker {
        let cluster = MockCluster::new(brokers).unwrap();
        let producer = client(&cluster.bootstrap_servers())
            .set("linger.ms", "5")
            .set("queue.buffering.max.messages", "2000000")
            .create_with_context(Deliveries)
            .unwrap();
        Broker { cluster, producer }
    }

    /// `bootstrap.servers`
    pub fn servers(&self) -> String {
        self.cluster.bootstrap_servers()
    }

    /// Makes a topic.
    pub fn create_topic(&self, topic: &str, partitions: i32) {
        self.cluster.create_topic(topic, partitions, 1).unwrap();
    }

    /// Produces messages and waits until all are in the topic.
    pub fn produce(&self, topic: &str, records: impl IntoIterator<Item = Record>) {
        for record in records {
            let mut message: BaseRecord<'_, [u8], [u8]> = BaseRecord::to(topic);
            message.key = record.key.as_deref();
            message.payload = record.value.as_deref();
            message.partition = record.partition;
            message.timestamp = record.timestamp;
            while let Err((error, unsent)) = self.producer.send(message) {
                assert_eq!(error, KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull));
                message = unsent;
                self.producer.poll(Duration::from_millis(10));
            }
            self.producer.poll(Duration::ZERO);
        }
        self.producer.flush(Duration::from_secs(30)).unwrap();
    }

    /// Reads a topic from the beginning until `count` messages are there, or `timeout` is over.
    pub fn read(&self, topic: &str, partitions: i32, count: usize, timeout: Duration) -> Vec<OwnedMessage> {
        let consumer: BaseConsumer = client(&self.servers()).set("group.id", "kit").create().unwrap();
        let mut assignment = TopicPartitionList::new();
        for partition in 0..partitions {
            assignment.add_partition_offset(topic, partition, Offset::Beginning).unwrap();
        }
        consumer.assign(&assignment).unwrap();
        let deadline = Instant::now() + timeout;
        let mut messages = Vec::new();
        while messages.len() < count && Instant::now() < deadline {
            if let Some(Ok(message)) = consumer.poll(Duration::from_millis(50)) {
                messages.push(message.detach());
            }
        }
        messages
    }

    /// Takes all brokers down: connections are cut and none accepted.
    pub fn down(&self) {
        self.cluster.broker_down(-1).unwrap();
    }

    /// Brings all brokers up again.
    pub fn up(&self) {
        self.cluster.broker_up(-1).unwrap();
    }

    /// The mock cluster, to inject errors into.
    pub fn cluster(&self) -> &MockCluster<'static, DefaultProducerContext> {
        &self.cluster
    }
}

impl std::fmt::Debug for Broker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Broker").field("servers", &self.servers()).finish_non_exhaustive()
    }
}

fn client(servers: &str) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", servers).set("reconnect.backoff.max.ms", "200");
    config.set_log_level(RDKafkaLogLevel::Emerg);
    config
}
