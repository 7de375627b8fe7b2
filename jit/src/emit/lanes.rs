//! The numbers of a quad: loads, operators, choices.

use cranelift::prelude::*;

use super::{Emitter, QUAD, constant, vector};
use crate::shape::{Divisor, Form, Id, Lane, Node};

/// Four numbers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Quad {
    /// In four lanes of 32 bits.
    Narrow(Value),
    /// In two times two lanes of 64 bits.
    Wide([Value; 2]),
}

impl Quad {
    /// The quad of what `f` makes of each vector.
    pub(super) fn map(self, mut f: impl FnMut(Value) -> Value) -> Quad {
        match self {
            Quad::Narrow(value) => Quad::Narrow(f(value)),
            Quad::Wide([low, high]) => Quad::Wide([f(low), f(high)]),
        }
    }

    /// The same of two quads of one width.
    pub(super) fn zip(self, other: Quad, mut f: impl FnMut(Value, Value) -> Value) -> Quad {
        match (self, other) {
            (Quad::Wide([a, b]), Quad::Wide([c, d])) => Quad::Wide([f(a, c), f(b, d)]),
            (a, b) => Quad::Narrow(f(a.first(), b.first())),
        }
    }

    pub(super) fn first(self) -> Value {
        match self {
            Quad::Narrow(value) | Quad::Wide([value, _]) => value,
        }
    }
}

impl Emitter<'_> {
    /// The numbers of node `id` in quad `quad`.
    pub(super) fn quad(&mut self, id: Id, quad: usize) -> Quad {
        if let Some(known) = self.quads.get(&(id, quad)) {
            return *known;
        }
        let made = self.new_quad(id, quad);
        self.quads.insert((id, quad), made);
        made
    }

    fn new_quad(&mut self, id: Id, quad: usize) -> Quad {
        let lane = self.shape.lane(id);
        match self.shape.nodes[usize::from(id)] {
            Node::Column(read) => self.load(read, quad),
            Node::Parameter(parameter) => {
                let scalar = self.parameter(parameter, scalar(lane));
                let all = self.builder.ins().splat(vector(lane), scalar);
                if lane.is_wide() { Quad::Wide([all, all]) } else { Quad::Narrow(all) }
            }
            Node::Unary(op, a) => {
                let a = self.quad(a, quad);
                a.map(|a| self.unary(op, lane, a))
            }
            Node::Binary(op, a, b) => {
                let (a, b) = (self.quad(a, quad), self.quad(b, quad));
                a.zip(b, |a, b| self.binary(op, lane, a, b))
            }
            Node::ShiftAll(op, a, amount) => {
                let a = self.quad(a, quad);
                let amount = self.parameter(amount, types::I32);
                a.map(|a| self.shift(op, a, amount))
            }
            Node::Shift(op, a, b) => {
                let (a, b) = (self.quad(a, quad), self.quad(b, quad));
                a.zip(b, |a, b| self.shift_lanes(op, lane, a, b))
            }
            Node::Remainder(a, divisor) => {
                let a = self.quad(a, quad);
                match divisor {
                    Divisor::PowerOfTwo(mask) => {
                        let mask = self.parameter(mask, scalar(lane));
                        let mask = self.builder.ins().splat(vector(lane), mask);
                        a.map(|a| self.remainder_by_power(lane, a, mask))
                    }
                    Divisor::Constant { magnitude, reciprocal, bits } => {
                        let [magnitude, reciprocal, bits] =
                            [magnitude, reciprocal, bits].map(|parameter| self.parameter(parameter, types::I64));
                        let wide = self.convert(lane, Lane::I64, a);
                        let rest = wide.map(|a| self.remainder_by_constant(a, magnitude, reciprocal, bits));
                        self.convert(Lane::I64, lane, rest)
                    }
                    Divisor::Lane(b) => {
                        let b = self.quad(b, quad);
                        a.zip(b, |a, b| self.remainder_by_lane(lane, a, b))
                    }
                }
            }
            Node::Convert(to, a) => {
                let from = self.shape.lane(a);
                let a = self.quad(a, quad);
                self.convert(from, to, a)
            }
            Node::Wrap(form, a) => {
                let a = self.quad(a, quad);
                a.map(|a| self.wrap(form, a))
            }
            Node::Select(when, a, b) => {
                let when = self.mask(when, quad, lane.is_wide());
                let (a, b) = (self.quad(a, quad), self.quad(b, quad));
                let when = when.map(|when| self.cast(vector(lane), when));
                self.select(when, a, b)
            }
            // The other nodes are bits, which nobody asks for as numbers.
            Node::Bits(_)
            | Node::Bool(_)
            | Node::Compare(..)
            | Node::Not(_)
            | Node::And(..)
            | Node::Or(..)
            | Node::Xor(..) => self.mask(id, quad, false),
        }
    }

    fn select(&mut self, when: Quad, a: Quad, b: Quad) -> Quad {
        match (when, a, b) {
            (Quad::Wide(when), Quad::Wide(a), Quad::Wide(b)) => {
                Quad::Wide([0, 1].map(|at| self.builder.ins().bitselect(when[at], a[at], b[at])))
            }
            (when, a, b) => Quad::Narrow(self.builder.ins().bitselect(when.first(), a.first(), b.first())),
        }
    }

    /// A parameter as a scalar.
    pub(super) fn parameter(&mut self, parameter: u16, ty: Type) -> Value {
        self.builder.ins().load(ty, constant(), self.parameters, i32::from(parameter) * 8)
    }

    fn load(&mut self, read: u16, quad: usize) -> Quad {
        let form = self.shape.reads[usize::from(read)];
        let base = self.reads[usize::from(read)];
        let from = self.address(base, form);
        let offset = form.bytes(quad * QUAD) as i32;
        let lane = form.lane();
        match form {
            Form::I64 | Form::F64 => {
                Quad::Wide([0, 16].map(|half| self.builder.ins().load(vector(lane), constant(), from, offset + half)))
            }
            Form::I32 | Form::F32 | Form::Bits => {
                Quad::Narrow(self.builder.ins().load(vector(lane), constant(), from, offset))
            }
            Form::I16 | Form::U16 => {
                let four = self.builder.ins().load(types::I64, constant(), from, offset);
                let halves = self.builder.ins().scalar_to_vector(types::I64X2, four);
                let halves = self.cast(types::I16X8, halves);
                Quad::Narrow(if form == Form::I16 {
                    self.builder.ins().swiden_low(halves)
                } else {
                    self.builder.ins().uwiden_low(halves)
                })
            }
            Form::I8 => {
                let four = self.builder.ins().load(types::I32, constant(), from, offset);
                let bytes = self.builder.ins().scalar_to_vector(types::I32X4, four);
                let bytes = self.cast(types::I8X16, bytes);
                let halves = self.builder.ins().swiden_low(bytes);
                Quad::Narrow(self.builder.ins().swiden_low(halves))
            }
        }
    }
}

/// The type of one lane.
pub(super) fn scalar(lane: Lane) -> Type {
    vector(lane).lane_type()
}
