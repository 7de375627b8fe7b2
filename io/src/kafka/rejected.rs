//! [`Rejected`]: what was received and is in no row, by reason, with samples.

use std::collections::BTreeMap;
use std::fmt;

use headwater_engine::{Error, ErrorKind};

/// How many samples are kept, over all reasons.
const MAX_SAMPLES: usize = 64;
/// How many of them for any one reason, so that a flood of one leaves room for others.
const MAX_SAMPLES_PER_REASON: usize = 8;
/// How much of a key or value a sample keeps.
const MAX_SAMPLE_BYTES: usize = 4096;
/// How many reasons are told apart; those after them are counted together.
const MAX_REASONS: usize = 256;

/// What to do with a message that does not decode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnError {
    /// The table fails, naming topic, partition, offset and reason; rows accepted before are kept.
    #[default]
    Fail,
    /// The message is passed over, counted and sampled: see [`Consumer::rejected`](super::Consumer::rejected).
    Skip,
    /// As [`OnError::Skip`], and the message is a row of
    /// [`Consumer::dead_letters`](super::Consumer::dead_letters), with where it stood, its bytes and the reason.
    DeadLetter,
}

/// Messages that gave no row because they did not decode. `Display` lists the counts.
#[derive(Clone, Debug, Default)]
pub struct Rejected {
    counts: BTreeMap<String, u64>,
    samples: Vec<Sample>,
}

/// One rejected message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The partition it came from.
    pub partition: i32,
    /// Its offset there.
    pub offset: i64,
    /// Why it was rejected, in full.
    pub reason: String,
    /// The first 4096 bytes of its key.
    pub key: Option<Vec<u8>>,
    /// The first 4096 bytes of its value.
    pub value: Option<Vec<u8>>,
}

impl Rejected {
    /// How many messages were rejected.
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    /// How many were rejected for each reason.
    pub fn counts(&self) -> &BTreeMap<String, u64> {
        &self.counts
    }

    /// The first rejected messages: up to 8 for a reason and 64 in all.
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    pub(super) fn add(&mut self, rejection: &Rejection, sample: impl FnOnce() -> Sample) {
        const OTHERS: &str = "other reasons";
        let known = self.counts.contains_key(&rejection.reason) || self.counts.len() < MAX_REASONS;
        let reason = if known { &rejection.reason } else { OTHERS };
        let count = self.counts.entry(reason.to_owned()).or_default();
        *count += 1;
        if *count <= MAX_SAMPLES_PER_REASON as u64 && self.samples.len() < MAX_SAMPLES {
            self.samples.push(sample());
        }
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rejected", self.total())?;
        for (reason, count) in &self.counts {
            write!(f, "\n{count:>10}  {reason}")?;
        }
        Ok(())
    }
}

/// Why a message is rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rejection {
    /// What rejections are counted by.
    pub(crate) reason: String,
    /// The reason with what differs from message to message.
    pub(crate) detail: String,
}

impl Rejection {
    /// A rejection whose reason is all there is to say.
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Rejection { detail: reason.clone(), reason }
    }

    /// The same, said of the key or the value.
    pub(super) fn of(self, side: &str) -> Self {
        Rejection { reason: format!("{side}: {}", self.reason), detail: format!("{side}: {}", self.detail) }
    }

    pub(super) fn error(&self, topic: &str, partition: i32, offset: i64) -> Error {
        Error::new(ErrorKind::Decode, self.detail.clone())
            .with_topic(topic)
            .with_partition(partition)
            .with_offset(offset)
            .with_help("with .on_error(kafka::OnError::Skip) such messages are passed over, counted and sampled; with DeadLetter, kept as rows")
    }
}

impl Sample {
    pub(super) fn new(partition: i32, offset: i64, reason: &str, key: Option<&[u8]>, value: Option<&[u8]>) -> Self {
        let short = |bytes: &[u8]| bytes[..bytes.len().min(MAX_SAMPLE_BYTES)].to_vec();
        Sample { partition, offset, reason: reason.to_owned(), key: key.map(short), value: value.map(short) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_one_reason_leaves_room_for_samples_of_others() {
        let mut rejected = Rejected::default();
        let sample = || Sample::new(0, 0, "", None, Some(&[7; 9000]));
        (0..1000).for_each(|_| rejected.add(&Rejection::new("one"), sample));
        (0..1000).for_each(|i| rejected.add(&Rejection::new(format!("reason {i}")), sample));
        assert_eq!((rejected.total(), rejected.counts()["one"]), (2000, 1000));
        assert_eq!((rejected.counts().len(), rejected.samples().len()), (257, 64));
        assert_eq!(rejected.samples()[9].value.as_ref().map(Vec::len), Some(4096));
    }
}
