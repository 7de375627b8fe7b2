//! [`Bound`]: how many rows of a group stand before the one where its part begins, or up to the one where it ends.

use std::ops::Range;

use crate::plan::Window;

/// An end of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Where the first rows are.
    First,
    /// Where the last rows are.
    Last,
}

/// A bound of a part, seen from the end that rows are counted from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound {
    pub(super) window: Window,
    pub(super) from: End,
    pub(super) side: Side,
}

/// Which of the two bounds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Side {
    /// The nearer one: rows before it are passed over.
    Before,
    /// The farther one: rows behind it are not reached.
    Behind,
}

impl End {
    /// The end from which the rows of a part are counted, so that rows at the other end move no bound.
    pub(super) fn of(window: Window) -> Self {
        match window {
            Window::Last(_) | Window::LastShare(_) => End::Last,
            Window::Between(start, _) if start < 0 => End::Last,
            _ => End::First,
        }
    }

    /// Whether rows between this end and a part may be passed over.
    pub(super) fn passes(self, window: Window) -> bool {
        match window {
            Window::First(_) | Window::Last(_) | Window::FirstShare(_) | Window::LastShare(_) => false,
            Window::Between(start, end) => {
                if self == End::First {
                    start != 0
                } else {
                    end != 0
                }
            }
            Window::Shares(start, _) => start > 0.0,
        }
    }
}

impl Bound {
    /// How many rows are on the near side of it in a group of so many.
    pub(super) fn rows(&self, group: u64) -> u64 {
        let Range { start, end } = self.window.positions(group);
        match (self.from, self.side) {
            (End::First, Side::Before) => start,
            (End::First, Side::Behind) => end,
            (End::Last, Side::Before) => group - end,
            (End::Last, Side::Behind) => group - start,
        }
    }
}
