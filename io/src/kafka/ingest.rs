//! [`Worker`]: a thread that fetches the messages of its partitions and sends their rows to the table.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use headwater_engine::source::{Batch, Feed, Positions};
use headwater_engine::{Error, ErrorKind, Result};
use rdkafka::consumer::{BaseConsumer, Consumer as _, ConsumerContext};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Message as _};
use rdkafka::types::RDKafkaErrorCode as Code;
use rdkafka::{ClientContext, Statistics};

use super::client::Complaint;
use super::health::Health;
use super::intake::{Intake, Taken};

/// How long a first message waits for others, so that a batch is not one row.
const LINGER: Duration = Duration::from_millis(5);
/// How long a worker waits for a message before it looks whether it is to stop.
const IDLE: Duration = Duration::from_millis(50);
/// Messages of one batch, and bytes of them.
const BATCH_MESSAGES: usize = 2048;
const BATCH_BYTES: usize = 8 << 20;
/// How long the session may take no rows before that counts as a stall.
const FULL_FOR: Duration = Duration::from_secs(1);
/// Reports in a row (two a second) that have to tell of a fault before it counts as a stall: a client that is just
/// connecting has none.
const REPORTS: u32 = 2;

/// What librdkafka tells beside messages: errors and statistics.
#[derive(Debug, Default)]
pub(super) struct Context {
    pub(super) complaint: Complaint,
    /// The consumer served, and the number of its thread; unset while it is being opened.
    served: OnceLock<(Arc<Health>, usize)>,
    faults: std::sync::atomic::AtomicU32,
}

impl Context {
    pub(super) fn attach(&self, health: Arc<Health>, thread: usize) {
        // Once for each client.
        let _ = self.served.set((health, thread));
    }
}

impl ClientContext for Context {
    fn error(&self, error: KafkaError, reason: &str) {
        self.complaint.note(&error, reason);
    }

    fn stats(&self, statistics: Statistics) {
        use std::sync::atomic::Ordering::Relaxed;
        let Some((health, thread)) = self.served.get() else { return };
        let partitions = statistics.topics.get(&health.topic).map(|topic| &topic.partitions);
        for partition in partitions.into_iter().flat_map(|partitions| partitions.values()) {
            health.set_end(partition.partition, partition.hi_offset);
        }
        let down = statistics.brokers.values().find(|broker| {
            broker.nodeid >= 0 && broker.state != "UP" && broker.toppars.values().any(|t| t.topic == health.topic)
        });
        let why = down.map(|broker| match self.complaint.last() {
            Some(complaint) => complaint,
            None => format!("broker {} is not connected", broker.nodename),
        });
        let faults = if why.is_some() { self.faults.load(Relaxed) + 1 } else { 0 };
        self.faults.store(faults, Relaxed);
        health.set_stall(*thread, why.filter(|_| faults >= REPORTS));
    }
}

impl ConsumerContext for Context {}

pub(super) struct Worker {
    pub(super) client: BaseConsumer<Context>,
    pub(super) intake: Intake,
    pub(super) feed: Feed,
    pub(super) dead_letters: Option<Feed>,
    pub(super) health: Arc<Health>,
    pub(super) thread: usize,
}

impl Worker {
    /// Starts the thread; `guard` is dropped when it has ended.
    pub(super) fn spawn<G: Send + 'static>(self, guard: G) -> Result<()> {
        let name = format!("headwater-kafka-{}", self.thread);
        let body = move || {
            self.run();
            drop(guard);
        };
        let thread = std::thread::Builder::new().name(name).spawn(body);
        thread.map(drop).map_err(|error| Error::new(ErrorKind::Io, "a thread cannot be started").with_source(error))
    }

    fn run(self) {
        let Worker { client, mut intake, feed, dead_letters, health, thread } = self;
        let mut exit = Exit { feed, dead_letters, health: health.clone(), thread, read: Positions::new() };
        while !health.is_stopped() && !exit.feed.is_closed() {
            let (messages, fault) = collect(&client, &health);
            if !messages.is_empty() {
                // A message is proof that nothing is in the way.
                health.set_stall(thread, None);
                let Ok(taken) = intake.take(&messages) else { break };
                if !exit.settle(taken, &messages) {
                    break;
                }
            }
            if let Some(error) = fault {
                exit.fail(&locate(&client, &health, error));
            }
        }
        health.stop();
    }
}

/// Waits for messages, and takes those that follow closely. An error after them ends the table.
fn collect<'c>(client: &'c BaseConsumer<Context>, health: &Health) -> (Vec<BorrowedMessage<'c>>, Option<Error>) {
    let mut messages: Vec<BorrowedMessage<'c>> = Vec::new();
    let mut bytes = 0;
    let mut deadline = Instant::now() + IDLE;
    while messages.len() < BATCH_MESSAGES && bytes < BATCH_BYTES {
        let message = match client.poll(deadline.saturating_duration_since(Instant::now())) {
            None => break,
            Some(Ok(message)) => message,
            Some(Err(error)) => match fatal(&error, health) {
                Some(error) => return (messages, Some(error)),
                None => continue,
            },
        };
        // After a reconnect nothing that was taken is taken again.
        if health.next(message.partition()).is_none_or(|next| message.offset() < next) {
            continue;
        }
        if messages.is_empty() {
            deadline = Instant::now() + LINGER;
        }
        bytes += message.payload_len() + message.key_len();
        messages.push(message);
    }
    (messages, None)
}

/// The error that ends the table, unless it is one that passes.
fn fatal(error: &KafkaError, health: &Health) -> Option<Error> {
    let kind = match error {
        KafkaError::PartitionEOF(partition) => {
            health.reached_end(*partition);
            return None;
        }
        KafkaError::MessageConsumptionFatal(_) => ErrorKind::Io,
        error => match error.rdkafka_error_code()? {
            Code::AutoOffsetReset | Code::OffsetOutOfRange => ErrorKind::Io,
            Code::UnknownTopic | Code::UnknownTopicOrPartition | Code::UnknownPartition => ErrorKind::Unknown,
            Code::TopicAuthorizationFailed => ErrorKind::Argument,
            _ => return None,
        },
    };
    Some(
        Error::new(kind, "the topic can no longer be read")
            .with_topic(health.topic.as_str())
            .with_source(error.clone()),
    )
}

/// Says of an error whether messages are gone that had not been read, and where.
fn locate(client: &BaseConsumer<Context>, health: &Health, error: Error) -> Error {
    const PATIENCE: Duration = Duration::from_secs(1);
    let assigned = client.assignment().unwrap_or_default();
    for partition in assigned.elements().iter().map(|element| element.partition()) {
        let Some(next) = health.next(partition) else { continue };
        let Ok((low, high)) = client.fetch_watermarks(&health.topic, partition, PATIENCE) else { continue };
        if next < low || next > high {
            let message =
                format!("messages from offset {next} on are gone before they were read; there are {low} to {high}");
            return Error::new(ErrorKind::Io, message)
                .with_topic(health.topic.as_str())
                .with_partition(partition)
                .with_offset(next)
                .with_source(error);
        }
    }
    error
}

/// Where the rows of one thread go.
struct Exit {
    feed: Feed,
    dead_letters: Option<Feed>,
    health: Arc<Health>,
    thread: usize,
    /// How far each partition has been read: told with the next rows.
    read: Positions,
}

impl Exit {
    /// Sends the rows, with how far they reach, then notes that; says whether to go on.
    fn settle(&mut self, taken: Taken, messages: &[BorrowedMessage<'_>]) -> bool {
        let done = &messages[..taken.done];
        let last = |&(at, message): &(usize, &BorrowedMessage<'_>)| {
            done.get(at + 1).is_none_or(|following| following.partition() != message.partition())
        };
        let reached: Vec<(i32, i64)> =
            done.iter().enumerate().filter(last).map(|(_, m)| (m.partition(), m.offset() + 1)).collect();
        for &(partition, next) in &reached {
            self.read.set(partition.to_string(), next.max(0) as u64);
        }
        let rows = taken.batch.as_ref().map_or(0, Batch::rows);
        let batch = taken.batch.map(|batch| batch.with_positions(std::mem::take(&mut self.read)));
        if !self.send(self.dead_letters.as_ref(), taken.dead_letters) || !self.send(Some(&self.feed), batch) {
            return false;
        }
        self.health.count(done.len(), rows, taken.filtered);
        reached.iter().for_each(|&(partition, next)| self.health.advance(partition, next));
        if let Some(error) = taken.failure {
            self.fail(&error);
        }
        true
    }

    /// Waits for room as long as nobody stops the consumer; says whether the rows are in.
    fn send(&self, feed: Option<&Feed>, batch: Option<Batch>) -> bool {
        let (Some(feed), Some(batch)) = (feed, batch) else { return true };
        let (health, thread) = (&self.health, self.thread);
        let mut waited = false;
        let sent = feed.send_unless(batch, |so_far| {
            if so_far >= FULL_FOR && !waited {
                waited = true;
                health.set_stall(thread, Some("the session takes no more rows: no cycle runs".to_owned()));
            }
            health.is_stopped()
        });
        if sent.is_ok() && waited {
            health.set_stall(thread, None);
        }
        sent.is_ok()
    }

    fn fail(&self, error: &Error) {
        self.feed.fail(error.clone());
        self.health.fail(error);
    }
}
