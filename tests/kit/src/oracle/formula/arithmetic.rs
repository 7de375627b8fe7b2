//! Operators on two values of one type.

use headwater_engine::formula::ir::BinaryOp;
use headwater_engine::{Decimal, Value};

use super::fault;
use crate::oracle::rows::Fault;

pub(super) fn binary(op: BinaryOp, left: &Value, right: &Value) -> Result<Value, Fault> {
    match (left, right) {
        (Value::Null, _) | (_, Value::Null) => Ok(Value::Null),
        (Value::I32(a), Value::I32(b)) => integer(op, i64::from(*a), i64::from(*b), 32).map(|v| Value::I32(v as i32)),
        (Value::I64(a), Value::I64(b)) => integer(op, *a, *b, 64).map(Value::I64),
        (Value::F32(a), Value::F32(b)) => match op {
            BinaryOp::Add => Ok(Value::F32(a + b)),
            BinaryOp::Subtract => Ok(Value::F32(a - b)),
            BinaryOp::Multiply => Ok(Value::F32(a * b)),
            BinaryOp::Divide => Ok(Value::F32(a / b)),
            BinaryOp::Remainder => Ok(Value::F32(a % b)),
            op => fault(&format!("{op:?} of f32")),
        },
        (Value::F64(a), Value::F64(b)) => match op {
            BinaryOp::Add => Ok(Value::F64(a + b)),
            BinaryOp::Subtract => Ok(Value::F64(a - b)),
            BinaryOp::Multiply => Ok(Value::F64(a * b)),
            BinaryOp::Divide => Ok(Value::F64(a / b)),
            BinaryOp::Remainder => Ok(Value::F64(a % b)),
            op => fault(&format!("{op:?} of f64")),
        },
        (Value::Bool(a), Value::Bool(b)) => match op {
            BinaryOp::And => Ok(Value::Bool(*a && *b)),
            BinaryOp::Or => Ok(Value::Bool(*a || *b)),
            BinaryOp::Xor => Ok(Value::Bool(a != b)),
            op => fault(&format!("{op:?} of bool")),
        },
        (Value::Decimal(a), Value::Decimal(b)) if a.scale() == b.scale() => {
            let units = match op {
                BinaryOp::Add => a.units() + b.units(),
                BinaryOp::Subtract => a.units() - b.units(),
                op => return fault(&format!("{op:?} of decimals")),
            };
            Decimal::new(units, a.scale()).map_or_else(|| fault("more than 38 digits"), |sum| Ok(sum.into()))
        }
        (left, right) => fault(&format!("{op:?} of {left:?} and {right:?}")),
    }
}

/// Integers of `width` bits, held in 64: the exact result in 128 bits, cut to the width.
fn integer(op: BinaryOp, a: i64, b: i64, width: u32) -> Result<i64, Fault> {
    let by = (b as u32) & (width - 1);
    let cut = |exact: i128| if width == 32 { i64::from(exact as i32) } else { exact as i64 };
    let (wide_a, wide_b) = (i128::from(a), i128::from(b));
    Ok(cut(match op {
        BinaryOp::Add => wide_a + wide_b,
        BinaryOp::Subtract => wide_a - wide_b,
        BinaryOp::Multiply => wide_a * wide_b,
        BinaryOp::Remainder if b == 0 => return fault("an integer remainder by zero"),
        BinaryOp::Remainder => wide_a % wide_b,
        BinaryOp::And => wide_a & wide_b,
        BinaryOp::Or => wide_a | wide_b,
        BinaryOp::Xor => wide_a ^ wide_b,
        BinaryOp::ShiftLeft => wide_a << by,
        BinaryOp::ShiftRight => wide_a >> by,
        BinaryOp::ShiftRightUnsigned if width == 32 => i128::from(a as i32 as u32) >> by,
        BinaryOp::ShiftRightUnsigned => i128::from(a as u64) >> by,
        BinaryOp::Divide => return fault("integers are not divided"),
    }))
}
