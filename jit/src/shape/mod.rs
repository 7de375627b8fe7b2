//! [`Shape`]: what a kernel computes, and nothing else. It is the key under which kernels are shared.
//!
//! A shape knows no column, no constant and no text: columns are numbered reads, constants are parameters. So formulas
//! that differ in names and numbers only have one kernel. Nulls are gone here: validity is bits like any other.

mod builder;
mod display;
mod form;

pub(crate) use builder::{Bit, Builder};
pub(crate) use form::{Form, Lane};

/// The number of a node; a node reads only lower numbers.
pub(crate) type Id = u16;

/// What a kernel computes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Shape {
    /// What it reads, in the order of its first argument.
    pub(crate) reads: Vec<Form>,
    /// What it is told, in the order of its second argument.
    pub(crate) parameters: Vec<Lane>,
    pub(crate) nodes: Vec<Node>,
    /// What it leaves, in the order of its third argument.
    pub(crate) results: Vec<(Form, Id)>,
    /// Rows that the interpreter has to look at: something in them may be an error.
    pub(crate) faults: Option<Id>,
}

/// A value for each row: a number in a lane, or one bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    /// Numbers that are read; small integers are widened to 32 bits.
    Column(u16),
    /// Bits that are read.
    Bits(u16),
    /// One number for all rows.
    Parameter(u16),
    /// One bit for all rows.
    Bool(bool),
    Unary(Unary, Id),
    Binary(Binary, Id, Id),
    /// A shift by a parameter, of which the lowest bits count.
    ShiftAll(Shift, Id, u16),
    /// A shift by the lowest bits of another lane.
    Shift(Shift, Id, Id),
    Remainder(Id, Divisor),
    /// The number in another lane: integers are cut, floats round or saturate.
    Convert(Lane, Id),
    /// The lowest 8 or 16 bits of a 32-bit integer, widened again as the form says.
    Wrap(Form, Id),
    /// The second where the first, a bit, is set; else the third.
    Select(Id, Id, Id),
    Compare(Comparison, Id, Id),
    Not(Id),
    And(Id, Id),
    Or(Id, Id),
    Xor(Id, Id),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Unary {
    Negate,
    Complement,
    Absolute,
    SquareRoot,
    Floor,
    Ceiling,
    /// To the nearest whole number, the even one of two.
    Nearest,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    And,
    Or,
    Xor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Shift {
    Left,
    Right,
    RightUnsigned,
}

/// What a remainder is by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Divisor {
    /// A power of two; the parameter is one less.
    PowerOfTwo(u16),
    /// Another constant: parameters of its magnitude, its reciprocal and the bits to shift by, all of 64 bits.
    Constant { magnitude: u16, reciprocal: u16, bits: u16 },
    /// A lane; by zero the remainder is zero.
    Lane(Id),
}

/// As [`CompareOp`](headwater_engine::formula::ir::CompareOp); integers are signed, and of floats that are in no order
/// only `NotEqual` holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What a node is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Lane(Lane),
    Bit,
}

impl Shape {
    /// What node `id` is worth.
    pub(crate) fn kind(&self, id: Id) -> Kind {
        kind(&self.nodes, &self.reads, &self.parameters, id)
    }

    /// The lane of a node that is no bit.
    pub(crate) fn lane(&self, id: Id) -> Lane {
        match self.kind(id) {
            Kind::Lane(lane) => lane,
            Kind::Bit => Lane::I32,
        }
    }

    /// Rows computed by one turn of the loop: four vectors of the widest lane, and twice as many where the results
    /// are bits, which are packed more cheaply by 16 than by 8.
    pub(crate) fn step(&self) -> usize {
        let wide = (0..self.nodes.len()).any(|id| matches!(self.kind(id as Id), Kind::Lane(Lane::I64 | Lane::F64)));
        let bits_only = self.results.iter().all(|(form, _)| *form == Form::Bits);
        if wide && !bits_only { 8 } else { 16 }
    }
}

fn kind(nodes: &[Node], reads: &[Form], parameters: &[Lane], id: Id) -> Kind {
    match nodes[usize::from(id)] {
        Node::Column(read) => Kind::Lane(reads[usize::from(read)].lane()),
        Node::Parameter(parameter) => Kind::Lane(parameters[usize::from(parameter)]),
        Node::Convert(lane, _) => Kind::Lane(lane),
        Node::Wrap(..) => Kind::Lane(Lane::I32),
        Node::Unary(_, of)
        | Node::Binary(_, of, _)
        | Node::ShiftAll(_, of, _)
        | Node::Shift(_, of, _)
        | Node::Remainder(of, _)
        | Node::Select(_, of, _) => kind(nodes, reads, parameters, of),
        Node::Bits(_)
        | Node::Bool(_)
        | Node::Compare(..)
        | Node::Not(_)
        | Node::And(..)
        | Node::Or(..)
        | Node::Xor(..) => Kind::Bit,
    }
}

impl Node {
    /// The nodes it reads.
    pub(crate) fn operands(self) -> impl Iterator<Item = Id> {
        let operands = match self {
            Node::Column(_) | Node::Bits(_) | Node::Parameter(_) | Node::Bool(_) => [None; 3],
            Node::Unary(_, a)
            | Node::ShiftAll(_, a, _)
            | Node::Remainder(a, Divisor::PowerOfTwo(_) | Divisor::Constant { .. })
            | Node::Convert(_, a)
            | Node::Wrap(_, a)
            | Node::Not(a) => [Some(a), None, None],
            Node::Binary(_, a, b)
            | Node::Shift(_, a, b)
            | Node::Remainder(a, Divisor::Lane(b))
            | Node::Compare(_, a, b)
            | Node::And(a, b)
            | Node::Or(a, b)
            | Node::Xor(a, b) => [Some(a), Some(b), None],
            Node::Select(a, b, c) => [Some(a), Some(b), Some(c)],
        };
        operands.into_iter().flatten()
    }
}
