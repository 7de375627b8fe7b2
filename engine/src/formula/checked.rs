//! [`Checked`]: a formula after the checker.

use std::sync::Arc;

use super::ir::{Expr, Node};
use crate::types::Type;

/// A formula checked against a scope: typed, its inputs known by position, constants folded. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Checked {
    text: Arc<str>,
    expr: Arc<Expr>,
    inputs: Arc<[usize]>,
    input_types: Arc<[Type]>,
}

impl Checked {
    /// A checked expression whose inputs are scope positions; they are numbered in order of first appearance.
    pub(super) fn new(text: Arc<str>, mut expr: Expr) -> Self {
        let mut inputs: Vec<usize> = Vec::new();
        let mut types = Vec::new();
        expr.visit_inputs(&mut |input, ty| {
            let position = *input;
            *input = inputs.iter().position(|&known| known == position).unwrap_or_else(|| {
                inputs.push(position);
                types.push(ty);
                inputs.len() - 1
            });
        });
        Checked { text, expr: Arc::new(expr), inputs: inputs.into(), input_types: types.into() }
    }

    /// The type of the value.
    pub fn ty(&self) -> Type {
        self.expr.ty
    }

    /// The scope positions of the columns read, in the order in which a [`Program`](super::Program) wants its inputs.
    pub fn inputs(&self) -> &[usize] {
        &self.inputs
    }

    /// The types of those columns, in the same order.
    pub fn input_types(&self) -> &[Type] {
        &self.input_types
    }

    /// Whether equal inputs always give an equal value.
    pub fn is_pure(&self) -> bool {
        self.expr.is_pure()
    }

    /// The scope position of the column that the formula merely names.
    pub fn as_column(&self) -> Option<usize> {
        match self.expr.node {
            Node::Input(input) => self.inputs.get(input).copied(),
            _ => None,
        }
    }

    /// The text as the user gave it.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn shared_text(&self) -> Arc<str> {
        self.text.clone()
    }

    /// The typed expression; its inputs are positions in [`inputs`](Self::inputs).
    pub fn expr(&self) -> &Expr {
        &self.expr
    }

    /// The number of operators, casts and calls, as a measure of the work per row.
    pub fn operators(&self) -> usize {
        self.expr.operators()
    }

    /// A formula of the same text that computes `expr`, put together from parts of this one, for a backend that runs
    /// some of them by another. The inputs of `expr` are numbers of the caller's own: [`inputs`](Self::inputs) of the
    /// result lists those, in the order in which its program wants their vectors.
    ///
    /// ```
    /// use headwater_engine::formula::{FunctionRegistry, Scope, check_expression, ir::Node};
    /// use headwater_engine::{ColumnDef, Type, formula};
    /// let columns = [ColumnDef::new("A", Type::F64), ColumnDef::new("B", Type::F64)];
    /// let scope = Scope { columns: &columns, functions: &FunctionRegistry::default() };
    /// let sum = check_expression(&formula("A + pow(B, 2)"), scope)?;
    /// let Node::Binary(_, pair) = &sum.expr().node else { panic!("a sum") };
    /// let power = sum.part(pair.1.clone());
    /// assert_eq!((power.text(), power.inputs()), ("A + pow(B, 2)", &[1][..]));
    /// # Ok::<(), headwater_engine::Error>(())
    /// ```
    pub fn part(&self, expr: Expr) -> Checked {
        Checked::new(self.text.clone(), expr)
    }

    /// The same formula over inputs numbered otherwise: for each of [`inputs`](Self::inputs), what `number` says of its
    /// place there.
    pub(crate) fn over(&self, number: impl Fn(usize) -> usize) -> Checked {
        let mut expr = (*self.expr).clone();
        expr.visit_inputs(&mut |input, _| *input = number(*input));
        self.part(expr)
    }

    /// What of the text its expression was written in.
    pub(crate) fn written(&self) -> &str {
        self.text.get(self.expr.span.clone()).unwrap_or(&self.text)
    }

    /// The parts of a conjunction, in order: a row passes if all parts are true. A formula that is none is its own part.
    pub fn split_conjunction(&self) -> Vec<Checked> {
        let Node::All(parts) = &self.expr.node else { return vec![self.clone()] };
        parts
            .iter()
            .map(|part| {
                let mut part = part.clone();
                part.visit_inputs(&mut |input, _| *input = self.inputs[*input]);
                Checked::new(self.text.clone(), part)
            })
            .collect()
    }
}
