//! Kafka topics as live tables, and live tables as Kafka topics.
//!
//! librdkafka does the talking. Reading runs on threads of its own, each with a client for its share of the
//! partitions; nothing here needs or touches a runtime of the caller's.

mod client;
mod consume;
mod consumer;
mod courier;
mod dead_letter;
mod decode;
mod health;
mod ingest;
mod intake;
mod layout;
mod offsets;
mod produce;
mod publisher;
mod rejected;
mod spec;
mod status;
mod topic;
mod write;

pub use consume::{Consume, TableType, consume};
pub use consumer::Consumer;
pub use offsets::Offsets;
pub use produce::{Produce, produce};
pub use publisher::Publisher;
pub use rejected::{OnError, Rejected, Sample};
#[cfg(feature = "avro")]
pub use spec::{Avro, avro};
#[cfg(feature = "json")]
pub use spec::{Json, json};
pub use spec::{Spec, ignore, simple};
pub use status::{PartitionStatus, State, Status};

#[cfg(feature = "json")]
pub(crate) use decode::Pass;
#[cfg(feature = "json")]
pub(crate) use rejected::Rejection;
