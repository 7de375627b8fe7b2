//! The steps of an update: rows into their groups, table by table, then the groups that changed.

use super::MultiJoin;
use crate::column::{Ids, View, batches};
use crate::graph::{Cx, Delta, Mask, Update};
use crate::op::groups::Touched;
use crate::op::matching::{RowsOfKey, SlotSet};
use crate::rowset::RowSet;
use crate::types::Value;
use crate::vector::VECTOR_ROWS;
use crate::{Error, ErrorKind, Result};

impl MultiJoin {
    pub(super) fn follow(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        self.groups.start();
        let mut mask = Mask::none();
        for number in 0..self.inputs.len() {
            let changed = self.regroup(cx, number)?;
            mask.insert_all(&changed);
        }
        let Touched { added, removed, stayed } = self.groups.touched();
        let of_groups = |slots: &[u32], groups: &crate::op::groups::Groups| RowSet::from_sorted(&groups.ids(slots));
        let delta = Delta {
            removed: of_groups(&removed, &self.groups),
            added: of_groups(&added, &self.groups),
            modified: if mask.is_empty() { RowSet::new() } else { of_groups(&stayed, &self.groups) },
            mask,
        };
        self.write_keys(cx, &added)?;
        self.write_rows(cx, &added, true)?;
        self.write_rows(cx, &stayed, false)?;
        for input in &self.inputs {
            input.indexes.follow(cx, &delta.added, &delta.modified, &delta.mask)?;
        }
        self.groups.reclaim();
        let delta = delta.normalized();
        let rows = delta.apply(cx.old_rows());
        Ok(Update::new(delta, rows))
    }

    /// Takes the changes of one table into the groups, and finds keys that it has twice; the columns of the result that
    /// may have changed by that.
    fn regroup(&mut self, cx: &Cx<'_>, number: usize) -> Result<Mask> {
        let MultiJoin { inputs, groups, .. } = self;
        let input = &mut inputs[number];
        let Delta { removed, added, modified, mask } = cx.inputs[number].delta;
        let rekeyed = if input.side.is_hit(mask) { modified.clone() } else { RowSet::new() };
        let gone = removed.union(&rekeyed);
        let (mut slots, mut losing, mut gaining) = (Vec::new(), SlotSet::default(), SlotSet::default());
        batches(&gone, |ids| {
            groups.find(&input.side.read(cx, ids, View::Old)?, ids.len(), &mut slots)?;
            groups.take_rows(&slots);
            slots.iter().for_each(|&slot| {
                losing.insert(slot);
            });
            Ok::<_, Error>(())
        })?;
        losing.drain().for_each(|slot| input.rows.retract(slot, &gone));
        for rows in [&rekeyed, added] {
            // New groups take their places in the order of their rows.
            cx.in_order(number, rows)?.batches(|ids| {
                groups.add_rows(&input.side.read(cx, ids, View::New)?, ids.len(), &mut slots)?;
                for (&slot, id) in slots.iter().zip(ids.iter()) {
                    input.rows.push(slot, id);
                    gaining.insert(slot);
                }
                Ok::<_, Error>(())
            })?;
        }
        input.rows.settle();
        if let Some(slot) = gaining.drain().find(|&slot| matches!(input.rows.get(slot), RowsOfKey::Several(_))) {
            return Err(self.twice(number, slot));
        }
        let input = &self.inputs[number];
        let mut changed = Mask::none();
        mask.columns().for_each(|column| changed.insert_all(&input.shown[column]));
        if !changed.is_empty() {
            batches(modified, |ids| {
                self.groups.find(&input.side.read(cx, ids, View::New)?, ids.len(), &mut slots)?;
                self.groups.touch(&slots);
                Ok::<_, Error>(())
            })?;
        }
        if !(gone.is_empty() && added.is_empty()) {
            changed.insert_all(&input.all_shown);
        }
        Ok(changed)
    }

    fn write_keys(&self, cx: &mut Cx<'_>, slots: &[u32]) -> Result<()> {
        for slots in slots.chunks(VECTOR_ROWS) {
            let ids = self.groups.ids(slots);
            for column in 0..self.keys {
                cx.write(column, Ids::List(&ids), &self.groups.keys(column, slots))?;
            }
        }
        Ok(())
    }

    /// Writes which row of each table the groups have, where that is not written yet.
    fn write_rows(&mut self, cx: &mut Cx<'_>, slots: &[u32], are_new: bool) -> Result<()> {
        for slots in slots.chunks(VECTOR_ROWS) {
            let ids = self.groups.ids(slots);
            for input in &mut self.inputs {
                slots.iter().for_each(|&slot| input.index.push(input.rows.get(slot).first()));
                if are_new || input.index.differs(cx, Ids::List(&ids)) {
                    input.index.write(cx, Ids::List(&ids))?;
                } else {
                    input.index.clear();
                }
            }
        }
        Ok(())
    }

    /// A key that one table has in several rows.
    fn twice(&self, number: usize, slot: u32) -> Error {
        let rows = self.inputs[number].rows.get(slot);
        let keys =
            self.key_names.iter().enumerate().map(|(column, name)| match self.groups.keys(column, &[slot]).value(0) {
                Value::String(text) => format!("{name} = {text:?}"),
                other => format!("{name} = {other}"),
            });
        let key = keys.collect::<Vec<_>>().join(", ");
        let message = format!("{} rows of table {} have the key {key}", rows.len(), number + 1);
        let error = Error::new(ErrorKind::DuplicateKey, message)
            .with_help("keep one row of each key, as last_by does, or give the table more key columns");
        match (self.key_names.first(), rows.first()) {
            (Some(name), Some(row)) => error.with_column(&**name).with_row(row),
            _ => error,
        }
    }
}
