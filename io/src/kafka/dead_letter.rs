//! [`DeadLetters`]: messages that did not decode, as rows.

use headwater_engine::source::{Batch, BatchBuilder};
use headwater_engine::{ColumnDef, Definition, Flavour, Result, Type};
use rdkafka::message::Message;

use super::rejected::Rejection;

/// The columns of the table of messages that did not decode.
pub(super) fn columns() -> [ColumnDef; 6] {
    [
        ColumnDef::new("Topic", Type::String),
        ColumnDef::new("Partition", Type::I32),
        ColumnDef::new("Offset", Type::I64),
        ColumnDef::new("Key", Type::String),
        ColumnDef::new("Value", Type::String),
        ColumnDef::new("Reason", Type::String),
    ]
}

/// Gathers the messages of a poll that did not decode.
#[derive(Debug)]
pub(super) struct DeadLetters {
    rows: BatchBuilder,
}

impl DeadLetters {
    pub(super) fn new() -> Result<Self> {
        Ok(DeadLetters { rows: BatchBuilder::new(&Definition::new(columns(), Flavour::Append)?) })
    }

    pub(super) fn add(&mut self, topic: &str, message: &impl Message, why: &Rejection) {
        if let [to_topic, partition, offset, key, value, reason] = self.rows.columns() {
            to_topic.push_str(topic);
            partition.push_i32(message.partition());
            offset.push_i64(message.offset());
            for (bytes, column) in [(message.key(), key), (message.payload(), value)] {
                match bytes {
                    Some(bytes) => column.push_str(&bytes.escape_ascii().to_string()),
                    None => column.push_null(),
                }
            }
            reason.push_str(&why.detail);
        }
    }

    /// The messages so far, if there are any.
    pub(super) fn take(&mut self) -> Result<Option<Batch>> {
        if self.rows.rows() == 0 { Ok(None) } else { self.rows.take().map(Some) }
    }
}
