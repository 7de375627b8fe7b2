//! Where kernels end and the interpreter begins.
//!
//! A *region* is a part of an expression, as large as possible, that kernels compute. Round it stands what they do not:
//! text, lists, decimals, calls. Of the interpreter's parts, those inside a region are evaluated before it, for all
//! rows; that is right unless such a part may fail and was asked for on some rows only. Then the whole choice is the
//! interpreter's.

use std::collections::HashMap;

use headwater_engine::formula::Checked;
use headwater_engine::formula::ir::{BinaryOp, Expr, Node, Numbering};
use headwater_engine::{Result, Type};

use super::{Region, Stage};
use crate::lower::{LONGEST_SET, knows_call};
use crate::shape::Form;

/// Operators that a region inside what the interpreter runs must have to be worth a stage of its own.
const LEAST_INNER: usize = 2;

/// The stages of a formula.
pub(super) fn split(checked: &Checked) -> Result<Vec<Stage>> {
    let mut splitting = Splitting { checked, stages: Vec::new(), numbers: Numbering::default(), slots: HashMap::new() };
    match splitting.part(checked.expr())? {
        Part::Region(expr) => splitting.region(expr),
        Part::Interpreted(expr) | Part::Leaf(expr) => splitting.interpreted(expr)?,
    };
    Ok(splitting.stages)
}

struct Splitting<'c> {
    checked: &'c Checked,
    stages: Vec<Stage>,
    numbers: Numbering,
    /// The slot of each expression that has one, by its number: what is written twice is computed once.
    slots: HashMap<usize, usize>,
}

/// An expression over slots, by who runs its root.
enum Part {
    Region(Expr),
    Interpreted(Expr),
    /// An input or a constant, which goes with what reads it.
    Leaf(Expr),
}

impl Splitting<'_> {
    fn part(&mut self, expr: &Expr) -> Result<Part> {
        if matches!(expr.node, Node::Input(_) | Node::Constant(_)) {
            return Ok(Part::Leaf(expr.clone()));
        }
        if fails_lazily(expr) {
            return Ok(Part::Interpreted(expr.clone()));
        }
        let mut made = expr.clone();
        let computed = is_computed(expr);
        for operand in made.operands_mut() {
            *operand = match self.part(operand)? {
                Part::Leaf(operand) => operand,
                Part::Region(operand) if computed || operand.operators() < LEAST_INNER => operand,
                Part::Interpreted(operand) if !computed => operand,
                Part::Region(operand) => {
                    let (ty, span) = (operand.ty, operand.span.clone());
                    Expr { ty, node: Node::Input(self.region(operand)), span }
                }
                Part::Interpreted(operand) => {
                    let (ty, span) = (operand.ty, operand.span.clone());
                    Expr { ty, node: Node::Input(self.interpreted(operand)?), span }
                }
            };
        }
        Ok(if computed { Part::Region(made) } else { Part::Interpreted(made) })
    }

    /// Adds a region; the slot of its result.
    fn region(&mut self, expr: Expr) -> usize {
        let number = self.numbers.number(&expr);
        match self.slots.get(&number) {
            Some(&slot) => slot,
            None => self.push(number, Stage::Region(Region::new(expr))),
        }
    }

    /// Adds a part of the interpreter's; the slot of its result.
    fn interpreted(&mut self, expr: Expr) -> Result<usize> {
        let number = self.numbers.number(&expr);
        if let Some(&slot) = self.slots.get(&number) {
            return Ok(slot);
        }
        let stage = Stage::interpreted(&self.checked.part(expr))?;
        Ok(self.push(number, stage))
    }

    fn push(&mut self, number: usize, stage: Stage) -> usize {
        self.stages.push(stage);
        let slot = self.checked.inputs().len() + self.stages.len() - 1;
        self.slots.insert(number, slot);
        slot
    }
}

/// Whether something in a branch that only some rows ask for may fail, and not in a way that kernels mark.
fn fails_lazily(expr: &Expr) -> bool {
    let lazy = match &expr.node {
        Node::All(parts) | Node::Any(parts) => parts.iter().skip(1).collect(),
        Node::Choose(three) => vec![&three.1, &three.2],
        _ => Vec::new(),
    };
    lazy.into_iter().any(|branch| branch.is_fallible() && fails_outside(branch))
}

/// Whether a node that kernels do not compute may fail.
fn fails_outside(expr: &Expr) -> bool {
    expr.is_fallible() && (!is_computed(expr) || expr.operands().into_iter().any(fails_outside))
}

/// Whether kernels compute this node, given its operands.
fn is_computed(expr: &Expr) -> bool {
    let in_lanes = |ty: Type| Form::of(ty).is_some();
    match &expr.node {
        Node::Constant(_) | Node::Input(_) => in_lanes(expr.ty),
        // The remainder of floats has no instruction.
        Node::Binary(BinaryOp::Remainder, _) => in_lanes(expr.ty) && !expr.ty.is_float(),
        Node::Unary(..) | Node::Binary(..) | Node::Choose(_) | Node::All(_) | Node::Any(_) => in_lanes(expr.ty),
        Node::Compare(_, pair) => in_lanes(pair.0.ty) && in_lanes(pair.1.ty),
        Node::Cast(operand) | Node::Retype(operand) => in_lanes(expr.ty) && in_lanes(operand.ty),
        // Of text, lists and decimals too: that looks at validity only, but what computes them is the interpreter's.
        Node::IsNull(_) => true,
        Node::OneOf(operand, set) => in_lanes(operand.ty) && set.values().len() <= LONGEST_SET,
        Node::Concat(_) => false,
        Node::Call(call, arguments) => knows_call(call, arguments),
    }
}
