//! From a typed expression to a program.

use super::code::{Code, Constant, Kernel, Source, Step, Then};
use super::cpu::Cpu;
use crate::formula::ir::{BinaryOp, Expr, Node};
use crate::types::{Type, Value};
use crate::vector::Vector;

impl Code {
    /// Compiles an expression, its loops for `cpu`.
    pub(super) fn compile(expr: &Expr, cpu: Cpu) -> Code {
        let mut code = Code { steps: Vec::new(), result: Source::Input(0), ty: expr.ty, cpu };
        code.result = code.add(expr);
        code
    }

    /// Adds the steps of `expr`; where its value will be. Every result is read by one step, which takes it over.
    fn add(&mut self, expr: &Expr) -> Source {
        let (kernel, operands): (Kernel, Vec<&Expr>) = match &expr.node {
            Node::Constant(value) => return Source::Constant(constant(expr.ty, value)),
            Node::Input(input) => return Source::Input(*input),
            Node::Unary(op, operand) => (Kernel::Unary(*op), vec![operand]),
            Node::Binary(op, pair) => match multiply_then(*op, pair) {
                Some((then, operands)) => (Kernel::MultiplyThen(then), operands),
                None => (Kernel::Binary(*op), vec![&pair.0, &pair.1]),
            },
            Node::Compare(op, pair) => (Kernel::Compare(*op), vec![&pair.0, &pair.1]),
            Node::All(parts) | Node::Any(parts) if parts.iter().skip(1).any(Expr::is_fallible) => {
                let decides = matches!(expr.node, Node::Any(_));
                (
                    Kernel::Lazily { decides, parts: parts.iter().map(|part| Code::compile(part, self.cpu)).collect() },
                    Vec::new(),
                )
            }
            Node::All(parts) => (Kernel::All, parts.iter().collect()),
            Node::Any(parts) => (Kernel::Any, parts.iter().collect()),
            Node::Choose(three) if three.1.is_fallible() || three.2.is_fallible() => {
                let [yes, no] = [&three.1, &three.2].map(|branch| Box::new(Code::compile(branch, self.cpu)));
                (Kernel::ChooseLazily { yes, no }, vec![&three.0])
            }
            Node::Choose(three) => (Kernel::Choose, vec![&three.0, &three.1, &three.2]),
            Node::Cast(operand) => (Kernel::Cast, vec![operand]),
            Node::Retype(operand) => (Kernel::Retype, vec![operand]),
            Node::IsNull(operand) => (Kernel::IsNull, vec![operand]),
            Node::OneOf(operand, set) => (Kernel::OneOf(set.clone()), vec![operand]),
            Node::Concat(parts) => (Kernel::Concat, parts.iter().collect()),
            Node::Call(call, arguments) => (Kernel::Call(call.clone()), arguments.iter().collect()),
        };
        let sources = operands.into_iter().map(|operand| self.add(operand)).collect();
        self.steps.push(Step { kernel, sources, ty: expr.ty, span: expr.span.clone() });
        Source::Step { step: self.steps.len() - 1, last: true }
    }
}

/// The operands of `a * b + c`, either way round, or of `a * b - c`.
fn multiply_then(op: BinaryOp, pair: &(Expr, Expr)) -> Option<(Then, Vec<&Expr>)> {
    let (left, right) = (factors(&pair.0), factors(&pair.1));
    let (then, factors, other) = match (op, left, right) {
        (BinaryOp::Add, Some(factors), _) => (Then::Add, factors, &pair.1),
        (BinaryOp::Add, None, Some(factors)) => (Then::Add, factors, &pair.0),
        (BinaryOp::Subtract, Some(factors), _) => (Then::Subtract, factors, &pair.1),
        _ => return None,
    };
    Some((then, vec![&factors.0, &factors.1, other]))
}

fn factors(expr: &Expr) -> Option<&(Expr, Expr)> {
    match &expr.node {
        Node::Binary(BinaryOp::Multiply, factors) => Some(factors),
        _ => None,
    }
}

fn constant(ty: Type, value: &Value) -> Constant {
    let vector = Vector::constant(ty, value, 1).unwrap_or_else(|| Vector::nulls(ty, 1));
    Constant { ty, value: value.clone(), vector }
}
