//! [`Ends`]: which rows of a line lie in the range of a left row.

use crate::op::stamped::{LAST, Line, after, before, keys, stamp_of};
use crate::order::stamps;
use crate::plan::{Bound, Within};
use crate::types::{Type, Value};
use crate::vector::Vector;

/// The stamp of null, which is an open end on the left and lies in no range on the right.
const NULL: u128 = 0;

/// How the ends of ranges count.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends {
    low: Bound,
    high: Bound,
    /// The greatest stamp a right row in a range may have: NaN lies in none.
    greatest: u128,
}

impl Ends {
    pub(super) fn new(within: &Within, ty: Type) -> Self {
        let nan = match ty {
            Type::F64 => Vector::constant(ty, &Value::F64(f64::NAN), 1),
            Type::F32 => Vector::constant(ty, &Value::F32(f32::NAN), 1),
            _ => None,
        };
        let greatest = nan.and_then(|nan| stamps(&nan).first().map(|nan| nan - 1)).unwrap_or(LAST);
        Ends { low: within.low_end, high: within.high_end, greatest }
    }

    /// The ids of the rows in a range, in their order; `None` if it is none.
    pub(super) fn rows(self, line: &Line, low: u128, high: u128) -> Option<Vec<i64>> {
        let (is_open_below, is_open_above) = (low == NULL, high == NULL);
        if low > self.greatest || high > self.greatest {
            return None;
        }
        if !is_open_below && !is_open_above {
            let one_will_do = self.low != Bound::Without && self.high != Bound::Without;
            if low > high || low == high && !one_will_do {
                return None;
            }
        }
        let all = keys(NULL + 1..=self.greatest);
        let (mut first, mut last) = (*all.start(), *all.end());
        if !is_open_below {
            first = match self.low {
                Bound::With => *keys(low..=low).start(),
                Bound::Without => after(low)?,
                Bound::Reaching => {
                    let own = keys(low..=low);
                    let is_there = line.first_from(*own.start()).is_some_and(|(key, _)| stamp_of(key) == low);
                    let next = before(low).and_then(|key| line.last_to(key)).filter(|&(key, _)| stamp_of(key) > NULL);
                    if is_there { *own.start() } else { next.map_or(*own.start(), |(key, _)| key) }
                }
            };
        }
        if !is_open_above {
            last = match self.high {
                Bound::With => *keys(high..=high).end(),
                Bound::Without => before(high)?,
                Bound::Reaching => {
                    let own = keys(high..=high);
                    let is_there = line.last_to(*own.end()).is_some_and(|(key, _)| stamp_of(key) == high);
                    let next = after(high).and_then(|key| line.first_from(key));
                    let next = next.filter(|&(key, _)| stamp_of(key) <= self.greatest);
                    if is_there { *own.end() } else { next.map_or(*own.end(), |(key, _)| key) }
                }
            };
        }
        let mut rows = Vec::new();
        line.for_each_of(first..=last, |_, id| rows.push(id as i64));
        Some(rows)
    }
}
