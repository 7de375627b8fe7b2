//! [`share`]: what several formulas have in common, taken out, so that it is computed once for all of them.
//!
//! Only what is pure is taken out, and what pays: the value of a part is written and read again. A part that may fail is
//! taken from where it is evaluated on all rows; in a branch, which only some rows ask for, it stays.
//!
//! Taken out as well is what reads nothing but one column of text, if that is kept as codes: it is computed once for each
//! distinct text, and the rest of the formula is not.

use std::collections::HashMap;

use super::checked::Checked;
use super::ir::{Expr, Node, Numbering};
use crate::types::Type;

/// What a part must save on each row, in tenths of a nanosecond: two plain operators.
const WORTH: u32 = 6;

/// Formulas with their common parts taken out.
#[derive(Debug)]
pub(crate) struct Shared {
    /// In the order in which they are computed: one may read those before it.
    pub(crate) parts: Vec<Part>,
    /// The formulas given, over the parts too.
    pub(crate) formulas: Vec<Checked>,
}

/// What is computed for formulas, or other parts, to read.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) formula: Checked,
    /// How many read it.
    pub(crate) uses: u32,
}

/// Takes out what `formulas` have in common. Their inputs are numbered alike, below `first_part`; part number `n` becomes
/// input number `first_part + n`. `is_coded` says which inputs are text that is kept as codes.
pub(crate) fn share(formulas: &[Checked], first_part: usize, is_coded: impl Fn(usize) -> bool) -> Shared {
    let exprs: Vec<Expr> = formulas.iter().map(of_all).collect();
    let mut sharing = Sharing {
        numbers: HashMap::new(),
        uses: HashMap::new(),
        is_coded,
        first_part,
        taken: HashMap::new(),
        parts: Vec::new(),
    };
    let mut numbering = Numbering::default();
    for expr in &exprs {
        numbering.number_all(expr, &mut |part, number| {
            sharing.numbers.insert(std::ptr::from_ref(part), number);
        });
    }
    // What one formula repeats, it computes once by itself.
    if exprs.len() > 1 {
        exprs.iter().for_each(|expr| sharing.count(expr, true));
    }
    let formulas = formulas.iter().zip(&exprs);
    let formulas = formulas.map(|(formula, expr)| formula.part(sharing.whole(formula, expr))).collect();
    Shared { parts: sharing.parts, formulas }
}

/// The expression over the inputs as they are numbered for all formulas.
fn of_all(formula: &Checked) -> Expr {
    let mut expr = formula.expr().clone();
    expr.visit_inputs(&mut |input, _| *input = formula.inputs()[*input]);
    expr
}

struct Sharing<F> {
    /// The number of each expression, by where it is.
    numbers: HashMap<*const Expr, usize>,
    /// How many read each number, what is evaluated on some rows only and may fail there apart.
    uses: HashMap<(usize, bool), u32>,
    is_coded: F,
    first_part: usize,
    /// The input that has the value of a number.
    taken: HashMap<usize, usize>,
    parts: Vec<Part>,
}

impl<F: Fn(usize) -> bool> Sharing<F> {
    /// The number, and whether it must stay where it is. `on_all` says whether it is evaluated on all rows.
    fn key(&self, expr: &Expr, on_all: bool) -> Option<(usize, bool)> {
        let number = *self.numbers.get(&std::ptr::from_ref(expr))?;
        Some((number, !on_all && expr.is_fallible()))
    }

    /// Counts who reads what: an expression that is read several times reads its operands once.
    fn count(&mut self, expr: &Expr, on_all: bool) {
        if is_leaf(expr) {
            return;
        }
        let Some(key) = self.key(expr, on_all) else { return };
        let uses = self.uses.entry(key).or_insert(0);
        *uses += 1;
        if *uses == 1 {
            for (at, operand) in expr.operands().into_iter().enumerate() {
                self.count(operand, on_all && !expr.asks_lazily(at));
            }
        }
    }

    /// A formula over parts; the whole of it may be one.
    fn whole(&mut self, formula: &Checked, expr: &Expr) -> Expr {
        match self.uses_of(expr, true) {
            Some(uses) => self.take(formula, expr, uses),
            None => self.over_parts(formula, expr, true),
        }
    }

    /// What a formula has at one place: a part, or the same over parts.
    fn at(&mut self, formula: &Checked, expr: &Expr, on_all: bool) -> Expr {
        if let Some(uses) = self.uses_of(expr, on_all) {
            return self.take(formula, expr, uses);
        }
        if self.is_by_text(expr, on_all) {
            return self.take(formula, expr, 1);
        }
        self.over_parts(formula, expr, on_all)
    }

    fn over_parts(&mut self, formula: &Checked, expr: &Expr, on_all: bool) -> Expr {
        let mut made = expr.clone();
        for (at, (place, operand)) in made.operands_mut().into_iter().zip(expr.operands()).enumerate() {
            *place = self.at(formula, operand, on_all && !expr.asks_lazily(at));
        }
        made
    }

    /// How many read it, if it is to be a part for that.
    fn uses_of(&self, expr: &Expr, on_all: bool) -> Option<u32> {
        let (number, stays) = self.key(expr, on_all).filter(|_| !is_leaf(expr))?;
        let uses = *self.uses.get(&(number, false))?;
        (!stays && uses > 1 && expr.cost().saturating_mul(uses - 1) >= WORTH).then_some(uses)
    }

    /// Whether it is to be a part because it is the same for the same text.
    fn is_by_text(&self, expr: &Expr, on_all: bool) -> bool {
        let mut input = None;
        reads_only_text(expr, &mut input)
            && input.is_some_and(&self.is_coded)
            && expr.cost() >= WORTH
            && expr.is_pure()
            && (on_all || !expr.is_fallible())
    }

    /// Reads a part, which is made now if it is not there.
    fn take(&mut self, formula: &Checked, expr: &Expr, uses: u32) -> Expr {
        let number = self.numbers.get(&std::ptr::from_ref(expr)).copied();
        let known = number.and_then(|number| self.taken.get(&number).copied());
        let input = known.unwrap_or_else(|| {
            let made = self.over_parts(formula, expr, true);
            self.parts.push(Part { formula: formula.part(made), uses });
            let input = self.first_part + self.parts.len() - 1;
            self.taken.extend(number.map(|number| (number, input)));
            input
        });
        Expr::new(expr.ty, Node::Input(input), expr.span.clone())
    }
}

fn is_leaf(expr: &Expr) -> bool {
    matches!(expr.node, Node::Input(_) | Node::Constant(_))
}

/// Whether all that is read is one input of text, which is put into `found`.
fn reads_only_text(expr: &Expr, found: &mut Option<usize>) -> bool {
    match expr.node {
        Node::Input(input) => expr.ty == Type::String && *found.get_or_insert(input) == input,
        _ => expr.operands().into_iter().all(|operand| reads_only_text(operand, found)),
    }
}
