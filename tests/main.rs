//! Integration tests, one binary: each module says what belongs in it.

mod golden;
#[cfg(all(feature = "kafka", feature = "avro", feature = "json"))]
mod kafka;
mod oracle;
#[cfg(feature = "s3")]
mod parquet;
