//! [`Topic`]: a topic as a source of rows.

use std::sync::{Arc, mpsc};

use headwater_engine::source::{Feed, Keep, Source};
use headwater_engine::{ColumnDef, Error, ErrorKind, Result};
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::{Offset, TopicPartitionList};

use super::health::Health;
use super::ingest::{Context, Worker};
use super::intake::{Intake, Recipe};
use super::offsets::Offsets;

/// Partitions dealt out among clients, each with a thread of its own once rows are wanted.
pub(super) struct Topic {
    pub(super) clients: Vec<BaseConsumer<Context>>,
    pub(super) recipe: Recipe,
    pub(super) health: Arc<Health>,
    pub(super) offsets: Offsets,
    pub(super) keep: Keep,
    /// Where messages go that do not decode.
    pub(super) dead_letters: Option<Feed>,
    /// What each thread holds as long as it runs.
    pub(super) guard: mpsc::Sender<()>,
}

impl Source for Topic {
    fn columns(&self) -> Vec<ColumnDef> {
        self.recipe.layout.definition.columns().to_vec()
    }

    fn keep(&self) -> Keep {
        self.keep.clone()
    }

    fn start(self, feed: Feed) -> Result<()> {
        let threads = self.clients.len();
        let partitions = self.health.status().partitions;
        for (thread, client) in self.clients.into_iter().enumerate() {
            let mut assignment = TopicPartitionList::new();
            for (_, partition) in partitions.iter().enumerate().filter(|(at, _)| at % threads == thread) {
                // What is oldest may go while this is set up; the broker then says what is oldest.
                let start = match self.offsets {
                    Offsets::Begin => Offset::Beginning,
                    _ => Offset::Offset(partition.next),
                };
                let added = assignment.add_partition_offset(&self.health.topic, partition.partition, start);
                added.map_err(|error| internal(error, "a partition cannot be assigned"))?;
            }
            client.context().attach(self.health.clone(), thread);
            client.assign(&assignment).map_err(|error| internal(error, "partitions cannot be assigned"))?;
            let intake = Intake::new(self.recipe.clone(), self.health.clone(), thread)?;
            let dead_letters = self.dead_letters.clone();
            let (feed, health) = (feed.clone(), self.health.clone());
            Worker { client, intake, feed, dead_letters, health, thread }.spawn(self.guard.clone())?;
        }
        Ok(())
    }
}

fn internal(error: rdkafka::error::KafkaError, message: &str) -> Error {
    Error::new(ErrorKind::Io, message).with_source(error)
}
