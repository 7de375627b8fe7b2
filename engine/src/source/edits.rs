//! [`Edits`]: what writes by key come to, for a table with a row for each key.

use std::collections::VecDeque;

use super::Batch;
use super::input::Edit;
use super::intake::Stage;
use crate::Result;
use crate::graph::{Delta, Mask};
use crate::group::{KeyTable, Keys, NO_SLOT};
use crate::plan::Definition;
use crate::pool::Pool;
use crate::rowset::RowSet;
use crate::types::Type;
use crate::vector::Vector;

/// The row of a slot whose key has none.
const NO_ROW: u64 = u64::MAX;

/// State: the keys, and for each by slot the id of its row. Ids count upwards, so rows are in the order in which their
/// keys came.
pub(crate) struct Edits {
    /// Positions of the key columns.
    keys: Vec<usize>,
    /// Columns that are not of the key: what writing to a row that is there may change.
    others: Mask,
    table: KeyTable,
    rows: Vec<u64>,
    next: u64,
    slots: Vec<u32>,
}

/// What several edits come to.
pub(crate) struct Edited {
    pub(crate) delta: Delta,
    pub(crate) writes: Vec<Write>,
    /// Bytes that the keys take now.
    pub(crate) bytes: usize,
}

/// Values for rows in order of id, by column.
pub(crate) struct Write {
    pub(crate) ids: Vec<u64>,
    pub(crate) columns: Vec<(usize, Vector<'static>)>,
}

/// Each row is written once, with the cells it has in the end; one that comes and goes at once is never written.
#[derive(Default)]
struct Net {
    /// Rows put in: id, edit, row of that edit's batch, in the order of the edits.
    puts: Vec<(u64, usize, u32)>,
    gone: Vec<u64>,
}

impl Edits {
    pub(crate) fn new(definition: &Definition, keys: Vec<usize>) -> Self {
        let types: Vec<Type> = keys.iter().map(|&key| definition.columns()[key].ty).collect();
        let others = (0..definition.columns().len()).filter(|column| !keys.contains(column)).collect();
        let table = KeyTable::new(&types);
        Edits { keys, others, table, rows: Vec::new(), next: 0, slots: Vec::new() }
    }

    fn net(&mut self, edits: &VecDeque<Edit>) -> Result<Net> {
        let mut net = Net::default();
        for (at, edit) in edits.iter().enumerate() {
            match edit {
                Edit::Upsert(batch) => self.upsert(at, batch, &mut net)?,
                Edit::Delete(keys) => self.delete(keys, &mut net),
            }
        }
        // The last put of a row counts; the sort keeps puts of one row in order.
        net.puts.sort_by_key(|&(id, ..)| id);
        net.puts.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                *earlier = *later;
            }
            same
        });
        Ok(net)
    }

    fn upsert(&mut self, edit: usize, batch: &Batch, net: &mut Net) -> Result<()> {
        let keys = Keys::of(self.keys.iter().map(|&key| batch.columns()[key].borrowed()));
        self.table.place(&keys, batch.rows(), &mut self.slots)?;
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
        self.table.locate(&Keys::of(keys.columns().iter().map(Vector::borrowed)), keys.rows(), &mut self.slots);
        for &slot in &self.slots {
            // A key may be listed twice.
            if slot != NO_SLOT && self.rows[slot as usize] != NO_ROW {
                net.gone.push(std::mem::replace(&mut self.rows[slot as usize], NO_ROW));
                self.table.remove(slot);
            }
        }
    }

    /// The values of rows put in by one edit, in order of id; of rows that are there the key stays as it came first.
    fn write(&self, batch: &Batch, puts: &[(u64, u32)], is_new: bool) -> Write {
        let (ids, rows): (Vec<u64>, Vec<u32>) = puts.iter().copied().unzip();
        let columns = batch.columns().iter().enumerate();
        let written = columns.filter(|(column, _)| is_new || self.others.contains(*column));
        Write { ids, columns: written.map(|(column, values)| (column, values.take(&rows))).collect() }
    }

    fn bytes(&self) -> usize {
        self.table.bytes() + self.rows.capacity() * 8 + self.slots.capacity() * 4
    }

    /// Checks the keys, and that those with a row are `rows`.
    pub(crate) fn validate(&self, rows: &RowSet) -> Result<(), String> {
        self.table.validate()?;
        let own: RowSet = self.rows.iter().copied().filter(|&row| row != NO_ROW).collect();
        if &own == rows && own.len() == self.table.len() as u64 {
            return Ok(());
        }
        Err(format!("{} keys for {} rows", self.table.len(), rows.len()))
    }
}

impl Stage for Edits {
    type Sent = Edit;
    type Ready = Edited;

    fn make_ready(&mut self, sent: VecDeque<Edit>, _pool: &Pool) -> Result<Edited> {
        let first = self.next;
        let Net { mut puts, gone } = self.net(&sent)?;
        let gone = RowSet::from_unsorted(gone);
        puts.retain(|&(id, ..)| !gone.contains(id));
        let (changed, new) = puts.split_at(puts.partition_point(|&(id, ..)| id < first));
        let mut writes = Vec::new();
        for (part, is_new) in [(changed, false), (new, true)] {
            let mut by_edit: Vec<Vec<(u64, u32)>> = vec![Vec::new(); sent.len()];
            part.iter().for_each(|&(id, edit, row)| by_edit[edit].push((id, row)));
            for (edit, puts) in sent.iter().zip(by_edit) {
                match edit {
                    Edit::Upsert(batch) if !puts.is_empty() => writes.push(self.write(batch, &puts, is_new)),
                    _ => {}
                }
            }
        }
        let ids = |puts: &[(u64, usize, u32)]| puts.iter().map(|&(id, ..)| id).collect::<RowSet>();
        let modified = if self.others.is_empty() { RowSet::new() } else { ids(changed) };
        let delta = Delta { removed: gone.slice_ids(0..first), added: ids(new), modified, mask: self.others.clone() };
        Ok(Edited { delta: delta.normalized(), writes, bytes: self.bytes() })
    }
}
