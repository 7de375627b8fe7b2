//! From a typed expression to a program.

use std::collections::HashMap;

use super::code::{Code, Constant, Kernel, Source, Step, Then};
use super::cpu::Cpu;
use crate::formula::ir::{BinaryOp, Expr, Node, Numbering};
use crate::types::{Type, Value};
use crate::vector::Vector;

impl Code {
    /// Compiles an expression, its loops for `cpu`. What is written several times in it is computed once.
    pub(super) fn compile(expr: &Expr, cpu: Cpu) -> Code {
        let code = Code { steps: Vec::new(), result: Source::Input(0), ty: expr.ty, cpu };
        let mut compiler = Compiler { code, numbers: HashMap::new(), made: HashMap::new() };
        Numbering::default().number_all(expr, &mut |part, number| {
            compiler.numbers.insert(ptr(part), number);
        });
        compiler.code.result = compiler.add(expr);
        compiler.code.hand_over();
        compiler.code
    }

    /// Marks who reads a result last, and may take it over. One that reads it twice looks at it only.
    fn hand_over(&mut self) {
        let mut is_read = vec![false; self.steps.len()];
        if let Source::Step { step, .. } = self.result {
            is_read[step] = true;
        }
        for step in self.steps.iter_mut().rev() {
            let read: Vec<usize> = step.sources.iter().filter_map(Source::step).collect();
            for source in &mut step.sources {
                if let Source::Step { step, last } = source {
                    *last = !is_read[*step] && read.iter().filter(|other| *other == step).count() == 1;
                }
            }
            read.into_iter().for_each(|step| is_read[step] = true);
        }
    }
}

struct Compiler {
    code: Code,
    /// The number of each part of the expression, by where it is.
    numbers: HashMap<*const Expr, usize>,
    /// The step that has the value, by number.
    made: HashMap<usize, usize>,
}

fn ptr(expr: &Expr) -> *const Expr {
    expr
}

impl Compiler {
    /// Whether the value of one of two expressions is there already.
    fn has_either(&self, pair: &(Expr, Expr)) -> bool {
        let has = |expr: &Expr| self.numbers.get(&ptr(expr)).is_some_and(|number| self.made.contains_key(number));
        has(&pair.0) || has(&pair.1)
    }

    /// Adds the steps of `expr` that are not there yet; where its value will be.
    fn add(&mut self, expr: &Expr) -> Source {
        let cpu = self.code.cpu;
        let number = self.numbers.get(&ptr(expr)).copied();
        if let Some(&step) = number.and_then(|number| self.made.get(&number)) {
            return Source::Step { step, last: false };
        }
        let (kernel, operands): (Kernel, Vec<&Expr>) = match &expr.node {
            Node::Constant(value) => return Source::Constant(constant(expr.ty, value)),
            Node::Input(input) => return Source::Input(*input),
            Node::Unary(op, operand) => (Kernel::Unary(*op), vec![operand]),
            Node::Binary(op, pair) => match multiply_then(*op, pair).filter(|_| !self.has_either(pair)) {
                Some((then, operands)) => (Kernel::MultiplyThen(then), operands),
                None => (Kernel::Binary(*op), vec![&pair.0, &pair.1]),
            },
            Node::Compare(op, pair) => (Kernel::Compare(*op), vec![&pair.0, &pair.1]),
            Node::All(parts) | Node::Any(parts) if parts.iter().skip(1).any(Expr::is_fallible) => {
                let decides = matches!(expr.node, Node::Any(_));
                let parts = parts.iter().map(|part| Code::compile(part, cpu)).collect();
                (Kernel::Lazily { decides, parts }, Vec::new())
            }
            Node::All(parts) => (Kernel::All, parts.iter().collect()),
            Node::Any(parts) => (Kernel::Any, parts.iter().collect()),
            Node::Choose(three) if three.1.is_fallible() || three.2.is_fallible() => {
                let [yes, no] = [&three.1, &three.2].map(|branch| Box::new(Code::compile(branch, cpu)));
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
        self.code.steps.push(Step { kernel, sources, ty: expr.ty, span: expr.span.clone() });
        let step = self.code.steps.len() - 1;
        self.made.extend(number.map(|number| (number, step)));
        Source::Step { step, last: false }
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
