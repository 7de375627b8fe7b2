//! Operators on two numbers.

use headwater_engine::formula::ir::{BinaryOp, Expr};

use super::{Lowering, Number, constant};
use crate::shape::{Binary, Bit, Comparison, Divisor, Id, Lane, Node, Shift};

impl Lowering {
    pub(super) fn binary(&mut self, op: BinaryOp, pair: &(Expr, Expr)) -> Number {
        let (left, right) = (self.number(&pair.0), self.number(&pair.1));
        let valid = self.builder.and(left.valid, right.valid);
        let fixed = |expr: &Expr| expr.constant().map(|value| constant::bits(expr.ty, value));
        let (left_fixed, right_fixed) = (fixed(&pair.0), fixed(&pair.1));
        let plain = match op {
            BinaryOp::Add => Binary::Add,
            BinaryOp::Subtract => Binary::Subtract,
            BinaryOp::Multiply => {
                let id = self.multiply(left.id, left_fixed, right.id, right_fixed);
                return Number { id, valid };
            }
            BinaryOp::Divide => Binary::Divide,
            BinaryOp::And => Binary::And,
            BinaryOp::Or => Binary::Or,
            BinaryOp::Xor => Binary::Xor,
            BinaryOp::Remainder => {
                let id = self.remainder(left.id, right.id, right_fixed, valid);
                return Number { id, valid };
            }
            BinaryOp::ShiftLeft => return self.shift(Shift::Left, left.id, right.id, right_fixed, valid),
            BinaryOp::ShiftRight => return self.shift(Shift::Right, left.id, right.id, right_fixed, valid),
            BinaryOp::ShiftRightUnsigned => {
                return self.shift(Shift::RightUnsigned, left.id, right.id, right_fixed, valid);
            }
        };
        Number { id: self.builder.add(Node::Binary(plain, left.id, right.id)), valid }
    }

    /// A product; by a power of two it is a shift.
    fn multiply(&mut self, left: Id, left_fixed: Option<u64>, right: Id, right_fixed: Option<u64>) -> Id {
        let lane = self.builder.lane(left);
        let power = |fixed: Option<u64>| {
            let value = constant::integer(lane, fixed.filter(|_| !lane.is_float())?);
            (value > 0 && value & (value - 1) == 0).then(|| u64::from(value.trailing_zeros()))
        };
        let (of, by) = match (power(left_fixed), power(right_fixed)) {
            (_, Some(by)) => (left, by),
            (Some(by), None) => (right, by),
            (None, None) => return self.builder.add(Node::Binary(Binary::Multiply, left, right)),
        };
        let amount = self.builder.parameter(Lane::I32, by);
        self.builder.add(Node::ShiftAll(Shift::Left, of, amount))
    }

    fn shift(&mut self, op: Shift, left: Id, right: Id, right_fixed: Option<u64>, valid: Bit) -> Number {
        let id = match right_fixed {
            Some(amount) => {
                let lowest = if self.builder.lane(left).is_wide() { 63 } else { 31 };
                let amount = self.builder.parameter(Lane::I32, amount & lowest);
                self.builder.add(Node::ShiftAll(op, left, amount))
            }
            None => self.builder.add(Node::Shift(op, left, right)),
        };
        Number { id, valid }
    }

    /// The remainder of integers: by zero it is a fault where both operands are valid.
    pub(super) fn remainder(&mut self, left: Id, right: Id, right_fixed: Option<u64>, valid: Bit) -> Id {
        let lane = self.builder.lane(left);
        match right_fixed.map(|bits| constant::integer(lane, bits)) {
            Some(0) => {
                self.fault(valid);
                self.builder.constant(lane, 0)
            }
            Some(by) => {
                let divisor = self.constant_divisor(lane, by);
                self.builder.add(Node::Remainder(left, divisor))
            }
            None => {
                let zero = self.builder.constant(lane, 0);
                let is_zero = Bit::Node(self.builder.add(Node::Compare(Comparison::Equal, right, zero)));
                let bad = self.builder.and(valid, is_zero);
                self.fault(bad);
                self.builder.add(Node::Remainder(left, Divisor::Lane(right)))
            }
        }
    }

    /// A remainder has the sign of what is left, so the divisor's own sign does not count.
    fn constant_divisor(&mut self, lane: Lane, by: i64) -> Divisor {
        let magnitude = by.unsigned_abs();
        if magnitude.is_power_of_two() {
            return Divisor::PowerOfTwo(self.builder.parameter(lane, magnitude - 1));
        }
        // T. Granlund and P. Montgomery, Division by Invariant Integers using Multiplication: 2^(63 + bits) by the
        // magnitude, rounded up, where 2^bits is the least power of two that is not below it.
        let bits = magnitude.next_power_of_two().ilog2();
        let reciprocal = (1_u128 << (63 + bits)).div_ceil(u128::from(magnitude)) as u64;
        Divisor::Constant {
            magnitude: self.builder.parameter(Lane::I64, magnitude),
            reciprocal: self.builder.parameter(Lane::I64, reciprocal),
            bits: self.builder.parameter(Lane::I64, u64::from(bits)),
        }
    }
}
