//! [`produce`]: a live table as a Kafka topic.

use std::sync::Arc;
use std::time::Duration;

use headwater_engine::{Definition, Error, ErrorKind, Flavour, Result, Table, Type};
use rdkafka::producer::{Producer as _, ThreadedProducer};
use rdkafka::types::RDKafkaRespErr as Response;

use super::client::{DEFAULT_TIMEOUT, Properties, unreachable};
use super::publisher::{Deliveries, OnFailure, Publisher, Sink};
use super::spec::{Spec, ignore};
use super::write::Writer;

/// Properties that the publisher's promises rest on, and what to use instead.
const FIXED: [(&str, &str, &str); 1] =
    [("delivery.report.only.error", "false", "the publisher counts what is delivered: see Publisher::delivered")];

/// Publishes the changes of a live table to `topic`; ends in [`Produce::publish`].
///
/// A row that comes, or changes, is a message with its key and value. With a key, a row that goes is a message with
/// its key and no value (a tombstone), as is one whose key changes, under its old key; so choose a key that names one
/// row. Of a blink table, rows that come are messages, and nothing else is. The tombstones of a cycle come before its
/// other messages.
///
/// A row whose message would be the one that was sent last is not sent again. Neither cycles nor listeners wait for
/// the brokers: publishing has a thread of its own. While that is behind, the changes of several cycles become one, so
/// that a row that changed twice is sent once, as it is then; of an append or blink table every row is sent.
///
/// Delivery is at least once, in order for each key, and without duplicates as long as the publisher lives, unless
/// the caller's properties say otherwise (`enable.idempotence`, `acks`).
///
/// ```no_run
/// # fn publish(found: &headwater_engine::Table) -> headwater_engine::Result<()> {
/// # #[cfg(feature = "json")] {
/// use headwater_engine::Type;
/// use headwater_io::kafka;
/// let publishing = kafka::produce("UseAnomalies")
///     .property("bootstrap.servers", "kafka:9092")
///     .key(kafka::simple("ServiceName", Type::String))
///     .value(kafka::json())
///     .publish(found)?;
/// // ... run cycles ...
/// let delivered = publishing.stop()?;
/// # }
/// # Ok(())
/// # }
/// ```
pub fn produce(topic: impl Into<String>) -> Produce {
    Produce {
        topic: topic.into(),
        properties: Properties::default(),
        #[cfg(feature = "avro")]
        registry: None,
        key: ignore(),
        value: ignore(),
        timestamp: None,
        initial: true,
        timeout: DEFAULT_TIMEOUT,
        on_failure: None,
    }
}

/// A publisher under construction; see [`produce`].
#[must_use = "nothing is published until .publish(&table)"]
pub struct Produce {
    topic: String,
    properties: Properties,
    #[cfg(feature = "avro")]
    registry: Option<crate::registry::Address>,
    key: Spec,
    value: Spec,
    timestamp: Option<String>,
    initial: bool,
    timeout: Duration,
    on_failure: Option<OnFailure>,
}

impl Produce {
    /// Sets a librdkafka property; `bootstrap.servers` is needed. Values are never shown.
    pub fn property(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.properties.set(name.into(), value.into());
        self
    }

    /// The schema registry of Avro keys and values. A user and password may stand in the URL; they are never shown.
    #[cfg(feature = "avro")]
    pub fn registry(mut self, url: impl AsRef<str>) -> Self {
        self.registry = Some(crate::registry::Address::new(url.as_ref()));
        self
    }

    /// Logs in to the schema registry, after [`Produce::registry`]. Neither is ever shown.
    #[cfg(feature = "avro")]
    pub fn registry_login(mut self, user: &str, password: &str) -> Self {
        self.registry = self.registry.map(|address| address.with_login(user, password));
        self
    }

    /// How keys are written; messages have none unless said.
    pub fn key(mut self, spec: impl Into<Spec>) -> Self {
        self.key = spec.into();
        self
    }

    /// How values are written.
    pub fn value(mut self, spec: impl Into<Spec>) -> Self {
        self.value = spec.into();
        self
    }

    /// Takes the timestamps of messages from a `Timestamp` column; where it is null, and unless said, the time of
    /// sending counts.
    pub fn timestamp_column(mut self, column: impl Into<String>) -> Self {
        self.timestamp = Some(column.into());
        self
    }

    /// Whether the rows that are there at the start are published too; they are unless said.
    pub fn initial(mut self, initial: bool) -> Self {
        self.initial = initial;
        self
    }

    /// How long [`Produce::publish`] waits for brokers and registry, and [`Publisher::stop`] for deliveries;
    /// 10 seconds unless said.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Called once, from any thread, when publishing ends with an error: for publishers that are
    /// [detached](Publisher::detach).
    pub fn on_failure(mut self, on_failure: impl FnOnce(&Error) + Send + 'static) -> Self {
        self.on_failure = Some(Box::new(on_failure));
        self
    }

    /// Starts publishing `table`.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] (retriable) if no broker, or the registry, answers within the time-out;
    /// [`ErrorKind::Unknown`] for a topic or column that is not there; [`ErrorKind::Type`] if the table does not fit
    /// the subject's schema; [`ErrorKind::Argument`] for a property that librdkafka refuses, or with neither key nor
    /// value; and the error of a failed table.
    pub fn publish(mut self, table: &Table) -> Result<Publisher> {
        let topic = self.topic.clone();
        let on_failure = self.on_failure.take();
        self.start(table, on_failure).map_err(|error| error.with_topic(topic))
    }

    fn start(&self, table: &Table, on_failure: Option<OnFailure>) -> Result<Publisher> {
        let definition = table.definition();
        #[cfg(feature = "avro")]
        let registry = self.registry.as_ref().map(|at| crate::registry::Registry::new(at, self.timeout)).transpose()?;
        let writer = |spec: &Spec| {
            Writer::new(
                spec,
                definition,
                #[cfg(feature = "avro")]
                registry.as_ref(),
            )
        };
        let (key, value) = (writer(&self.key)?, writer(&self.value)?);
        if key.is_ignored() && value.is_ignored() {
            return Err(Error::new(ErrorKind::Argument, "neither key nor value is written")
                .with_help("say how by .value(..), as in .value(kafka::json())"));
        }
        let timestamp = self.timestamp.as_deref().map(|name| timestamp_column(definition, name)).transpose()?;
        let producer = self.producer(on_failure)?;
        let blink = definition.flavour() == Flavour::Blink;
        let sink = Arc::new(Sink::new(producer, self.topic.clone(), key, value, timestamp, !blink));
        Publisher::attach(table, sink, self.initial, self.timeout)
    }

    fn producer(&self, on_failure: Option<OnFailure>) -> Result<ThreadedProducer<Deliveries>> {
        let mut defaults = vec![
            ("client.id", "headwater"),
            ("linger.ms", "5"),
            ("queue.buffering.max.kbytes", "65536"),
            ("reconnect.backoff.max.ms", "1000"),
        ];
        if !self.properties.has("acks") && !self.properties.has("request.required.acks") {
            defaults.push(("enable.idempotence", "true"));
        }
        let context = Deliveries::new(&self.topic, on_failure);
        let producer: ThreadedProducer<Deliveries> = self.properties.create(&defaults, &FIXED, context)?;
        let client = producer.client();
        let metadata = client.fetch_metadata(Some(&self.topic), self.timeout).map_err(|error| {
            producer.poll(Duration::ZERO);
            unreachable(error, producer.context().complaint.last(), self.properties.servers(), self.timeout)
        })?;
        let refusal = metadata.topics().iter().find(|topic| topic.name() == self.topic).and_then(|topic| topic.error());
        match refusal {
            Some(Response::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) => {
                Err(Error::new(ErrorKind::Argument, "the brokers do not let this client use the topic"))
            }
            Some(Response::RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) => {
                let servers = self.properties.servers();
                Err(Error::new(ErrorKind::Unknown, format!("the brokers of {servers} have no such topic")))
            }
            // Such as one that was just made and has no leader yet: messages wait for it.
            _ => Ok(producer),
        }
    }
}

impl std::fmt::Debug for Produce {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Produce")
            .field("topic", &self.topic)
            .field("properties", &self.properties)
            .finish_non_exhaustive()
    }
}

fn timestamp_column(definition: &Definition, name: &str) -> Result<usize> {
    let at = definition.require(name)?;
    match definition.columns()[at].ty {
        Type::Timestamp => Ok(at),
        ty => {
            let message = format!("timestamps cannot be taken from a column of type {ty}");
            Err(Error::new(ErrorKind::Type, message).with_column(name))
        }
    }
}
