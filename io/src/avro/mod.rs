//! Avro records into columns and back.
//!
//! A schema is turned once into a flat program of steps, and the program reads each record straight into column
//! builders: no value tree, nothing allocated per field but long text. `apache-avro` parses schemas, and is the second
//! opinion in tests; it decodes nothing here.

mod compile;
mod cursor;
mod decoder;
mod encode;
mod fault;
mod fields;
mod program;
mod skip;
#[cfg(test)]
mod tests;

pub(crate) use decoder::{Decoder, Trouble, parse};
pub(crate) use encode::{Encoder, record_name, schema_for};
pub(crate) use fields::{Field, Projection, reader_fields};
