//! [`Slot`]: one state that answers for one or more columns of the result, and what it is told of rows.

use super::accumulator::{Accumulator, Reads, Standing};
use crate::Result;
use crate::column::{Column, Compiled, Ids, View};
use crate::graph::{Cx, Mask};
use crate::op::Bound;
use crate::types::Type;
use crate::vector::{Bits, Values, Vector};

/// A state, and where its answers go.
pub(super) struct Slot {
    pub(super) answers: Vec<Answer>,
    pub(super) told: Told,
    /// The columns of the input whose change is told.
    pub(super) told_mask: Mask,
    /// The columns of the input whose change may change an answer.
    pub(super) depends: Mask,
    /// The columns it is computed of: one, and the one that decides or weighs.
    pub(super) column: Option<Column>,
    pub(super) beside: Option<Column>,
    /// Their positions in the input.
    pub(super) positions: (Option<usize>, Option<usize>),
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
                let holds = all_hold(conditions, cx, ids, view)?;
                Ok(vec![Vector::new(Type::Bool, Values::Bool(holds), None)])
            }
        }
    }
}

/// For which rows all conditions are true: each is asked only of the rows that those before it left, as others may make
/// it fail.
fn all_hold(conditions: &[Bound], cx: &Cx<'_>, ids: Ids<'_>, view: View) -> Result<Bits> {
    let mut left: Vec<usize> = (0..ids.len()).collect();
    for (nth, Bound { formula, inputs }) in conditions.iter().enumerate() {
        let some: Vec<u64>;
        let asked = match nth {
            0 => ids,
            _ => {
                some = left.iter().map(|&at| ids.get(at)).collect();
                Ids::List(&some)
            }
        };
        let holds = formula.matches(&cx.read_all(inputs, asked, view)?, asked)?;
        left = holds.ones().map(|at| left[at]).collect();
    }
    let mut holds = Bits::filled(false, ids.len());
    left.into_iter().for_each(|at| holds.set(at, true));
    Ok(holds)
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

    /// Takes rows out of the groups of `slots`, by what they were.
    pub(super) fn take(&mut self, cx: &Cx<'_>, slots: &[u32], ids: Ids<'_>, concern: Concern<'_>) -> Result<()> {
        if !self.is_concerned(concern) {
            return Ok(());
        }
        let (order, view) = (cx.input().order, View::Old);
        match self.state.reads() {
            Reads::Values => self.state.retract(slots, &self.told.read(cx, ids, view)?),
            Reads::Rows => {}
            Reads::Places => self.state.retract_places(slots, ids, &order.places(cx, ids, view)?),
            Reads::Standing => {
                let (cells, places) = (self.told.read(cx, ids, view)?, order.places(cx, ids, view)?);
                self.state.retract_standing(slots, &Standing { ids, places, cells: &cells[0] });
            }
        }
        Ok(())
    }

    /// Puts rows into the groups of `slots`, by what they are.
    pub(super) fn put(&mut self, cx: &Cx<'_>, slots: &[u32], ids: Ids<'_>, concern: Concern<'_>) -> Result<()> {
        if !self.is_concerned(concern) {
            return Ok(());
        }
        let (order, view) = (cx.input().order, View::New);
        match self.state.reads() {
            Reads::Values => self.state.insert(slots, &self.told.read(cx, ids, view)?),
            Reads::Rows => self.state.insert_rows(slots, ids),
            Reads::Places => self.state.insert_places(slots, ids, &order.places(cx, ids, view)?),
            Reads::Standing => {
                let (cells, places) = (self.told.read(cx, ids, view)?, order.places(cx, ids, view)?);
                self.state.insert_standing(slots, &Standing { ids, places, cells: &cells[0] });
            }
        }
        Ok(())
    }
}
