//! [`Slot`]: one state that answers for one or more columns of the result, and what it is told of rows.

use super::accumulator::{Accumulator, Reads, Standing};
use crate::Result;
use crate::column::{Column, Compiled, Ids, View};
use crate::graph::{Cx, Mask};
use crate::op::Bound;
use crate::op::in_turn::ask_in_turn;
use crate::types::Type;
use crate::vector::{Values, Vector};

/// A state, and where its answers go.
pub(super) struct Slot {
    pub(super) answers: Vec<Answer>,
    pub(super) told: Told,
    /// States with the same number are told of the same columns.
    pub(super) reading: usize,
    /// The columns of the input whose change is told.
    pub(super) told_mask: Mask,
    /// The columns of the input whose change may change an answer.
    pub(super) depends: Mask,
    /// The columns it is computed of: one, and those that decide, or the one that weighs.
    pub(super) column: Option<Column>,
    pub(super) beside: Vec<Column>,
    /// Their positions in the input.
    pub(super) positions: (Option<usize>, Vec<usize>),
    pub(super) state: Box<dyn Accumulator>,
}

/// Where an answer goes.
#[derive(Clone, Copy)]
pub(super) struct Answer {
    /// Its position in the result.
    pub(super) output: usize,
    /// The stored column.
    pub(super) stored: usize,
}

/// What a state is told of a row.
pub(super) enum Told {
    /// The values of columns.
    Columns(Vec<Column>),
    /// Whether all of some conditions hold.
    Conditions(Vec<Bound>),
}

/// Rows of a batch with the slots of their groups, of which states are told.
pub(super) struct Pass<'p, 'c> {
    cx: &'p Cx<'c>,
    slots: &'p [u32],
    ids: Ids<'p>,
    view: View,
    /// The cells read last, and the number of their reading: states that are told of the same columns stand side by side.
    last: Option<(usize, Vec<Vector<'p>>)>,
}

impl<'p, 'c> Pass<'p, 'c> {
    /// Of rows as they are.
    pub(super) fn of_new(cx: &'p Cx<'c>, slots: &'p [u32], ids: Ids<'p>) -> Self {
        Pass { cx, slots, ids, view: View::New, last: None }
    }

    /// Of rows as they were.
    pub(super) fn of_old(cx: &'p Cx<'c>, slots: &'p [u32], ids: Ids<'p>) -> Self {
        Pass { view: View::Old, ..Pass::of_new(cx, slots, ids) }
    }

    fn cells(&mut self, reading: usize, told: &Told) -> Result<&[Vector<'p>]> {
        if self.last.as_ref().is_none_or(|last| last.0 != reading) {
            self.last = Some((reading, told.read(self.cx, self.ids, self.view)?));
        }
        Ok(self.last.as_ref().map_or(&[], |last| &last.1))
    }

    fn places(&self) -> Result<Vec<u64>> {
        self.cx.input().order.places(self.cx, self.ids, self.view)
    }
}

/// Which aggregates a pass over rows concerns.
#[derive(Clone, Copy)]
pub(super) enum Concern<'a> {
    /// All, and the groups themselves: rows come or go.
    Rows,
    /// Those whose input is in the mask: rows stay in their groups.
    Values(&'a Mask),
}

impl Told {
    /// The conditions it goes by.
    pub(super) fn conditions(&self) -> impl Iterator<Item = &Compiled> {
        let conditions = match self {
            Told::Conditions(conditions) => &conditions[..],
            Told::Columns(_) => &[],
        };
        conditions.iter().map(|condition| &condition.formula)
    }

    fn read<'c>(&self, cx: &'c Cx<'_>, ids: Ids<'_>, view: View) -> Result<Vec<Vector<'c>>> {
        match self {
            Told::Columns(columns) => cx.read_all(columns, ids, view),
            Told::Conditions(conditions) => {
                let ask = |condition: &Bound, ids: Ids<'_>| {
                    condition.formula.matches(&cx.read_all(&condition.inputs, ids, view)?, ids)
                };
                let holds = ask_in_turn(ids, conditions, |condition| condition.is_fallible(), ask)?.within(ids);
                Ok(vec![Vector::new(Type::Bool, Values::Bool(holds), None)])
            }
        }
    }
}

impl Slot {
    fn is_concerned(&self, concern: Concern<'_>) -> bool {
        let Concern::Values(mask) = concern else { return true };
        match self.state.reads() {
            Reads::Values => mask.intersects(&self.told_mask),
            Reads::Rows => false,
            Reads::Places => mask.has_order(),
            Reads::Standing => mask.has_order() || mask.intersects(&self.told_mask),
        }
    }

    /// Takes rows out of their groups, by what they were.
    pub(super) fn take(&mut self, pass: &mut Pass<'_, '_>, concern: Concern<'_>) -> Result<()> {
        if !self.is_concerned(concern) {
            return Ok(());
        }
        let (slots, ids) = (pass.slots, pass.ids);
        match self.state.reads() {
            Reads::Values => self.state.retract(slots, pass.cells(self.reading, &self.told)?),
            Reads::Rows => {}
            Reads::Places => self.state.retract_places(slots, ids, &pass.places()?),
            Reads::Standing => {
                let (places, cells) = (pass.places()?, pass.cells(self.reading, &self.told)?);
                self.state.retract_standing(slots, &Standing { ids, places, cells });
            }
        }
        Ok(())
    }

    /// Puts rows into their groups, by what they are.
    pub(super) fn put(&mut self, pass: &mut Pass<'_, '_>, concern: Concern<'_>) -> Result<()> {
        if !self.is_concerned(concern) {
            return Ok(());
        }
        put_into(self.state.as_mut(), self.reading, &self.told, pass)
    }

    /// Puts rows into another state of the same kind.
    pub(super) fn put_into(&self, state: &mut dyn Accumulator, pass: &mut Pass<'_, '_>) -> Result<()> {
        put_into(state, self.reading, &self.told, pass)
    }
}

fn put_into(state: &mut dyn Accumulator, reading: usize, told: &Told, pass: &mut Pass<'_, '_>) -> Result<()> {
    let (slots, ids) = (pass.slots, pass.ids);
    match state.reads() {
        Reads::Values => state.insert(slots, pass.cells(reading, told)?),
        Reads::Rows => state.insert_rows(slots, ids),
        Reads::Places => state.insert_places(slots, ids, &pass.places()?),
        Reads::Standing => {
            let (places, cells) = (pass.places()?, pass.cells(reading, told)?);
            state.insert_standing(slots, &Standing { ids, places, cells });
        }
    }
    Ok(())
}
