//! From one lane to another, as Java casts: integers are cut, floats saturate and NaN becomes 0.

use cranelift::prelude::*;

use super::{Emitter, lanes::Quad};
use crate::shape::Lane;

impl Emitter<'_> {
    pub(super) fn convert(&mut self, from: Lane, to: Lane, a: Quad) -> Quad {
        match (from, to, a) {
            (Lane::I32, Lane::I64, Quad::Narrow(a)) => {
                Quad::Wide([self.builder.ins().swiden_low(a), self.builder.ins().swiden_high(a)])
            }
            (Lane::I32, Lane::F64, Quad::Narrow(a)) => Quad::Wide([false, true].map(|upper| {
                let two = if upper { self.upper(a) } else { a };
                let two = self.builder.ins().swiden_low(two);
                self.builder.ins().fcvt_from_sint(types::F64X2, two)
            })),
            (Lane::I32, Lane::F32, a) => a.map(|a| self.builder.ins().fcvt_from_sint(types::F32X4, a)),
            (Lane::I64, Lane::I32, Quad::Wide([low, high])) => Quad::Narrow(self.even_lanes(types::I32X4, low, high)),
            (Lane::I64, Lane::F64, a) => a.map(|a| self.builder.ins().fcvt_from_sint(types::F64X2, a)),
            (Lane::I64, Lane::F32, Quad::Wide([low, high])) => {
                let round = |emitter: &mut Self, two: Value| {
                    emitter
                        .each(Lane::F32, two, |emitter, one, _| emitter.builder.ins().fcvt_from_sint(types::F32, one))
                };
                let (low, high) = (round(self, low), round(self, high));
                Quad::Narrow(self.lower_halves(types::F32X4, low, high))
            }
            (Lane::F32, Lane::F64, Quad::Narrow(a)) => Quad::Wide([false, true].map(|upper| {
                let two = if upper { self.upper(a) } else { a };
                self.builder.ins().fvpromote_low(two)
            })),
            (Lane::F64, Lane::F32, Quad::Wide([low, high])) => {
                let (low, high) = (self.builder.ins().fvdemote(low), self.builder.ins().fvdemote(high));
                Quad::Narrow(self.lower_halves(types::F32X4, low, high))
            }
            (Lane::F32, Lane::I32, a) => a.map(|a| self.builder.ins().fcvt_to_sint_sat(types::I32X4, a)),
            (Lane::F64, Lane::I32, Quad::Wide([low, high])) => {
                let zero = self.zero(Lane::I64);
                let saturate = |emitter: &mut Self, two: Value| {
                    let two = emitter.builder.ins().fcvt_to_sint_sat(types::I64X2, two);
                    emitter.builder.ins().snarrow(two, zero)
                };
                let (low, high) = (saturate(self, low), saturate(self, high));
                Quad::Narrow(self.lower_halves(types::I32X4, low, high))
            }
            (Lane::F64, Lane::I64, a) => a.map(|a| {
                self.each(Lane::I64, a, |emitter, one, _| emitter.builder.ins().fcvt_to_sint_sat(types::I64, one))
            }),
            (Lane::F32, Lane::I64, a @ Quad::Narrow(_)) => {
                let doubled = self.convert(Lane::F32, Lane::F64, a);
                self.convert(Lane::F64, Lane::I64, doubled)
            }
            // From a lane to itself.
            (_, _, a) => a,
        }
    }

    /// The upper two of four lanes, in the lower two.
    fn upper(&mut self, a: Value) -> Value {
        let ty = self.builder.func.dfg.value_type(a);
        self.shuffled(ty, a, a, |byte| 8 + byte % 8)
    }

    /// The lower two of four lanes of each.
    fn lower_halves(&mut self, ty: Type, low: Value, high: Value) -> Value {
        self.shuffled(ty, low, high, |byte| byte % 8 + if byte < 8 { 0 } else { 16 })
    }

    /// The lower 32 bits of each 64.
    pub(super) fn even_lanes(&mut self, ty: Type, low: Value, high: Value) -> Value {
        self.shuffled(ty, low, high, |byte| byte / 4 * 8 + byte % 4)
    }

    /// The bytes of two vectors in another order: `from` tells which of the 32 comes to a byte's place.
    fn shuffled(&mut self, ty: Type, low: Value, high: Value, from: impl Fn(u8) -> u8) -> Value {
        let order: Vec<u8> = (0..16).map(from).collect();
        let order = self.builder.func.dfg.immediates.push(order.into());
        let (low, high) = (self.cast(types::I8X16, low), self.cast(types::I8X16, high));
        let shuffled = self.builder.ins().shuffle(low, high, order);
        self.cast(ty, shuffled)
    }
}
