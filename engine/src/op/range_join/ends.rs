//! [`Ends`]: which rows of a line lie in the range of a left row.

use crate::op::stamped::{Line, Stamp};
use crate::plan::{Bound, Within};
use crate::types::{Type, Value};
use crate::vector::Vector;

/// How the ends of ranges count. Null is an open end on the left and lies in no range on the right.
#[derive(Clone, Debug)]
pub(super) struct Ends<S> {
    low: Bound,
    high: Bound,
    /// The stamp of NaN, if there is such a value: it lies in no range.
    nan: Option<S>,
}

impl<S: Stamp> Ends<S> {
    pub(super) fn new(within: &Within, ty: Type) -> Self {
        let nan = match ty {
            Type::F64 => Vector::constant(ty, &Value::F64(f64::NAN), 1),
            Type::F32 => Vector::constant(ty, &Value::F32(f32::NAN), 1),
            _ => None,
        };
        Ends { low: within.low_end, high: within.high_end, nan: nan.and_then(|nan| S::read(&nan).pop()) }
    }

    /// Whether a low end reaches for the value before it.
    pub(super) fn reaches_down(&self) -> bool {
        self.low == Bound::Reaching
    }

    /// Whether a high end reaches for the value behind it.
    pub(super) fn reaches_up(&self) -> bool {
        self.high == Bound::Reaching
    }

    /// Where the rows of a range begin, and where they end; `None` if it is none.
    pub(super) fn find(&self, line: &Line<S>, low: &S, high: &S) -> Option<(S::Key, Option<S::Key>)> {
        let null = S::default();
        if self.nan.as_ref().is_some_and(|nan| low == nan || high == nan) {
            return None;
        }
        if *low != null && *high != null {
            let one_will_do = self.low != Bound::Without && self.high != Bound::Without;
            if low > high || low == high && !one_will_do {
                return None;
            }
        }
        let from = match self.low {
            _ if *low == null => null.back(),
            Bound::With => low.front(),
            Bound::Without => low.back(),
            Bound::Reaching => reach_down(line, low).unwrap_or_else(|| low.front()),
        };
        let above_all = self.nan.as_ref().map(S::front);
        let to = match self.high {
            _ if *high == null => return Some((from, above_all)),
            Bound::With => high.back(),
            Bound::Without => high.front(),
            Bound::Reaching => reach_up(line, high, above_all.as_ref()).unwrap_or_else(|| high.back()),
        };
        Some((from, Some(to)))
    }

    /// The ids of the rows in a range, in their order; `None` if it is none.
    pub(super) fn rows(&self, line: &Line<S>, low: &S, high: &S) -> Option<Vec<i64>> {
        let (from, to) = self.find(line, low, high)?;
        let mut rows = Vec::new();
        line.for_each_of(&from, to.as_ref(), |_, id| rows.push(id as i64));
        Some(rows)
    }
}

/// The row before a value that no row has.
fn reach_down<S: Stamp>(line: &Line<S>, low: &S) -> Option<S::Key> {
    let is_there = line.first_from(&low.front()).is_some_and(|(key, _)| S::of(key) == *low);
    let before = line.last_before(&low.front()).map(|(key, _)| key).filter(|key| S::of(key) != S::default());
    before.filter(|_| !is_there).cloned()
}

/// What lies behind the row behind a value that no row has.
fn reach_up<S: Stamp>(line: &Line<S>, high: &S, above_all: Option<&S::Key>) -> Option<S::Key> {
    let is_there = line.last_before(&high.back()).is_some_and(|(key, _)| S::of(key) == *high);
    let behind = line.first_from(&high.back()).map(|(key, _)| key).filter(|key| above_all.is_none_or(|end| key < &end));
    behind.filter(|_| !is_there).map(|key| S::of(key).with(S::place(key) + 1))
}
