//! [`Keep`] and [`Retain`]: how long the rows of a fed table stay.

use std::sync::Arc;
use std::time::Duration;

use crate::plan::{Definition, Flavour};
use crate::types::Type;
use crate::{Error, ErrorKind, Result};

/// How long the rows of a fed table stay.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Keep {
    /// For ever: an append table.
    #[default]
    All,
    /// For one cycle: a blink table.
    Cycle,
    /// Until there is too much: a ring table, whose oldest rows go.
    Last(Retain),
}

impl Keep {
    /// The flavour of the table.
    pub fn flavour(&self) -> Flavour {
        match self {
            Keep::All => Flavour::Append,
            Keep::Cycle => Flavour::Blink,
            Keep::Last(_) => Flavour::Ring,
        }
    }
}

/// How much a ring table keeps: the newest rows, as many as all given limits allow. What goes is removed, in the same
/// cycle as what drives it out is added; a row that comes and goes at once never shows.
///
/// ```
/// use std::time::Duration;
/// use headwater_engine::source::{Batch, Retain};
/// use headwater_engine::{ColumnDef, Session, Type, vector::Vector};
/// # fn main() -> headwater_engine::Result<()> {
/// let session = Session::new();
/// let columns = [ColumnDef::new("Time", Type::Timestamp), ColumnDef::new("Price", Type::F64)];
/// let kept = Retain::rows(1_000_000).age(Duration::from_secs(86_400), "Time");
/// let (day, _feed) = session.ring_table("day", columns, kept)?;
///
/// let (last, feed) = session.ring_table("last", [ColumnDef::new("V", Type::I64)], Retain::rows(2))?;
/// feed.send(Batch::new(last.definition(), vec![Vector::from(vec![1_i64, 2, 3])])?)?;
/// session.step()?;
/// assert_eq!(last.snapshot()?.rows(0..9)?.rows::<(i64,)>(["V"])?, [(2,), (3,)]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Retain {
    rows: Option<u64>,
    bytes: Option<usize>,
    age: Option<(Duration, Option<Arc<str>>)>,
}

impl Retain {
    /// At most so many rows.
    pub fn rows(rows: u64) -> Self {
        Retain { rows: Some(rows), ..Retain::default() }
    }

    /// About so many bytes of cells at most: each batch is taken to be spread evenly over its rows, and memory is
    /// given back by blocks of rows.
    pub fn bytes(mut self, bytes: usize) -> Self {
        self.bytes = Some(bytes);
        self
    }

    /// Rows that are no older, by a `Timestamp` column, than so much before the newest row that ever came. No clock
    /// is asked: a table nothing comes to keeps its rows. Rows go in the order they came, so one behind a younger one
    /// waits for that; a row without a timestamp does not hold others up.
    pub fn age(mut self, age: Duration, column: &str) -> Self {
        self.age = Some((age, Some(column.into())));
        self
    }

    /// The limits over the columns of a table.
    pub(crate) fn resolve(&self, definition: &Definition) -> Result<Limits> {
        if self.rows.is_none() && self.bytes.is_none() && self.age.is_none() {
            return Err(Error::new(ErrorKind::Argument, "no limit of what is kept")
                .with_help("say Retain::rows(..), or use append_table, which keeps everything"));
        }
        let age = self.age.as_ref().map(|(age, column)| {
            let nanos = i64::try_from(age.as_nanos()).unwrap_or(i64::MAX);
            Ok::<_, Error>((stamp(definition, column.as_deref())?, nanos))
        });
        Ok(Limits { rows: self.rows, bytes: self.bytes, age: age.transpose()? })
    }
}

/// By age alone, by the first column of type `Timestamp`.
impl From<Duration> for Retain {
    fn from(age: Duration) -> Self {
        Retain { age: Some((age, None)), ..Retain::default() }
    }
}

fn stamp(definition: &Definition, name: Option<&str>) -> Result<usize> {
    let columns = definition.columns();
    let Some(name) = name else {
        return columns
            .iter()
            .position(|column| column.ty == Type::Timestamp)
            .ok_or_else(|| Error::new(ErrorKind::Type, "rows cannot be kept by age: no column is of type timestamp"));
    };
    let column = definition.require(name)?;
    match columns[column].ty {
        Type::Timestamp => Ok(column),
        ty => {
            let message = format!("rows cannot be kept by the age of a column of type {ty}");
            Err(Error::new(ErrorKind::Type, message).with_column(name))
        }
    }
}

/// [`Retain`] with its column by position, and times in nanoseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) rows: Option<u64>,
    pub(crate) bytes: Option<usize>,
    pub(crate) age: Option<(usize, i64)>,
}
