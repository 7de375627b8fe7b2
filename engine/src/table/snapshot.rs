//! [`Snapshot`]: a table at one moment.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::Table;
use crate::Result;
use crate::column::{BLOCK_LOG2, Column, Ids, Together, View, is_scattered};
use crate::graph::Pin;
use crate::listen::Rows;
use crate::order::{InOrder, RowPositions};
use crate::plan::Definition;
use crate::pool::{ALONE, Pool};
use crate::rowset::RowSet;
use crate::source::Positions;
use crate::types::Value;
use crate::vector::{VECTOR_ROWS, Vector, VectorBuilder};

/// A table at one moment, read without locks for as long as wanted. Lazy columns are read when asked for, so
/// reading can fail. It holds what it shows: drop it when done.
#[derive(Clone, Debug)]
pub struct Snapshot {
    definition: Definition,
    pin: Arc<Pin>,
    /// Which table of the pin.
    at: usize,
    /// All rows in their order: once a whole column is asked for, or some rows of an order that has no index.
    all: Arc<OnceLock<InOrder>>,
    pool: Arc<Pool>,
}

/// Rows that are read together: of those here and there, the more are asked for, the better each block is used.
const MANY: usize = 1 << 16;

/// Pieces of so many rows that are there at a time, besides the values asked for.
const ROUND: usize = 8;

impl Snapshot {
    pub(crate) fn new(table: &Table, pin: Arc<Pin>, at: usize) -> Self {
        let pool = table.session().pool();
        Snapshot { definition: table.definition().clone(), pin, at, all: Arc::default(), pool }
    }

    /// The columns.
    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    /// How many rows there are.
    pub fn len(&self) -> u64 {
        self.ids().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids().is_empty()
    }

    /// The ids of the rows, as a set: of a table with an order of its own, [`Snapshot::ids_at`] tells that.
    pub fn ids(&self) -> &RowSet {
        &self.pin.tables[self.at].rows
    }

    /// The ids of the rows at `positions` (cut where the table ends), in row order.
    ///
    /// # Errors
    /// None that a caller could cause.
    pub fn ids_at(&self, positions: Range<u64>) -> Result<Vec<u64>> {
        let table = &self.pin.tables[self.at];
        if table.order.has_positions() {
            return Ok(RowPositions::new(table.order, &table.rows, &*self.pin)?.ids(positions));
        }
        Ok(self.all()?.slice(positions))
    }

    /// Where the row of an id stands, in a table that has positions.
    pub(crate) fn position_of(&self, id: u64) -> Result<u64> {
        let table = &self.pin.tables[self.at];
        let places = table.order.places(&*self.pin, Ids::List(&[id]), View::New)?;
        Ok(RowPositions::new(table.order, &table.rows, &*self.pin)?.rank(places[0]))
    }

    /// Some columns of rows here and there, by position.
    pub(crate) fn gather(&self, columns: &[usize], positions: &[u64]) -> Result<Vec<Vector<'static>>> {
        let mut ids = Vec::with_capacity(positions.len());
        for run in positions.chunk_by(|a, b| a + 1 == *b) {
            ids.extend(self.ids_at(run[0]..run[0] + run.len() as u64)?);
        }
        self.read_columns(columns, &InOrder::List(ids))
    }

    /// All rows in their order.
    fn all(&self) -> Result<&InOrder> {
        if let Some(all) = self.all.get() {
            return Ok(all);
        }
        let table = &self.pin.tables[self.at];
        let all = match table.order {
            order if order.is_by_id() => InOrder::by_id(table.rows.clone()),
            order if order.has_positions() => InOrder::List(self.ids_at(0..self.len())?),
            order => InOrder::new(order, &*self.pin, &table.rows, View::New)?,
        };
        Ok(self.all.get_or_init(|| all))
    }

    /// How far the source has been read for these rows, if they come of one source that tells: see [`Positions`]. Of
    /// several, [`Snapshot::sources`] tells.
    pub fn positions(&self) -> &Positions {
        static NOTHING: Positions = Positions::new();
        match &self.pin.tables[self.at].sources[..] {
            [(_, positions)] => positions,
            _ => &NOTHING,
        }
    }

    /// How far each source has been read for these rows, by the name of its table; of those sources that tell. A table
    /// made of others is made of their sources.
    ///
    /// ```
    /// use headwater_engine::source::{Batch, Positions};
    /// use headwater_engine::{ColumnDef, Session, Type, vector::Vector};
    /// # fn main() -> headwater_engine::Result<()> {
    /// let session = Session::new();
    /// let (orders, feed) = session.append_table("orders", [ColumnDef::new("Price", Type::F64)])?;
    /// let dear = orders.filter("Price > 100")?;
    /// let mut read = Positions::new();
    /// read.set("partition 0", 2);
    /// let prices = Batch::new(orders.definition(), vec![Vector::from(vec![99.0, 101.0])])?;
    /// feed.send(prices.with_positions(read))?;
    /// session.step()?;
    /// let snapshot = dear.snapshot()?;
    /// assert_eq!((snapshot.len(), snapshot.positions().get("partition 0")), (1, Some(2)));
    /// assert_eq!(snapshot.sources().map(|(name, _)| name).collect::<Vec<_>>(), ["orders"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn sources(&self) -> impl ExactSizeIterator<Item = (&str, &Positions)> {
        self.pin.tables[self.at].sources.iter().map(|(name, positions)| (&**name, positions))
    }

    /// The rows at `positions` (cut where the table ends) of all columns.
    ///
    /// # Errors
    /// What reading a lazy column gives.
    pub fn rows(&self, positions: Range<u64>) -> Result<Rows> {
        let names: Vec<&str> = self.definition.columns().iter().map(|column| &*column.name).collect();
        self.window(positions, &names)
    }

    /// The rows at `positions` (cut where the table ends) of some columns: only these are read.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Unknown`] for a missing column, and what reading a lazy column gives.
    pub fn window(&self, positions: Range<u64>, columns: &[&str]) -> Result<Rows> {
        let rows = self.rows_at(positions)?;
        let columns = columns.iter().map(|name| self.definition.require(name)).collect::<Result<Vec<usize>>>()?;
        let defs = columns.iter().map(|&column| self.definition.columns()[column].clone());
        let vectors = self.read_columns(&columns, &rows)?;
        Rows::new(&Definition::new(defs, self.definition.flavour())?, vectors, rows.len())
    }

    /// A whole column.
    ///
    /// # Errors
    /// As [`Snapshot::window`].
    pub fn column(&self, name: &str) -> Result<Vector<'static>> {
        self.read(self.definition.require(name)?, self.all()?, &self.pool)
    }

    /// Whole columns, in the order of `names`: read together, by all threads if they are long.
    ///
    /// ```
    /// use headwater_engine::{Session, Value, vector::Vector};
    /// # fn main() -> headwater_engine::Result<()> {
    /// let session = Session::new();
    /// let rows = session.static_table("rows", [("A", Vector::from(vec![1_i64, 2])), ("B", vec![0.5, 1.5].into())])?;
    /// let columns = rows.filter("A > 1")?.snapshot()?.columns(["B", "A"])?;
    /// assert_eq!((columns[0].value(0), columns[1].value(0)), (Value::F64(1.5), Value::I64(2)));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Snapshot::window`].
    pub fn columns<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Result<Vec<Vector<'static>>> {
        let columns = names.into_iter().map(|name| self.definition.require(name)).collect::<Result<Vec<_>>>()?;
        self.read_columns(&columns, self.all()?)
    }

    /// One cell; `None` if the row or column is not there.
    ///
    /// # Errors
    /// What reading a lazy column gives.
    pub fn value(&self, position: u64, column: usize) -> Result<Option<Value>> {
        if position >= self.len() || column >= self.definition.columns().len() {
            return Ok(None);
        }
        Ok(Some(self.read(column, &self.rows_at(position..position + 1)?, &ALONE)?.value(0)))
    }

    /// The rows at some positions, in the form in which they are read fastest.
    fn rows_at(&self, positions: Range<u64>) -> Result<InOrder> {
        if !self.pin.tables[self.at].order.is_by_id() {
            return self.ids_at(positions).map(InOrder::List);
        }
        let end = positions.end.min(self.len());
        Ok(InOrder::by_id(self.ids().slice_positions(positions.start.min(end)..end)))
    }

    /// Several columns: read together if they have something in common, else by several threads if there is much to read.
    fn read_columns(&self, columns: &[usize], rows: &InOrder) -> Result<Vec<Vector<'static>>> {
        let together = Together::new(columns.iter().map(|&column| self.expression(column).clone()).collect());
        if together.saves()
            && let Ok(vectors) = self.read_in_pieces(&together, rows, &self.pool)
        {
            return Ok(vectors);
        }
        // Rows here and there are listed once, not once a column.
        let listed = match rows {
            InOrder::Set(set) if columns.len() > 1 && is_scattered(set) => Some(InOrder::List(set.to_vec())),
            _ => None,
        };
        let rows = listed.as_ref().unwrap_or(rows);
        let cells = (rows.len() * columns.len()) as u64;
        if columns.len() < 2 || !self.pool.is_large(cells) {
            return columns.iter().map(|&column| self.read(column, rows, &self.pool)).collect();
        }
        self.pool.map(columns.to_vec(), |column| self.read(column, rows, &ALONE)).into_iter().collect()
    }

    fn read(&self, column: usize, rows: &InOrder, pool: &Pool) -> Result<Vector<'static>> {
        let alone = Together::new(vec![self.expression(column).clone()]);
        let read = self.read_in_pieces(&alone, rows, pool);
        let mut read = read.map_err(|error| error.with_column(&*self.definition.columns()[column].name))?;
        Ok(read.remove(0))
    }

    /// Columns piece by piece, several pieces at a time where that is more than copying.
    fn read_in_pieces(&self, columns: &Together, rows: &InOrder, pool: &Pool) -> Result<Vec<Vector<'static>>> {
        let types = columns.columns().iter().map(Column::ty);
        let mut all: Vec<VectorBuilder> = types.map(|ty| VectorBuilder::with_capacity(ty, rows.len())).collect();
        // What is copied is bound by memory, and what is fetched comes in the order of the rows.
        let is_copied = matches!(rows, InOrder::Range(_)) && columns.columns().iter().all(|column| column.cost() == 0);
        let is_fetched = columns.columns().iter().any(Column::is_remote);
        // What is copied or evaluated stays in cache; what is gathered finds the more rows in each block.
        let is_gathered = |column: &Column| matches!(column, Column::Gathered(_) | Column::Either(_));
        let range = if columns.columns().iter().all(is_gathered) { 1 << BLOCK_LOG2 } else { VECTOR_ROWS };
        if is_copied || is_fetched || !pool.is_large(rows.len() as u64) {
            rows.large_batches(range, MANY, |ids| {
                let read = columns.read(&*self.pin, ids, View::New)?;
                all.iter_mut().zip(read).for_each(|(all, values)| all.append(values));
                Ok::<_, crate::Error>(())
            })?;
        } else {
            for round in rows.pieces(MANY).chunks(ROUND) {
                let read = |piece: &InOrder| {
                    let mut read = Vec::new();
                    piece.large_batches(range, MANY, |ids| {
                        let values = columns.read(&*self.pin, ids, View::New)?;
                        read.push(values.into_iter().map(Vector::into_owned).collect::<Vec<_>>());
                        Ok::<_, crate::Error>(())
                    })?;
                    Ok::<_, crate::Error>(read)
                };
                for piece in pool.map(round.iter().collect(), read) {
                    for values in piece? {
                        all.iter_mut().zip(values).for_each(|(all, values)| all.append(values));
                    }
                }
            }
        }
        Ok(all.into_iter().map(VectorBuilder::finish).collect())
    }

    fn expression(&self, column: usize) -> &Column {
        &self.pin.tables[self.at].columns[column]
    }
}
