//! [`Table`]: a handle on a table, and all that can be asked of it.

pub mod agg;
mod aggregate;
mod args;
mod grouped;
mod joins;
mod operations;
mod ordered;
mod ranges;
mod regions;
mod snapshot;
mod transpose;

pub(crate) use args::without_repeats;
pub use args::{Aggregates, By, Columns, Formulas, On, Pairs, SortColumns, asc, by, desc, on};
pub use snapshot::Snapshot;

use std::sync::Arc;

use crate::graph::NodeHandle;
use crate::listen::{Change, Export, Listener};
use crate::plan::{Definition, Plan};
use crate::session::Session;
use crate::source::Region;
use crate::{Error, Result};

/// A handle on a table. Cheap to clone; when the last handle goes, so does what only it kept.
///
/// All operations take `&self`, check at once, and give a new table that is kept right from then on.
#[derive(Clone)]
pub struct Table {
    inner: Arc<Inner>,
}

struct Inner {
    session: Session,
    plan: Arc<Plan>,
    name: Option<Arc<str>>,
    rows: Rows,
}

/// Where the rows are.
enum Rows {
    /// In a node of the graph.
    Node(Arc<NodeHandle>),
    /// In regions, of which not even the number of rows is known until somebody asks.
    Regions(regions::Unopened),
}

impl Table {
    pub(crate) fn of_node(session: Session, plan: Arc<Plan>, node: Arc<NodeHandle>, name: Option<Arc<str>>) -> Self {
        Table { inner: Arc::new(Inner { session, plan, name, rows: Rows::Node(node) }) }
    }

    pub(crate) fn of_regions(session: Session, plan: Arc<Plan>, regions: Vec<Arc<dyn Region>>) -> Self {
        let rows = Rows::Regions(regions::Unopened::new(regions));
        Table { inner: Arc::new(Inner { session, plan, name: None, rows }) }
    }

    /// The node; a lazily read table is opened for it, which may read metadata.
    pub(crate) fn node(&self) -> Result<Arc<NodeHandle>> {
        match &self.inner.rows {
            Rows::Node(node) => Ok(node.clone()),
            Rows::Regions(regions) => regions.node(&self.inner.session, &self.inner.plan),
        }
    }

    /// The node, if there is one yet: a lazily read table nobody asked for rows has none.
    pub(crate) fn opened(&self) -> Option<Arc<NodeHandle>> {
        match &self.inner.rows {
            Rows::Node(node) => Some(node.clone()),
            Rows::Regions(regions) => regions.opened(),
        }
    }

    /// The session the table lives in.
    pub fn session(&self) -> &Session {
        &self.inner.session
    }

    /// The columns and the flavour.
    pub fn definition(&self) -> &Definition {
        &self.inner.plan.definition
    }

    /// How the table is made, as a value.
    pub fn plan(&self) -> &Arc<Plan> {
        &self.inner.plan
    }

    /// The name, if it has one.
    pub fn name(&self) -> Option<&str> {
        self.inner.name.as_deref()
    }

    /// The same table under a name: errors use it, and [`Session::tables`] lists it.
    ///
    /// # Errors
    /// As opening a lazily read table may give.
    pub fn named(&self, name: &str) -> Result<Table> {
        let node = self.node()?;
        let name: Arc<str> = name.into();
        self.inner.session.register(name.clone(), &node, self.inner.plan.clone());
        self.inner.session.gate()?.rename(node.id(), name.clone());
        Ok(Table::of_node(self.inner.session.clone(), self.inner.plan.clone(), node, Some(name)))
    }

    /// Why the table is no longer kept right; `None` while it is.
    pub fn error(&self) -> Option<Error> {
        let error = || -> Result<Option<Error>> {
            let node = self.node()?;
            Ok(self.inner.session.gate()?.require(node.id())?.state.error().cloned())
        };
        error().unwrap_or_else(Some)
    }

    /// Bytes of the columns this table keeps itself; columns it shares with others count there.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InsideCycle`].
    pub fn bytes(&self) -> Result<usize> {
        let node = self.node()?;
        let graph = self.inner.session.gate()?;
        Ok(graph.require(node.id())?.bytes())
    }

    /// The table as it is now, to be read without locks for as long as wanted.
    ///
    /// # Errors
    /// The error of a failed table; [`crate::ErrorKind::InsideCycle`].
    pub fn snapshot(&self) -> Result<Snapshot> {
        let mut snapshots = self.inner.session.snapshot([self])?;
        snapshots.pop().ok_or_else(|| Error::new(crate::ErrorKind::Internal, "no snapshot of one table"))
    }

    /// The rows at `positions` (cut where the table ends) of some columns, as they are now: only these are read.
    ///
    /// # Errors
    /// The error of a failed table; [`crate::ErrorKind::Unknown`] for a missing column, what reading a lazy column
    /// gives, [`crate::ErrorKind::InsideCycle`].
    pub fn window(&self, positions: std::ops::Range<u64>, columns: impl Columns) -> Result<crate::Rows> {
        let columns = columns.into_columns();
        let names: Vec<&str> = columns.iter().map(|name| &**name).collect();
        self.snapshot()?.window(positions, &names)
    }

    /// Has `on_change` called with every change from now on, after the cycle that made it: at the end of
    /// [`Session::step`], or under [`Session::run`] on the one thread that calls listeners. There one that takes its
    /// time is told of several cycles as one change, and others wait for it: [`Export::changes`] is for work that waits.
    ///
    /// A listener that returns an error or panics is not called again, and [`Listener::error`] says why; cycles go on.
    ///
    /// # Errors
    /// The error of a failed table; [`crate::ErrorKind::InsideCycle`].
    pub fn listen(&self, on_change: impl FnMut(&Change) -> Result<()> + Send + 'static) -> Result<Listener> {
        self.export().listen(on_change)
    }

    /// As [`Table::listen`]; with `initial`, the rows that are there come first, as added. `on_stop` is called once
    /// when nothing more will come: the table failed, its source stopped, or the listener itself failed.
    ///
    /// # Errors
    /// As [`Table::listen`].
    pub fn listen_with(
        &self,
        initial: bool,
        on_change: impl FnMut(&Change) -> Result<()> + Send + 'static,
        on_stop: impl FnMut(&Error) + Send + 'static,
    ) -> Result<Listener> {
        self.export().initial(initial).listen_with(on_change, on_stop)
    }

    /// A reader of this table, of some of its columns and rows if need be, that is called, or takes changes as it
    /// likes.
    pub fn export(&self) -> Export {
        Export::new(self)
    }
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table").field("name", &self.name()).field("operation", &self.plan().operation).finish()
    }
}
