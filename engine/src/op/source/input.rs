//! The source behind an [`InputTable`]: one row a key, put in and taken out by key.

use std::collections::VecDeque;

use crate::Result;
use crate::column::Ids;
use crate::graph::{Cx, Delta, Output, Update};
use crate::group::{KeyTable, NO_SLOT};
use crate::op::Operator;
use crate::plan::Definition;
use crate::rowset::RowSet;
use crate::source::{Batch, Edit, InputTable};
use crate::types::Type;
use crate::vector::Vector;

/// The row of a slot whose key has none.
const NO_ROW: u64 = u64::MAX;

/// State: the keys, and for each by slot the id of its row. Ids count upwards, so rows are in the order in which their
/// keys came.
pub(crate) struct InputSource {
    input: InputTable,
    /// Positions of the key columns.
    keys: Vec<usize>,
    table: KeyTable,
    rows: Vec<u64>,
    next: u64,
    slots: Vec<u32>,
}

/// What the edits of a cycle come to. Each row is written once, with the cells it has in the end; one that comes and
/// goes in the same cycle is never written.
#[derive(Default)]
struct Net {
    /// Rows put in: id, edit, row of that edit's batch, in the order of the edits.
    puts: Vec<(u64, usize, u32)>,
    gone: Vec<u64>,
}

impl InputSource {
    pub(crate) fn new(input: InputTable, definition: &Definition, keys: Vec<usize>) -> Self {
        let types: Vec<Type> = keys.iter().map(|&key| definition.columns()[key].ty).collect();
        InputSource { input, keys, table: KeyTable::new(&types), rows: Vec::new(), next: 0, slots: Vec::new() }
    }

    fn net(&mut self, edits: &VecDeque<Edit>) -> Result<Net> {
        let mut net = Net::default();
        for (at, edit) in edits.iter().enumerate() {
            match edit {
                Edit::Upsert(batch) => self.upsert(at, batch, &mut net)?,
                Edit::Delete(keys) => self.delete(keys, &mut net),
            }
        }
        Ok(net)
    }

    fn upsert(&mut self, edit: usize, batch: &Batch, net: &mut Net) -> Result<()> {
        let keys: Vec<Vector<'_>> = self.keys.iter().map(|&key| batch.columns()[key].borrowed()).collect();
        self.table.find_or_insert(&keys, batch.rows(), &mut self.slots)?;
        self.rows.resize(self.table.slots(), NO_ROW);
        for (row, &slot) in (0..).zip(&self.slots) {
            let id = &mut self.rows[slot as usize];
            if *id == NO_ROW {
                *id = self.next;
                self.next += 1;
            }
            net.puts.push((*id, edit, row));
        }
        Ok(())
    }

    fn delete(&mut self, keys: &Batch, net: &mut Net) {
        self.table.find(keys.columns(), keys.rows(), &mut self.slots);
        for &slot in &self.slots {
            // A key may be listed twice.
            if slot != NO_SLOT && self.rows[slot as usize] != NO_ROW {
                net.gone.push(std::mem::replace(&mut self.rows[slot as usize], NO_ROW));
                self.table.remove(slot);
            }
        }
    }

    /// Writes the rows of one edit, in order of id; of rows that are there the key stays as it came first.
    fn write(&self, cx: &mut Cx<'_>, batch: &Batch, puts: &[(u64, u32)], is_new: bool) -> Result<()> {
        let (ids, rows): (Vec<u64>, Vec<u32>) = puts.iter().copied().unzip();
        for (slot, values) in batch.columns().iter().enumerate() {
            if is_new || !self.keys.contains(&slot) {
                cx.write(slot, Ids::List(&ids), &values.take(&rows))?;
            }
        }
        Ok(())
    }
}

impl Drop for InputSource {
    fn drop(&mut self) {
        self.input.close();
    }
}

impl Operator for InputSource {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let edits = self.input.drain().items;
        let first = self.next;
        let mut net = self.net(&edits)?;
        let gone = RowSet::from_unsorted(net.gone);
        // The last put of a row counts; the sort keeps puts of one row in order.
        net.puts.sort_by_key(|&(id, ..)| id);
        net.puts.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                *earlier = *later;
            }
            same
        });
        net.puts.retain(|&(id, ..)| !gone.contains(id));
        let border = net.puts.partition_point(|&(id, ..)| id < first);
        let (changed, new) = net.puts.split_at(border);
        for (part, is_new) in [(changed, false), (new, true)] {
            let mut by_edit: Vec<Vec<(u64, u32)>> = vec![Vec::new(); edits.len()];
            part.iter().for_each(|&(id, edit, row)| by_edit[edit].push((id, row)));
            for (edit, puts) in edits.iter().zip(by_edit) {
                match edit {
                    Edit::Upsert(batch) if !puts.is_empty() => self.write(cx, batch, &puts, is_new)?,
                    _ => {}
                }
            }
        }
        let ids = |puts: &[(u64, usize, u32)]| puts.iter().map(|&(id, ..)| id).collect::<RowSet>();
        let width = self.input.definition().columns().len();
        let mask: crate::graph::Mask = (0..width).filter(|column| !self.keys.contains(column)).collect();
        let modified = if mask.is_empty() { RowSet::new() } else { ids(changed) };
        let delta = Delta { removed: gone.slice_ids(0..first), added: ids(new), modified, mask }.normalized();
        let rows = delta.apply(cx.old_rows());
        Ok(Update::new(delta, rows))
    }

    fn has_work(&self, _output: &Output) -> bool {
        self.input.has_pending()
    }

    fn bytes(&self) -> usize {
        self.table.bytes() + self.rows.capacity() * 8 + self.slots.capacity() * 4
    }

    fn validate(&self, output: &Output) -> Result<(), String> {
        self.table.validate()?;
        let rows: RowSet = self.rows.iter().copied().filter(|&row| row != NO_ROW).collect();
        if rows == output.rows && rows.len() == self.table.len() as u64 {
            return Ok(());
        }
        Err(format!("{} keys for {} rows", self.table.len(), output.rows.len()))
    }
}
