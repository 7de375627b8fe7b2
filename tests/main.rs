//! Integration tests, one binary: each module says what belongs in it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "tests say what they expect and what they do"
)]

#[cfg(feature = "jit")]
mod backend;
mod ctrl_c;
mod drift;
mod golden;
#[cfg(all(feature = "kafka", feature = "avro", feature = "json"))]
mod kafka;
mod oracle;
#[cfg(feature = "s3")]
mod parquet;
mod pins;
#[cfg(feature = "serde")]
mod serialized;
