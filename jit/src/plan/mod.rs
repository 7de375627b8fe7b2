//! [`Plan`]: a formula as stages, kernels where kernels can, the interpreter where only it can.

mod region;
mod split;

use std::sync::Arc;

use headwater_engine::formula::{Checked, FormulaBackend as _, Interpreter, Program};
use headwater_engine::vector::{Bits, Vector};

use crate::lower::Want;

#[cfg(test)]
pub(crate) use region::Variant;
pub(crate) use region::{Missing, Region};
use split::split;

/// Stages in order; each reads the inputs of the program and the results of those before it, all numbered alike as
/// *slots*. The last gives the formula's value.
#[derive(Debug)]
pub(crate) struct Plan {
    inputs: usize,
    stages: Vec<Stage>,
}

/// One step of a plan.
#[derive(Debug)]
pub(crate) enum Stage {
    /// An expression that kernels compute.
    Region(Arc<Region>),
    /// What only the interpreter does, with the slots it reads.
    Interpreted { program: Arc<dyn Program>, slots: Vec<usize> },
}

/// How a plan ended that did not give values.
#[derive(Debug)]
pub(crate) enum Stopped {
    /// A kernel is not there (yet).
    Missing(Missing),
    /// A row may be an error, or is one: the interpreter says which.
    Fault,
}

impl Plan {
    /// # Errors
    /// Those of the interpreter, compiling its parts.
    pub(crate) fn new(checked: &Checked) -> headwater_engine::Result<Plan> {
        Ok(Plan { inputs: checked.inputs().len(), stages: split(checked)? })
    }

    /// The regions, in order.
    pub(crate) fn regions(&self) -> impl Iterator<Item = &Arc<Region>> {
        self.stages.iter().filter_map(|stage| match stage {
            Stage::Region(region) => Some(region),
            Stage::Interpreted { .. } => None,
        })
    }

    /// How many stages are the interpreter's.
    pub(crate) fn interpreted(&self) -> usize {
        self.stages.len() - self.regions().count()
    }

    /// The value for each row.
    pub(crate) fn evaluate(&self, inputs: &[Vector<'_>], rows: usize) -> Result<Vector<'static>, Stopped> {
        let (last, before) = self.stages.split_last().ok_or(Stopped::Fault)?;
        let slots = self.prepare(before, inputs, rows)?;
        last.evaluate(&slots, rows)
    }

    /// The rows where a condition is true.
    pub(crate) fn matches(&self, inputs: &[Vector<'_>], rows: usize) -> Result<Bits, Stopped> {
        let (last, before) = self.stages.split_last().ok_or(Stopped::Fault)?;
        let slots = self.prepare(before, inputs, rows)?;
        match last {
            Stage::Region(region) => {
                let vector = region.run(&slots, Want::Matches, rows)?;
                vector.truths().ok_or(Stopped::Fault)
            }
            Stage::Interpreted { .. } => last.evaluate(&slots, rows)?.truths().ok_or(Stopped::Fault),
        }
    }

    /// Runs all stages but the last.
    fn prepare<'s>(&self, before: &[Stage], inputs: &'s [Vector<'s>], rows: usize) -> Result<Slots<'s>, Stopped> {
        debug_assert_eq!(inputs.len(), self.inputs, "as many vectors as the formula has inputs");
        let mut slots = Slots { inputs, results: Vec::new() };
        for stage in before {
            let result = stage.evaluate(&slots, rows)?;
            slots.results.push(result);
        }
        Ok(slots)
    }
}

/// The vectors of the slots: inputs first, then results.
pub(crate) struct Slots<'s> {
    inputs: &'s [Vector<'s>],
    results: Vec<Vector<'static>>,
}

impl Slots<'_> {
    pub(crate) fn get(&self, slot: usize) -> Option<&Vector<'_>> {
        match slot.checked_sub(self.inputs.len()) {
            None => self.inputs.get(slot),
            Some(result) => self.results.get(result),
        }
    }
}

impl Stage {
    fn interpreted(checked: &Checked) -> headwater_engine::Result<Stage> {
        Ok(Stage::Interpreted { program: Interpreter.compile(checked)?, slots: checked.inputs().to_vec() })
    }

    fn evaluate(&self, slots: &Slots<'_>, rows: usize) -> Result<Vector<'static>, Stopped> {
        match self {
            Stage::Region(region) => region.run(slots, Want::Values, rows),
            Stage::Interpreted { program, slots: wanted } => {
                let inputs: Option<Vec<Vector<'_>>> =
                    wanted.iter().map(|&slot| slots.get(slot).map(Vector::borrowed)).collect();
                let inputs = inputs.ok_or(Stopped::Fault)?;
                Ok(program.evaluate(&inputs, rows).map_err(|_| Stopped::Fault)?.into_owned())
            }
        }
    }
}
