//! [`Changes`]: the changes of a table, for a reader who comes and asks.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;

use super::Change;
use super::mailbox::Mailbox;
use crate::graph::NodeHandle;
use crate::{Error, Result};

/// The changes of a table, for a reader who takes them when it likes: on a thread of its own, or as an async
/// [`Stream`] on any runtime. It never holds up a cycle or another reader, and what waits is bounded: the changes of
/// all cycles since the last one was taken come as one. Dropping it detaches.
///
/// Of a blink table every row comes; a reader that falls 64 MiB of rows behind is told of an error, and is over.
///
/// ```
/// use headwater_engine::{ColumnDef, Session, Type, source::Batch, vector::Vector};
/// # fn main() -> headwater_engine::Result<()> {
/// let session = Session::new();
/// let (orders, feed) = session.append_table("orders", [ColumnDef::new("Price", Type::I64)])?;
/// let mut changes = orders.export().changes()?;
/// for price in [5_i64, 6] {
///     feed.send(Batch::new(orders.definition(), vec![Vector::from(vec![price])])?)?;
///     session.step()?;
/// }
/// let both = changes.try_next()?.expect("two cycles ran");
/// assert_eq!(both.added().rows::<(i64,)>(["Price"])?, [(5,), (6,)]);
/// assert!(changes.try_next()?.is_none());
/// # Ok(())
/// # }
/// ```
#[must_use = "dropping it detaches from the table"]
pub struct Changes {
    pub(super) mailbox: Arc<Mailbox>,
    /// Keeps the export node.
    pub(super) _handle: Arc<NodeHandle>,
}

impl Changes {
    /// Waits for the next change, for as long as it takes. On the thread that runs the cycles it would wait for ever.
    ///
    /// # Errors
    /// Why no more will come: the table failed, its source stopped, the session is gone.
    #[allow(clippy::should_implement_trait, reason = "an iterator would end where this says why it ends")]
    pub fn next(&mut self) -> Result<Change> {
        loop {
            if let Some(change) = self.next_timeout(Duration::MAX)? {
                return Ok(change);
            }
        }
    }

    /// As [`Changes::next`], for so long at most; `None` if nothing came.
    ///
    /// # Errors
    /// As [`Changes::next`].
    pub fn next_timeout(&mut self, timeout: Duration) -> Result<Option<Change>> {
        self.mailbox.wait(timeout);
        self.try_next()
    }

    /// The next change if there is one already.
    ///
    /// # Errors
    /// As [`Changes::next`].
    pub fn try_next(&mut self) -> Result<Option<Change>> {
        match self.mailbox.take() {
            Some(change) => change.map(Some),
            None => self.mailbox.error().map_or(Ok(None), Err),
        }
    }

    /// Waits until there is something to take, a change or an error, for so long at most; says whether there is.
    pub fn wait(&self, timeout: Duration) -> bool {
        self.mailbox.wait(timeout)
    }

    /// Whether nothing waits to be taken.
    pub fn is_empty(&self) -> bool {
        self.mailbox.is_empty()
    }

    /// Why no more will come, once that was told.
    pub fn error(&self) -> Option<Error> {
        self.mailbox.error()
    }
}

/// Ends after the one error that says why.
impl Stream for Changes {
    type Item = Result<Change>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.mailbox.poll(context.waker()) {
            Ok(Some(change)) => Poll::Ready(Some(change)),
            Ok(None) => Poll::Pending,
            Err(_) => Poll::Ready(None),
        }
    }
}

impl std::fmt::Debug for Changes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Changes").field("error", &self.error()).finish_non_exhaustive()
    }
}
