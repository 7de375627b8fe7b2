//! [`consume`]: a Kafka topic as a live table.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use headwater_engine::source::{Keep, Retain};
use headwater_engine::{Error, ErrorKind, Formula, Result, Session};
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::types::RDKafkaRespErr as Response;

use super::client::{DEFAULT_TIMEOUT, Properties, unreachable};
use super::consumer::Consumer;
use super::dead_letter;
use super::decode::Source;
use super::health::Health;
use super::ingest::Context;
use super::intake::Recipe;
use super::layout::{Layout, Standard, StandardNames};
use super::offsets::Offsets;
use super::rejected::OnError;
use super::spec::{Form, Spec, ignore};
use super::topic::Topic;

/// Whether a consumer's table keeps its rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TableType {
    /// Rows stay.
    #[default]
    Append,
    /// Rows live for one cycle: for topics of which only an aggregate, or what passes a filter, is wanted.
    Blink,
}

/// Properties that the consumer's promises rest on, and what to use instead.
const FIXED: [(&str, &str, &str); 4] = [
    ("enable.auto.commit", "false", "the consumer keeps its own offsets: see Consumer::status and .offsets(..)"),
    ("enable.auto.offset.store", "false", "the consumer keeps its own offsets: see Consumer::status and .offsets(..)"),
    ("auto.offset.reset", "error", "say where to begin with .offsets(..)"),
    ("enable.partition.eof", "true", "the end of a partition is told by Consumer::status"),
];

const DEFAULTS: [(&str, &str); 4] = [
    // librdkafka wants a group, also of a consumer that joins none.
    ("group.id", "headwater"),
    ("client.id", "headwater"),
    ("statistics.interval.ms", "500"),
    ("reconnect.backoff.max.ms", "1000"),
];

/// A live table of the messages of `topic`; ends in [`Consume::open`].
///
/// The columns are `KafkaPartition` (`I32`), `KafkaOffset` (`I64`), `KafkaTimestamp` (`Timestamp`), then those of the
/// key, then those of the value. All partitions are read, or those given, without joining a consumer group; partitions
/// that the topic gets later are not. Rows of one partition are in the order of their offsets.
///
/// ```no_run
/// use headwater_engine::{Session, Type};
/// use headwater_io::kafka;
/// # fn main() -> headwater_engine::Result<()> {
/// # #[cfg(feature = "avro")] {
/// let session = Session::new();
/// let feed = kafka::consume("ServiceUse")
///     .property("bootstrap.servers", "kafka:9092")
///     .registry("http://registry:8081")
///     .key(kafka::simple("ServiceName", Type::String))
///     .value(kafka::avro("service_use_record"))
///     .filter("ServiceName = `MySvcName`")
///     .open(&session)?;
/// let slow = feed.table().filter("Value > 1_000")?;
/// # }
/// # Ok(())
/// # }
/// ```
pub fn consume(topic: impl Into<String>) -> Consume {
    Consume {
        topic: topic.into(),
        properties: Properties::default(),
        #[cfg(feature = "avro")]
        registry: None,
        key: ignore(),
        value: ignore(),
        names: StandardNames::default(),
        filter: None,
        table_type: TableType::Append,
        retain: None,
        on_error: OnError::Fail,
        offsets: Offsets::Begin,
        partitions: None,
        timeout: DEFAULT_TIMEOUT,
        threads: None,
    }
}

/// A consumer under construction; see [`consume`].
#[derive(Clone, Debug)]
#[must_use = "nothing is read until .open(&session)"]
pub struct Consume {
    topic: String,
    properties: Properties,
    #[cfg(feature = "avro")]
    registry: Option<crate::registry::Address>,
    key: Spec,
    value: Spec,
    names: StandardNames,
    filter: Option<Formula>,
    table_type: TableType,
    retain: Option<Retain>,
    on_error: OnError,
    offsets: Offsets,
    partitions: Option<Vec<i32>>,
    timeout: Duration,
    threads: Option<usize>,
}

impl Consume {
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

    /// Logs in to the schema registry, after [`Consume::registry`]. Neither is ever shown.
    #[cfg(feature = "avro")]
    pub fn registry_login(mut self, user: &str, password: &str) -> Self {
        self.registry = self.registry.map(|address| address.with_login(user, password));
        self
    }

    /// How keys are written; they are ignored unless said.
    pub fn key(mut self, spec: impl Into<Spec>) -> Self {
        self.key = spec.into();
        self
    }

    /// How values are written; they are ignored unless said.
    pub fn value(mut self, spec: impl Into<Spec>) -> Self {
        self.value = spec.into();
        self
    }

    /// Keeps only messages for which the condition is true. It is applied before a row is kept: of a message that is
    /// dropped, only the columns that the condition reads are ever decoded.
    pub fn filter(mut self, condition: impl Into<Formula>) -> Self {
        self.filter = Some(condition.into());
        self
    }

    /// Whether the table keeps its rows; [`TableType::Append`] unless said.
    pub fn table_type(mut self, table_type: TableType) -> Self {
        self.table_type = table_type;
        self
    }

    /// Keeps only the newest rows of an append table: by age, given as a [`Duration`] and counted by
    /// `KafkaTimestamp` back from the newest message, or as [`Retain`] says. What goes is removed.
    pub fn retain(mut self, retain: impl Into<Retain>) -> Self {
        self.retain = Some(retain.into());
        self
    }

    /// What to do with a message that does not decode; [`OnError::Fail`] unless said.
    pub fn on_error(mut self, on_error: OnError) -> Self {
        self.on_error = on_error;
        self
    }

    /// Where to begin; [`Offsets::Begin`] unless said. To read on behind the rows of a snapshot, give its
    /// [positions](headwater_engine::Snapshot::positions).
    pub fn offsets(mut self, offsets: impl Into<Offsets>) -> Self {
        self.offsets = offsets.into();
        self
    }

    /// Reads these partitions only.
    pub fn partitions(mut self, partitions: impl IntoIterator<Item = i32>) -> Self {
        self.partitions = Some(partitions.into_iter().collect());
        self
    }

    /// The name of the column of partitions; `None` leaves it out.
    pub fn partition_column<'n>(mut self, name: impl Into<Option<&'n str>>) -> Self {
        self.names.set(Standard::Partition, name.into().map(str::to_owned));
        self
    }

    /// The name of the column of offsets; `None` leaves it out.
    pub fn offset_column<'n>(mut self, name: impl Into<Option<&'n str>>) -> Self {
        self.names.set(Standard::Offset, name.into().map(str::to_owned));
        self
    }

    /// The name of the column of timestamps; `None` leaves it out.
    pub fn timestamp_column<'n>(mut self, name: impl Into<Option<&'n str>>) -> Self {
        self.names.set(Standard::Timestamp, name.into().map(str::to_owned));
        self
    }

    /// How long [`Consume::open`] waits for brokers and registry; 10 seconds unless said.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How many threads fetch and decode, the partitions dealt out among them; half the processors, at most 4, unless
    /// said. Each has a connection to the brokers.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// Opens the topic: asks brokers and registry what there is, and starts reading.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] (retriable) if no broker, or the registry, answers within the time-out;
    /// [`ErrorKind::Unknown`] if there is no such topic, partition or subject; [`ErrorKind::Argument`] for a property
    /// that librdkafka refuses; [`ErrorKind::Type`] for a schema without a column type for a field;
    /// [`ErrorKind::NameClash`] for two columns of one name; and the errors of the filter's formula.
    pub fn open(self, session: &Session) -> Result<Consumer> {
        let topic = self.topic.clone();
        self.start(session).map_err(|error| error.with_topic(topic))
    }

    fn start(self, session: &Session) -> Result<Consumer> {
        #[cfg(feature = "avro")]
        let registry = self.registry.as_ref().map(|at| crate::registry::Registry::new(at, self.timeout)).transpose()?;
        let resolve = |spec: &Spec| {
            source(
                spec,
                #[cfg(feature = "avro")]
                registry.as_ref(),
            )
        };
        let (key, value) = (resolve(&self.key)?, resolve(&self.value)?);
        let keep = self.keep()?;
        let layout = Layout::new(&self.names, &key, &value, keep.flavour())?;
        let columns = layout.definition.columns();
        let condition = self.filter.clone().map(|filter| session.condition(filter, columns)).transpose()?;
        let first = self.client()?;
        let partitions = self.partitions_of(&first)?;
        let ranges = self.ranges(&first, &partitions)?;
        let threads = self.threads.unwrap_or_else(default_threads).clamp(1, partitions.len());
        let health = Arc::new(Health::new(&self.topic, &ranges, threads));
        let mut clients = vec![first];
        while clients.len() < threads {
            clients.push(self.client()?);
        }
        let recipe = Recipe {
            layout,
            key,
            value,
            condition,
            on_error: self.on_error,
            #[cfg(feature = "avro")]
            registry,
        };
        let dead_letters = match self.on_error {
            OnError::DeadLetter => {
                Some(session.append_table(&format!("{} dead letters", self.topic), dead_letter::columns())?)
            }
            _ => None,
        };
        let (dead_letters, dead_feed) = dead_letters.unzip();
        let (guard, ended) = mpsc::channel();
        let offsets = self.offsets.clone();
        let topic = Topic { clients, recipe, health: health.clone(), offsets, keep, dead_letters: dead_feed, guard };
        let table = session.open(&self.topic, topic)?;
        Ok(Consumer::new(table, dead_letters, health, ended))
    }

    fn keep(&self) -> Result<Keep> {
        match (self.table_type, &self.retain) {
            (TableType::Append, None) => Ok(Keep::All),
            (TableType::Append, Some(retain)) => Ok(Keep::Last(retain.clone())),
            (TableType::Blink, None) => Ok(Keep::Cycle),
            (TableType::Blink, Some(_)) => Err(Error::new(
                ErrorKind::Argument,
                "the rows of a blink table live for one cycle: none can be retained",
            )
            .with_help("leave out .retain(..), or use TableType::Append")),
        }
    }

    fn client(&self) -> Result<BaseConsumer<Context>> {
        self.properties.create(&DEFAULTS, &FIXED, Context::default())
    }

    /// The partitions to read, in ascending order.
    fn partitions_of(&self, client: &BaseConsumer<Context>) -> Result<Vec<i32>> {
        let unreachable = |error| {
            // Complaints wait in the client's queue.
            while client.poll(Duration::ZERO).is_some() {}
            unreachable(error, client.context().complaint.last(), self.properties.servers(), self.timeout)
        };
        let metadata = client.fetch_metadata(Some(&self.topic), self.timeout).map_err(unreachable)?;
        let topic = metadata.topics().iter().find(|topic| topic.name() == self.topic);
        let mut found: Vec<i32> = topic.iter().flat_map(|t| t.partitions()).map(|partition| partition.id()).collect();
        let refusal = topic.and_then(|topic| topic.error());
        match refusal {
            Some(Response::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) => {
                return Err(Error::new(ErrorKind::Argument, "the brokers do not let this client read the topic"));
            }
            _ if found.is_empty() => {
                let servers = self.properties.servers();
                return Err(Error::new(ErrorKind::Unknown, format!("the brokers of {servers} have no such topic")));
            }
            _ => found.sort_unstable(),
        }
        let Some(wanted) = &self.partitions else { return Ok(found) };
        let mut wanted = wanted.clone();
        wanted.sort_unstable();
        wanted.dedup();
        match wanted.iter().find(|partition| !found.contains(partition)) {
            Some(&missing) => {
                let message = format!("the topic has the partitions 0 to {}", found.len() - 1);
                Err(Error::new(ErrorKind::Unknown, message).with_partition(missing))
            }
            None if wanted.is_empty() => Err(Error::new(ErrorKind::Argument, "no partition to read")),
            None => Ok(wanted),
        }
    }

    /// For each partition where reading begins and where the partition ends now.
    fn ranges(&self, client: &BaseConsumer<Context>, partitions: &[i32]) -> Result<Vec<(i32, i64, i64)>> {
        let range = |&partition: &i32| {
            let (low, high) = client.fetch_watermarks(&self.topic, partition, self.timeout).map_err(|error| {
                let complaint = client.context().complaint.last();
                unreachable(error, complaint, self.properties.servers(), self.timeout).with_partition(partition)
            })?;
            let start = match &self.offsets {
                Offsets::Begin => low,
                Offsets::End => high,
                Offsets::Given(offsets) => offsets.get(&partition).copied().unwrap_or(low),
            };
            if start < low || start > high {
                let message = format!("offset {start} is not in the partition, which has {low} to {high}");
                return Err(Error::new(ErrorKind::Argument, message).with_partition(partition).with_offset(start));
            }
            Ok((partition, start, high))
        };
        partitions.iter().map(range).collect()
    }
}

fn default_threads() -> usize {
    std::thread::available_parallelism().map_or(1, |count| count.get() / 2).clamp(1, 4)
}

/// What a spec means, with its schema found out.
fn source(spec: &Spec, #[cfg(feature = "avro")] registry: Option<&crate::registry::Registry>) -> Result<Source> {
    match &spec.0 {
        Form::Ignore => Ok(Source::Ignore),
        Form::Simple { column, ty } => Source::simple(column, *ty),
        #[cfg(feature = "avro")]
        Form::Avro(spec) => {
            use crate::avro::{Projection, parse, reader_fields};
            let registry = registry.ok_or_else(|| {
                Error::new(ErrorKind::Argument, "Avro needs a schema registry").with_help("give it by .registry(url)")
            })?;
            let found = registry.by_subject(&spec.subject, spec.version)?;
            let projection = Projection { columns: spec.fields.clone(), only: spec.only };
            let fields = parse(&found.schema).and_then(|schema| reader_fields(&schema, &projection));
            Ok(Source::Avro(fields.map_err(|error| error.with_path(format!("subject {}", spec.subject)))?.into()))
        }
        #[cfg(feature = "json")]
        Form::Json(spec) => {
            let fields = spec.fields.iter().map(|(path, column, ty)| {
                let ty = ty.ok_or_else(|| {
                    Error::new(ErrorKind::Argument, format!("field {path} is read with a type"))
                        .with_column(column.as_str())
                        .with_help("use .field(field, column, type) for reading; .column(..) is for writing")
                })?;
                let column = headwater_engine::ColumnDef::new(column.as_str(), ty);
                Ok(crate::json::Field { path: path.clone(), column })
            });
            Ok(Source::Json(fields.collect::<Result<_>>()?))
        }
    }
}
