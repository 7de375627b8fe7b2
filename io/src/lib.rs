//! Headwater's way in and out: the only crate of the workspace with network and files.

#[cfg(feature = "avro")]
mod avro;
#[cfg(feature = "json")]
mod json;
#[cfg(feature = "kafka")]
pub mod kafka;
#[cfg(feature = "parquet")]
pub mod parquet;
#[cfg(feature = "parquet")]
mod progress;
#[cfg(feature = "parquet")]
mod promise;
#[cfg(feature = "avro")]
mod registry;
#[cfg(feature = "parquet")]
mod runtime;
#[cfg(feature = "parquet")]
mod store;
