//! Comparisons and membership, which are never null.

use headwater_engine::Type;
use headwater_engine::formula::ir::{CompareOp, Expr, ValueSet};

use super::{Lowering, constant, number::lane};
use crate::shape::{Binary, Bit, Comparison, Divisor, Id, Lane, Node};

/// Longer sets than this are left to the interpreter, which searches them.
pub(crate) const LONGEST_SET: usize = 16;

/// 2^63, the first float above all of `i64`.
const ABOVE_I64: f64 = 9_223_372_036_854_775_808.0;

impl Lowering {
    /// Null equals null and is less than all else; NaN is in no order, not even with null.
    pub(super) fn compare(&mut self, op: CompareOp, pair: &(Expr, Expr)) -> Bit {
        let (compared, left_valid, right_valid, unordered) = if Self::is_bool(&pair.0) {
            let (left, right) = (self.truth(&pair.0), self.truth(&pair.1));
            let (left_valid, right_valid) = (self.valid(left), self.valid(right));
            (self.compare_bits(op, left.yes, right.yes), left_valid, right_valid, Bit::Known(false))
        } else {
            let (left, right) = (self.number(&pair.0), self.number(&pair.1));
            let compared = if (pair.0.ty, pair.1.ty) == (Type::I64, Type::F64) {
                self.compare_exactly(op, left.id, right.id)
            } else {
                self.compare_lanes(comparison(op), left.id, right.id)
            };
            let is_settled = left.valid == Bit::Known(true) && right.valid == Bit::Known(true);
            let unordered = if is_settled || matches!(op, CompareOp::Equal | CompareOp::NotEqual) {
                Bit::Known(false)
            } else {
                let left_nan = self.nan(left.id);
                let left_nan = self.builder.and(left_nan, left.valid);
                let right_nan = self.nan(right.id);
                let right_nan = self.builder.and(right_nan, right.valid);
                self.builder.or(left_nan, right_nan)
            };
            (compared, left.valid, right.valid, unordered)
        };
        self.settle(op, compared, left_valid, right_valid, unordered)
    }

    /// Replaces what was compared under nulls by what the null rules say.
    fn settle(&mut self, op: CompareOp, compared: Bit, left_valid: Bit, right_valid: Bit, unordered: Bit) -> Bit {
        let builder = &mut self.builder;
        let both = builder.and(left_valid, right_valid);
        let (left_null, right_null) = (builder.not(left_valid), builder.not(right_valid));
        let decided = match op {
            CompareOp::Equal => builder.and(left_null, right_null),
            CompareOp::NotEqual => builder.xor(left_null, right_null),
            CompareOp::Less => builder.and(left_null, right_valid),
            CompareOp::LessOrEqual => left_null,
            CompareOp::Greater => builder.and(right_null, left_valid),
            CompareOp::GreaterOrEqual => right_null,
        };
        let ordered = builder.not(unordered);
        let decided = builder.and(decided, ordered);
        let compared = builder.and(compared, both);
        builder.or(compared, decided)
    }

    pub(super) fn compare_lanes(&mut self, op: Comparison, left: Id, right: Id) -> Bit {
        let left = self.simpler(op, left, right);
        Bit::Node(self.builder.add(Node::Compare(op, left, right)))
    }

    /// What may be compared in place of `left`: a remainder by a power of two is zero where the lowest bits are.
    fn simpler(&mut self, op: Comparison, left: Id, right: Id) -> Id {
        let by_equality = matches!(op, Comparison::Equal | Comparison::NotEqual);
        match self.builder.node(left) {
            Node::Remainder(of, Divisor::PowerOfTwo(mask)) if by_equality && self.builder.is_zero(right) => {
                let mask = self.builder.add(Node::Parameter(mask));
                self.builder.add(Node::Binary(Binary::And, of, mask))
            }
            _ => left,
        }
    }

    /// Where a float is NaN.
    pub(super) fn nan(&mut self, id: Id) -> Bit {
        if self.builder.lane(id).is_float() {
            self.compare_lanes(Comparison::NotEqual, id, id)
        } else {
            Bit::Known(false)
        }
    }

    /// False before true.
    fn compare_bits(&mut self, op: CompareOp, left: Bit, right: Bit) -> Bit {
        let builder = &mut self.builder;
        let (not_left, not_right) = (builder.not(left), builder.not(right));
        match op {
            CompareOp::Equal => builder.xor(not_left, right),
            CompareOp::NotEqual => builder.xor(left, right),
            CompareOp::Less => builder.and(not_left, right),
            CompareOp::LessOrEqual => builder.or(not_left, right),
            CompareOp::Greater => builder.and(left, not_right),
            CompareOp::GreaterOrEqual => builder.or(left, not_right),
        }
    }

    /// An `i64` with an `f64`, by their exact values. Rounding keeps order: where the rounded integer differs from the
    /// float, it decides. Where it does not, the float is whole, and above all integers or an integer itself.
    fn compare_exactly(&mut self, op: CompareOp, left: Id, right: Id) -> Bit {
        let rounded = self.converted(left, Lane::F64);
        let whole = self.converted(right, Lane::I64);
        let above = self.builder.constant(Lane::F64, ABOVE_I64.to_bits());
        let equal_rounded = self.compare_lanes(Comparison::Equal, rounded, right);
        let above = self.compare_lanes(Comparison::GreaterOrEqual, right, above);
        let within = self.builder.not(above);
        let tied = self.builder.and(equal_rounded, within);
        match op {
            CompareOp::Equal | CompareOp::NotEqual => {
                let same = self.compare_lanes(Comparison::Equal, left, whole);
                let equal = self.builder.and(tied, same);
                if op == CompareOp::Equal { equal } else { self.builder.not(equal) }
            }
            CompareOp::Less | CompareOp::LessOrEqual => {
                let less = self.compare_lanes(Comparison::Less, rounded, right);
                let over = self.builder.and(equal_rounded, above);
                let less = self.builder.or(less, over);
                let ahead = self.compare_lanes(comparison(op), left, whole);
                let ahead = self.builder.and(tied, ahead);
                self.builder.or(less, ahead)
            }
            CompareOp::Greater | CompareOp::GreaterOrEqual => {
                let greater = self.compare_lanes(Comparison::Greater, rounded, right);
                let ahead = self.compare_lanes(comparison(op), left, whole);
                let ahead = self.builder.and(tied, ahead);
                self.builder.or(greater, ahead)
            }
        }
    }

    /// Whether the value is one of a set, in which NaN is found by NaN.
    pub(super) fn one_of(&mut self, operand: &Expr, set: &ValueSet) -> Bit {
        let (found, valid) = if Self::is_bool(operand) {
            let truth = self.truth(operand);
            let has = |value: bool| Bit::Known(set.contains(&value.into()));
            (self.pick_bit(truth.yes, has(true), has(false)), self.valid(truth))
        } else {
            let number = self.number(operand);
            let mut found = Bit::Known(false);
            for value in set.values() {
                let bits = constant::bits(operand.ty, value);
                let item = self.builder.constant(lane(operand.ty), bits);
                let is_nan = is_nan(value);
                let equal =
                    if is_nan { self.nan(number.id) } else { self.compare_lanes(Comparison::Equal, number.id, item) };
                found = self.builder.or(found, equal);
            }
            (found, number.valid)
        };
        let found = self.builder.and(found, valid);
        let null = self.builder.not(valid);
        let null = self.builder.and(null, Bit::Known(set.has_null()));
        self.builder.or(found, null)
    }
}

fn is_nan(value: &headwater_engine::Value) -> bool {
    use headwater_engine::Value;
    matches!(value, Value::F64(value) if value.is_nan()) || matches!(value, Value::F32(value) if value.is_nan())
}

pub(super) fn comparison(op: CompareOp) -> Comparison {
    match op {
        CompareOp::Equal => Comparison::Equal,
        CompareOp::NotEqual => Comparison::NotEqual,
        CompareOp::Less => Comparison::Less,
        CompareOp::LessOrEqual => Comparison::LessOrEqual,
        CompareOp::Greater => Comparison::Greater,
        CompareOp::GreaterOrEqual => Comparison::GreaterOrEqual,
    }
}
