//! [`Plan`]: the formulas that some columns are made of, in one list, each once, and what those read.

use std::sync::Arc;

use super::by_text::each_text;
use super::{Codes, Column, Compiled, Ids, Stores, View};
use crate::Result;
use crate::types::Type;
use crate::vector::Vector;

/// Formulas in order, and the columns they read that are not formulas themselves.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Nothing twice.
    leaves: Vec<Leaf>,
    /// Each after those it reads.
    steps: Vec<Step>,
}

#[derive(Debug)]
struct Leaf {
    column: Column,
    /// Whether a formula reads nothing but this, and it may be text that is kept as codes.
    by_text: bool,
    /// Whether it is read as it is.
    by_value: bool,
}

/// A formula, and where its inputs come from.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) formula: Compiled,
    pub(super) inputs: Vec<Input>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Input {
    Leaf(usize),
    Step(usize),
}

impl Plan {
    pub(super) fn leaves(&self) -> impl Iterator<Item = &Column> {
        self.leaves.iter().map(|leaf| &leaf.column)
    }

    /// Whether some text may be read as codes.
    pub(super) fn may_read_codes(&self) -> bool {
        self.leaves.iter().any(|leaf| leaf.by_text)
    }

    pub(super) fn formulas(&self) -> impl Iterator<Item = &Compiled> {
        self.steps.iter().map(|step| &step.formula)
    }

    /// How much there is that is better done once than twice: formulas, and columns that are copied to be read.
    pub(super) fn dear(&self) -> usize {
        let is_copied = |leaf: &&Leaf| match &leaf.column {
            Column::Stored { ty, .. } => *ty == Type::String,
            Column::Constant { .. } => false,
            _ => true,
        };
        self.steps.len() + self.leaves.iter().filter(is_copied).count()
    }

    /// Takes a column up, with all that it reads, and says where it is here.
    pub(super) fn take_up(&mut self, column: &Column) -> Input {
        let Column::Computed(computed) = column else { return self.leaf(column) };
        let (plan, top) = computed.parts();
        let taken: Vec<Input> = plan.leaves().map(|leaf| self.take_up(leaf)).collect();
        let mut moved: Vec<Input> = Vec::with_capacity(plan.steps.len());
        for step in plan.steps.iter().chain([top]) {
            let inputs = step.inputs.iter().map(|input| match *input {
                Input::Leaf(at) => taken[at],
                Input::Step(at) => moved[at],
            });
            let step = Step { formula: step.formula.clone(), inputs: inputs.collect() };
            moved.push(self.step(step));
        }
        // The formula itself is the last step.
        moved[moved.len() - 1]
    }

    fn leaf(&mut self, column: &Column) -> Input {
        let known = self.leaves.iter().position(|leaf| is_same(&leaf.column, column));
        Input::Leaf(known.unwrap_or_else(|| {
            self.leaves.push(Leaf { column: column.clone(), by_text: false, by_value: false });
            self.leaves.len() - 1
        }))
    }

    fn step(&mut self, step: Step) -> Input {
        let known = |other: &Step| other.formula.is_same(&step.formula) && other.inputs == step.inputs;
        Input::Step(self.steps.iter().position(known).unwrap_or_else(|| {
            self.note(&step);
            self.steps.push(step);
            self.steps.len() - 1
        }))
    }

    /// Takes down how a formula, in the plan or above it, reads leaves.
    pub(super) fn note(&mut self, step: &Step) {
        match step.inputs[..] {
            [Input::Leaf(at)] if step.formula.is_pure() && self.leaves[at].column.may_be_coded() => {
                self.leaves[at].by_text = true;
            }
            _ => step.inputs.iter().for_each(|&input| self.note_value(input)),
        }
    }

    /// Takes down that a value is read as it is.
    pub(super) fn note_value(&mut self, input: Input) {
        if let Input::Leaf(at) = input {
            self.leaves[at].by_value = true;
        }
    }

    /// Reads the leaves and evaluates the formulas.
    pub(super) fn read<'s>(&self, stores: &'s dyn Stores, ids: Ids<'_>, view: View) -> Result<Read<'s>> {
        let leaves = self.leaves.iter().map(|leaf| leaf.read(stores, ids, view)).collect::<Result<Vec<_>>>()?;
        let mut read = Read { leaves, steps: Vec::with_capacity(self.steps.len()) };
        for step in &self.steps {
            let value = read.evaluate(step, ids)?;
            read.steps.push(value);
        }
        Ok(read)
    }
}

impl Leaf {
    fn read<'s>(&self, stores: &'s dyn Stores, ids: Ids<'_>, view: View) -> Result<LeafRead<'s>> {
        let codes = if self.by_text { self.column.codes(stores, ids, view)? } else { None };
        // Far more texts than rows are not looked up one by one.
        let codes = codes.filter(|codes| codes.texts.len() <= 4 * ids.len());
        let values = match &codes {
            Some(_) if !self.by_value => Vector::nulls(self.column.ty(), 0),
            _ => self.column.read(stores, ids, view)?,
        };
        Ok(LeafRead { values, codes })
    }
}

struct LeafRead<'s> {
    /// None if codes do for all who read it.
    values: Vector<'s>,
    codes: Option<Codes<'s>>,
}

/// What was read and computed for some rows.
pub(super) struct Read<'s> {
    leaves: Vec<LeafRead<'s>>,
    steps: Vec<Vector<'s>>,
}

impl<'s> Read<'s> {
    /// A formula on top of the plan, or the next one of it.
    pub(super) fn evaluate(&self, step: &Step, ids: Ids<'_>) -> Result<Vector<'static>> {
        if let [Input::Leaf(at)] = step.inputs[..]
            && let Some(codes) = &self.leaves[at].codes
        {
            return each_text(&step.formula, codes, ids);
        }
        let inputs = step.inputs.iter().map(|input| match *input {
            Input::Step(at) => self.steps[at].slice(0..ids.len()),
            Input::Leaf(at) => self.leaves[at].values.slice(0..ids.len()),
        });
        Ok(step.formula.evaluate(&inputs.collect::<Vec<_>>(), ids)?.into_owned())
    }

    /// A value, which stays here too if it is wanted again.
    pub(super) fn give(&mut self, input: Input, again: bool) -> Vector<'s> {
        let vector: &mut Vector<'s> = match input {
            Input::Leaf(at) => &mut self.leaves[at].values,
            Input::Step(at) => &mut self.steps[at],
        };
        if again { vector.clone() } else { std::mem::replace(vector, Vector::nulls(vector.ty(), 0)) }
    }
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
