//! Integration tests, one binary: each module says what belongs in it.

#[cfg(all(feature = "kafka", feature = "avro", feature = "json"))]
mod kafka;
