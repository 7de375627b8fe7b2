//! [`Numbering`]: which expressions compute the same.

use std::collections::HashMap;

use super::{BinaryOp, CompareOp, Expr, Node, UnaryOp};
use crate::types::{Type, Value};

/// Numbers expressions: those that compute the same of the same inputs have the same number, wherever they are written.
/// What may give another value each time it is evaluated is like nothing else.
///
/// ```
/// use headwater_engine::formula::{FunctionRegistry, Scope, check_expression, ir::{Node, Numbering}};
/// use headwater_engine::{ColumnDef, Type, formula};
/// let columns = [ColumnDef::new("A", Type::F64)];
/// let scope = Scope { columns: &columns, functions: &FunctionRegistry::default() };
/// let product = check_expression(&formula("(A + 1) * ( A+1.0 )"), scope)?;
/// let Node::Binary(_, pair) = &product.expr().node else { panic!("a product") };
/// let mut numbers = Numbering::default();
/// assert_eq!(numbers.number(&pair.0), numbers.number(&pair.1));
/// assert_ne!(numbers.number(&pair.0), numbers.number(product.expr()));
/// # Ok::<(), headwater_engine::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Numbering {
    known: HashMap<Key, usize>,
    next: usize,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    ty: Type,
    what: What,
    operands: Vec<usize>,
}

#[derive(Debug, PartialEq, Eq, Hash)]
enum What {
    Constant(String),
    Input(usize),
    Unary(UnaryOp),
    Binary(BinaryOp),
    Compare(CompareOp),
    All,
    Any,
    Choose,
    Cast,
    Retype,
    IsNull,
    OneOf(Vec<String>, bool),
    Concat,
    /// A pure function by where it is.
    Call(usize),
}

impl Numbering {
    /// The number of an expression.
    pub fn number(&mut self, expr: &Expr) -> usize {
        self.number_all(expr, &mut |_, _| {})
    }

    /// The number of an expression; `each` is told those of all below it, and its own last.
    pub(crate) fn number_all<'e>(&mut self, expr: &'e Expr, each: &mut impl FnMut(&'e Expr, usize)) -> usize {
        let operands = expr.operands().into_iter().map(|operand| self.number_all(operand, each)).collect();
        let number = match what(expr) {
            None => self.fresh(),
            Some(what) => {
                let next = &mut self.next;
                *self.known.entry(Key { ty: expr.ty, what, operands }).or_insert_with(|| {
                    *next += 1;
                    *next - 1
                })
            }
        };
        each(expr, number);
        number
    }

    fn fresh(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }
}

/// What an expression does with its operands; `None` if it may do something else each time.
fn what(expr: &Expr) -> Option<What> {
    Some(match &expr.node {
        Node::Constant(value) => What::Constant(constant(value)),
        Node::Input(input) => What::Input(*input),
        Node::Unary(op, _) => What::Unary(*op),
        Node::Binary(op, _) => What::Binary(*op),
        Node::Compare(op, _) => What::Compare(*op),
        Node::All(_) => What::All,
        Node::Any(_) => What::Any,
        Node::Choose(_) => What::Choose,
        Node::Cast(_) => What::Cast,
        Node::Retype(_) => What::Retype,
        Node::IsNull(_) => What::IsNull,
        Node::OneOf(_, set) => What::OneOf(set.values().iter().map(constant).collect(), set.has_null()),
        Node::Concat(_) => What::Concat,
        Node::Call(call, _) => What::Call(Some(call).filter(|call| call.is_pure())?.place()),
    })
}

/// A constant as text that tells it from all others, -0.0 from 0.0 too.
fn constant(value: &Value) -> String {
    format!("{value:?}")
}
