//! What there are no vector instructions for: done lane by lane, in general registers.

use cranelift::prelude::*;

use super::{Emitter, lanes::scalar, vector};
use crate::shape::{Lane, Shift};

impl Emitter<'_> {
    /// The vector of what `f` makes of each lane of `a`.
    pub(super) fn each(&mut self, to: Lane, a: Value, mut f: impl FnMut(&mut Self, Value, u8) -> Value) -> Value {
        let lanes = self.builder.func.dfg.value_type(a).lane_count();
        let one = self.builder.ins().extractlane(a, 0);
        let first = f(self, one, 0);
        let mut all = self.builder.ins().scalar_to_vector(vector(to), first);
        for lane in 1..lanes as u8 {
            let one = self.builder.ins().extractlane(a, lane);
            let made = f(self, one, lane);
            all = self.builder.ins().insertlane(all, made, lane);
        }
        all
    }

    /// A shift of each lane by its own amount, the lowest bits of which count.
    pub(super) fn shift_lanes(&mut self, op: Shift, lane: Lane, a: Value, b: Value) -> Value {
        self.each(lane, a, |emitter, a, at| {
            let amount = emitter.builder.ins().extractlane(b, at);
            emitter.shift(op, a, amount)
        })
    }

    /// The remainder by a constant, by multiplying with its reciprocal.
    pub(super) fn remainder_by_constant(
        &mut self,
        lane: Lane,
        a: Value,
        magnitude: Value,
        reciprocal: Value,
        bits: Value,
    ) -> Value {
        self.each(lane, a, |emitter, a, _| {
            let builder = &mut emitter.builder;
            let number = if lane == Lane::I32 { builder.ins().sextend(types::I64, a) } else { a };
            // The number, or for a negative one what it is less than -1 by: 63 bits either way.
            let sign = builder.ins().sshr_imm_u(number, 63);
            let counted = builder.ins().bxor(number, sign);
            let twice = builder.ins().iadd(counted, counted);
            let high = builder.ins().umulhi(reciprocal, twice);
            let quotient = builder.ins().ushr(high, bits);
            let product = builder.ins().imul(quotient, magnitude);
            let rest = builder.ins().isub(counted, product);
            let rest = builder.ins().isub(rest, sign);
            let whole = builder.ins().icmp(IntCC::Equal, rest, magnitude);
            let zero = builder.ins().iconst(types::I64, 0);
            let rest = builder.ins().select(whole, zero, rest);
            let rest = builder.ins().bxor(rest, sign);
            let rest = builder.ins().isub(rest, sign);
            if lane == Lane::I32 { builder.ins().ireduce(types::I32, rest) } else { rest }
        })
    }

    /// The remainder by a lane. By 0, which is a fault, and by -1, for which the least number would trap, it is 0: so is
    /// that by 1.
    pub(super) fn remainder_by_lane(&mut self, lane: Lane, a: Value, b: Value) -> Value {
        self.each(lane, a, |emitter, a, at| {
            let b = emitter.builder.ins().extractlane(b, at);
            let builder = &mut emitter.builder;
            let one = builder.ins().iconst(scalar(lane), 1);
            let above = builder.ins().iadd(b, one);
            let special = builder.ins().icmp(IntCC::UnsignedLessThanOrEqual, above, one);
            let divisor = builder.ins().select(special, one, b);
            builder.ins().srem(a, divisor)
        })
    }
}
