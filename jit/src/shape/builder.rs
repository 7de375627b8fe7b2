//! [`Builder`]: puts a shape together, each node once, and does not compute with bits that are known.

use std::collections::HashMap;

use super::{Form, Id, Kind, Lane, Node, Shape, kind};

/// A bit for each row that may be known for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bit {
    Known(bool),
    Node(Id),
}

/// A shape in the making.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    reads: Vec<Form>,
    parameters: Vec<Lane>,
    /// The values of the parameters, as bits.
    arguments: Vec<u64>,
    nodes: Vec<Node>,
    known: HashMap<Node, Id>,
}

impl Builder {
    /// The node, added unless there is one like it.
    pub(crate) fn add(&mut self, node: Node) -> Id {
        *self.known.entry(node).or_insert_with(|| {
            self.nodes.push(node);
            (self.nodes.len() - 1) as Id
        })
    }

    pub(crate) fn node(&self, id: Id) -> Node {
        self.nodes[usize::from(id)]
    }

    /// The lane of a number.
    pub(crate) fn lane(&self, id: Id) -> Lane {
        match kind(&self.nodes, &self.reads, &self.parameters, id) {
            Kind::Lane(lane) => lane,
            Kind::Bit => Lane::I32,
        }
    }

    /// Another read; its number.
    pub(crate) fn read(&mut self, form: Form) -> u16 {
        self.reads.push(form);
        (self.reads.len() - 1) as u16
    }

    /// The number of a parameter with that value: equal constants are one, so that equal terms are.
    pub(crate) fn parameter(&mut self, lane: Lane, value: u64) -> u16 {
        let same = |at: &usize| self.parameters[*at] == lane && self.arguments[*at] == value;
        if let Some(at) = (0..self.parameters.len()).find(same) {
            return at as u16;
        }
        self.parameters.push(lane);
        self.arguments.push(value);
        (self.parameters.len() - 1) as u16
    }

    /// A constant for all rows.
    pub(crate) fn constant(&mut self, lane: Lane, value: u64) -> Id {
        let parameter = self.parameter(lane, value);
        self.add(Node::Parameter(parameter))
    }

    /// Whether a number is the constant whose bits are zeros.
    pub(crate) fn is_zero(&self, id: Id) -> bool {
        matches!(self.node(id), Node::Parameter(parameter) if self.arguments[usize::from(parameter)] == 0)
    }

    /// The node of a bit.
    pub(crate) fn bit(&mut self, bit: Bit) -> Id {
        match bit {
            Bit::Known(value) => self.add(Node::Bool(value)),
            Bit::Node(id) => id,
        }
    }

    pub(crate) fn not(&mut self, a: Bit) -> Bit {
        match a {
            Bit::Known(value) => Bit::Known(!value),
            Bit::Node(id) => Bit::Node(match self.node(id) {
                Node::Not(inner) => inner,
                _ => self.add(Node::Not(id)),
            }),
        }
    }

    pub(crate) fn and(&mut self, a: Bit, b: Bit) -> Bit {
        match (a, b) {
            (Bit::Known(false), _) | (_, Bit::Known(false)) => Bit::Known(false),
            (Bit::Known(true), other) | (other, Bit::Known(true)) => other,
            (a, b) if a == b => a,
            (a, b) if self.not(a) == b => Bit::Known(false),
            (Bit::Node(a), Bit::Node(b)) => Bit::Node(self.add(Node::And(a.min(b), a.max(b)))),
        }
    }

    pub(crate) fn or(&mut self, a: Bit, b: Bit) -> Bit {
        match (a, b) {
            (Bit::Known(true), _) | (_, Bit::Known(true)) => Bit::Known(true),
            (Bit::Known(false), other) | (other, Bit::Known(false)) => other,
            (a, b) if a == b => a,
            (a, b) if self.not(a) == b => Bit::Known(true),
            (Bit::Node(a), Bit::Node(b)) => Bit::Node(self.add(Node::Or(a.min(b), a.max(b)))),
        }
    }

    pub(crate) fn xor(&mut self, a: Bit, b: Bit) -> Bit {
        match (a, b) {
            (Bit::Known(false), other) | (other, Bit::Known(false)) => other,
            (Bit::Known(true), other) | (other, Bit::Known(true)) => self.not(other),
            (a, b) if a == b => Bit::Known(false),
            (a, b) if self.not(a) == b => Bit::Known(true),
            (Bit::Node(a), Bit::Node(b)) => Bit::Node(self.add(Node::Xor(a.min(b), a.max(b)))),
        }
    }

    /// The nodes that `roots` need, themselves included.
    pub(crate) fn needed(&self, roots: impl IntoIterator<Item = Id>) -> Vec<Id> {
        let mut needed = vec![false; self.nodes.len()];
        for root in roots {
            needed[usize::from(root)] = true;
        }
        // A node reads lower numbers only: one pass from above meets each after all that read it.
        for id in (0..self.nodes.len()).rev() {
            if needed[id] {
                self.nodes[id].operands().for_each(|operand| needed[usize::from(operand)] = true);
            }
        }
        (0..self.nodes.len()).filter(|&id| needed[id]).map(|id| id as Id).collect()
    }

    /// The shape, of what the results and the faults need only, the values of its parameters, and which of the reads
    /// are left, in order.
    pub(crate) fn finish(self, results: Vec<(Form, Id)>, faults: Option<Id>) -> (Shape, Vec<u64>, Vec<u16>) {
        let needed = self.needed(results.iter().map(|(_, id)| *id).chain(faults));
        let mut compact = Compact::default();
        let mut nodes = Vec::with_capacity(needed.len());
        for id in needed {
            let node = compact.node(self.node(id));
            compact.ids.insert(id, nodes.len() as Id);
            nodes.push(node);
        }
        let shape = Shape {
            reads: compact.reads.iter().map(|&read| self.reads[usize::from(read)]).collect(),
            parameters: compact.parameters.iter().map(|&parameter| self.parameters[usize::from(parameter)]).collect(),
            nodes,
            results: results.into_iter().map(|(form, id)| (form, compact.ids[&id])).collect(),
            faults: faults.map(|id| compact.ids[&id]),
        };
        let arguments = compact.parameters.iter().map(|&parameter| self.arguments[usize::from(parameter)]).collect();
        (shape, arguments, compact.reads)
    }
}

/// Numbers nodes, reads and parameters anew, in order of first use.
#[derive(Default)]
struct Compact {
    ids: HashMap<Id, Id>,
    reads: Vec<u16>,
    parameters: Vec<u16>,
}

impl Compact {
    fn node(&mut self, node: Node) -> Node {
        use super::Divisor;
        let id = |id: Id| self.ids[&id];
        match node {
            Node::Column(read) => Node::Column(number(&mut self.reads, read)),
            Node::Bits(read) => Node::Bits(number(&mut self.reads, read)),
            Node::Parameter(parameter) => Node::Parameter(number(&mut self.parameters, parameter)),
            Node::Bool(value) => Node::Bool(value),
            Node::Unary(op, a) => Node::Unary(op, id(a)),
            Node::Binary(op, a, b) => Node::Binary(op, id(a), id(b)),
            Node::ShiftAll(op, a, amount) => {
                let a = id(a);
                Node::ShiftAll(op, a, number(&mut self.parameters, amount))
            }
            Node::Shift(op, a, b) => Node::Shift(op, id(a), id(b)),
            Node::Remainder(a, divisor) => {
                let a = id(a);
                let divisor = match divisor {
                    Divisor::PowerOfTwo(mask) => Divisor::PowerOfTwo(number(&mut self.parameters, mask)),
                    Divisor::Constant { magnitude, reciprocal, bits } => Divisor::Constant {
                        magnitude: number(&mut self.parameters, magnitude),
                        reciprocal: number(&mut self.parameters, reciprocal),
                        bits: number(&mut self.parameters, bits),
                    },
                    Divisor::Lane(by) => Divisor::Lane(id(by)),
                };
                Node::Remainder(a, divisor)
            }
            Node::Convert(lane, a) => Node::Convert(lane, id(a)),
            Node::Wrap(form, a) => Node::Wrap(form, id(a)),
            Node::Select(a, b, c) => Node::Select(id(a), id(b), id(c)),
            Node::Compare(op, a, b) => Node::Compare(op, id(a), id(b)),
            Node::Not(a) => Node::Not(id(a)),
            Node::And(a, b) => Node::And(id(a), id(b)),
            Node::Or(a, b) => Node::Or(id(a), id(b)),
            Node::Xor(a, b) => Node::Xor(id(a), id(b)),
        }
    }
}

/// The place of `old` in the new numbering.
fn number(numbering: &mut Vec<u16>, old: u16) -> u16 {
    let place = numbering.iter().position(|&known| known == old).unwrap_or_else(|| {
        numbering.push(old);
        numbering.len() - 1
    });
    place as u16
}
