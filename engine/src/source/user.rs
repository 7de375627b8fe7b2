//! [`Source`]: where rows come from, as the engine sees it.

use super::{DEFAULT_FEED_BYTES, Feed, Keep};
use crate::Result;
use crate::plan::ColumnDef;

/// A source of rows of one's own: it says what its rows look like, and is then given a [`Feed`] to send them by. What
/// threads, clients or runtimes it needs for that is its own affair. [`Session::open`](crate::Session::open) makes a
/// table of it; when that is gone, the feed is closed, and the source should end.
///
/// ```
/// use headwater_engine::source::{Batch, Feed, Positions, Source};
/// use headwater_engine::{ColumnDef, Result, Session, Type, vector::Vector};
///
/// /// Counts, a hundred numbers a batch, as long as somebody wants them.
/// struct Counter;
///
/// impl Source for Counter {
///     fn columns(&self) -> Vec<ColumnDef> {
///         vec![ColumnDef::new("N", Type::I64)]
///     }
///
///     fn start(self, feed: Feed) -> Result<()> {
///         std::thread::spawn(move || {
///             for from in (0_i64..).step_by(100) {
///                 let numbers = Vector::from((from..from + 100).collect::<Vec<_>>());
///                 let mut read = Positions::new();
///                 read.set("", from as u64 + 100);
///                 let batch = Batch::new(feed.definition(), vec![numbers]);
///                 // Waits while the session is behind; an error says that the table is gone.
///                 if batch.and_then(|batch| feed.send(batch.with_positions(read))).is_err() {
///                     break;
///                 }
///             }
///         });
///         Ok(())
///     }
/// }
///
/// # fn main() -> Result<()> {
/// let session = Session::new();
/// let numbers = session.open("numbers", Counter)?;
/// while numbers.snapshot()?.is_empty() {
///     session.step()?;
/// }
/// let snapshot = numbers.snapshot()?;
/// assert_eq!(snapshot.positions().get(""), Some(snapshot.len()));
/// # Ok(())
/// # }
/// ```
pub trait Source {
    /// The columns of the rows it sends.
    fn columns(&self) -> Vec<ColumnDef>;

    /// How long rows are kept; for ever unless said.
    fn keep(&self) -> Keep {
        Keep::All
    }

    /// How many bytes may wait for a cycle before sending has to wait.
    fn feed_bytes(&self) -> usize {
        DEFAULT_FEED_BYTES
    }

    /// Begins to send rows; called once, when the table is there. It must not wait for a cycle.
    ///
    /// # Errors
    /// What keeps it from beginning: there is no table then.
    fn start(self, feed: Feed) -> Result<()>;
}
