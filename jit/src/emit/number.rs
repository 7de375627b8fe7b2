//! Operators on vectors of numbers.

use cranelift::prelude::*;

use super::{Emitter, vector};
use crate::shape::{Binary, Form, Lane, Shift, Unary};

impl Emitter<'_> {
    pub(super) fn unary(&mut self, op: Unary, lane: Lane, a: Value) -> Value {
        let ins = self.builder.ins();
        match (op, lane.is_float()) {
            (Unary::Negate, true) => ins.fneg(a),
            (Unary::Negate, false) => ins.ineg(a),
            (Unary::Absolute, true) => ins.fabs(a),
            (Unary::Absolute, false) => ins.iabs(a),
            (Unary::Complement, _) => ins.bnot(a),
            (Unary::SquareRoot, _) => ins.sqrt(a),
            (Unary::Floor, _) => ins.floor(a),
            (Unary::Ceiling, _) => ins.ceil(a),
            (Unary::Nearest, _) => ins.nearest(a),
        }
    }

    pub(super) fn binary(&mut self, op: Binary, lane: Lane, a: Value, b: Value) -> Value {
        let ins = self.builder.ins();
        match (op, lane.is_float()) {
            (Binary::Add, true) => ins.fadd(a, b),
            (Binary::Add, false) => ins.iadd(a, b),
            (Binary::Subtract, true) => ins.fsub(a, b),
            (Binary::Subtract, false) => ins.isub(a, b),
            (Binary::Multiply, true) => ins.fmul(a, b),
            (Binary::Multiply, false) => ins.imul(a, b),
            // Integers are not divided: division is always floating.
            (Binary::Divide, _) => ins.fdiv(a, b),
            (Binary::And, _) => ins.band(a, b),
            (Binary::Or, _) => ins.bor(a, b),
            (Binary::Xor, _) => ins.bxor(a, b),
        }
    }

    /// A shift of every lane by the lowest bits of one amount.
    pub(super) fn shift(&mut self, op: Shift, a: Value, amount: Value) -> Value {
        let ins = self.builder.ins();
        match op {
            Shift::Left => ins.ishl(a, amount),
            Shift::Right => ins.sshr(a, amount),
            Shift::RightUnsigned => ins.ushr(a, amount),
        }
    }

    /// The lowest bits of 32-bit lanes, widened again.
    pub(super) fn wrap(&mut self, form: Form, a: Value) -> Value {
        let bits = match form {
            Form::I8 => 24,
            Form::I16 => 16,
            _ => {
                let mask = self.builder.ins().iconst(types::I32, 0xffff);
                let mask = self.builder.ins().splat(types::I32X4, mask);
                return self.builder.ins().band(a, mask);
            }
        };
        let up = self.builder.ins().ishl_imm_u(a, bits);
        self.builder.ins().sshr_imm_u(up, bits)
    }

    /// The remainder by a power of two of which `mask` is one less: what the number is above the multiple of it
    /// that lies towards zero.
    pub(super) fn remainder_by_power(&mut self, lane: Lane, a: Value, mask: Value) -> Value {
        let zero = self.zero(lane);
        let negative = self.builder.ins().icmp(IntCC::SignedLessThan, a, zero);
        let bias = self.builder.ins().band(negative, mask);
        let biased = self.builder.ins().iadd(a, bias);
        let multiple = self.builder.ins().band_not(biased, mask);
        self.builder.ins().isub(a, multiple)
    }

    /// The remainder of 64-bit lanes by a constant, by multiplying with its reciprocal.
    pub(super) fn remainder_by_constant(
        &mut self,
        a: Value,
        magnitude: Value,
        reciprocal: Value,
        bits: Value,
    ) -> Value {
        let zero = self.zero(Lane::I64);
        // The number, or for a negative one what it is less than -1 by: 63 bits either way.
        let sign = self.builder.ins().icmp(IntCC::SignedLessThan, a, zero);
        let counted = self.builder.ins().bxor(a, sign);
        let twice = self.builder.ins().iadd(counted, counted);
        let high = self.upper_product(twice, reciprocal);
        let quotient = self.builder.ins().ushr(high, bits);
        let magnitude = self.builder.ins().splat(types::I64X2, magnitude);
        let product = self.builder.ins().imul(quotient, magnitude);
        let rest = self.builder.ins().isub(counted, product);
        let rest = self.builder.ins().isub(rest, sign);
        let whole = self.builder.ins().icmp(IntCC::Equal, rest, magnitude);
        let rest = self.builder.ins().band_not(rest, whole);
        let rest = self.builder.ins().bxor(rest, sign);
        self.builder.ins().isub(rest, sign)
    }

    /// A vector of zeros.
    pub(super) fn zero(&mut self, lane: Lane) -> Value {
        let bytes = self.builder.func.dfg.constants.insert(vec![0; 16].into());
        self.builder.ins().vconst(vector(lane), bytes)
    }
}
