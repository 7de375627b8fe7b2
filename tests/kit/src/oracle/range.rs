//! range_join: every left row looks at all right rows of its key, in each cycle anew.

use std::cmp::Ordering;

use headwater_engine::plan::{Bound, Definition, Pair, Within};
use headwater_engine::{List, Result as EngineResult, Type, Value};

use super::join::{KeyPairs, Side, wider};
use super::order::total;
use super::rows::{Cell, Fault, Row, Rows, needed};

/// The columns of a range join by position.
pub(super) struct RangeJoin {
    keys: KeyPairs,
    /// Each end with the value compared, as keys: read the same way.
    low: KeyPairs,
    high: KeyPairs,
    within: Within,
    listed: Vec<(usize, Type)>,
}

impl RangeJoin {
    pub(super) fn new(
        on: &[Pair],
        within: &Within,
        lists: &[Pair],
        left: &Definition,
        right: &Definition,
    ) -> EngineResult<Self> {
        let value = right.require(&within.value)?;
        let (low, high) = (left.require(&within.low)?, left.require(&within.high)?);
        let ty = wider(wider(left.columns()[low].ty, left.columns()[high].ty), right.columns()[value].ty);
        let listed = lists.iter().map(|pair| {
            let column = right.require(&pair.input)?;
            Ok((column, right.columns()[column].ty))
        });
        Ok(RangeJoin {
            keys: KeyPairs::new(on, left, right)?,
            low: KeyPairs::of(low, value, ty),
            high: KeyPairs::of(high, value, ty),
            within: within.clone(),
            listed: listed.collect::<EngineResult<_>>()?,
        })
    }

    pub(super) fn apply(&self, left: &Rows, right: &Rows) -> Result<Rows, Fault> {
        let by_key = self.keys.by_key(right)?;
        let mut rows = Rows::new();
        for row in left {
            let of_key = by_key.get(&self.keys.key(row, Side::Left)?).map_or(&[][..], Vec::as_slice);
            let found = self.found(row, of_key)?;
            let lists = self.listed.iter().map(|&(column, ty)| match &found {
                None => Ok(Value::Null),
                Some(found) => {
                    let values = found.iter().map(|row| needed(&row.cells[column])).collect::<Result<Vec<_>, _>>()?;
                    let list = List::from_values(ty, values).ok_or_else(|| Fault("a list of other cells".into()))?;
                    Ok(list.into())
                }
            });
            let cells: Vec<Cell> = row.cells.iter().cloned().chain(lists).collect();
            rows.push(Row { identity: row.identity, cells: cells.into() });
        }
        Ok(rows)
    }

    /// The right rows in the range of a left row, by their values; `None` if it is no range.
    fn found<'r>(&self, left: &Row, right: &[&'r Row]) -> Result<Option<Vec<&'r Row>>, Fault> {
        let (low, high) = (self.low.first(left, Side::Left)?, self.high.first(left, Side::Left)?);
        if is_nan(&low) || is_nan(&high) {
            return Ok(None);
        }
        let (low_end, high_end) = (self.within.low_end, self.within.high_end);
        if low != Value::Null && high != Value::Null {
            match total(&low, &high) {
                Ordering::Greater => return Ok(None),
                Ordering::Equal if low_end == Bound::Without || high_end == Bound::Without => return Ok(None),
                _ => {}
            }
        }
        let mut sorted: Vec<(Value, &Row)> = Vec::new();
        for &row in right {
            let value = self.low.first(row, Side::Right)?;
            if value != Value::Null && !is_nan(&value) {
                sorted.push((value, row));
            }
        }
        sorted.sort_by(|(a, _), (b, _)| total(a, b));
        let is_in = |end: &Value, bound: Bound, order: Ordering| {
            *end == Value::Null || order == Ordering::Greater || order == Ordering::Equal && bound != Bound::Without
        };
        let above = |value: &Value| is_in(&low, low_end, total(value, &low));
        let below = |value: &Value| is_in(&high, high_end, total(value, &high).reverse());
        let mut first = sorted.partition_point(|(value, _)| !above(value));
        let mut end = sorted.partition_point(|(value, _)| below(value));
        let has = |value: &Value| sorted.iter().any(|(other, _)| total(other, value) == Ordering::Equal);
        if low_end == Bound::Reaching && low != Value::Null && !has(&low) {
            first = first.saturating_sub(1);
        }
        if high_end == Bound::Reaching && high != Value::Null && !has(&high) {
            end = (end + 1).min(sorted.len());
        }
        Ok(Some(sorted[first..end.max(first)].iter().map(|&(_, row)| row).collect()))
    }
}

fn is_nan(value: &Value) -> bool {
    matches!(value, Value::F64(v) if v.is_nan()) || matches!(value, Value::F32(v) if v.is_nan())
}
