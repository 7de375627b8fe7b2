//! [`Computed`]: a formula over columns, read without going through the formulas below it one by one.
//!
//! A column of a formula may be read by several formulas above it, and those by one again: read as a tree, the column at the bottom of
//! such a tower would be evaluated twice for each floor. So the formulas below are taken up in one plan when the column is made, each
//! once, and what they read as well.

use std::sync::Arc;

use super::{Column, Compiled, Ids, Stores, View};
use crate::Result;
use crate::vector::Vector;

/// A formula and the plan to read it by.
#[derive(Debug)]
pub(crate) struct Computed {
    /// What is read, other than by formula; nothing twice.
    leaves: Vec<Column>,
    /// The formulas below, each after those it reads.
    below: Vec<Step>,
    top: Step,
}

/// A formula, and where its inputs come from.
#[derive(Clone, Debug)]
struct Step {
    formula: Compiled,
    inputs: Vec<Input>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Input {
    Leaf(usize),
    Below(usize),
}

impl Computed {
    pub(crate) fn new(formula: Compiled, inputs: &[Column]) -> Self {
        let (mut leaves, mut below) = (Vec::new(), Vec::new());
        let inputs = inputs.iter().map(|input| take_up(input, &mut leaves, &mut below)).collect();
        Computed { leaves, below, top: Step { formula, inputs } }
    }

    pub(crate) fn formula(&self) -> &Compiled {
        &self.top.formula
    }

    /// The columns it reads that are not formulas themselves.
    pub(crate) fn leaves(&self) -> &[Column] {
        &self.leaves
    }

    pub(super) fn read<'s>(&self, stores: &'s dyn Stores, ids: Ids<'_>, view: View) -> Result<Vector<'s>> {
        let leaves: Vec<Vector<'s>> =
            self.leaves.iter().map(|leaf| leaf.read(stores, ids, view)).collect::<Result<_>>()?;
        if self.top.inputs.iter().copied().eq((0..leaves.len()).map(Input::Leaf)) {
            return self.top.formula.evaluate(&leaves, ids);
        }
        let mut made: Vec<Vector<'static>> = Vec::with_capacity(self.below.len());
        for step in &self.below {
            let value = step.evaluate(&leaves, &made, ids)?;
            made.push(value);
        }
        self.top.evaluate(&leaves, &made, ids)
    }
}

impl Step {
    fn evaluate(&self, leaves: &[Vector<'_>], made: &[Vector<'static>], ids: Ids<'_>) -> Result<Vector<'static>> {
        let inputs = self.inputs.iter().map(|input| match *input {
            Input::Leaf(at) => leaves[at].slice(0..ids.len()),
            Input::Below(at) => made[at].slice(0..ids.len()),
        });
        Ok(self.formula.evaluate(&inputs.collect::<Vec<_>>(), ids)?.into_owned())
    }
}

/// Takes a column up in a plan, with all that it reads, and says where it is there.
fn take_up(column: &Column, leaves: &mut Vec<Column>, below: &mut Vec<Step>) -> Input {
    let Column::Computed(computed) = column else {
        let at = leaves.iter().position(|leaf| is_same(leaf, column)).unwrap_or_else(|| {
            leaves.push(column.clone());
            leaves.len() - 1
        });
        return Input::Leaf(at);
    };
    let taken: Vec<Input> = computed.leaves.iter().map(|leaf| take_up(leaf, leaves, below)).collect();
    let mut moved: Vec<Input> = Vec::with_capacity(computed.below.len());
    for step in computed.below.iter().chain([&computed.top]) {
        let inputs: Vec<Input> = step
            .inputs
            .iter()
            .map(|input| match *input {
                Input::Leaf(at) => taken[at],
                Input::Below(at) => moved[at],
            })
            .collect();
        let found = below.iter().position(|known| known.formula.is_same(&step.formula) && known.inputs == inputs);
        let at = found.unwrap_or_else(|| {
            below.push(Step { formula: step.formula.clone(), inputs });
            below.len() - 1
        });
        moved.push(Input::Below(at));
    }
    // The formula itself is the last step.
    moved[moved.len() - 1]
}

/// Whether two columns are read from one place.
fn is_same(a: &Column, b: &Column) -> bool {
    match (a, b) {
        (Column::Stored { at: a, .. }, Column::Stored { at: b, .. }) => a == b,
        (Column::Region { regions: a, column: x, .. }, Column::Region { regions: b, column: y, .. }) => {
            Arc::ptr_eq(a, b) && x == y
        }
        (Column::Gathered(a), Column::Gathered(b)) => Arc::ptr_eq(a, b),
        (Column::Series(a), Column::Series(b)) => Arc::ptr_eq(a, b),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::vector::Vector;
    use crate::{Session, Value};

    /// Both columns of a floor read both of the one below: as a tree, the top would read the bottom a trillion times.
    #[test]
    fn a_tower_of_shared_formulas_is_read_in_one_pass() {
        let session = Session::new();
        let ones = || Vector::from(vec![1_i64, 2, 3]);
        let mut table = session.static_table("rows", [("A0", ones()), ("B0", ones())]).unwrap();
        for floor in 1..=40 {
            let below = floor - 1;
            let (sum, same) =
                (format!("A{floor} = A{below} + B{below}"), format!("B{floor} = A{below} - B{below} + B0"));
            table = table.update_view(sum).unwrap().update_view(same).unwrap();
        }
        let (mut a, mut b) = (3_i64, 3_i64);
        for _ in 1..=40 {
            (a, b) = (a.wrapping_add(b), a.wrapping_sub(b).wrapping_add(3));
        }
        let pin = table.snapshot().unwrap();
        assert_eq!(pin.column("A40").unwrap().value(2), Value::I64(a));
        assert_eq!(pin.column("B40").unwrap().value(2), Value::I64(b));
    }
}
