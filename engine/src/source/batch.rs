//! [`Batch`]: rows on their way into a table, column by column.

use super::Positions;
use crate::plan::{ColumnDef, Definition};
use crate::types::List;
use crate::vector::{Vector, VectorBuilder};
use crate::{Error, ErrorKind, Result};

/// Rows on their way into a table: one vector a column, all of one length.
#[derive(Clone, Debug)]
pub struct Batch {
    columns: Vec<Vector<'static>>,
    rows: usize,
    bytes: usize,
    positions: Positions,
}

impl Batch {
    /// A batch for the columns of `definition`, in their order.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if columns are missing or too many or of unequal length, [`ErrorKind::Type`] if a type differs.
    pub fn new(definition: &Definition, columns: Vec<Vector<'static>>) -> Result<Self> {
        let rows = columns.first().map_or(0, Vector::len);
        let bytes = columns.iter().map(Vector::bytes).sum();
        let batch = Batch { columns, rows, bytes, positions: Positions::new() };
        batch.check(definition)?;
        Ok(batch)
    }

    /// That the columns are those of `definition`, and of one length.
    pub(crate) fn check(&self, definition: &Definition) -> Result<()> {
        let defs = definition.columns();
        if self.columns.len() != defs.len() {
            let message = format!("{} columns given, the table has {}", self.columns.len(), defs.len());
            return Err(Error::new(ErrorKind::Argument, message));
        }
        for (column, def) in self.columns.iter().zip(defs) {
            if column.ty() != def.ty {
                let message = format!("values of type {} for a column of type {}", column.ty(), def.ty);
                return Err(Error::new(ErrorKind::Type, message).with_column(&*def.name));
            }
            if column.len() != self.rows {
                let message = format!("{} values where the first column has {}", column.len(), self.rows);
                return Err(Error::new(ErrorKind::Argument, message).with_column(&*def.name));
            }
            let of_type = |list: &List| Some(list.item_type()) == def.ty.item();
            let lists = column.lists().unwrap_or_default().iter().enumerate();
            if let Some((row, list)) = lists.filter(|&(row, _)| column.is_valid(row)).find(|(_, list)| !of_type(list)) {
                let message = format!("a list of {} in a column of type {}", list.item_type(), def.ty);
                return Err(Error::new(ErrorKind::Type, message).with_column(&*def.name).with_row(row as u64));
            }
        }
        Ok(())
    }

    /// The same rows, with how far their source has been read when they are in.
    pub fn with_positions(mut self, positions: Positions) -> Self {
        self.positions = positions;
        self
    }

    /// How far the source has been read with these rows.
    pub fn positions(&self) -> &Positions {
        &self.positions
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The columns.
    pub fn columns(&self) -> &[Vector<'static>] {
        &self.columns
    }

    /// The columns, by value.
    pub fn into_columns(self) -> Vec<Vector<'static>> {
        self.columns
    }

    /// Bytes held, for bounded queues.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

/// One growing builder a column: what a decoder fills, record by record.
#[derive(Clone, Debug)]
pub struct BatchBuilder {
    definition: Definition,
    builders: Vec<VectorBuilder>,
}

impl BatchBuilder {
    /// Empty builders for the columns of `definition`.
    pub fn new(definition: &Definition) -> Self {
        let builders = definition.columns().iter().map(|column: &ColumnDef| VectorBuilder::new(column.ty)).collect();
        BatchBuilder { definition: definition.clone(), builders }
    }

    /// The builder of a column.
    pub fn column(&mut self, index: usize) -> &mut VectorBuilder {
        &mut self.builders[index]
    }

    /// All builders.
    pub fn columns(&mut self) -> &mut [VectorBuilder] {
        &mut self.builders
    }

    /// Rows complete in every column.
    pub fn rows(&self) -> usize {
        self.builders.iter().map(VectorBuilder::len).min().unwrap_or(0)
    }

    /// Takes back all rows after the first `rows`, in every column: a record is all or nothing.
    pub fn truncate(&mut self, rows: usize) {
        for builder in &mut self.builders {
            builder.truncate(rows);
        }
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.builders.iter().map(VectorBuilder::bytes).sum()
    }

    /// The rows so far as a batch; the builders start anew.
    ///
    /// # Errors
    /// As [`Batch::new`], if the columns are of unequal length.
    pub fn take(&mut self) -> Result<Batch> {
        let fresh = BatchBuilder::new(&self.definition).builders;
        let columns = std::mem::replace(&mut self.builders, fresh);
        Batch::new(&self.definition, columns.into_iter().map(VectorBuilder::finish).collect())
    }
}
