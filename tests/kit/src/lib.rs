//! What tests, benchmarks and examples of Headwater share.

pub mod broker;
pub mod golden;
pub mod registry;
