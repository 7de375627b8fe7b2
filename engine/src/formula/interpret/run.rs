//! Running a program.

use super::code::{Code, Fault, Kernel, Source, Step};
use super::cpu::Cpu;
use super::operand::Operand;
use super::{arithmetic, blend, cast, compare, concat, lazy, logic, one_of, unary};
use crate::types::Type;
use crate::vector::{Bits, Values, Vector};

impl Code {
    /// The value for each row.
    pub(super) fn run<'v>(&self, inputs: &[Vector<'v>], rows: usize) -> Result<Vector<'v>, Fault> {
        let mut results: Vec<Option<Vector<'v>>> = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            let result = step.run(self.cpu, inputs, &mut results, rows)?;
            results.push(Some(result));
        }
        Ok(match &self.result {
            Source::Input(input) => inputs[*input].clone(),
            Source::Constant(constant) => {
                Vector::constant(self.ty, &constant.value, rows).unwrap_or_else(|| Vector::nulls(self.ty, rows))
            }
            Source::Step { step, .. } => results[*step].take().unwrap_or_else(|| Vector::nulls(self.ty, rows)),
        })
    }
}

impl Step {
    fn run<'v>(
        &self,
        cpu: Cpu,
        inputs: &[Vector<'v>],
        results: &mut [Option<Vector<'v>>],
        rows: usize,
    ) -> Result<Vector<'v>, Fault> {
        // First what is handed over, then what is only looked at.
        let mut owned: Vec<Option<Vector<'v>>> = Vec::with_capacity(self.sources.len());
        for source in &self.sources {
            owned.push(match source {
                Source::Step { step, last: true } => results[*step].take(),
                _ => None,
            });
        }
        let operands: Vec<Operand<'_, 'v>> = self
            .sources
            .iter()
            .zip(owned)
            .map(|(source, owned)| match (source, owned) {
                (_, Some(vector)) => Operand::Owned(vector),
                (Source::Input(input), _) => Operand::Shared(&inputs[*input]),
                (Source::Constant(constant), _) => Operand::Scalar(constant),
                (Source::Step { step, .. }, _) => match &results[*step] {
                    Some(vector) => Operand::Shared(vector),
                    None => Operand::Owned(Vector::nulls(self.ty, rows)),
                },
            })
            .collect();
        self.apply(cpu, operands, inputs, rows)
    }

    fn apply<'v>(
        &self,
        cpu: Cpu,
        operands: Vec<Operand<'_, 'v>>,
        inputs: &[Vector<'v>],
        rows: usize,
    ) -> Result<Vector<'v>, Fault> {
        let fault = |error| Fault { error, span: self.span.clone() };
        let ty = self.ty;
        let mut operands = operands.into_iter();
        let mut next = || operands.next().unwrap_or_else(|| Operand::Owned(Vector::nulls(ty, rows)));
        Ok(match &self.kernel {
            Kernel::Unary(op) => unary::run(*op, ty, next(), rows),
            Kernel::Binary(op) => arithmetic::binary(cpu, *op, ty, next(), next(), rows).map_err(fault)?,
            Kernel::MultiplyThen(op) => arithmetic::multiply_then(cpu, *op, ty, [next(), next(), next()], rows),
            Kernel::Compare(op) => bool_vector(compare::run(cpu, *op, next(), next(), rows), None),
            Kernel::All => logic::combine(false, operands.collect(), rows),
            Kernel::Any => logic::combine(true, operands.collect(), rows),
            Kernel::Lazily { decides, parts } => lazy::combine(*decides, parts, inputs, rows)?,
            Kernel::Choose => blend::choose(cpu, ty, next(), next(), next(), rows).map_err(fault)?,
            Kernel::ChooseLazily { yes, no } => {
                let condition = blend::condition(next(), rows).map_err(fault)?;
                lazy::choose(ty, &condition, yes, no, inputs, rows)?
            }
            Kernel::Cast => cast::run(cpu, ty, next(), rows),
            Kernel::Retype => match next() {
                Operand::Owned(vector) => vector.retyped(ty),
                Operand::Shared(vector) => vector.clone().retyped(ty),
                Operand::Scalar(constant) => Vector::constant(constant.ty, &constant.value, rows)
                    .map_or_else(|| Vector::nulls(ty, rows), |v| v.retyped(ty)),
            },
            Kernel::IsNull => bool_vector(logic::is_null(&next(), rows), None),
            Kernel::OneOf(set) => bool_vector(one_of::run(cpu, set, next(), rows), None),
            Kernel::Concat => concat::run(&operands.collect::<Vec<_>>(), rows),
            Kernel::Call(call) => {
                let operands: Vec<Operand<'_, 'v>> = operands.collect();
                let arguments: Vec<_> = operands.iter().map(Operand::for_function).collect();
                call.run(&arguments, rows).map_err(fault)?
            }
        })
    }
}

pub(super) fn bool_vector(bits: Bits, valid: Option<Bits>) -> Vector<'static> {
    Vector::new(Type::Bool, Values::Bool(bits), valid)
}
