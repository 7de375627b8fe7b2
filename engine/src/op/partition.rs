//! The number of the group of each row, in a column in front of the others, which pass through: what a partitioned table is
//! made of.

use super::differ::differ;
use super::groups::Groups;
use super::{Built, InputShape, Operator};
use crate::Result;
use crate::column::{Column, Ids, StoreRef, View, batches};
use crate::graph::{Cx, Mask, NodeId, Output, Update};
use crate::group::Keys;
use crate::rowset::RowSet;
use crate::types::Type;
use crate::vector::Vector;

/// The stored column of numbers, and its place in the result.
const NUMBERS: usize = 0;

/// State: the groups.
struct Partition {
    keys: Vec<(usize, Column)>,
    key_mask: Mask,
    groups: Groups,
    /// Rows stay as they are: nothing is ever taken back.
    only_adds: bool,
    slots: Vec<u32>,
}

pub(super) fn build(keys: &[usize], input: &InputShape<'_>, node: NodeId) -> Built {
    let types: Vec<Type> = keys.iter().map(|&key| input.columns[key].ty()).collect();
    let op = Partition {
        keys: keys.iter().map(|&key| (key, input.columns[key].clone())).collect(),
        key_mask: keys.iter().copied().collect(),
        groups: Groups::new(&types),
        only_adds: input.definition.flavour().only_adds(),
        slots: Vec::new(),
    };
    let mut columns = input.columns.to_vec();
    columns.insert(NUMBERS, Column::Stored { at: StoreRef { node, slot: NUMBERS }, ty: Type::I64 });
    Built { op: Box::new(op), columns, stored: vec![Type::I64], order: input.order }
}

impl Operator for Partition {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let input = cx.input();
        let mut delta = input.delta.clone();
        self.groups.start();
        let moved = match delta.mask.intersects(&self.key_mask) {
            true => delta.modified.clone(),
            false => RowSet::new(),
        };
        if !self.only_adds {
            self.retract(cx, &delta.removed.union(&moved))?;
        }
        let has_other = self.insert(cx, &moved)?;
        self.insert(cx, &delta.added)?;
        self.groups.touched();
        self.groups.reclaim();
        let mut mask: Mask = delta.mask.columns().map(|column| column + 1).collect();
        mask.set_order(delta.mask.has_order());
        if has_other {
            mask.set(NUMBERS);
        }
        delta.mask = mask;
        Ok(Update::new(delta, input.new.clone()))
    }

    fn reads_old(&self) -> Vec<(usize, usize)> {
        let is_asked = !self.only_adds;
        self.keys.iter().filter(|_| is_asked).map(|&(column, _)| (0, column)).collect()
    }

    fn bytes(&self) -> usize {
        self.groups.bytes()
    }

    fn validate(&self, output: &Output) -> Result<(), String> {
        let alive = self.groups.living();
        self.groups.validate(&alive)?;
        let counted = self.groups.counted();
        if counted == output.rows.len() {
            Ok(())
        } else {
            Err(format!("{} rows, counted {counted}", output.rows.len()))
        }
    }
}

impl Partition {
    fn retract(&mut self, cx: &Cx<'_>, rows: &RowSet) -> Result<()> {
        batches(rows, |ids| {
            let keys = self.read(cx, ids, View::Old)?;
            self.groups.find(&keys, ids.len(), &mut self.slots)?;
            self.groups.take_rows(&self.slots);
            Ok(())
        })
    }

    /// Puts rows into their groups, new groups in the order of their rows; whether any has another number than it had.
    fn insert(&mut self, cx: &mut Cx<'_>, rows: &RowSet) -> Result<bool> {
        let mut has_other = false;
        cx.in_order(0, rows)?.batches(|ids| {
            let keys = self.read(cx, ids, View::New)?;
            self.groups.add_rows(&keys, ids.len(), &mut self.slots)?;
            drop(keys);
            let numbers: Vec<i64> = self.groups.ids(&self.slots).into_iter().map(|id| id as i64).collect();
            let numbers = Vector::from(numbers);
            has_other = has_other || differ(&cx.own(NUMBERS, ids, View::New), &numbers).any();
            cx.write(NUMBERS, ids, &numbers)
        })?;
        Ok(has_other)
    }

    fn read<'c>(&self, cx: &'c Cx<'_>, ids: Ids<'_>, view: View) -> Result<Keys<'c>> {
        Keys::read(cx, self.keys.iter().map(|(_, column)| (column, column.ty())), ids, view)
    }
}
