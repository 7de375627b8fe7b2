//! [`Cx`]: all that an operator may see and touch in an update.

use super::{Delta, NodeId};
use crate::column::{Coded, Codes, Column, Ids, StoreRef, Stored, Stores, View};
use crate::order::{InOrder, OrderIndex, RowOrder, RowPositions};
use crate::pool::{ALONE, Pool};
use crate::rowset::RowSet;
use crate::vector::{Bits, VECTOR_ROWS, Vector};
use crate::{Error, ErrorKind, Result};

/// An input in an update: its rows before and after, what became of them, and how its columns are read.
#[derive(Clone, Copy)]
pub(crate) struct InputView<'a> {
    pub(crate) old: &'a RowSet,
    pub(crate) new: &'a RowSet,
    pub(crate) delta: &'a Delta,
    pub(crate) columns: &'a [Column],
    pub(crate) order: RowOrder,
}

/// What a node gives: rows, the delta of this cycle, and the columns it keeps.
#[derive(Debug, Default)]
pub(crate) struct Output {
    pub(crate) rows: RowSet,
    /// The rows before the cycle.
    pub(crate) old_rows: RowSet,
    pub(crate) delta: Delta,
    pub(crate) stored: Vec<Stored>,
    /// The rows in their order, where the node keeps an index of it.
    pub(crate) index: OrderIndex,
}

impl Output {
    /// A stored column for writing, and the rows before the cycle.
    fn column(&mut self, slot: usize) -> Result<(&mut Stored, &RowSet)> {
        let stored = self.stored.get_mut(slot);
        let stored = stored.ok_or_else(|| Error::new(ErrorKind::Internal, format!("no stored column {slot}")))?;
        Ok((stored, &self.old_rows))
    }

    /// Bytes in stored columns and the index.
    pub(crate) fn bytes(&self) -> usize {
        self.stored.iter().map(Stored::bytes).sum::<usize>() + self.index.bytes()
    }

    /// Ends the cycle: what is new becomes old.
    pub(crate) fn commit(&mut self) {
        let delta = std::mem::take(&mut self.delta);
        for stored in &mut self.stored {
            stored.commit(&delta.removed, &self.rows);
        }
        self.old_rows = self.rows.clone();
    }

    /// Takes all contents out: what happens to a failed table.
    pub(crate) fn empty(&mut self) -> Output {
        let stored = self.stored.iter().map(Stored::emptied).collect();
        std::mem::replace(self, Output { stored, ..Output::default() })
    }
}

/// The result of an update.
pub(crate) struct Update {
    pub(crate) delta: Delta,
    /// The rows now.
    pub(crate) rows: RowSet,
    /// Set by a source that will give no more rows, and why.
    pub(crate) stop: Option<Error>,
}

impl Update {
    pub(crate) fn new(delta: Delta, rows: RowSet) -> Self {
        Update { delta, rows, stop: None }
    }
}

/// What an operator sees and touches in an update: its inputs, both views of any column, and its own storage.
pub(crate) struct Cx<'a> {
    pub(crate) inputs: &'a [InputView<'a>],
    stores: &'a dyn Stores,
    node: NodeId,
    output: &'a mut Output,
    pool: &'a Pool,
}

impl Stores for Cx<'_> {
    fn stored(&self, at: StoreRef, view: View) -> Option<&Stored> {
        if at.node == self.node { self.output.stored.get(at.slot) } else { self.stores.stored(at, view) }
    }

    fn index(&self, node: NodeId) -> Option<&OrderIndex> {
        if node == self.node { Some(&self.output.index) } else { self.stores.index(node) }
    }
}

impl<'a> Cx<'a> {
    pub(crate) fn new(
        inputs: &'a [InputView<'a>],
        stores: &'a dyn Stores,
        node: NodeId,
        output: &'a mut Output,
    ) -> Self {
        Cx { inputs, stores, node, output, pool: &ALONE }
    }

    /// The same with the threads of a session to share work among.
    pub(crate) fn on(self, pool: &'a Pool) -> Self {
        Cx { pool, ..self }
    }

    /// Cuts the rows to work on into rounds of pieces, each round for one [`Cx::map`]; `None` for small work.
    pub(crate) fn rounds(&self, rows: &RowSet) -> Option<Vec<Vec<RowSet>>> {
        self.pool.rounds(rows)
    }

    /// What `work` makes of each piece, in their order, done by all threads of the session.
    ///
    /// # Errors
    /// The first, by order of the pieces.
    pub(crate) fn map<R: Send>(
        &self,
        pieces: Vec<RowSet>,
        work: impl Fn(&Self, &RowSet) -> Result<R> + Sync,
    ) -> Result<Vec<R>> {
        self.pool.map(pieces, |piece| work(self, &piece)).into_iter().collect()
    }

    /// What `work` makes of each of some things, in their order, done by all threads of the session.
    ///
    /// # Errors
    /// The first, by order.
    pub(crate) fn share<T: Send, R: Send>(
        &self,
        items: Vec<T>,
        work: impl Fn(&Self, T) -> Result<R> + Sync,
    ) -> Result<Vec<R>> {
        self.pool.map(items, |item| work(self, item)).into_iter().collect()
    }

    /// Gives `take` what `work` makes of each of some things, in their order, as soon as all before are made. Nothing is
    /// taken after a failure.
    ///
    /// # Errors
    /// The first, by order.
    pub(crate) fn map_into<T: Send, R: Send>(
        &self,
        items: Vec<T>,
        work: impl Fn(&Self, T) -> Result<R> + Sync,
        mut take: impl FnMut(R) -> Result<()> + Send,
    ) -> Result<()> {
        let mut taken = Ok(());
        self.pool.map_into(
            items,
            |item| work(self, item),
            |made| {
                if taken.is_ok() {
                    taken = made.and_then(&mut take);
                }
            },
        );
        taken
    }

    /// The threads of the session.
    pub(crate) fn pool(&self) -> &Pool {
        self.pool
    }

    /// The only input of an operator with one.
    pub(crate) fn input(&self) -> InputView<'a> {
        self.inputs[0]
    }

    /// The rows of this table before the cycle.
    pub(crate) fn old_rows(&self) -> &RowSet {
        &self.output.old_rows
    }

    /// The values of a column, whosever it is.
    pub(crate) fn read(&self, column: &Column, ids: Ids<'_>, view: View) -> Result<Vector<'_>> {
        column.read(self, ids, view)
    }

    /// The texts of a column by code; `None` where they are not kept so.
    pub(crate) fn codes(&self, column: &Column, ids: Ids<'_>, view: View) -> Result<Option<Codes<'_>>> {
        column.codes(self, ids, view)
    }

    /// The values several columns had before the cycle or have now.
    pub(crate) fn read_all<'s>(&'s self, columns: &[Column], ids: Ids<'_>, view: View) -> Result<Vec<Vector<'s>>> {
        columns.iter().map(|column| column.read(self, ids, view)).collect()
    }

    /// The rows of an input by position, as they are now.
    pub(crate) fn positions(&self, input: usize) -> Result<RowPositions<'_>> {
        let InputView { new, order, .. } = self.inputs[input];
        RowPositions::new(order, new, self)
    }

    /// Rows of an input in the order they have there now.
    pub(crate) fn in_order(&self, input: usize, rows: &RowSet) -> Result<InOrder> {
        InOrder::new(self.inputs[input].order, self, rows, View::New)
    }

    /// The index of this node's own rows.
    pub(crate) fn own_index(&self) -> &OrderIndex {
        &self.output.index
    }

    /// The same for writing.
    pub(crate) fn index_mut(&mut self) -> &mut OrderIndex {
        &mut self.output.index
    }

    /// A stored column of this node's own.
    pub(crate) fn own_column(&self, slot: usize) -> &Stored {
        &self.output.stored[slot]
    }

    /// A column of this node's own as it is now.
    pub(crate) fn own(&self, slot: usize, ids: Ids<'_>, view: View) -> Vector<'_> {
        self.output.stored[slot].read(ids, view)
    }

    /// How many rows to write at a time to a column of this node's own: a block, so that it can be kept as it is made.
    #[inline]
    pub(crate) fn batch_rows(&self, slot: usize) -> usize {
        self.output.stored.get(slot).map_or(0, Stored::block_rows).max(VECTOR_ROWS)
    }

    /// Writes values of a column of this node's own, one an id.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] if the values do not fit the column.
    pub(crate) fn write(&mut self, slot: usize, ids: Ids<'_>, values: &Vector<'_>) -> Result<()> {
        let (stored, old_rows) = self.output.column(slot)?;
        stored.write(ids, values, old_rows);
        Ok(())
    }

    /// As [`Cx::write`], with values the column may keep: a whole block of them is not copied.
    ///
    /// # Errors
    /// As [`Cx::write`].
    pub(crate) fn put(&mut self, slot: usize, ids: Ids<'_>, values: Vector<'static>) -> Result<()> {
        let (stored, old_rows) = self.output.column(slot)?;
        stored.put(ids, values, old_rows);
        Ok(())
    }

    /// The codes of texts in a column of this node's own; `None` if that keeps text as it is.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] if there is no such column.
    pub(crate) fn encode(&mut self, slot: usize, texts: &Vector<'_>) -> Result<Option<Coded>> {
        let (stored, _) = self.output.column(slot)?;
        Ok(stored.encode(texts))
    }

    /// As [`Cx::put`], with texts by their codes in that column.
    ///
    /// # Errors
    /// As [`Cx::write`].
    pub(crate) fn put_codes(&mut self, slot: usize, ids: Ids<'_>, codes: Vec<u32>, valid: Option<Bits>) -> Result<()> {
        let (stored, old_rows) = self.output.column(slot)?;
        if let Some(coded) = stored.coded(codes, valid) {
            stored.put_codes(ids, coded, old_rows);
        }
        Ok(())
    }
}
