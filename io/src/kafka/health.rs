//! [`Health`]: what the threads of a consumer tell of themselves, and the [`Status`] made of it.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use headwater_engine::Error;

use super::rejected::{Rejected, Rejection, Sample};
use super::status::{PartitionStatus, State, Status};

/// Shared by the handle and the threads of one consumer.
#[derive(Debug)]
pub(super) struct Health {
    pub(super) topic: String,
    partitions: Vec<Partition>,
    stop: AtomicBool,
    received: AtomicU64,
    kept: AtomicU64,
    filtered: AtomicU64,
    rejected: Mutex<Rejected>,
    /// For each thread why it does not get on, and since when.
    stalls: Mutex<Vec<Option<(String, Instant)>>>,
    failure: Mutex<Option<Error>>,
}

/// One partition: the offsets are of the next message to come.
#[derive(Debug)]
struct Partition {
    id: i32,
    /// Where reading began, and where the partition ended then.
    start: i64,
    target: i64,
    next: AtomicI64,
    end: AtomicI64,
    /// The broker said that there is nothing from here on: offsets before it that were not delivered hold no message.
    passed: AtomicI64,
}

impl Health {
    /// `partitions` are ids with the offsets where reading begins and where the partition ends now.
    pub(super) fn new(topic: &str, partitions: &[(i32, i64, i64)], threads: usize) -> Self {
        let partitions = partitions.iter().map(|&(id, start, target)| Partition {
            id,
            start,
            target,
            next: AtomicI64::new(start),
            end: AtomicI64::new(target),
            passed: AtomicI64::new(start),
        });
        Health {
            topic: topic.to_owned(),
            partitions: partitions.collect(),
            stop: AtomicBool::new(false),
            received: AtomicU64::new(0),
            kept: AtomicU64::new(0),
            filtered: AtomicU64::new(0),
            rejected: Mutex::default(),
            stalls: Mutex::new(vec![None; threads]),
            failure: Mutex::default(),
        }
    }

    pub(super) fn stop(&self) {
        self.stop.store(true, Relaxed);
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Relaxed)
    }

    fn partition(&self, id: i32) -> Option<&Partition> {
        self.partitions.binary_search_by_key(&id, |partition| partition.id).ok().map(|at| &self.partitions[at])
    }

    /// The offset of the next message of a partition; `None` if the consumer does not read it.
    pub(super) fn next(&self, partition: i32) -> Option<i64> {
        self.partition(partition).map(|partition| partition.next.load(Relaxed))
    }

    /// All messages of a partition before `next` are done with.
    pub(super) fn advance(&self, partition: i32, next: i64) {
        if let Some(partition) = self.partition(partition) {
            partition.next.store(next, Relaxed);
            partition.end.fetch_max(next, Relaxed);
        }
    }

    /// A partition ends at `end` now.
    pub(super) fn set_end(&self, partition: i32, end: i64) {
        if let Some(partition) = self.partition(partition) {
            partition.end.fetch_max(end, Relaxed);
        }
    }

    /// All of a partition that was there has been delivered.
    pub(super) fn reached_end(&self, partition: i32) {
        if let Some(partition) = self.partition(partition) {
            partition.passed.fetch_max(partition.end.load(Relaxed), Relaxed);
        }
    }

    pub(super) fn count(&self, received: usize, kept: usize, filtered: usize) {
        self.received.fetch_add(received as u64, Relaxed);
        self.kept.fetch_add(kept as u64, Relaxed);
        self.filtered.fetch_add(filtered as u64, Relaxed);
    }

    pub(super) fn reject(&self, rejection: &Rejection, sample: impl FnOnce() -> Sample) {
        lock(&self.rejected).add(rejection, sample);
    }

    pub(super) fn rejected(&self) -> Rejected {
        lock(&self.rejected).clone()
    }

    /// A thread does not get on, for a reason; or it does again.
    pub(super) fn set_stall(&self, thread: usize, why: Option<String>) {
        if let Some(stall) = lock(&self.stalls).get_mut(thread) {
            *stall = why.map(|why| (why, stall.take().map_or_else(Instant::now, |(_, since)| since)));
        }
    }

    /// The table failed; the first reason counts. All threads end.
    pub(super) fn fail(&self, error: &Error) {
        lock(&self.failure).get_or_insert_with(|| error.clone());
        self.stop();
    }

    pub(super) fn status(&self) -> Status {
        let partitions = self.partitions.iter().map(|partition| PartitionStatus {
            partition: partition.id,
            next: partition.next.load(Relaxed).max(partition.passed.load(Relaxed)),
            end: partition.end.load(Relaxed),
        });
        let mut status = Status {
            state: State::Stopped,
            received: self.received.load(Relaxed),
            kept: self.kept.load(Relaxed),
            filtered: self.filtered.load(Relaxed),
            rejected: lock(&self.rejected).total(),
            partitions: partitions.collect(),
        };
        status.state = self.state(&status);
        status
    }

    fn state(&self, status: &Status) -> State {
        if let Some(error) = &*lock(&self.failure) {
            return State::Failed(error.clone());
        }
        if self.is_stopped() {
            return State::Stopped;
        }
        if let Some((why, since)) = lock(&self.stalls).iter().flatten().min_by_key(|(_, since)| *since) {
            return State::Stalled { why: why.clone(), since: since.elapsed() };
        }
        let both = || self.partitions.iter().zip(&status.partitions);
        if both().all(|(partition, now)| now.next >= partition.target) {
            return State::Live { lag: status.lag() };
        }
        let read = |(partition, now): (&Partition, &PartitionStatus)| now.next.min(partition.target) - partition.start;
        let total = |partition: &Partition| partition.target - partition.start;
        State::Loading {
            done: both().map(read).map(|count| count.max(0) as u64).sum(),
            total: self.partitions.iter().map(total).map(|count| count.max(0) as u64).sum(),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
