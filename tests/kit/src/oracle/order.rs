//! sort: all rows, sorted anew in each cycle; and where rows stand, as formulas ask.

use std::cmp::Ordering;
use std::rc::Rc;

use headwater_engine::plan::{Definition, SortBy, SortColumn, Standing, Window};
use headwater_engine::{Result as EngineResult, Value};

use super::formula::rank;
use super::rows::{Cell, Fault, Row, Rows, needed};

/// The columns sorted by, and whether from the greatest value on.
pub(super) struct Sort {
    by: Vec<(usize, bool)>,
}

impl Sort {
    pub(super) fn new(by: &[SortColumn], input: &Definition) -> EngineResult<Self> {
        let by = by.iter().map(|by| Ok((input.require(&by.column)?, by.by == SortBy::Descending)));
        Ok(Sort { by: by.collect::<EngineResult<_>>()? })
    }

    pub(super) fn apply(&self, rows: &Rows) -> Result<Rows, Fault> {
        let mut keyed = Vec::with_capacity(rows.len());
        for row in rows {
            let key = self.by.iter().map(|&(column, _)| needed(&row.cells[column]));
            keyed.push((key.collect::<Result<Vec<Value>, Fault>>()?, row.clone()));
        }
        keyed.sort_by(|(a, _), (b, _)| self.compare(a, b));
        Ok(keyed.into_iter().map(|(_, row)| row).collect())
    }

    fn compare(&self, a: &[Value], b: &[Value]) -> Ordering {
        let orders = self.by.iter().zip(a.iter().zip(b)).map(|(&(_, descending), (a, b))| {
            let order = total(a, b);
            if descending { order.reverse() } else { order }
        });
        orders.fold(Ordering::Equal, Ordering::then)
    }
}

/// Null, then values, then NaN.
pub(super) fn total(a: &Value, b: &Value) -> Ordering {
    let class = |value: &Value| match value {
        Value::Null => 0,
        Value::F64(v) if v.is_nan() => 2,
        Value::F32(v) if v.is_nan() => 2,
        _ => 1,
    };
    match (class(a), class(b)) {
        (1, 1) => rank(a, b),
        (a, b) => a.cmp(&b),
    }
}

/// Columns that tell where rows stand: what each tells, and the column it reads.
pub(super) struct Situate {
    standings: Vec<(Standing, usize)>,
}

impl Situate {
    pub(super) fn new(standings: &[Standing], input: &Definition) -> EngineResult<Self> {
        let column = |standing: &Standing| match standing {
            Standing::Nearby { column, .. } => input.require(column),
            _ => Ok(0),
        };
        let standings = standings.iter().map(|standing| Ok((standing.clone(), column(standing)?)));
        Ok(Situate { standings: standings.collect::<EngineResult<_>>()? })
    }

    pub(super) fn apply(&self, rows: &Rows) -> Result<Rows, Fault> {
        let cell = |at: usize, (standing, column): &(Standing, usize)| -> Cell {
            match standing {
                Standing::Position => Ok(Value::I64(at as i64)),
                Standing::Nearby { offset, .. } => {
                    let other = usize::try_from(at as i64 + offset).ok().and_then(|at| rows.get(at));
                    other.map_or(Ok(Value::Null), |row| row.cells[*column].clone())
                }
                Standing::Id => Err(Fault("ids are the engine's own".to_owned())),
            }
        };
        let situated = rows.iter().enumerate().map(|(at, row)| {
            let more = self.standings.iter().map(|standing| cell(at, standing));
            let cells: Rc<[Cell]> = row.cells.iter().cloned().chain(more).collect();
            Row { identity: row.identity, cells }
        });
        Ok(situated.collect())
    }
}

/// The positions of a window, by the words of its documentation.
pub(super) fn window_of(window: Window, rows: usize) -> std::ops::Range<usize> {
    let at = |position: i64| {
        let from_front = if position < 0 { rows as i64 + position } else { position };
        from_front.clamp(0, rows as i64) as usize
    };
    let up = |share: f64| ((share * rows as f64).ceil() as usize).min(rows);
    let down = |share: f64| ((share * rows as f64).floor() as usize).min(rows);
    let (start, end) = match window {
        Window::First(count) => (0, rows.min(count as usize)),
        Window::Last(count) => (rows - rows.min(count as usize), rows),
        Window::Between(start, 0) if start < 0 => (at(start), rows),
        Window::Between(start, end) => (at(start), at(end)),
        Window::FirstShare(share) => (0, up(share)),
        Window::LastShare(share) => (rows - up(share), rows),
        Window::Shares(start, end) => (down(start), down(end)),
        _ => (0, 0),
    };
    start..end.max(start)
}
