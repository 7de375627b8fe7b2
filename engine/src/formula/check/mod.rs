//! The checker: a syntax tree and a scope make a typed expression, or an error that shows the place.

mod arithmetic;
mod call;
mod compare;
mod condition;
mod convert;
mod lists;
mod logic;
mod names;
mod period;
mod time;

use std::ops::Range;
use std::sync::Arc;

use super::checked::Checked;
use super::interpret;
use super::ir::{Expr, Node};
use super::syntax::{self, Quoted, Tree, TreeKind};
use super::{Formula, Scope};
use crate::types::{Type, Value};
use crate::{Error, ErrorKind, Result};

/// Checks a filter: an expression of type `bool`, or a match (``X = 5``, ``X in 1, 2``, ``X icase not in `a` ``,
/// ``X includes any `a`, `b` ``).
///
/// # Errors
/// Anything wrong with the formula, with the place in its text.
pub fn check_condition(formula: &Formula, scope: Scope<'_>) -> Result<Checked> {
    let text = formula.shared_text();
    let tree = syntax::parse_condition(&text)?;
    let checker = Checker { text: &text, formula, scope };
    let expr = match tree.kind {
        TreeKind::Match { value, how, negated, ignore_case, items } => {
            checker.matching(&value, how, negated, ignore_case, &items, tree.span)?
        }
        _ => {
            let span = tree.span.clone();
            let typed = checker.tree(&tree)?;
            checker.as_bool(typed, || "a filter needs a condition of type bool".to_owned(), span)?
        }
    };
    Ok(Checked::new(text.clone(), expr))
}

/// Checks `Name = expression`, or `Name` alone, which is the column itself: the name and the expression.
///
/// # Errors
/// Anything wrong with the formula, with the place in its text.
pub fn check_assignment(formula: &Formula, scope: Scope<'_>) -> Result<(Arc<str>, Checked)> {
    let text = formula.shared_text();
    let (name, span, tree) = syntax::parse_assignment(&text)?;
    let checker = Checker { text: &text, formula, scope };
    let expr = match tree {
        Some(tree) => {
            checker.check_new_name(&name, &span)?;
            checker.tree(&tree)?.expr
        }
        None => checker.column(&name, span)?.expr,
    };
    Ok((name.into(), Checked::new(text.clone(), expr)))
}

/// Checks an expression.
///
/// # Errors
/// Anything wrong with the formula, with the place in its text.
pub fn check_expression(formula: &Formula, scope: Scope<'_>) -> Result<Checked> {
    let text = formula.shared_text();
    let tree = syntax::parse_expression(&text)?;
    let checker = Checker { text: &text, formula, scope };
    Ok(Checked::new(text.clone(), checker.tree(&tree)?.expr))
}

struct Checker<'c> {
    text: &'c Arc<str>,
    formula: &'c Formula,
    scope: Scope<'c>,
}

/// A typed expression, and what it still may become.
#[derive(Clone, Debug)]
struct Typed {
    expr: Expr,
    form: Form,
}

/// What the context may still make of an expression.
#[derive(Clone, Debug, PartialEq)]
enum Form {
    /// Nothing: it has its type.
    Fixed,
    /// `null`, of any type; without a context it is text.
    Null,
    /// Text between single quotes: a character, a time or text.
    Quoted(String),
    /// A literal number or text.
    Literal,
}

impl Typed {
    fn fixed(expr: Expr) -> Self {
        Typed { expr, form: Form::Fixed }
    }

    fn ty(&self) -> Type {
        self.expr.ty
    }

    fn span(&self) -> Range<usize> {
        self.expr.span.clone()
    }

    fn is_null(&self) -> bool {
        self.form == Form::Null
    }

    /// What messages call its type.
    fn type_name(&self) -> &'static str {
        if self.is_null() { "null" } else { self.expr.ty.name() }
    }
}

impl Checker<'_> {
    fn error(&self, kind: ErrorKind, message: impl Into<String>, span: Range<usize>) -> Error {
        Error::new(kind, message).with_place(self.text.clone(), span)
    }

    fn type_error(&self, message: impl Into<String>, span: Range<usize>) -> Error {
        self.error(ErrorKind::Type, message, span)
    }

    fn tree(&self, tree: &Tree) -> Result<Typed> {
        let span = tree.span.clone();
        Ok(match &tree.kind {
            TreeKind::Null => {
                let node = Node::Constant(Value::Null);
                Typed { expr: Expr::new(Type::String, node, span), form: Form::Null }
            }
            TreeKind::Literal(value) => Typed { expr: constant(value.clone(), span), form: Form::Literal },
            TreeKind::Quoted(content) => {
                let expr = constant(Quoted::read(content).value(), span);
                Typed { expr, form: Form::Quoted(content.clone()) }
            }
            TreeKind::Name(name) => self.name(name, span)?,
            TreeKind::Column(name) => self.column(name, span)?,
            TreeKind::Call { name, name_span, arguments } => self.call(name, name_span, arguments, span)?,
            TreeKind::Method { on, name, name_span, arguments } => self.method(on, name, name_span, arguments, span)?,
            TreeKind::Field { on, name } => self.field(on, name, span)?,
            TreeKind::List { item, values } => self.new_list(*item, values, span)?,
            TreeKind::Index { on, at } => match self.nearby(tree, &span)? {
                Some(cell) => cell,
                None => self.index(on, at, span)?,
            },
            TreeKind::Prefix(prefix, operand) => {
                let operand = self.tree(operand)?;
                self.prefix(*prefix, operand, span)?
            }
            TreeKind::Binary { .. } => self.sequence(tree)?,
            TreeKind::All(parts) => self.junction("&&", Node::All, parts, span)?,
            TreeKind::Any(parts) => self.junction("||", Node::Any, parts, span)?,
            TreeKind::Ternary { condition, yes, no } => self.ternary(condition, yes, no, span)?,
            TreeKind::Cast(ty, operand) => {
                let operand = self.tree(operand)?;
                match ty {
                    Some(ty) => self.cast(*ty, operand, span)?,
                    None => operand,
                }
            }
            TreeKind::Match { .. } => {
                return Err(self.error(ErrorKind::Syntax, "a match stands by itself in a filter", span));
            }
        })
    }

    /// An operator between two operands. `a + b + c + ..` leans to the left, as deep as it is long: it is walked, so
    /// that only nesting takes stack.
    fn sequence(&self, tree: &Tree) -> Result<Typed> {
        let mut operators = Vec::new();
        let mut first = tree;
        while let TreeKind::Binary { operator, operator_span, left, right } = &first.kind {
            operators.push((*operator, operator_span, right, first.span.clone()));
            first = left;
        }
        operators.into_iter().rev().try_fold(self.tree(first)?, |left, (operator, at, right, span)| {
            self.binary(operator, at, left, self.tree(right)?, span)
        })
    }

    /// Computes an expression now if all its operands are constants and it is pure.
    fn fold(&self, expr: Expr) -> Result<Expr> {
        let operands = expr.operands();
        if operands.is_empty() || !operands.iter().all(|operand| operand.constant().is_some()) || !expr.is_pure() {
            return Ok(expr);
        }
        let value = interpret::evaluate_constant(&expr)
            .map_err(|error| error.without_row().with_place(self.text.clone(), expr.span.clone()))?;
        Ok(Expr::new(expr.ty, Node::Constant(value), expr.span))
    }

    fn folded(&self, ty: Type, node: Node, span: Range<usize>) -> Result<Typed> {
        Ok(Typed::fixed(self.fold(Expr::new(ty, node, span))?))
    }
}

/// A constant that is not null.
fn constant(value: Value, span: Range<usize>) -> Expr {
    Expr::new(value.ty().unwrap_or(Type::String), Node::Constant(value), span)
}
