//! [`Reach`]: which right row a left row takes, and which left rows a right row may matter to.

use crate::op::stamped::{Line, Stamp};
use crate::plan::Nearest;

/// Which way a left row looks in the line of right rows, and whether a row of its own stamp will do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach {
    backwards: bool,
    own: bool,
}

impl Reach {
    pub(super) fn new(nearest: Nearest) -> Self {
        let backwards = matches!(nearest, Nearest::AtOrBefore | Nearest::Before);
        Reach { backwards, own: matches!(nearest, Nearest::AtOrBefore | Nearest::AtOrAfter) }
    }

    /// Where a left row of this stamp looks from.
    fn from<S: Stamp>(self, stamp: &S) -> S::Key {
        // Rows of the stamp are in reach if it looks from behind them, or from in front of them.
        if self.backwards == self.own { stamp.back() } else { stamp.front() }
    }

    /// The right row that a left row of this stamp takes: backwards the last of those nearest, forwards the first.
    pub(super) fn take<S: Stamp>(self, line: &Line<S>, stamp: &S) -> Option<u64> {
        let from = self.from(stamp);
        let found = if self.backwards { line.last_before(&from) } else { line.first_from(&from) };
        found.map(|(_, id)| id)
    }

    /// The same, of one left row after the other.
    pub(super) fn take_next<S: Stamp>(self, line: &mut Line<S>, stamp: &S) -> Option<u64> {
        line.turn_to(&self.from(stamp));
        self.take(line, stamp)
    }

    /// Which of the right rows of this stamp is taken by left rows that reach it.
    pub(super) fn taken<S: Stamp>(self, line: &Line<S>, stamp: &S) -> Option<u64> {
        Reach { own: true, ..self }.take(line, stamp)
    }

    /// The left rows that what became of a right row of this stamp may matter to: those between it and the next one of
    /// the line. They are given by a key to begin with, and one to stop before.
    pub(super) fn of<S: Stamp>(self, line: &Line<S>, stamp: &S) -> (S::Key, Option<S::Key>) {
        let edge = |stamp: &S| if self.backwards == self.own { stamp.front() } else { stamp.back() };
        let edge_of = |key: &S::Key| edge(&S::of(key));
        if self.backwards {
            (edge(stamp), line.first_from(&stamp.back()).map(|(key, _)| edge_of(key)))
        } else {
            let before = line.last_before(&stamp.front()).map(|(key, _)| edge_of(key));
            (before.unwrap_or_else(|| S::default().front()), Some(edge(stamp)))
        }
    }
}
