//! [`Publisher`]: the handle of a table that is being published, and the [`Sink`] that its changes go through.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use headwater_engine::vector::{Values, Vector};
use headwater_engine::{Change, Error, ErrorKind, Result, Rows, Table};
use rdkafka::ClientContext;
use rdkafka::error::KafkaError;
use rdkafka::message::Message as _;
use rdkafka::producer::{BaseRecord, DeliveryResult, Producer as _, ProducerContext, ThreadedProducer};
use rdkafka::types::RDKafkaErrorCode as Code;

use super::client::Complaint;
use super::courier::Courier;
use super::write::Writer;

/// How long a full queue is waited on before it is tried again.
const FULL_PAUSE: Duration = Duration::from_millis(5);

pub(super) type OnFailure = Box<dyn FnOnce(&Error) + Send>;

/// What became of messages, as the brokers report it.
pub(super) struct Deliveries {
    topic: String,
    pub(super) complaint: Complaint,
    delivered: AtomicU64,
    failure: Mutex<(Option<Error>, Option<OnFailure>)>,
}

impl Deliveries {
    pub(super) fn new(topic: &str, on_failure: Option<OnFailure>) -> Self {
        Deliveries {
            topic: topic.to_owned(),
            complaint: Complaint::default(),
            delivered: AtomicU64::new(0),
            failure: Mutex::new((None, on_failure)),
        }
    }

    fn error(&self) -> Option<Error> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    /// Ends publishing with an error, the first of which counts.
    fn fail(&self, error: Error) {
        let on_failure = {
            let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
            if failure.0.is_some() {
                return;
            }
            failure.0 = Some(error.clone());
            failure.1.take()
        };
        if let Some(on_failure) = on_failure {
            on_failure(&error);
        }
    }

    fn undelivered(&self, error: &KafkaError, partition: Option<i32>) -> Error {
        let late = error.rdkafka_error_code() == Some(Code::MessageTimedOut);
        let why = match self.complaint.last() {
            Some(complaint) if late => complaint,
            _ => error.to_string(),
        };
        let kind = if late { ErrorKind::Unavailable } else { ErrorKind::Io };
        let told = Error::new(kind, format!("a row was not delivered: {why}")).with_topic(self.topic.as_str());
        let told = if late { told.retriable() } else { told };
        let told = partition.filter(|&partition| partition >= 0).into_iter().fold(told, Error::with_partition);
        told.with_source(error.clone())
    }
}

impl ClientContext for Deliveries {
    fn error(&self, error: KafkaError, reason: &str) {
        self.complaint.note(&error, reason);
    }
}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        match result {
            Ok(_) => drop(self.delivered.fetch_add(1, Relaxed)),
            Err((error, message)) => self.fail(self.undelivered(error, Some(message.partition()))),
        }
    }
}

/// Where the changes of a table become messages.
pub(super) struct Sink {
    producer: ThreadedProducer<Deliveries>,
    topic: String,
    key: Writer,
    value: Writer,
    timestamp: Option<usize>,
    /// Whether rows that go are told of.
    tombstones: bool,
    /// Nobody waits any longer for room in the client's queue.
    abandoned: AtomicBool,
}

impl Sink {
    pub(super) fn new(
        producer: ThreadedProducer<Deliveries>,
        topic: String,
        key: Writer,
        value: Writer,
        timestamp: Option<usize>,
        keeps_rows: bool,
    ) -> Self {
        let tombstones = keeps_rows && !key.is_ignored();
        Sink { producer, topic, key, value, timestamp, tombstones, abandoned: AtomicBool::new(false) }
    }

    fn deliveries(&self) -> &Deliveries {
        self.producer.context()
    }

    /// Ends publishing with an error.
    pub(super) fn fail(&self, error: Error) {
        self.deliveries().fail(error);
    }

    /// Gives up on what does not fit into the client's queue.
    pub(super) fn abandon(&self) {
        self.abandoned.store(true, Relaxed);
    }

    /// Hands the messages of a change to librdkafka, waiting while its queue is full.
    pub(super) fn publish(&self, change: &Change) -> Result<()> {
        if self.tombstones {
            self.withdraw(change.removed(), |_, _| Ok(true))?;
            let modified = change.modified().columns();
            let mut now = Vec::new();
            self.withdraw(change.modified_previous(), |row, key| {
                let there = self.key.write(modified, row, &mut now)?;
                Ok(!there || now != key)
            })?;
        }
        self.send_changed(change)?;
        self.send_rows(change.added())
    }

    /// Sends modified rows, but for those whose message would be the one that was sent last.
    fn send_changed(&self, change: &Change) -> Result<()> {
        let (before, now) = (change.modified_previous(), change.modified());
        let (mut sent, mut next) = (Message::default(), Message::default());
        for row in 0..now.len() {
            self.write(before, row, &mut sent)?;
            self.write(now, row, &mut next)?;
            if sent != next {
                self.send(next.key(), next.value(), next.timestamp)?;
            }
        }
        Ok(())
    }

    fn write(&self, rows: &Rows, row: usize, message: &mut Message) -> Result<()> {
        message.has_key = self.key.write(rows.columns(), row, &mut message.key)?;
        message.has_value = self.value.write(rows.columns(), row, &mut message.value)?;
        message.timestamp = self.timestamp.and_then(|column| millis(&rows.columns()[column], row));
        Ok(())
    }

    /// Sends tombstones for the keys of rows, where `gone` says so.
    fn withdraw(&self, rows: &Rows, mut gone: impl FnMut(usize, &[u8]) -> Result<bool>) -> Result<()> {
        let mut key = Vec::new();
        for row in 0..rows.len() {
            if self.key.write(rows.columns(), row, &mut key)? && gone(row, &key)? {
                self.send(Some(&key), None, None)?;
            }
        }
        Ok(())
    }

    fn send_rows(&self, rows: &Rows) -> Result<()> {
        let mut message = Message::default();
        for row in 0..rows.len() {
            self.write(rows, row, &mut message)?;
            self.send(message.key(), message.value(), message.timestamp)?;
        }
        Ok(())
    }

    fn send(&self, key: Option<&Vec<u8>>, value: Option<&Vec<u8>>, timestamp: Option<i64>) -> Result<()> {
        let mut message: BaseRecord<'_, Vec<u8>, Vec<u8>> = BaseRecord::to(&self.topic);
        (message.key, message.payload, message.timestamp) = (key, value, timestamp);
        loop {
            // Messages that cannot be delivered time out, which ends the waiting too.
            if let Some(error) = self.deliveries().error() {
                return Err(error);
            }
            match self.producer.send(message) {
                Ok(()) => return Ok(()),
                Err((error, unsent)) if error.rdkafka_error_code() == Some(Code::QueueFull) => {
                    if self.abandoned.load(Relaxed) {
                        let message = "rows are left that the client's queue has no room for";
                        let error = Error::new(ErrorKind::Unavailable, message).retriable();
                        return Err(error.with_topic(self.topic.as_str()));
                    }
                    message = unsent;
                    std::thread::sleep(FULL_PAUSE);
                }
                Err((error, _)) => return Err(self.deliveries().undelivered(&error, None)),
            }
        }
    }

    /// Waits for what is on its way, for the last time.
    pub(super) fn finish(&self, timeout: Duration) -> Result<()> {
        if let Some(error) = self.deliveries().error() {
            return Err(error);
        }
        let done = self.flush(timeout);
        if let Err(error) = &done {
            self.deliveries().fail(error.clone());
        }
        done
    }

    fn flush(&self, timeout: Duration) -> Result<()> {
        let flushed = self.producer.flush(timeout);
        if let Some(error) = self.deliveries().error() {
            return Err(error);
        }
        flushed.map_err(|error| {
            let waiting = self.producer.in_flight_count();
            let message = format!("{waiting} messages were not delivered within {} s", timeout.as_secs_f64());
            Error::new(ErrorKind::Unavailable, message).retriable().with_topic(self.topic.as_str()).with_source(error)
        })
    }
}

/// A row as it is sent.
#[derive(Default, PartialEq, Eq)]
struct Message {
    has_key: bool,
    key: Vec<u8>,
    has_value: bool,
    value: Vec<u8>,
    timestamp: Option<i64>,
}

impl Message {
    fn key(&self) -> Option<&Vec<u8>> {
        self.has_key.then_some(&self.key)
    }

    fn value(&self) -> Option<&Vec<u8>> {
        self.has_value.then_some(&self.value)
    }
}

fn millis(column: &Vector<'_>, row: usize) -> Option<i64> {
    match column.values() {
        Values::I64(nanos) if column.is_valid(row) => Some(nanos[row].div_euclid(1_000_000)),
        _ => None,
    }
}

/// A table that is being published. Dropping it ends that, after waiting for what is on its way; an error that this
/// meets is seen only by [`Publisher::stop`] or [`Produce::on_failure`](super::Produce::on_failure).
#[must_use = "dropping a publisher ends the publishing; keep it, or call detach() to let it run as long as the session"]
pub struct Publisher {
    courier: Courier,
    table: Table,
    sink: Arc<Sink>,
}

impl Publisher {
    pub(super) fn attach(table: &Table, sink: Arc<Sink>, initial: bool, timeout: Duration) -> Result<Publisher> {
        let changes = table.export().initial(initial).changes()?;
        let courier = Courier::start(changes, sink.clone(), timeout)?;
        Ok(Publisher { courier, table: table.clone(), sink })
    }

    /// Why nothing more is published: a row that could not be written or delivered, or the table failed. The first
    /// such error ends publishing.
    pub fn error(&self) -> Option<Error> {
        self.sink.deliveries().error()
    }

    /// How many messages the brokers have confirmed.
    pub fn delivered(&self) -> u64 {
        self.sink.deliveries().delivered.load(Relaxed)
    }

    /// Waits until the brokers have confirmed the messages of all changes that cycles have made so far.
    ///
    /// # Errors
    /// [`Publisher::error`], or [`ErrorKind::Unavailable`] (retriable) when the time is over.
    pub fn flush(&self, timeout: Duration) -> Result<()> {
        let started = Instant::now();
        if !self.courier.hand_over(timeout) && self.error().is_none() {
            let message = format!("not all messages were handed to the client within {} s", timeout.as_secs_f64());
            let error = Error::new(ErrorKind::Unavailable, message).retriable();
            return Err(error.with_topic(self.sink.topic.as_str()));
        }
        self.sink.flush(timeout.saturating_sub(started.elapsed()))
    }

    /// Ends publishing, waits for what is on its way, and says how many messages were delivered in all.
    ///
    /// # Errors
    /// As [`Publisher::flush`], with the time-out of [`Produce::timeout`](super::Produce::timeout).
    pub fn stop(self) -> Result<u64> {
        self.courier.finish()?;
        Ok(self.delivered())
    }

    /// Lets the publishing go on as long as the session does; what is on its way when that ends is waited for.
    pub fn detach(self) {
        let Publisher { courier, table, .. } = self;
        // A listener that reads nothing keeps the thread's handle with the session. If the table has failed there is
        // nothing to go on with.
        let keeping = table.export().columns([""; 0]).listen(move |_| {
            let _kept = &courier;
            Ok(())
        });
        if let Ok(listener) = keeping {
            listener.detach();
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        // A detached publisher ends with its session: librdkafka would drop what is still on its way.
        const PATIENCE: Duration = Duration::from_secs(5);
        let _ = self.finish(PATIENCE);
    }
}

impl std::fmt::Debug for Publisher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut debug = f.debug_struct("Publisher");
        debug.field("topic", &self.sink.topic).field("delivered", &self.delivered());
        debug.field("error", &self.error()).finish_non_exhaustive()
    }
}
