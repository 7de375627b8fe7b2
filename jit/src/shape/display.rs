//! How a shape reads: one node a line, as in the golden files.

use std::fmt;

use super::{Divisor, Kind, Node, Shape};

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, form) in self.reads.iter().enumerate() {
            writeln!(f, "read {at}: {}", form.name())?;
        }
        for (id, node) in self.nodes.iter().enumerate() {
            let kind = match self.kind(id as super::Id) {
                Kind::Lane(lane) => lane.name(),
                Kind::Bit => "bit",
            };
            writeln!(f, "%{id}: {kind} = {node}")?;
        }
        for (form, id) in &self.results {
            writeln!(f, "result: {} = %{id}", form.name())?;
        }
        if let Some(id) = self.faults {
            writeln!(f, "faults: %{id}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Node::Column(read) => write!(f, "column {read}"),
            Node::Bits(read) => write!(f, "bits {read}"),
            Node::Parameter(parameter) => write!(f, "parameter {parameter}"),
            Node::Bool(value) => write!(f, "{value}"),
            Node::Unary(op, a) => write!(f, "{} %{a}", name(op)),
            Node::Binary(op, a, b) => write!(f, "{} %{a} %{b}", name(op)),
            Node::ShiftAll(op, a, amount) => write!(f, "shift {} %{a} by parameter {amount}", name(op)),
            Node::Shift(op, a, b) => write!(f, "shift {} %{a} by %{b}", name(op)),
            Node::Remainder(a, Divisor::PowerOfTwo(mask)) => {
                write!(f, "remainder %{a} by a power of two, less one parameter {mask}")
            }
            Node::Remainder(a, Divisor::Constant { magnitude, .. }) => {
                write!(f, "remainder %{a} by parameter {magnitude}")
            }
            Node::Remainder(a, Divisor::Lane(b)) => write!(f, "remainder %{a} by %{b}"),
            Node::Convert(lane, a) => write!(f, "convert to {} %{a}", lane.name()),
            Node::Wrap(form, a) => write!(f, "wrap to {} %{a}", form.name()),
            Node::Select(a, b, c) => write!(f, "select %{a} %{b} %{c}"),
            Node::Compare(op, a, b) => write!(f, "{} %{a} %{b}", name(op)),
            Node::Not(a) => write!(f, "not %{a}"),
            Node::And(a, b) => write!(f, "and %{a} %{b}"),
            Node::Or(a, b) => write!(f, "or %{a} %{b}"),
            Node::Xor(a, b) => write!(f, "xor %{a} %{b}"),
        }
    }
}

/// The name of an operator: that of its variant, in lower case.
fn name(op: impl fmt::Debug) -> String {
    format!("{op:?}").to_lowercase()
}
