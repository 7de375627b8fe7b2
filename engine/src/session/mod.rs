//! [`Session`]: the tables that live together, and the cycles that keep them right.

mod build;
mod builder;
mod cycles;
mod door;
mod gate;
mod inputs;
mod late;
mod office;
mod performance;
mod sources;
#[cfg(test)]
mod tests;
mod timers;

pub use builder::SessionBuilder;
pub use cycles::Stop;
pub(crate) use gate::Gate;

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak};
use std::time::Duration;

use crate::formula::{
    Checked, Formula, FormulaBackend, FunctionRegistry, IntoUserFunction, IntoVectorFunction, Program, Scope,
    check_condition,
};
use crate::graph::{Graph, NodeHandle};
use crate::op::Outbox;
use crate::plan::{ColumnDef, Plan};
use crate::pool::Pool;
use crate::source::feed::Wake;
use crate::source::intake::Intakes;
use crate::table::{Snapshot, Table};
use crate::vector::{Bits, Vector};
use crate::{Error, ErrorKind, Result};

use door::{Door, Inside};
use performance::Performance;

/// The tables that live together, and the cycles that keep them right. Cheap to clone; all clones are one session.
///
/// ```
/// use headwater_engine::{ColumnDef, Session, Type, Value, vector::Vector, source::Batch};
/// # fn main() -> headwater_engine::Result<()> {
/// let session = Session::new();
/// let (orders, feed) = session.append_table("orders", [ColumnDef::new("Price", Type::F64)])?;
/// let dear = orders.filter("Price > 100")?;
/// let prices = Vector::from_values(Type::F64, [Value::F64(99.0), Value::F64(101.0)]).unwrap();
/// feed.send(Batch::new(orders.definition(), vec![prices])?)?;
/// session.step()?;
/// assert_eq!(dear.snapshot()?.len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Session {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    id: u64,
    door: Door<Graph>,
    /// Those of the graph, which are used while nobody has the gate.
    intakes: Intakes,
    pub(crate) functions: RwLock<FunctionRegistry>,
    pub(crate) backend: Arc<dyn FormulaBackend>,
    pub(crate) wake: Wake,
    pub(crate) outbox: Outbox,
    pub(crate) block_log2: u8,
    pub(crate) pool: Arc<Pool>,
    names: RwLock<Vec<Named>>,
    performance: Mutex<Option<Performance>>,
    longest_cycle: Option<Duration>,
    overruns: AtomicU64,
}

/// A named table, kept alive by whoever has a handle.
struct Named {
    name: Arc<str>,
    node: Weak<NodeHandle>,
    plan: Arc<Plan>,
}

impl Default for Session {
    fn default() -> Self {
        Session::new()
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("id", &self.inner.id).finish_non_exhaustive()
    }
}

impl Session {
    /// A session with default settings.
    pub fn new() -> Self {
        Session::builder().build()
    }

    /// Settings for a session.
    pub fn builder() -> SessionBuilder {
        SessionBuilder::new()
    }

    /// Lets formulas call `function` by `name`: a Rust closure of up to six cells, each a plain type (then null
    /// gives null) or an `Option`; it may return an `Option` or a `Result`. It must be pure: the same arguments,
    /// the same result.
    ///
    /// # Errors
    /// [`ErrorKind::NameClash`] if a function of that name is there already.
    pub fn function<A>(&self, name: &str, function: impl IntoUserFunction<A>) -> Result<()> {
        write(&self.inner.functions).register(name, function)
    }

    /// As [`Session::function`], for a function that is called once for up to 2048 rows: it takes a slice for each
    /// argument and gives a `Vec` of the same length, or a `Result` of one.
    ///
    /// ```
    /// use headwater_engine::{Session, vector::Vector};
    /// # fn main() -> headwater_engine::Result<()> {
    /// let session = Session::new();
    /// session.vector_function("spread", |high: &[f64], low: &[f64]| -> Vec<f64> {
    ///     high.iter().zip(low).map(|(high, low)| high - low).collect()
    /// })?;
    /// let days = session.static_table("days", [("High", Vector::from(vec![3.0, 4.5])), ("Low", vec![1.0, 4.0].into())])?;
    /// let spreads = days.view(["Spread = spread(High, Low)"])?;
    /// assert_eq!(spreads.snapshot()?.rows(0..9)?.rows::<(f64,)>(["Spread"])?, [(2.0,), (0.5,)]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Session::function`].
    pub fn vector_function<A>(&self, name: &str, function: impl IntoVectorFunction<A>) -> Result<()> {
        write(&self.inner.functions).register_vectorised(name, function)
    }

    /// As [`Session::function`], for a function that may give another result each time: only formulas whose
    /// values are kept (`update`, `select`) may call it.
    ///
    /// # Errors
    /// As [`Session::function`].
    pub fn impure_function<A>(&self, name: &str, function: impl IntoUserFunction<A>) -> Result<()> {
        write(&self.inner.functions).register_impure(name, function)
    }

    /// A condition over columns that are not in a table yet: what a source filters by before it keeps a row.
    ///
    /// # Errors
    /// As [`Table::filter`].
    pub fn condition(&self, formula: impl Into<Formula>, columns: &[ColumnDef]) -> Result<Condition> {
        let functions = self.functions();
        let checked = check_condition(&formula.into(), Scope { columns, functions: &functions })?;
        let program = self.inner.backend.compile(&checked)?;
        Ok(Condition { checked, program })
    }

    /// The functions formulas may call now.
    pub(crate) fn functions(&self) -> FunctionRegistry {
        self.inner.functions.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// One consistent moment of several tables. It never waits for longer than the running cycle, and what was
    /// taken is read without locks; cost: one pointer a column and 4 million rows.
    ///
    /// # Errors
    /// The error of a failed table; [`ErrorKind::ForeignTable`], [`ErrorKind::InsideCycle`].
    pub fn snapshot<'t>(&self, tables: impl IntoIterator<Item = &'t Table>) -> Result<Vec<Snapshot>> {
        let tables: Vec<&Table> = tables.into_iter().collect();
        let nodes = tables.iter().map(|table| self.own(table)?.node()).collect::<Result<Vec<_>>>()?;
        let pin = Arc::new(self.gate()?.pin(nodes.iter().map(|node| node.id()))?);
        Ok(tables.iter().enumerate().map(|(at, table)| Snapshot::new(table, pin.clone(), at)).collect())
    }

    /// The named tables that are still alive, by name.
    pub fn tables(&self) -> Vec<(Arc<str>, Table)> {
        let names = self.inner.names.read().unwrap_or_else(PoisonError::into_inner);
        let mut tables: Vec<_> = names
            .iter()
            .filter_map(|Named { name, node, plan }| {
                let table = Table::of_node(self.clone(), plan.clone(), node.upgrade()?, Some(name.clone()));
                Some((name.clone(), table))
            })
            .collect();
        tables.sort_by(|a, b| a.0.cmp(&b.0));
        tables
    }

    pub(crate) fn register(&self, name: Arc<str>, node: &Arc<NodeHandle>, plan: Arc<Plan>) {
        let mut names = write(&self.inner.names);
        names.retain(|known| known.name != name && known.node.strong_count() > 0);
        names.push(Named { name, node: Arc::downgrade(node), plan });
    }

    /// The threads of the session.
    pub(crate) fn pool(&self) -> Arc<crate::pool::Pool> {
        self.inner.pool.clone()
    }

    /// The table, if it is of this session.
    pub(crate) fn own<'t>(&self, table: &'t Table) -> Result<&'t Table> {
        if table.session().inner.id == self.inner.id {
            return Ok(table);
        }
        Err(Error::new(ErrorKind::ForeignTable, "the tables belong to different sessions")
            .with_help("make both with one session, or take a snapshot of one into the other"))
    }

    /// The graph, once no cycle runs, without the nodes whose last handle is gone.
    ///
    /// # Errors
    /// [`ErrorKind::InsideCycle`] if this thread is the one that runs the cycle, or helps it.
    pub(crate) fn gate(&self) -> Result<Gate<'_>> {
        let refused = || {
            Error::new(ErrorKind::InsideCycle, "this call is not allowed inside an update cycle")
                .with_help("do it in a listener, which runs after the cycle")
        };
        if self.inner.pool.is_worker() {
            return Err(refused());
        }
        let graph = self.inner.door.enter().map_err(|Inside| refused())?;
        let mut gate = Gate::new(graph, &self.inner.pool);
        gate.bury();
        Ok(gate)
    }

    /// Runs `work`, which may call user code, while this thread holds the gate: a call from there that needs the gate
    /// is an error, where it would wait for ever.
    pub(crate) fn inside<T>(&self, work: impl FnOnce() -> T) -> T {
        self.inner.door.inside(work)
    }

    /// Checks every structure of the session against itself.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] with the first fault found.
    pub fn validate(&self) -> Result<()> {
        self.gate()?.validate().map_err(|fault| Error::new(ErrorKind::Internal, fault))
    }
}

/// A checked condition over columns, ready to be asked about rows that are in no table yet.
#[derive(Clone, Debug)]
pub struct Condition {
    checked: Checked,
    program: Arc<dyn Program>,
}

impl Condition {
    /// The positions of the columns it reads.
    pub fn inputs(&self) -> &[usize] {
        self.checked.inputs()
    }

    /// The rows for which it is true, given the values of [`Condition::inputs`] in that order.
    ///
    /// # Errors
    /// What evaluating gives: a user function that fails, an integer divided by zero.
    pub fn matches(&self, inputs: &[Vector<'_>], rows: usize) -> Result<Bits> {
        self.program.matches(inputs, rows)
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
