//! Tables that time alone makes grow.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::Session;
use crate::column::{Column, Series};
use crate::graph::{Filled, Output};
use crate::op::TickSource;
use crate::plan::{ColumnDef, Definition, Flavour};
use crate::source::Ticks;
use crate::table::Table;
use crate::types::Type;
use crate::{Error, ErrorKind, Result};

impl Session {
    /// A table with one column, `Timestamp`, that gets a row every period: an append table, or a blink table with
    /// [`Ticks::blink`]. Its values are computed from the row, and take no memory.
    ///
    /// Without a start given, the first row is the time of the first cycle rounded down to a whole number of periods
    /// since 1970. Ticks that no cycle was there for come with the next one. [`Session::run`] wakes up for them.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for a period of nothing or of more than 292 years.
    pub fn time_table(&self, name: &str, ticks: impl Into<Ticks>) -> Result<Table> {
        let Ticks { period, start, passing } = ticks.into();
        let step = i64::try_from(period.as_nanos()).ok().filter(|&step| step > 0).ok_or_else(|| {
            let message = format!("a period of {period:?}: it must be at least 1 ns and at most 292 years");
            Error::new(ErrorKind::Argument, message)
        })?;
        let flavour = if passing { Flavour::Blink } else { Flavour::Append };
        let definition = Definition::new([ColumnDef::new("Timestamp", Type::Timestamp)], flavour)?;
        let series = Arc::new(Series::new(start.map(|start| start.nanos()), step));
        let op = Box::new(TickSource::new(series.clone(), self.gate()?.time().clone(), passing));
        let columns: Arc<[Column]> = Arc::new([Column::Series(series)]);
        let table = self.source_of(name, definition, |_| Filled::by_id(op, columns, Output::default()))?;
        self.inner.wake.notify();
        Ok(table)
    }
}
