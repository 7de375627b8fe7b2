//! [`Intake`]: messages in, rows out. The filter's columns are decoded first, for all messages of a poll; the others
//! only for the messages it keeps, so that a dropped message costs the filter and nothing else.

use std::cell::RefCell;
use std::sync::Arc;

use headwater_engine::source::Batch;
use headwater_engine::vector::{Vector, VectorBuilder};
use headwater_engine::{Condition, Error, Result, Timestamp};
use rdkafka::message::Message;

use super::dead_letter::DeadLetters;
use super::decode::{Pass, Side, Source, Trouble};
use super::health::Health;
use super::layout::{Layout, Standard};
use super::rejected::{OnError, Rejection, Sample};

/// Everything an intake is made of; each thread makes its own.
#[derive(Clone, Debug)]
pub(super) struct Recipe {
    pub(super) layout: Layout,
    pub(super) key: Source,
    pub(super) value: Source,
    pub(super) condition: Option<Condition>,
    pub(super) on_error: OnError,
    #[cfg(feature = "avro")]
    pub(super) registry: Option<crate::registry::Registry>,
}

/// Decodes and filters the messages of one thread.
#[derive(Debug)]
pub(super) struct Intake {
    recipe: Recipe,
    key: Side,
    value: Side,
    /// For each column whether the filter looks at it.
    probes: Vec<bool>,
    /// Messages that did not decode, if they are wanted as rows.
    dead_letters: Option<RefCell<DeadLetters>>,
    health: Arc<Health>,
    #[cfg_attr(not(feature = "avro"), allow(dead_code, reason = "only a schema is waited for"))]
    thread: usize,
}

/// What became of the messages of a poll.
#[derive(Debug)]
pub(super) struct Taken {
    /// The rows, unless there are none.
    pub(super) batch: Option<Batch>,
    /// Those of the messages that did not decode, if they are wanted as rows.
    pub(super) dead_letters: Option<Batch>,
    /// How many messages are done with: all, or those before the one that failed the table.
    pub(super) done: usize,
    pub(super) filtered: usize,
    pub(super) failure: Option<Error>,
}

/// The consumer was stopped while a message waited for its schema.
#[derive(Debug)]
pub(super) struct Stopped;

/// Why a message gave no row.
enum Miss {
    #[cfg_attr(not(feature = "avro"), allow(dead_code, reason = "only a schema is waited for"))]
    Stopped,
    Rejected(Rejection),
}

impl Intake {
    pub(super) fn new(recipe: Recipe, health: Arc<Health>, thread: usize) -> Result<Self> {
        let wanted = recipe.on_error == OnError::DeadLetter;
        let dead_letters = wanted.then(DeadLetters::new).transpose()?.map(RefCell::new);
        let mut probes = vec![false; recipe.layout.definition.columns().len()];
        for &input in recipe.condition.iter().flat_map(Condition::inputs) {
            probes[input] = true;
        }
        let is_probe = |column: usize| probes[column];
        let key = Side::new("key", &recipe.key, recipe.layout.key.clone(), &is_probe);
        let value = Side::new("value", &recipe.value, recipe.layout.value.clone(), &is_probe);
        Ok(Intake { recipe, key, value, probes, dead_letters, health, thread })
    }

    /// Makes rows of messages. With [`OnError::Fail`], the first message that gives none ends it.
    pub(super) fn take(&mut self, messages: &[impl Message]) -> Result<Taken, Stopped> {
        let mut failed = Failed { at: messages.len(), error: None };
        let mut candidates: Vec<usize> = Vec::new();
        let mut probed: Vec<Vector<'static>> = Vec::new();
        let mut matching: Vec<u32> = Vec::new();
        let mut skipped = 0;
        if let Some(condition) = self.recipe.condition.clone() {
            let mut columns = self.builders(messages.len());
            for (at, message) in messages.iter().enumerate() {
                match self.row(message, Pass::Probe, &mut columns, candidates.len()) {
                    Ok(()) => candidates.push(at),
                    Err(Miss::Stopped) => return Err(Stopped),
                    Err(Miss::Rejected(why)) if self.reject(message, at, &why, &mut failed) => break,
                    Err(Miss::Rejected(_)) => {}
                }
            }
            probed = columns.into_iter().map(VectorBuilder::finish).collect();
            (matching, skipped) = self.matching(&condition, &probed, &candidates, messages, &mut failed);
        } else {
            candidates.extend(0..messages.len());
            matching.extend(0..messages.len() as u32);
        }
        let mut columns = self.builders(matching.len());
        let mut kept: Vec<u32> = Vec::with_capacity(matching.len());
        for &position in &matching {
            let at = candidates[position as usize];
            let message = &messages[at];
            match self.row(message, Pass::Rest, &mut columns, kept.len()) {
                Ok(()) => kept.push(position),
                Err(Miss::Stopped) => return Err(Stopped),
                Err(Miss::Rejected(why)) if self.reject(message, at, &why, &mut failed) => break,
                Err(Miss::Rejected(_)) => {}
            }
        }
        for (column, builder) in columns.iter_mut().enumerate().filter(|&(column, _)| self.probes[column]) {
            builder.extend(&probed[column].take(&kept));
        }
        let before_failure = |at: &usize| *at < failed.at;
        let passed = matching.iter().map(|&position| candidates[position as usize]).filter(before_failure).count();
        let filtered = candidates.iter().copied().filter(before_failure).count() - passed - skipped;
        let (batch, error) = match self.batch(columns, kept.len()) {
            Ok(batch) => (batch, failed.error),
            Err(error) => (None, Some(error)),
        };
        let dead_letters = self.dead_letters.as_ref().map_or(Ok(None), |letters| letters.borrow_mut().take());
        let (dead_letters, error) = match dead_letters {
            Ok(letters) => (letters, error),
            Err(fault) => (None, Some(error.unwrap_or(fault))),
        };
        Ok(Taken { batch, dead_letters, done: failed.at, filtered, failure: error })
    }

    fn batch(&self, columns: Vec<VectorBuilder>, rows: usize) -> Result<Option<Batch>> {
        if rows == 0 {
            return Ok(None);
        }
        let columns = columns.into_iter().map(VectorBuilder::finish).collect();
        Batch::new(&self.recipe.layout.definition, columns).map(Some)
    }

    fn builders(&self, capacity: usize) -> Vec<VectorBuilder> {
        let columns = self.recipe.layout.definition.columns().iter();
        columns.map(|column| VectorBuilder::with_capacity(column.ty, capacity)).collect()
    }

    /// Appends the columns of the pass as row `rows`, or nothing.
    fn row(
        &mut self,
        message: &impl Message,
        pass: Pass,
        columns: &mut [VectorBuilder],
        rows: usize,
    ) -> Result<(), Miss> {
        loop {
            let trouble = match self.attempt(message, pass, columns) {
                Ok(()) => return Ok(()),
                Err(trouble) => trouble,
            };
            for column in columns.iter_mut() {
                column.truncate(rows);
            }
            match trouble {
                (_, Trouble::Rejected(why)) => return Err(Miss::Rejected(why)),
                #[cfg(feature = "avro")]
                (side, Trouble::UnknownSchema(id)) => self.learn(side, id)?,
            }
        }
    }

    fn attempt(
        &mut self,
        message: &impl Message,
        pass: Pass,
        columns: &mut [VectorBuilder],
    ) -> Result<(), (WhichSide, Trouble)> {
        for (column, standard) in self.recipe.layout.standard.iter().enumerate() {
            if self.probes[column] != (pass == Pass::Probe) {
                continue;
            }
            let builder = &mut columns[column];
            match standard {
                Standard::Partition => builder.push_i32(message.partition()),
                Standard::Offset => builder.push_i64(message.offset()),
                Standard::Timestamp => match message.timestamp().to_millis() {
                    None => builder.push_null(),
                    Some(millis) => match Timestamp::from_millis(millis) {
                        Some(timestamp) => builder.push_i64(timestamp.nanos()),
                        None => {
                            let reason = "timestamp: outside the years 1677 to 2262".to_owned();
                            let rejection = Rejection { detail: format!("{reason}: {millis} milliseconds"), reason };
                            return Err((WhichSide::Key, rejection.into()));
                        }
                    },
                },
            }
        }
        self.key.decode(message.key(), pass, columns).map_err(|trouble| (WhichSide::Key, trouble))?;
        self.value.decode(message.payload(), pass, columns).map_err(|trouble| (WhichSide::Value, trouble))
    }

    /// Counts a message that gave no row; says whether it fails the table.
    fn reject(&self, message: &impl Message, at: usize, why: &Rejection, failed: &mut Failed) -> bool {
        let (partition, offset) = (message.partition(), message.offset());
        self.health.reject(why, || Sample::new(partition, offset, &why.detail, message.key(), message.payload()));
        if let Some(letters) = &self.dead_letters {
            letters.borrow_mut().add(&self.health.topic, message, why);
        }
        if self.recipe.on_error == OnError::Fail {
            *failed = Failed { at, error: Some(why.error(&self.health.topic, partition, offset)) };
        }
        self.recipe.on_error == OnError::Fail
    }

    /// The positions among `candidates` that the filter keeps, and how many it could not be evaluated on and were
    /// skipped for it.
    fn matching(
        &self,
        condition: &Condition,
        probed: &[Vector<'static>],
        candidates: &[usize],
        messages: &[impl Message],
        failed: &mut Failed,
    ) -> (Vec<u32>, usize) {
        let inputs: Vec<Vector<'_>> = condition.inputs().iter().map(|&input| probed[input].borrowed()).collect();
        if let Ok(keep) = condition.matches(&inputs, candidates.len()) {
            return (keep.ones().map(|position| position as u32).collect(), 0);
        }
        // Some row is at fault: one by one, to know which.
        let (mut matching, mut skipped) = (Vec::new(), 0);
        for (position, &at) in candidates.iter().enumerate() {
            let row: Vec<Vector<'_>> = inputs.iter().map(|input| input.slice(position..position + 1)).collect();
            match condition.matches(&row, 1) {
                Ok(keep) if keep.any() => matching.push(position as u32),
                Ok(_) => {}
                Err(error) => {
                    let why = Rejection::new(error.message()).of("filter");
                    if self.reject(&messages[at], at, &why, failed) {
                        break;
                    }
                    skipped += 1;
                }
            }
        }
        (matching, skipped)
    }
}

/// The message that failed the table, or the end of the messages.
struct Failed {
    at: usize,
    error: Option<Error>,
}

/// Which half of a message trouble came from.
#[derive(Clone, Copy, Debug)]
enum WhichSide {
    Key,
    Value,
}

#[cfg(feature = "avro")]
mod schemas {
    use std::time::Duration;

    use headwater_engine::ErrorKind;

    use super::{Intake, Miss, WhichSide};

    /// Between two attempts to reach a registry that does not answer.
    const PAUSE: Duration = Duration::from_millis(200);

    impl Intake {
        /// Finds the schema of an id out. While the registry does not answer, the message waits, and all after it.
        pub(super) fn learn(&mut self, side: WhichSide, id: u32) -> Result<(), Miss> {
            let Some(registry) = self.recipe.registry.clone() else {
                self.tell(side, id, Err("no registry was given"));
                return Ok(());
            };
            loop {
                match registry.by_id(id) {
                    Ok(schema) => self.tell(side, id, Ok(&schema)),
                    Err(error) if error.kind() == ErrorKind::Unavailable => {
                        self.health.set_stall(self.thread, Some(error.to_string()));
                        if self.health.is_stopped() {
                            return Err(Miss::Stopped);
                        }
                        std::thread::sleep(PAUSE);
                        continue;
                    }
                    Err(error) => self.tell(side, id, Err(&error.to_string())),
                }
                self.health.set_stall(self.thread, None);
                return Ok(());
            }
        }

        fn tell(&mut self, side: WhichSide, id: u32, schema: Result<&str, &str>) {
            match side {
                WhichSide::Key => self.key.learn(id, schema),
                WhichSide::Value => self.value.learn(id, schema),
            }
        }
    }
}
