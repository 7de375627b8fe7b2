//! What the tables of a session hold, and what happens when that is too much.

use super::{Graph, Node};
use crate::{Error, ErrorKind, Result};

/// How many of the tables that hold most a refusal names.
const NAMED: usize = 5;

/// From this share of the limit on, sources that can wait do: eighths.
const PAUSE_EIGHTHS: usize = 7;

impl Node {
    /// Bytes of its own columns and of its operator.
    pub(crate) fn bytes(&self) -> usize {
        self.output.bytes() + self.op.bytes()
    }
}

impl Graph {
    /// Refuses tables, and has sources wait, so that the tables together hold no more than `limit` bytes.
    pub(crate) fn limited_to(mut self, limit: Option<usize>) -> Self {
        self.limit = limit;
        self
    }

    /// Bytes held by all tables.
    pub(crate) fn bytes(&self) -> usize {
        self.nodes().map(|(_, node)| node.bytes()).sum()
    }

    /// Whether sources that can wait have to.
    pub(super) fn is_tight(&self) -> bool {
        self.limit.is_some_and(|limit| self.bytes() >= limit / 8 * PAUSE_EIGHTHS)
    }

    /// That a table of `bytes` may come in.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`], naming the tables that hold most.
    pub(crate) fn admit(&self, bytes: usize) -> Result<()> {
        let Some(limit) = self.limit else { return Ok(()) };
        let held = self.bytes();
        if held + bytes <= limit {
            return Ok(());
        }
        let mut holders: Vec<(usize, &str)> = self.nodes().map(|(_, node)| (node.bytes(), &*node.name)).collect();
        holders.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        let most = holders.iter().take(NAMED).filter(|(bytes, _)| *bytes > 0);
        let most: Vec<String> = most.map(|(bytes, name)| format!("{name} ({bytes} bytes)")).collect();
        let message = match bytes {
            0 => format!("the tables of this session hold {held} bytes, and may hold {limit}"),
            _ => format!("{bytes} bytes more than the {held} that the tables hold are above the limit of {limit}"),
        };
        let error = Error::new(ErrorKind::Limit, message);
        if most.is_empty() {
            return Err(error.with_help("raise the limit with SessionBuilder::memory_limit"));
        }
        Err(error.with_help(format!("drop what is not needed; most is held by {}", most.join(", "))))
    }
}
