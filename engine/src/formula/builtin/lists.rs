//! What a formula may ask of a list.

use std::sync::Arc;

use super::Special;
use super::declare::Table;
use crate::formula::function::{Function, Kernel, NullRule, Operand, Parameter};
use crate::types::{List, Type, Value};
use crate::vector::VectorBuilder;

pub(super) fn declare(table: &mut Table) {
    table.section("Lists");
    table.special("len(list)", "how many values the list has, as `i64`", Special::Len);
    table.special_method("list.size()", "as `len`", Special::Len);
}

/// `len(list)`, for lists of one type.
pub(crate) fn len(list: Type) -> Arc<Function> {
    function("len", list, &[], Type::I64, |list, _| Value::I64(list.len() as i64))
}

/// `list[at]`, for lists of one type: null where the list has no such value.
pub(crate) fn element(list: Type, item: Type) -> Arc<Function> {
    function("element", list, &[Type::I64], item, |list, rest| match rest {
        [Value::I64(at)] if (0..list.len() as i64).contains(at) => list.value(*at as usize),
        _ => Value::Null,
    })
}

/// A function of a list and other values, none of them null.
fn function(
    name: &str,
    list: Type,
    others: &[Type],
    result: Type,
    of: impl Fn(&List, &[Value]) -> Value + Send + Sync + 'static,
) -> Arc<Function> {
    let kernel = move |operands: &[Operand<'_>], rows: usize| {
        let mut out = VectorBuilder::with_capacity(result, rows);
        for row in 0..rows {
            let rest: Vec<Value> = operands[1..].iter().map(|operand| operand.value(row)).collect();
            let value = match operands[0].list(row) {
                Some(list) if !rest.iter().any(Value::is_null) => of(list, &rest),
                _ => Value::Null,
            };
            if out.push(&value).is_none() {
                out.push_null();
            }
        }
        Ok(out.finish())
    };
    let kernel: Box<Kernel> = Box::new(kernel);
    let parameter = |&ty: &Type| Parameter { ty, validate: |_| Ok(()) };
    Arc::new(Function {
        name: name.into(),
        parameters: std::iter::once(&list).chain(others).map(parameter).collect(),
        result,
        nulls: NullRule::Propagates,
        pure: true,
        fallible: false,
        user: false,
        kernel,
    })
}
