//! [`Pool`]: the engine's own threads, and when work is worth handing to them.
//!
//! Work is cut by the rows it is on and never by the number of threads, and results are put together in the order of
//! the pieces: what comes out does not depend on who did which. The caller works too, and alone while the work is
//! small: then no thread is woken, and none is started before some work was large.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::rowset::RowSet;

/// Rows in a piece of work, from measurements (docs/decisions/0010-parallel-grain.md).
pub(crate) const GRAIN_ROWS: u64 = 1 << 14;

/// Pieces in a round for each thread. Between rounds the threads are free for others: a cycle need not wait until a
/// table is built.
const PIECES_A_THREAD: usize = 8;

/// The threads of a session.
#[derive(Debug)]
pub(crate) struct Pool {
    /// The caller included.
    threads: usize,
    grain: u64,
    /// Started by the first large work; `None` where the system gave no thread: then the caller does all.
    workers: OnceLock<Option<ThreadPool>>,
}

/// For work that nobody shares.
pub(crate) static ALONE: Pool = Pool::new(1, GRAIN_ROWS);

impl Default for Pool {
    fn default() -> Self {
        Pool::new(1, GRAIN_ROWS)
    }
}

impl Pool {
    /// A pool of `threads`, the caller included, for pieces of `grain` rows, a power of two.
    pub(crate) const fn new(threads: usize, grain: u64) -> Self {
        Pool { threads, grain, workers: OnceLock::new() }
    }

    /// Whether this thread is one of the pool: whatever waits for the gate there may wait for itself.
    pub(crate) fn is_worker(&self) -> bool {
        self.workers.get().and_then(Option::as_ref).is_some_and(|workers| workers.current_thread_index().is_some())
    }

    /// Whether work on so many rows is worth a thread of its own.
    pub(crate) fn is_large(&self, rows: u64) -> bool {
        self.threads > 1 && rows >= self.grain
    }

    /// Cuts rows into rounds of pieces; `None` for small work, which is not shared. Every border between pieces is a
    /// multiple of the grain, so that whole blocks of columns and row sets stay whole.
    pub(crate) fn rounds(&self, rows: &RowSet) -> Option<Vec<Vec<RowSet>>> {
        if !self.is_large(rows.len() / 2) {
            return None;
        }
        let mut pieces = Vec::new();
        let (mut done, mut start) = (0, 0);
        while done < rows.len() {
            let last = rows.select((done + self.grain - 1).min(rows.len() - 1)).unwrap_or(start);
            let end = (last | (self.grain - 1)) + 1;
            let piece = rows.slice_ids(start..end);
            done += piece.len();
            start = end;
            pieces.push(piece);
        }
        let mut rounds = Vec::new();
        let mut pieces = pieces.into_iter().peekable();
        while pieces.peek().is_some() {
            rounds.push(pieces.by_ref().take(self.threads * PIECES_A_THREAD).collect());
        }
        Some(rounds)
    }

    /// Rows in a piece of work.
    pub(crate) fn grain(&self) -> u64 {
        self.grain
    }

    /// Cuts rows into so many lanes of about as many rows. Every border is a multiple of the grain.
    pub(crate) fn lanes(&self, rows: &RowSet, lanes: u64) -> Vec<RowSet> {
        let mut start = 0;
        let border = |lane: u64| match rows.select(rows.len() * lane / lanes) {
            Some(id) if lane < lanes => id & !(self.grain - 1),
            _ => u64::MAX,
        };
        let cut = (1..=lanes).map(|lane| {
            let end = border(lane).max(start);
            rows.slice_ids(std::mem::replace(&mut start, end)..end)
        });
        cut.filter(|lane| !lane.is_empty()).collect()
    }

    /// What `work` makes of each item, in their order. One item is done right here.
    pub(crate) fn map<T: Send, R: Send>(&self, items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
        let mut made = Vec::with_capacity(items.len());
        self.map_into(items, work, |one| made.push(one));
        made
    }

    /// Gives `take` what `work` makes of each item, in their order, each as soon as it and all before it are made: what is
    /// made waits no longer than it must.
    pub(crate) fn map_into<T: Send, R: Send>(
        &self,
        items: Vec<T>,
        work: impl Fn(T) -> R + Sync,
        take: impl FnMut(R) + Send,
    ) {
        let helpers = items.len().min(self.threads).saturating_sub(1);
        let workers = if helpers > 0 { self.workers() } else { None };
        let Some(workers) = workers else { return items.into_iter().map(work).for_each(take) };
        let items = Mutex::new(items.into_iter().enumerate());
        let turn = Mutex::new((0, take));
        let waiting = Mutex::new(BTreeMap::new());
        let hand_over = || {
            // Whoever has the turn takes what others made meanwhile, too.
            while let Ok(mut turn) = turn.try_lock() {
                let (next, take) = &mut *turn;
                while let Some(made) = { lock(&waiting).remove(next) } {
                    take(made);
                    *next += 1;
                }
                let next = *next;
                drop(turn);
                if !lock(&waiting).contains_key(&next) {
                    break;
                }
            }
        };
        let work_on = || {
            while let Some((at, item)) = { lock(&items).next() } {
                let made = work(item);
                lock(&waiting).insert(at, made);
                hand_over();
            }
        };
        workers.in_place_scope(|scope| {
            (0..helpers).for_each(|_| scope.spawn(|_| work_on()));
            work_on();
        });
    }

    /// Frees something large, on another thread if there is one.
    pub(crate) fn free(&self, remains: impl Send + 'static) {
        match self.workers() {
            Some(workers) => workers.spawn(move || drop(remains)),
            None => drop(remains),
        }
    }

    fn workers(&self) -> Option<&ThreadPool> {
        if self.threads < 2 {
            return None;
        }
        let start = || {
            let builder = ThreadPoolBuilder::new().num_threads(self.threads - 1);
            builder.thread_name(|index| format!("headwater-{index}")).build().ok()
        };
        self.workers.get_or_init(start).as_ref()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        for threads in [1, 2, 8] {
            let pool = Pool::new(threads, 64);
            let made = pool.map((0..1000).collect(), |item: usize| item * 2);
            assert_eq!(made, (0..1000).map(|item| item * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn small_work_starts_no_thread() {
        let pool = Pool::new(8, 64);
        assert_eq!(pool.rounds(&RowSet::range(5..132)), None);
        assert_eq!(pool.map(vec![1], |item| item + 1), [2]);
        assert!(pool.workers.get().is_none());
    }

    #[test]
    fn pieces_are_the_rows_whatever_the_threads() {
        let rows = RowSet::from_runs([3..70, 1000..1001, 5000..5600]).union(&(7000..9000).step_by(3).collect());
        let pieces = |threads| Pool::new(threads, 64).rounds(&rows).unwrap().concat();
        let two = pieces(2);
        assert_eq!(two, pieces(8));
        assert!(two.len() > 8);
        assert!(
            two.windows(2).all(|pair| pair[0].last().map(|last| last / 64) < pair[1].first().map(|first| first / 64))
        );
        assert_eq!(two.iter().fold(RowSet::new(), |all, piece| all.union(piece)), rows);
    }

    #[test]
    fn work_within_work_ends_and_a_panic_reaches_the_caller() {
        let pool = Pool::new(3, 64);
        let sums = pool.map((0..20_u64).collect(), |outer| {
            pool.map((0..20).collect(), |inner: u64| outer * inner).into_iter().sum::<u64>()
        });
        assert_eq!(sums.iter().sum::<u64>(), 190 * 190);
        let panics = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            pool.map(vec![0, 1, 2, 3], |item| assert!(item != 2, "two"));
        }));
        assert!(panics.is_err());
        assert_eq!(pool.map(vec![1, 2], |item| item + 1), [2, 3]);
    }
}
