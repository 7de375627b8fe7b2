//! The one rule that decides whether, and when, a formula becomes machine code.
//!
//! A kernel saves what the interpreter spends on writing and reading the result of each step; it costs a compilation.
//! So its worth is counted in hundredths of a nanosecond a row, by operators, and it is made once the rows seen have
//! cost as much as the compilation. The weights are fitted to what `cargo bench --bench formula` says of arithmetic
//! (`e1`, `e4`, `narrow`), conditions (`e3 filter`, `range filter`), choices (`e2`, `clip`) and calls (`bin`), rows
//! resident and pages reused: none is off by more than a factor of three. One operator saves nothing.

use headwater_engine::formula::ir::{Expr, Node};

/// What it costs to make a kernel, in hundredths of a nanosecond: half a millisecond.
const COMPILATION: u64 = 50_000_000;

/// What reading and writing cost either way: an expression that saves no more is left to the interpreter.
const FLOOR: u64 = 12;

/// What a kernel for an expression is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Worth {
    /// Operators it computes.
    pub(crate) operators: usize,
    /// Hundredths of a nanosecond saved on each row.
    pub(crate) saves: u64,
}

impl Worth {
    /// The worth of kernels for all of these.
    pub(crate) fn of<'e>(regions: impl IntoIterator<Item = &'e Expr>) -> Worth {
        let mut worth = Worth { operators: 0, saves: 0 };
        for expr in regions {
            worth.operators += expr.operators();
            worth.saves += saved(expr).saturating_sub(FLOOR);
        }
        worth
    }

    /// The rows to be seen before kernels are made; `None` if they are not worth it.
    pub(crate) fn rows(self) -> Option<u64> {
        COMPILATION.checked_div(self.saves)
    }
}

/// What a kernel saves on a row, in hundredths of a nanosecond.
fn saved(expr: &Expr) -> u64 {
    let here = match &expr.node {
        Node::Constant(_) | Node::Input(_) | Node::Retype(_) | Node::Concat(_) => 0,
        Node::Unary(..)
        | Node::Binary(..)
        | Node::Cast(_)
        | Node::IsNull(_)
        | Node::Compare(..)
        | Node::All(_)
        | Node::Any(_) => 12,
        Node::Choose(_) => 40,
        Node::OneOf(_, set) => 12 + 5 * set.values().len() as u64,
        // Kernels compute a few calls; the interpreter makes each for each row.
        Node::Call(..) => 60,
    };
    here + expr.operands().into_iter().map(saved).sum::<u64>()
}
