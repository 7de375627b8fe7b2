//! [`Export`]: which rows and columns of a table a reader follows, and how it is told.

use std::ops::Range;
use std::sync::Arc;

use super::mailbox::Mailbox;
use super::{Change, Changes, Listener};
use crate::plan::Definition;
use crate::table::{Columns, Table};
use crate::{Error, Result};

/// A reader of a table, about to be attached; [`Table::export`] makes one.
///
/// ```
/// use headwater_engine::{Change, ColumnDef, Session, Type, source::Batch, vector::Vector};
/// # fn main() -> headwater_engine::Result<()> {
/// let session = Session::new();
/// let columns = [ColumnDef::new("Price", Type::F64), ColumnDef::new("Note", Type::String)];
/// let (orders, feed) = session.append_table("orders", columns)?;
/// // What a page of ten rows shows, as rows come and go.
/// let page = orders.export().columns(["Price"]).window(0..10).initial(true).listen(|change: &Change| {
///     assert!(change.added().len() <= 10);
///     Ok(())
/// })?;
/// # session.step()?;
/// # assert!(page.error().is_none());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is told until .listen(..) or .changes()"]
pub struct Export {
    table: Table,
    columns: Option<Vec<Arc<str>>>,
    window: Option<Range<u64>>,
    initial: bool,
}

/// What an export node captures.
pub(crate) struct Scope {
    /// Positions of the columns, in the order in which they are told.
    pub(crate) columns: Vec<usize>,
    /// Positions of the rows; all if there is none.
    pub(crate) window: Option<Range<u64>>,
    /// Whether the rows that are there are told of first, as added.
    pub(crate) initial: bool,
}

impl Export {
    pub(crate) fn new(table: &Table) -> Self {
        Export { table: table.clone(), columns: None, window: None, initial: false }
    }

    /// Follows these columns only, in this order: no other is read.
    pub fn columns(mut self, columns: impl Columns) -> Self {
        self.columns = Some(columns.into_columns());
        self
    }

    /// Follows the rows at these positions only, as a page that shows them would: a row that moves into the window
    /// because of others is told of as added, one that moves out as removed.
    pub fn window(mut self, positions: Range<u64>) -> Self {
        self.window = Some(positions);
        self
    }

    /// Whether the rows that are there come first, as added; they do not unless said.
    pub fn initial(mut self, initial: bool) -> Self {
        self.initial = initial;
        self
    }

    /// Has `on_change` called with every change: see [`Table::listen`].
    ///
    /// # Errors
    /// As [`Table::listen`]; [`ErrorKind::Unknown`](crate::ErrorKind::Unknown) for a column that is not there.
    pub fn listen(self, on_change: impl FnMut(&Change) -> Result<()> + Send + 'static) -> Result<Listener> {
        self.listen_with(on_change, |_| {})
    }

    /// As [`Export::listen`]; `on_stop` is called once when the table fails or its source stops.
    ///
    /// # Errors
    /// As [`Export::listen`].
    pub fn listen_with(
        self,
        on_change: impl FnMut(&Change) -> Result<()> + Send + 'static,
        on_stop: impl FnMut(&Error) + Send + 'static,
    ) -> Result<Listener> {
        let (definition, scope) = self.scope()?;
        let mailbox = Mailbox::calling(definition, on_change, on_stop);
        let handle = self.table.session().attach(&self.table, &mailbox, scope)?;
        Ok(Listener { mailbox, handle })
    }

    /// Has the changes wait to be taken: for a reader with a thread of its own, or an async one.
    ///
    /// # Errors
    /// As [`Export::listen`].
    pub fn changes(self) -> Result<Changes> {
        let (definition, scope) = self.scope()?;
        let mailbox = Mailbox::new(definition);
        let handle = self.table.session().attach(&self.table, &mailbox, scope)?;
        Ok(Changes { mailbox, _handle: handle })
    }

    fn scope(&self) -> Result<(Definition, Scope)> {
        let all = self.table.definition();
        let columns = match &self.columns {
            Some(names) => names.iter().map(|name| all.require(name)).collect::<Result<_>>()?,
            None => (0..all.columns().len()).collect::<Vec<_>>(),
        };
        let defs = columns.iter().map(|&column| all.columns()[column].clone());
        let definition = Definition::new(defs, all.flavour())?;
        Ok((definition, Scope { columns, window: self.window.clone(), initial: self.initial }))
    }
}
