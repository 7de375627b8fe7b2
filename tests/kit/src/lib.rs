//! What tests, benchmarks and examples of Headwater share.

pub mod broker;
pub mod chunks;
pub mod counting;
pub mod golden;
pub mod heap;
pub mod history;
pub mod oracle;
pub mod registry;
pub mod s3;
pub mod script;
