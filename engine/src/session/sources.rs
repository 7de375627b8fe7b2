//! How tables begin.

use std::sync::Arc;

use arrow::array::RecordBatch;

use super::Session;
use crate::graph::{Filled, Graph, Node, NodeHandle, NodeId, Output};
use crate::op::{FeedSource, InputSource, KeyedSource, Operator, Still, still_output, stored_columns};
use crate::plan::{ColumnDef, Definition, Flavour, Operation, Plan};
use crate::source::{
    Batch, BatchBuilder, DEFAULT_FEED_BYTES, Feed, InputTable, Keep, KeyedRows, Region, Retain, Source, TablePublisher,
    key_columns,
};
use crate::table::{Columns, Table};
use crate::vector::{ArrowRules, Vector};
use crate::{Error, ErrorKind, Result};

impl Session {
    /// A table that never changes, of these columns.
    ///
    /// # Errors
    /// [`ErrorKind::NameClash`], or [`ErrorKind::Argument`] if the columns are of unequal length.
    pub fn static_table<'n>(
        &self,
        name: &str,
        columns: impl IntoIterator<Item = (&'n str, Vector<'static>)>,
    ) -> Result<Table> {
        let (defs, vectors): (Vec<_>, Vec<_>) =
            columns.into_iter().map(|(name, vector)| (ColumnDef::new(name, vector.ty()), vector)).unzip();
        let definition = Definition::new(defs, Flavour::Static)?;
        self.still(name, &Batch::new(&definition, vectors)?, definition)
    }

    /// A table that never changes, of the rows of Arrow batches of one schema.
    ///
    /// # Errors
    /// [`ErrorKind::Type`] for an Arrow type without counterpart, [`ErrorKind::Argument`] if there is no batch or
    /// their schemas differ, [`ErrorKind::Decode`] for a value out of range.
    pub fn table_from_arrow(&self, name: &str, batches: &[RecordBatch]) -> Result<Table> {
        self.table_from_arrow_with(name, batches, ArrowRules::default())
    }

    /// As [`Session::table_from_arrow`], by other rules.
    ///
    /// # Errors
    /// As [`Session::table_from_arrow`].
    pub fn table_from_arrow_with(&self, name: &str, batches: &[RecordBatch], rules: ArrowRules) -> Result<Table> {
        let first = batches.first().ok_or_else(|| Error::new(ErrorKind::Argument, "no batch to take a schema from"))?;
        let mut defs = Vec::new();
        for field in first.schema().fields() {
            let column = rules.vector(&arrow::array::new_empty_array(field.data_type()));
            defs.push(ColumnDef::new(field.name().as_str(), column.map_err(|e| e.with_column(field.name()))?.ty()));
        }
        let definition = Definition::new(defs, Flavour::Static)?;
        let mut rows = BatchBuilder::new(&definition);
        for batch in batches {
            if batch.schema() != first.schema() {
                return Err(Error::new(ErrorKind::Argument, "batches of different schemas"));
            }
            for (column, array) in batch.columns().iter().enumerate() {
                let values = rules.vector(array);
                let name = &*definition.columns()[column].name;
                rows.column(column).extend(&values.map_err(|error| error.with_column(name))?);
            }
        }
        self.still(name, &rows.take()?, definition)
    }

    /// A table without rows, into which none will come.
    pub(crate) fn hollow(&self, name: &str, definition: Definition) -> Result<Table> {
        let batch = BatchBuilder::new(&definition).take()?;
        self.still(name, &batch, definition)
    }

    fn still(&self, name: &str, batch: &Batch, definition: Definition) -> Result<Table> {
        let output = still_output(batch, self.inner.block_log2);
        self.source(name, definition, output, Box::new(Still))
    }

    /// A table to which rows are only added, and the feed they come in by.
    ///
    /// # Errors
    /// [`ErrorKind::NameClash`] if two columns have one name.
    pub fn append_table(&self, name: &str, columns: impl IntoIterator<Item = ColumnDef>) -> Result<(Table, Feed)> {
        self.fed(name, columns, &Keep::All, DEFAULT_FEED_BYTES)
    }

    /// A table whose rows live for one cycle, and the feed they come in by.
    ///
    /// # Errors
    /// As [`Session::append_table`].
    pub fn blink_table(&self, name: &str, columns: impl IntoIterator<Item = ColumnDef>) -> Result<(Table, Feed)> {
        self.fed(name, columns, &Keep::Cycle, DEFAULT_FEED_BYTES)
    }

    /// A table of the newest rows, and the feed they come in by; see [`Retain`] for how many these are.
    ///
    /// # Errors
    /// As [`Session::append_table`]; [`ErrorKind::Argument`] without a limit, [`ErrorKind::Unknown`] or
    /// [`ErrorKind::Type`] if rows have no timestamps to go by.
    pub fn ring_table(
        &self,
        name: &str,
        columns: impl IntoIterator<Item = ColumnDef>,
        retain: impl Into<Retain>,
    ) -> Result<(Table, Feed)> {
        self.fed(name, columns, &Keep::Last(retain.into()), DEFAULT_FEED_BYTES)
    }

    /// The table of a source of one's own, which begins to send rows.
    ///
    /// # Errors
    /// As [`Session::ring_table`], and what [`Source::start`] gives.
    pub fn open(&self, name: &str, source: impl Source) -> Result<Table> {
        let (table, feed) = self.fed(name, source.columns(), &source.keep(), source.feed_bytes())?;
        source.start(feed).map_err(|error| error.with_table(name))?;
        Ok(table)
    }

    /// A blink table, and the publisher that rows are pushed into it by, one by one.
    ///
    /// # Errors
    /// As [`Session::append_table`].
    pub fn publisher(
        &self,
        name: &str,
        columns: impl IntoIterator<Item = ColumnDef>,
    ) -> Result<(Table, TablePublisher)> {
        let (table, feed) = self.blink_table(name, columns)?;
        Ok((table, TablePublisher::new(feed)))
    }

    fn fed(
        &self,
        name: &str,
        columns: impl IntoIterator<Item = ColumnDef>,
        keep: &Keep,
        bytes: usize,
    ) -> Result<(Table, Feed)> {
        let definition = Definition::new(columns, keep.flavour())?;
        let feed = Feed::new(&definition, bytes, self.inner.wake.clone());
        let block = 1 << self.inner.block_log2;
        let source = match keep {
            Keep::All => FeedSource::append(&feed, block),
            Keep::Cycle => FeedSource::blink(&feed, block),
            Keep::Last(retain) => FeedSource::ring(&feed, block, retain.resolve(&definition)?),
        };
        let output = self.empty_output(&definition);
        Ok((self.source(name, definition, output, Box::new(source))?, feed))
    }

    /// A live table with one row a key, and the writer by which rows are put in or removed.
    ///
    /// # Errors
    /// As [`Session::append_table`]; [`ErrorKind::Argument`] without a key column, [`ErrorKind::Unknown`] for one
    /// that is not among the columns.
    #[doc(alias = "upsert")]
    pub fn input_table(
        &self,
        name: &str,
        columns: impl IntoIterator<Item = ColumnDef>,
        keys: impl Columns,
    ) -> Result<(Table, InputTable)> {
        let definition = Definition::new(columns, Flavour::Keyed)?;
        let keys = key_columns(&definition, &keys.into_columns())?;
        let input = InputTable::new(&definition, &keys, self.inner.wake.clone())?;
        let source = Box::new(InputSource::new(&input, &definition, keys));
        let output = self.empty_output(&definition);
        Ok((self.source(name, definition, output, source)?, input))
    }

    /// A live table whose caller names the row ids; the rows are in order of id.
    ///
    /// # Errors
    /// As [`Session::append_table`].
    pub fn keyed_rows(&self, name: &str, columns: impl IntoIterator<Item = ColumnDef>) -> Result<(Table, KeyedRows)> {
        let definition = Definition::new(columns, Flavour::Keyed)?;
        let rows = KeyedRows::new(&definition, self.inner.wake.clone());
        let source = Box::new(KeyedSource::new(rows.clone()));
        let output = self.empty_output(&definition);
        Ok((self.source(name, definition, output, source)?, rows))
    }

    /// A table of lazily read regions. Nothing is read until rows are asked for; a filter on columns of which every
    /// region knows its one value drops regions unread.
    ///
    /// # Errors
    /// As [`Session::append_table`].
    pub fn region_table(
        &self,
        name: &str,
        columns: impl IntoIterator<Item = ColumnDef>,
        regions: Vec<Arc<dyn Region>>,
    ) -> Result<Table> {
        let definition = Definition::new(columns, Flavour::Static)?;
        Ok(Table::of_regions(self.clone(), source_plan(name, definition), regions))
    }

    pub(super) fn empty_output(&self, definition: &Definition) -> Output {
        let log2 = self.inner.block_log2;
        let stored = definition.columns().iter().map(|def| crate::column::Stored::new(def.ty, log2)).collect();
        Output { stored, ..Output::default() }
    }

    /// A source that keeps all its values.
    fn source(&self, name: &str, definition: Definition, output: Output, op: Box<dyn Operator>) -> Result<Table> {
        let columns = definition.clone();
        let fill = |node| Filled::by_id(op, stored_columns(&columns, node).into(), output);
        self.source_of(name, definition, fill)
    }

    /// A source of what `fill` gives for its node.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] if the session may not hold as much.
    pub(super) fn source_of(
        &self,
        name: &str,
        definition: Definition,
        fill: impl FnOnce(NodeId) -> Filled,
    ) -> Result<Table> {
        let mut graph = self.gate()?;
        let handle = graph.reserve();
        let filled = fill(handle.id());
        graph.admit(filled.bytes()).map_err(|error| error.with_table(name))?;
        Ok(self.linked(&mut graph, name, definition, handle, filled))
    }

    /// As [`Session::source_of`], for whoever holds the gate, and within no limit.
    pub(super) fn source_in(
        &self,
        graph: &mut Graph,
        name: &str,
        definition: Definition,
        fill: impl FnOnce(NodeId) -> Filled,
    ) -> Table {
        let handle = graph.reserve();
        let filled = fill(handle.id());
        self.linked(graph, name, definition, handle, filled)
    }

    fn linked(
        &self,
        graph: &mut Graph,
        name: &str,
        definition: Definition,
        handle: Arc<NodeHandle>,
        filled: Filled,
    ) -> Table {
        let is_source = !definition.flavour().is_static();
        let plan = source_plan(name, definition);
        graph.insert(handle.id(), Node::new(plan.clone(), name, Vec::new(), filled), is_source);
        Table::of_node(self.clone(), plan, handle, Some(name.into()))
    }
}

fn source_plan(name: &str, definition: Definition) -> Arc<Plan> {
    let operation = Operation::Source { name: name.into(), flavour: definition.flavour() };
    Arc::new(Plan { operation, inputs: Vec::new(), definition })
}
