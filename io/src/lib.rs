//! Headwater's way in and out: the only crate of the workspace with network and files.

#[cfg(feature = "avro")]
mod avro;
#[cfg(feature = "json")]
mod json;
#[cfg(feature = "kafka")]
pub mod kafka;
#[cfg(feature = "avro")]
mod registry;
