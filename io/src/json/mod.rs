//! JSON objects into columns and back.

mod decode;
mod encode;

pub(crate) use decode::{Decoder, Field};
pub(crate) use encode::Encoder;
