//! Bits, one for each row: as masks over lanes where they come from comparisons and go to choices, packed where they
//! are read and written.

use cranelift::prelude::*;

use super::{Emitter, QUAD, constant, lanes::Quad};
use crate::shape::{Comparison, Form, Id, Lane, Node, Shape};

/// How a node's bits are had most cheaply.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    Packed,
    Mask { wide: bool },
}

/// The natures of all nodes.
pub(super) fn natures(shape: &Shape) -> Vec<Nature> {
    let mut natures: Vec<Nature> = Vec::with_capacity(shape.nodes.len());
    for node in &shape.nodes {
        natures.push(match *node {
            Node::Compare(_, a, _) => Nature::Mask { wide: shape.lane(a).is_wide() },
            Node::Not(a) => natures[usize::from(a)],
            Node::And(a, b) | Node::Or(a, b) | Node::Xor(a, b) => {
                match (natures[usize::from(a)], natures[usize::from(b)]) {
                    (Nature::Mask { wide: a }, Nature::Mask { wide: b }) => Nature::Mask { wide: a && b },
                    _ => Nature::Packed,
                }
            }
            _ => Nature::Packed,
        });
    }
    natures
}

impl Emitter<'_> {
    fn nature(&self, id: Id) -> Nature {
        self.natures[usize::from(id)]
    }

    /// The bits of a node, one for each row of the turn, packed.
    pub(super) fn bits(&mut self, id: Id) -> Value {
        if let Some(known) = self.bits.get(&id) {
            return *known;
        }
        let made = self.new_bits(id);
        self.bits.insert(id, made);
        made
    }

    fn new_bits(&mut self, id: Id) -> Value {
        if self.nature(id) != Nature::Packed {
            return self.pack(id);
        }
        match self.shape.nodes[usize::from(id)] {
            Node::Bits(read) => {
                let base = self.reads[usize::from(read)];
                let from = self.address(base, Form::Bits);
                let ty = if self.step == 8 { types::I8 } else { types::I16 };
                let bits = self.builder.ins().load(ty, constant(), from, 0);
                self.builder.ins().uextend(types::I32, bits)
            }
            Node::Not(a) => {
                let a = self.bits(a);
                self.builder.ins().bnot(a)
            }
            Node::And(a, b) => {
                let (a, b) = (self.bits(a), self.bits(b));
                self.builder.ins().band(a, b)
            }
            Node::Or(a, b) => {
                let (a, b) = (self.bits(a), self.bits(b));
                self.builder.ins().bor(a, b)
            }
            Node::Xor(a, b) => {
                let (a, b) = (self.bits(a), self.bits(b));
                self.builder.ins().bxor(a, b)
            }
            node => self.builder.ins().iconst(types::I32, if node == Node::Bool(true) { -1 } else { 0 }),
        }
    }

    /// Masks as packed bits: lanes are narrowed to bytes, and the highest bit of each is gathered.
    fn pack(&mut self, id: Id) -> Value {
        let quads: Vec<Value> = (0..self.quads()).map(|quad| self.mask(id, quad, false).first()).collect();
        let halves: Vec<Value> =
            quads.chunks_exact(2).map(|pair| self.builder.ins().snarrow(pair[0], pair[1])).collect();
        let bytes = self.builder.ins().snarrow(halves[0], halves[halves.len() - 1]);
        self.builder.ins().vhigh_bits(types::I32, bytes)
    }

    /// The bits of a node in a quad, each spread over a lane.
    pub(super) fn mask(&mut self, id: Id, quad: usize, wide: bool) -> Quad {
        if let Some(known) = self.masks.get(&(id, quad, wide)) {
            return *known;
        }
        let made = match self.nature(id) {
            Nature::Packed => self.spread(id, quad, wide),
            Nature::Mask { wide: own } if own == wide => self.new_mask(id, quad, wide),
            Nature::Mask { wide: own } => {
                let mask = self.mask(id, quad, own);
                self.resized(mask)
            }
        };
        self.masks.insert((id, quad, wide), made);
        made
    }

    fn new_mask(&mut self, id: Id, quad: usize, wide: bool) -> Quad {
        match self.shape.nodes[usize::from(id)] {
            Node::Compare(op, a, b) => {
                let lane = self.shape.lane(a);
                let (a, b) = (self.quad(a, quad), self.quad(b, quad));
                a.zip(b, |a, b| self.compare(op, lane, a, b))
            }
            Node::Not(a) => {
                let a = self.mask(a, quad, wide);
                a.map(|a| self.builder.ins().bnot(a))
            }
            Node::And(a, b) => {
                let (a, b) = (self.mask(a, quad, wide), self.mask(b, quad, wide));
                a.zip(b, |a, b| self.builder.ins().band(a, b))
            }
            Node::Or(a, b) => {
                let (a, b) = (self.mask(a, quad, wide), self.mask(b, quad, wide));
                a.zip(b, |a, b| self.builder.ins().bor(a, b))
            }
            Node::Xor(a, b) => {
                let (a, b) = (self.mask(a, quad, wide), self.mask(b, quad, wide));
                a.zip(b, |a, b| self.builder.ins().bxor(a, b))
            }
            _ => self.spread(id, quad, wide),
        }
    }

    fn compare(&mut self, op: Comparison, lane: Lane, a: Value, b: Value) -> Value {
        if lane.is_float() {
            let op = match op {
                Comparison::Equal => FloatCC::Equal,
                Comparison::NotEqual => FloatCC::NotEqual,
                Comparison::Less => FloatCC::LessThan,
                Comparison::LessOrEqual => FloatCC::LessThanOrEqual,
                Comparison::Greater => FloatCC::GreaterThan,
                Comparison::GreaterOrEqual => FloatCC::GreaterThanOrEqual,
            };
            return self.builder.ins().fcmp(op, a, b);
        }
        let op = match op {
            Comparison::Equal => IntCC::Equal,
            Comparison::NotEqual => IntCC::NotEqual,
            Comparison::Less => IntCC::SignedLessThan,
            Comparison::LessOrEqual => IntCC::SignedLessThanOrEqual,
            Comparison::Greater => IntCC::SignedGreaterThan,
            Comparison::GreaterOrEqual => IntCC::SignedGreaterThanOrEqual,
        };
        self.builder.ins().icmp(op, a, b)
    }

    /// Masks of the other width.
    fn resized(&mut self, mask: Quad) -> Quad {
        match mask {
            Quad::Wide([low, high]) => Quad::Narrow(self.even_lanes(types::I32X4, low, high)),
            Quad::Narrow(mask) => {
                Quad::Wide([self.builder.ins().swiden_low(mask), self.builder.ins().swiden_high(mask)])
            }
        }
    }

    /// Packed bits as masks: every lane gets all bits, and looks at its own.
    fn spread(&mut self, id: Id, quad: usize, wide: bool) -> Quad {
        let bits = self.bits(id);
        let first = quad * QUAD;
        let own = |emitter: &mut Self, ty: Type, bytes: Vec<u8>, bits: Value| {
            let all = emitter.builder.ins().splat(ty, bits);
            let own = emitter.builder.func.dfg.constants.insert(bytes.into());
            let own = emitter.builder.ins().vconst(ty, own);
            let found = emitter.builder.ins().band(all, own);
            emitter.builder.ins().icmp(IntCC::Equal, found, own)
        };
        if wide {
            let bits = self.builder.ins().uextend(types::I64, bits);
            let half = |row: usize| [row, row + 1].into_iter().flat_map(|row| (1_u64 << row).to_le_bytes()).collect();
            Quad::Wide([first, first + 2].map(|row| own(self, types::I64X2, half(row), bits)))
        } else {
            let bytes = (first..first + QUAD).flat_map(|row| (1_u32 << row).to_le_bytes()).collect();
            Quad::Narrow(own(self, types::I32X4, bytes, bits))
        }
    }
}
