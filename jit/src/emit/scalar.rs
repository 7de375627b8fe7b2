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

    /// The upper half of the product of each 64-bit lane with a scalar, neither of which has a sign.
    pub(super) fn upper_product(&mut self, a: Value, by: Value) -> Value {
        self.each(Lane::I64, a, |emitter, a, _| emitter.builder.ins().umulhi(by, a))
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
