//! Headwater's way in and out.

#[cfg(feature = "avro")]
mod avro;
