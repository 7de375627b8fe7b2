//! Lists of evenly spaced numbers.

use std::sync::Arc;

use super::kernel::{Found, Made, Row, list};
use super::number::Number;
use crate::formula::builtin::declare::Table;
use crate::formula::function::{Function, NullRule, Parameter};
use crate::types::Type;

/// No sequence is longer.
const LONGEST: usize = 1 << 20;

pub(super) fn declare(table: &mut Table) {
    let usage = "sequence(start, end, step)";
    let doc = "the numbers from `start` to `end`, both with them, `step` apart; none if `step` leads away from `end`";
    let overloads = [Type::I32, Type::I64, Type::F32, Type::F64].map(sequence);
    overloads.into_iter().fold(table.function(usage, doc), |declaration, function| declaration.one(function));
}

fn sequence(ty: Type) -> Arc<Function> {
    let result = Type::list_of(ty);
    Arc::new(Function {
        name: "sequence".into(),
        parameters: (0..3).map(|_| Parameter { ty, validate: |_| Ok(()) }).collect(),
        result,
        nulls: NullRule::Propagates,
        pure: true,
        fallible: true,
        user: false,
        kernel: by_number!(ty, T => list(result, numbers::<T>)),
    })
}

fn numbers<T: Number>(row: &Row<'_>, made: &mut Made<T>) -> Found<()> {
    let (Some(start), Some(end), Some(step)) = (row.cell::<T>(0), row.cell::<T>(1), row.cell::<T>(2)) else {
        return Ok(None);
    };
    let steps = start.steps_to(end, step).ok_or("a sequence needs a step other than 0 and NaN")?;
    if steps >= LONGEST as f64 {
        return Err(format!("a sequence of more than {LONGEST} numbers"));
    }
    if steps >= 0.0 {
        (0..=steps as i64).for_each(|count| made.push(Some(start.stepped(step, count))));
    }
    Ok(Some(()))
}
