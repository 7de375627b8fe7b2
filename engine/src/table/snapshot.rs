//! [`Snapshot`]: a table at one moment.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::Table;
use crate::Result;
use crate::column::{Column, Ids, Together, View};
use crate::graph::Pin;
use crate::listen::Rows;
use crate::order::{InOrder, RowPositions};
use crate::plan::Definition;
use crate::pool::Pool;
use crate::rowset::RowSet;
use crate::source::Positions;
use crate::types::Value;
use crate::vector::{Vector, VectorBuilder};

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

/// Rows of an ordered table that are read together.
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
        let rows = InOrder::List(ids);
        columns.iter().map(|&column| self.read(column, &rows)).collect()
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
        let vectors = match self.read_together(&columns, &rows) {
            Some(vectors) => vectors,
            None => columns.iter().map(|&column| self.read(column, &rows)).collect::<Result<Vec<_>>>()?,
        };
        Rows::new(&Definition::new(defs, self.definition.flavour())?, vectors, rows.len())
    }

    /// Columns that have something in common; `None` if they have not, if one cannot be read, and for rows here and there.
    fn read_together(&self, columns: &[usize], rows: &InOrder) -> Option<Vec<Vector<'static>>> {
        if matches!(rows, InOrder::List(_)) {
            return None;
        }
        let columns = columns.iter().map(|&column| self.pin.tables[self.at].columns[column].clone());
        let together = Some(Together::new(columns.collect())).filter(Together::saves)?;
        let types = together.columns().iter().map(Column::ty);
        let mut all: Vec<VectorBuilder> = types.map(|ty| VectorBuilder::with_capacity(ty, rows.len())).collect();
        rows.batches(|ids| {
            let read = together.read(&*self.pin, ids, View::New)?;
            all.iter_mut().zip(read).for_each(|(all, values)| all.append(values));
            Ok::<_, crate::Error>(())
        })
        .ok()?;
        Some(all.into_iter().map(VectorBuilder::finish).collect())
    }

    /// A whole column.
    ///
    /// # Errors
    /// As [`Snapshot::window`].
    pub fn column(&self, name: &str) -> Result<Vector<'static>> {
        self.read(self.definition.require(name)?, self.all()?)
    }

    /// One cell; `None` if the row or column is not there.
    ///
    /// # Errors
    /// What reading a lazy column gives.
    pub fn value(&self, position: u64, column: usize) -> Result<Option<Value>> {
        if position >= self.len() || column >= self.definition.columns().len() {
            return Ok(None);
        }
        Ok(Some(self.read(column, &self.rows_at(position..position + 1)?)?.value(0)))
    }

    /// The rows at some positions, in the form in which they are read fastest.
    fn rows_at(&self, positions: Range<u64>) -> Result<InOrder> {
        if !self.pin.tables[self.at].order.is_by_id() {
            return self.ids_at(positions).map(InOrder::List);
        }
        let end = positions.end.min(self.len());
        Ok(InOrder::by_id(self.ids().slice_positions(positions.start.min(end)..end)))
    }

    fn read(&self, column: usize, rows: &InOrder) -> Result<Vector<'static>> {
        let expression = &self.pin.tables[self.at].columns[column];
        let mut values = VectorBuilder::with_capacity(expression.ty(), rows.len());
        let mut read = || -> Result<()> {
            let InOrder::List(ids) = rows else {
                return rows.batches(|ids| {
                    values.extend(&expression.read(&*self.pin, ids, View::New)?);
                    Ok(())
                });
            };
            // Rows here and there: the more are asked for together, the better each block is used.
            let pieces: Vec<&[u64]> = ids.chunks(MANY).collect();
            for round in pieces.chunks(ROUND) {
                let read = |ids: &[u64]| Ok(expression.read(&*self.pin, Ids::List(ids), View::New)?.into_owned());
                let made: Vec<Result<Vector<'static>>> = self.pool.map(round.to_vec(), read);
                made.into_iter().try_for_each(|piece| {
                    values.append(piece?);
                    Ok::<_, crate::Error>(())
                })?;
            }
            Ok(())
        };
        read().map_err(|error| error.with_column(&*self.definition.columns()[column].name))?;
        Ok(values.finish())
    }
}
