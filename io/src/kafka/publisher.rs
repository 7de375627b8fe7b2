//! [`Publisher`]: the handle of a table that is being published, and the [`Sink`] that its changes go through.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use headwater_engine::vector::{Values, Vector};
use headwater_engine::{Change, Error, ErrorKind, Listener, Result, Rows, Table};
use rdkafka::ClientContext;
use rdkafka::error::KafkaError;
use rdkafka::message::Message as _;
use rdkafka::producer::{BaseRecord, DeliveryResult, Producer as _, ProducerContext, ThreadedProducer};
use rdkafka::types::RDKafkaErrorCode as Code;

use super::client::Complaint;
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
        Sink { producer, topic, key, value, timestamp, tombstones }
    }

    fn deliveries(&self) -> &Deliveries {
        self.producer.context()
    }

    /// Hands the messages of a change to librdkafka, waiting while its queue is full.
    fn publish(&self, change: &Change) -> Result<()> {
        if self.tombstones {
            self.withdraw(change.removed(), |_, _| Ok(true))?;
            let modified = change.modified().columns();
            let mut now = Vec::new();
            self.withdraw(change.modified_previous(), |row, key| {
                let there = self.key.write(modified, row, &mut now)?;
                Ok(!there || now != key)
            })?;
        }
        self.send_rows(change.modified())?;
        self.send_rows(change.added())
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
        let (mut key, mut value) = (Vec::new(), Vec::new());
        for row in 0..rows.len() {
            let has_key = self.key.write(rows.columns(), row, &mut key)?;
            let has_value = self.value.write(rows.columns(), row, &mut value)?;
            let timestamp = self.timestamp.and_then(|column| millis(&rows.columns()[column], row));
            self.send(has_key.then_some(&key), has_value.then_some(&value), timestamp)?;
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
                    message = unsent;
                    std::thread::sleep(FULL_PAUSE);
                }
                Err((error, _)) => return Err(self.deliveries().undelivered(&error, None)),
            }
        }
    }

    /// Waits for what is on its way, for the last time.
    fn finish(&self, timeout: Duration) -> Result<()> {
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
    /// `None` once detached or stopped.
    listener: Option<Listener>,
    sink: Arc<Sink>,
    timeout: Duration,
}

impl Publisher {
    pub(super) fn attach(table: &Table, sink: Arc<Sink>, initial: bool, timeout: Duration) -> Result<Publisher> {
        let (changes, end) = (sink.clone(), sink.clone());
        let listener = table.listen_with(
            initial,
            move |change| {
                let done = changes.publish(change);
                if let Err(error) = &done {
                    changes.deliveries().fail(error.clone());
                }
                done
            },
            move |error| end.deliveries().fail(error.clone()),
        )?;
        Ok(Publisher { listener: Some(listener), sink, timeout })
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

    /// Waits until the brokers have confirmed the messages of all changes that were delivered to listeners so far.
    ///
    /// # Errors
    /// [`Publisher::error`], or [`ErrorKind::Unavailable`] (retriable) when the time is over.
    pub fn flush(&self, timeout: Duration) -> Result<()> {
        self.sink.flush(timeout)
    }

    /// Ends publishing, waits for what is on its way, and says how many messages were delivered in all.
    ///
    /// # Errors
    /// As [`Publisher::flush`], with the time-out of [`Produce::timeout`](super::Produce::timeout).
    pub fn stop(mut self) -> Result<u64> {
        self.listener = None;
        self.sink.finish(self.timeout)?;
        Ok(self.delivered())
    }

    /// Lets the publishing go on as long as the session does.
    pub fn detach(mut self) {
        if let Some(listener) = self.listener.take() {
            listener.detach();
        }
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        if self.listener.take().is_some() {
            // An error goes to the caller's on_failure: a drop has nobody else to tell.
            let _ = self.sink.finish(self.timeout);
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
