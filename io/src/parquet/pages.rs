//! [`Pages`]: decoded blocks, kept up to a number of bytes, and decoded by one thread at a time.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use headwater_engine::vector::Vector;
use headwater_engine::{Error, ErrorKind, Result};

use crate::promise::Promise;

/// A block of decoded values.
pub(super) type Block = Arc<Vector<'static>>;

/// A column of a file: its blocks are kept under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ColumnKey {
    pub(super) file: u32,
    pub(super) column: u32,
}

type BlockKey = (ColumnKey, u64);

/// Decoded blocks of one table's files. Blocks not looked at since they were last considered go first.
#[derive(Debug)]
pub(super) struct Pages {
    state: Mutex<State>,
    capacity: usize,
}

#[derive(Debug, Default)]
struct State {
    kept: HashMap<BlockKey, Kept>,
    /// The hand of the clock goes round these.
    clock: VecDeque<BlockKey>,
    bytes: usize,
    flights: HashMap<ColumnKey, Vec<Flight>>,
}

#[derive(Debug)]
struct Kept {
    block: Block,
    bytes: usize,
    looked_at: bool,
}

/// Blocks that some thread is decoding.
#[derive(Clone, Debug)]
struct Flight {
    blocks: Range<u64>,
    decoded: Arc<Promise<Arc<[Block]>>>,
}

impl Pages {
    /// An empty cache of so many bytes.
    pub(super) fn new(capacity: usize) -> Self {
        Pages { state: Mutex::default(), capacity }
    }

    /// How many bytes of blocks are kept at most.
    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    /// A block: kept, awaited from the thread that is decoding it, or decoded here.
    ///
    /// `plan` says which blocks are worth decoding together with this one, given whether the block before was wanted
    /// lately (a scan); `decode` decodes a range of blocks.
    pub(super) fn get(
        &self,
        key: ColumnKey,
        block: u64,
        plan: impl FnOnce(bool) -> Range<u64>,
        decode: impl FnOnce(Range<u64>) -> Result<Vec<Block>>,
    ) -> Result<Block> {
        let mut state = self.lock();
        if let Some(kept) = state.kept.get_mut(&(key, block)) {
            kept.looked_at = true;
            return Ok(kept.block.clone());
        }
        if let Some(flight) = state.flight(key, block) {
            let flight = flight.clone();
            drop(state);
            return at(&flight.decoded.wait()?, block - flight.blocks.start);
        }
        let is_scan = block > 0 && state.is_known(key, block - 1);
        let blocks = state.free_around(key, block, plan(is_scan));
        let promise = Promise::new();
        let flight = Flight { blocks: blocks.clone(), decoded: promise.clone() };
        state.flights.entry(key).or_default().push(flight);
        drop(state);

        let landing = Landing { pages: self, key, blocks: blocks.clone(), promise };
        let decoded: Arc<[Block]> = match decode(blocks.clone()) {
            Ok(decoded) => decoded.into(),
            Err(error) => {
                landing.promise.keep(Err(error.clone()));
                return Err(error);
            }
        };
        self.keep(key, blocks.start, &decoded);
        landing.promise.keep(Ok(decoded.clone()));
        at(&decoded, block - blocks.start)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, key: ColumnKey, first: u64, decoded: &[Block]) {
        let mut state = self.lock();
        for (block, number) in decoded.iter().zip(first..) {
            let bytes = block.bytes();
            if bytes > self.capacity {
                continue;
            }
            let kept = Kept { block: block.clone(), bytes, looked_at: false };
            match state.kept.insert((key, number), kept) {
                Some(old) => state.bytes -= old.bytes,
                None => state.clock.push_back((key, number)),
            }
            state.bytes += bytes;
        }
        while state.bytes > self.capacity {
            let Some(oldest) = state.clock.pop_front() else { break };
            match state.kept.get_mut(&oldest) {
                Some(kept) if kept.looked_at => {
                    kept.looked_at = false;
                    state.clock.push_back(oldest);
                }
                _ => {
                    if let Some(gone) = state.kept.remove(&oldest) {
                        state.bytes -= gone.bytes;
                    }
                }
            }
        }
    }
}

impl State {
    fn flight(&self, key: ColumnKey, block: u64) -> Option<&Flight> {
        self.flights.get(&key)?.iter().find(|flight| flight.blocks.contains(&block))
    }

    fn is_known(&self, key: ColumnKey, block: u64) -> bool {
        self.kept.contains_key(&(key, block)) || self.flight(key, block).is_some()
    }

    /// The part of `planned` around `block` that is neither kept nor being decoded.
    fn free_around(&self, key: ColumnKey, block: u64, planned: Range<u64>) -> Range<u64> {
        let mut free = block..block + 1;
        while free.start > planned.start && !self.is_known(key, free.start - 1) {
            free.start -= 1;
        }
        while free.end < planned.end && !self.is_known(key, free.end) {
            free.end += 1;
        }
        free
    }
}

fn at(decoded: &[Block], index: u64) -> Result<Block> {
    let block = decoded.get(index as usize).cloned();
    block.ok_or_else(|| Error::new(ErrorKind::Internal, "fewer blocks were decoded than planned"))
}

/// Takes a flight off the list however decoding ends; after a panic it also fails those who wait.
struct Landing<'p> {
    pages: &'p Pages,
    key: ColumnKey,
    blocks: Range<u64>,
    promise: Arc<Promise<Arc<[Block]>>>,
}

impl Drop for Landing<'_> {
    fn drop(&mut self) {
        // Keeps the first result, so this one counts only if there is none.
        self.promise.keep(Err(Error::new(ErrorKind::Internal, "the thread that was decoding this panicked")));
        let mut state = self.pages.lock();
        if let Some(flights) = state.flights.get_mut(&self.key) {
            flights.retain(|flight| flight.blocks != self.blocks);
            if flights.is_empty() {
                state.flights.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use headwater_engine::{Type, Value};

    use super::*;

    const KEY: ColumnKey = ColumnKey { file: 0, column: 0 };

    fn decode(blocks: Range<u64>) -> Result<Vec<Block>> {
        let block = |number: u64| Vector::from_values(Type::I64, vec![Value::I64(number as i64); 100]).unwrap();
        Ok(blocks.map(|number| Arc::new(block(number))).collect())
    }

    fn get(pages: &Pages, block: u64, run: u64, decoded: &AtomicU32) -> Value {
        let plan = |is_scan: bool| block..block + if is_scan { run } else { 1 };
        let counting = |blocks: Range<u64>| {
            decoded.fetch_add(1, Ordering::Relaxed);
            decode(blocks)
        };
        pages.get(KEY, block, plan, counting).unwrap().value(0)
    }

    #[test]
    fn a_scan_decodes_runs_and_a_jump_one_block() {
        let pages = Pages::new(1 << 20);
        let decoded = AtomicU32::new(0);
        for block in 50..60 {
            assert_eq!(get(&pages, block, 9, &decoded), Value::I64(block as i64));
        }
        assert_eq!(decoded.load(Ordering::Relaxed), 2, "block 50, then the run 51..60");
        get(&pages, 3, 9, &decoded);
        get(&pages, 3, 9, &decoded);
        assert_eq!(decoded.load(Ordering::Relaxed), 3);
    }

    #[test]
    fn what_was_looked_at_stays_longest() {
        let pages = Pages::new(3 * 800);
        let decoded = AtomicU32::new(0);
        for block in [0, 10, 0, 20, 30, 0] {
            get(&pages, block, 1, &decoded);
        }
        assert_eq!(decoded.load(Ordering::Relaxed), 4, "0 is still there, 10 went");
        assert!(pages.lock().bytes <= 3 * 800);
        get(&pages, 10, 1, &decoded);
        assert_eq!(decoded.into_inner(), 5);
    }

    #[test]
    fn threads_share_one_decoding() {
        let pages = Pages::new(1 << 20);
        let decoded = AtomicU32::new(0);
        std::thread::scope(|scope| {
            for block in [5, 5, 5, 6, 7] {
                let (pages, decoded) = (&pages, &decoded);
                scope.spawn(move || {
                    let slow = |blocks: Range<u64>| {
                        decoded.fetch_add(1, Ordering::Relaxed);
                        std::thread::sleep(std::time::Duration::from_millis(20));
                        decode(blocks)
                    };
                    assert_eq!(pages.get(KEY, block, |_| 5..8, slow).unwrap().value(0), Value::I64(block as i64));
                });
            }
        });
        assert_eq!(decoded.into_inner(), 1);
    }

    #[test]
    fn an_error_keeps_nothing() {
        let pages = Pages::new(1 << 20);
        let fails = |_| Err(Error::new(ErrorKind::Io, "no"));
        assert!(pages.get(KEY, 1, |_| 1..2, fails).is_err());
        assert!(pages.get(KEY, 1, |_| 1..2, decode).is_ok());
        assert!(pages.lock().flights.is_empty());
    }
}
