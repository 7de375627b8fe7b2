//! natural_join: the left rows, each with columns of the one right row of the same key.
//!
//! The rows and columns of the left table pass through. Of the right table nothing is copied: one stored column, the
//! index, holds the right row each left row has taken, and every added column is read through it, or through one made
//! of it where the right table reads it through an index already. Rows that go or change are found by their old keys;
//! which right row a key gives is decided when a whole update is in, never half-way.

mod broken;
mod chosen;
mod rule;
#[cfg(test)]
mod tests;
mod update;
mod validate;

use super::matching::{Added, IdLists, Index, Indexes, Side, SlotSet, pass_through, reads_old, release};
use super::{Built, InputShape, Operator};
use crate::graph::{Cx, NodeId, Output, Update};
use crate::group::KeyTable;
use crate::plan::{KeyColumns, Match};
use crate::rowset::RowSet;
use crate::types::Type;
use crate::{Error, ErrorKind, Result};

use chosen::Chosen;
use rule::{Choice, Rule};

/// State: the keys of the right rows and, where the right table may change, of the left rows too, so that a change of
/// a right row finds the left rows it matters to.
struct NaturalJoin {
    left: Side,
    right: Side,
    rule: Rule,
    /// Which right row comes first is a matter of its place, not of its id.
    by_place: bool,
    added: Added,
    keys: KeyTable,
    right_rows: IdLists,
    /// `None` while the right table never changes: nobody asks then.
    left_rows: Option<IdLists>,
    indexes: Indexes,
    work: Work,
}

/// What one update needs and the next one uses again.
#[derive(Debug)]
struct Work {
    /// The key slot of each row of a batch.
    slots: Vec<u32>,
    index: Index,
    /// Keys whose right rows changed, and what each gave before.
    touched: SlotSet,
    before: Vec<Choice>,
    /// Where the right table is not in order of id: what keys with several rows give now.
    chosen: Chosen,
    /// Keys that lost left rows.
    left_behind: SlotSet,
    /// Keys one side of which has no row any more.
    vacated: SlotSet,
}

/// The slot of the index column among the columns of the node.
const INDEX: usize = 0;

pub(super) fn build(
    on: &KeyColumns,
    added: Vec<usize>,
    matching: Match,
    left: &InputShape<'_>,
    right: &InputShape<'_>,
    node: NodeId,
) -> Built {
    let rule = Rule::new(matching, on.types.len());
    let mut indexes = Indexes::new(node, INDEX, INDEX + 1);
    let mut columns = left.columns.to_vec();
    for &column in &added {
        columns.push(indexes.read(columns.len(), &right.columns[column]));
    }
    let stored = vec![Type::I64; indexes.end()];
    let join = NaturalJoin {
        left: Side::new(left, &on.left, &on.types),
        right: Side::new(right, &on.right, &on.types),
        rule,
        by_place: rule.end().is_some() && !right.order.is_by_id(),
        added: Added::new(added, left.columns.len()),
        keys: KeyTable::new(&on.types),
        right_rows: IdLists::default(),
        left_rows: (!right.definition.flavour().is_static()).then(IdLists::default),
        indexes,
        work: Work {
            slots: Vec::new(),
            index: Index::new(INDEX),
            touched: SlotSet::default(),
            before: Vec::new(),
            chosen: Chosen::default(),
            left_behind: SlotSet::default(),
            vacated: SlotSet::default(),
        },
    };
    Built { op: Box::new(join), columns, stored, order: left.order }
}

impl Operator for NaturalJoin {
    fn update(&mut self, cx: &mut Cx<'_>) -> Result<Update> {
        let &[left, right] = cx.inputs else {
            return Err(Error::new(ErrorKind::Internal, "a join of other than two tables"));
        };
        let rekeyed = if self.left.is_hit(&left.delta.mask) { left.delta.modified.clone() } else { RowSet::new() };
        self.work.chosen.clear();
        self.update_right(cx, &right, !left.old.is_empty())?;
        self.retract_left(cx, &left.delta.removed.union(&rekeyed))?;
        let mut delta = self.follow(cx, right.delta)?;
        let moved = self.insert_left(cx, &rekeyed, true)?;
        self.insert_left(cx, &left.delta.added, false)?;
        let NaturalJoin { keys, left_rows, right_rows, work, .. } = self;
        release(keys, &mut work.vacated, |slot| {
            !right_rows.is_empty(slot) || left_rows.as_ref().is_some_and(|rows| !rows.is_empty(slot))
        });

        let followed = delta.modified.union(&rekeyed);
        pass_through(left.delta, &mut delta);
        // The right row a left row has kept may itself have changed or been replaced.
        if moved || !(rekeyed.is_empty() || right.delta.removed.is_empty() && right.delta.modified.is_empty()) {
            delta.mask.insert_all(&self.added.all());
        }
        self.indexes.follow(cx, &delta.added, &followed, &delta.mask)?;
        Ok(Update::new(delta, left.new.clone()))
    }

    fn reads_old(&self) -> Vec<(usize, usize)> {
        // Without lists of left rows, a left row that goes is simply gone.
        let left = if self.left_rows.is_some() { self.left.reads_old() } else { &[] };
        reads_old(left, self.right.reads_old())
    }

    fn reads_old_order(&self) -> Vec<usize> {
        if self.by_place { vec![1] } else { Vec::new() }
    }

    fn bytes(&self) -> usize {
        let work = &self.work;
        let sets = [&work.touched, &work.left_behind, &work.vacated].map(SlotSet::bytes);
        let work = work.slots.capacity() * 4
            + work.index.bytes()
            + work.before.capacity() * size_of::<Choice>()
            + sets.iter().sum::<usize>();
        let lists = self.right_rows.bytes() + self.left_rows.as_ref().map_or(0, IdLists::bytes);
        self.keys.bytes() + lists + work
    }

    fn validate(&self, output: &Output) -> Result<(), String> {
        self.check(output)
    }
}
