//! Formulas, one row at a time: a walk over the typed expression, written from its documentation alone.

mod arithmetic;
mod compare;
mod convert;
mod functions;

pub(super) use compare::{rank, same};
pub(super) use convert::cast;
pub(crate) use functions::{registry, teach};

use headwater_engine::Value;
use headwater_engine::formula::Checked;
use headwater_engine::formula::ir::{Expr, Node, UnaryOp};

use super::rows::{Cell, Fault};

/// The value of a formula for a row, whose cells are found by the position of their column in the formula's scope.
///
/// # Errors
/// What evaluating gives. A formula reads all its columns, whatever it does with them: one that cannot be read fails it.
pub(crate) fn evaluate(checked: &Checked, cell: impl Fn(usize) -> Cell) -> Result<Value, Fault> {
    let inputs = checked.inputs().iter().map(|&column| cell(column)).collect::<Result<Vec<Value>, Fault>>()?;
    walk(checked.expr(), &inputs)
}

fn fault<T>(why: &str) -> Result<T, Fault> {
    Err(Fault(why.to_owned()))
}

fn walk(expr: &Expr, inputs: &[Value]) -> Result<Value, Fault> {
    let value = |expr: &Expr| walk(expr, inputs);
    match &expr.node {
        Node::Constant(constant) => Ok(constant.clone()),
        Node::Input(input) => Ok(inputs[*input].clone()),
        Node::Unary(op, operand) => unary(*op, value(operand)?),
        Node::Binary(op, pair) => arithmetic::binary(*op, &value(&pair.0)?, &value(&pair.1)?),
        Node::Compare(op, pair) => Ok(Value::Bool(compare::holds(*op, &value(&pair.0)?, &value(&pair.1)?)?)),
        Node::All(parts) => junction(parts, inputs, false),
        Node::Any(parts) => junction(parts, inputs, true),
        Node::Choose(three) => match value(&three.0)? {
            Value::Bool(true) => value(&three.1),
            Value::Bool(false) => value(&three.2),
            _ => fault("a null condition chooses nothing"),
        },
        Node::Cast(operand) => convert::cast(&value(operand)?, expr.ty),
        Node::Retype(operand) => convert::retype(value(operand)?, expr.ty),
        Node::IsNull(operand) => Ok(Value::Bool(value(operand)?.is_null())),
        Node::OneOf(operand, set) => {
            let found = match value(operand)? {
                Value::Null => set.has_null(),
                found => set.values().iter().any(|one| compare::same(one, &found)),
            };
            Ok(Value::Bool(found))
        }
        Node::Concat(parts) => {
            let texts = parts.iter().map(|part| Ok(convert::text(&value(part)?))).collect::<Result<Vec<_>, Fault>>()?;
            Ok(texts.concat().into())
        }
        Node::Call(call, arguments) => {
            let arguments = arguments.iter().map(value).collect::<Result<Vec<Value>, Fault>>()?;
            functions::call(call, &arguments)
        }
    }
}

fn unary(op: UnaryOp, value: Value) -> Result<Value, Fault> {
    Ok(match (op, value) {
        (_, Value::Null) => Value::Null,
        (UnaryOp::Negate, Value::I32(v)) => Value::I32(v.wrapping_neg()),
        (UnaryOp::Negate, Value::I64(v)) => Value::I64(v.wrapping_neg()),
        (UnaryOp::Negate, Value::F32(v)) => Value::F32(-v),
        (UnaryOp::Negate, Value::F64(v)) => Value::F64(-v),
        (UnaryOp::Complement, Value::I32(v)) => Value::I32(!v),
        (UnaryOp::Complement, Value::I64(v)) => Value::I64(!v),
        (UnaryOp::Not, Value::Bool(v)) => Value::Bool(!v),
        (op, value) => return fault(&format!("{op:?} of {value:?}")),
    })
}

/// And, or: a part that is `decides` decides; parts after it are not looked at.
fn junction(parts: &[Expr], inputs: &[Value], decides: bool) -> Result<Value, Fault> {
    let mut unknown = false;
    for part in parts {
        match walk(part, inputs)? {
            Value::Bool(truth) if truth == decides => return Ok(Value::Bool(decides)),
            Value::Null => unknown = true,
            _ => {}
        }
    }
    Ok(if unknown { Value::Null } else { Value::Bool(!decides) })
}
