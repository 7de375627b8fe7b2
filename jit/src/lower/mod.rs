//! From a typed expression to a [`Shape`]: null rules become bits, laziness becomes the rows that are *open*.
//!
//! A kernel computes everything on every row and cannot fail. What may be an error (a remainder by zero, a null
//! condition) marks the row as a *fault*, if the expression asks for that row: the interpreter then looks at the whole
//! vector, and gives its error or, should the mark be too careful, its values. So errors are the interpreter's to the
//! letter.

mod arithmetic;
mod call;
mod compare;
mod constant;
mod number;
mod truth;

use headwater_engine::Type;
use headwater_engine::formula::ir::{Expr, Node as ExprNode};

use crate::shape::{Bit, Builder, Form, Id, Node, Shape};

pub(crate) use call::is_known as knows_call;
pub(crate) use compare::LONGEST_SET;

/// What a kernel reads of a slot: an input of the program, or the result of an earlier stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) slot: usize,
    pub(crate) part: Part,
}

/// Which part of a vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Values,
    Validity,
}

/// What is wanted of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    /// The value for each row.
    Values,
    /// For a condition: the rows where it is true.
    Matches,
}

/// A shape, what to run it with, and what to make of its results.
#[derive(Clone, Debug)]
pub(crate) struct Lowered {
    pub(crate) shape: Shape,
    pub(crate) arguments: Vec<u64>,
    pub(crate) reads: Vec<Read>,
    pub(crate) validity: Validity,
}

/// Where the validity of the values comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Validity {
    /// All are valid.
    All,
    /// The second result.
    Result,
    /// Valid where all of these slots are: the kernel does not look at it.
    Slots(Vec<usize>),
}

/// Lowers `expr`, every node of which must be one that kernels compute. `nulls`: the slots that may hold nulls.
pub(crate) fn lower(expr: &Expr, want: Want, nulls: Vec<usize>) -> Lowered {
    let mut lowering = Lowering {
        builder: Builder::default(),
        reads: Vec::new(),
        nulls,
        open: Bit::Known(true),
        faults: Bit::Known(false),
    };
    let (value, valid) = match (want, expr.ty) {
        (Want::Matches, _) => (lowering.truth(expr).yes, Bit::Known(true)),
        (Want::Values, Type::Bool) => {
            let truth = lowering.truth(expr);
            (truth.yes, lowering.valid(truth))
        }
        (Want::Values, _) => {
            let number = lowering.number(expr);
            (Bit::Node(number.id), number.valid)
        }
    };
    let form = Form::of(expr.ty).unwrap_or(Form::Bits);
    lowering.finish(form, value, valid)
}

/// An expression being lowered.
struct Lowering {
    builder: Builder,
    reads: Vec<Read>,
    /// The slots that may hold nulls.
    nulls: Vec<usize>,
    /// The rows that ask for what is being lowered.
    open: Bit,
    /// The rows the interpreter must look at.
    faults: Bit,
}

/// A number for each row, and where it is not null.
#[derive(Clone, Copy, Debug)]
struct Number {
    id: Id,
    valid: Bit,
}

/// A boolean for each row: where it is true, and where it is false (`None`: wherever it is not true).
#[derive(Clone, Copy, Debug)]
struct Truth {
    yes: Bit,
    no: Option<Bit>,
}

impl Lowering {
    /// The number of a read, added unless it is there.
    fn read(&mut self, slot: usize, part: Part, form: Form) -> u16 {
        let read = Read { slot, part };
        match self.reads.iter().position(|&known| known == read) {
            Some(at) => at as u16,
            None => {
                self.reads.push(read);
                self.builder.read(form)
            }
        }
    }

    /// Where slot `slot` is not null.
    fn slot_valid(&mut self, slot: usize) -> Bit {
        if !self.nulls.contains(&slot) {
            return Bit::Known(true);
        }
        let read = self.read(slot, Part::Validity, Form::Bits);
        Bit::Node(self.builder.add(Node::Bits(read)))
    }

    /// Where the value of an expression of any type is not null, be it of a type that kernels do not read.
    fn validity(&mut self, expr: &Expr) -> Bit {
        match (&expr.node, expr.ty) {
            (ExprNode::Input(slot), _) => self.slot_valid(*slot),
            (_, Type::Bool) => {
                let truth = self.truth(expr);
                self.valid(truth)
            }
            _ => self.number(expr).valid,
        }
    }

    /// Where a boolean is not null.
    fn valid(&mut self, truth: Truth) -> Bit {
        truth.no.map_or(Bit::Known(true), |no| self.builder.or(truth.yes, no))
    }

    /// Marks the rows of `bad` that are open.
    fn fault(&mut self, bad: Bit) {
        let bad = self.builder.and(self.open, bad);
        self.faults = self.builder.or(self.faults, bad);
    }

    fn finish(mut self, form: Form, value: Bit, valid: Bit) -> Lowered {
        let value = self.builder.bit(value);
        let faults = (self.faults != Bit::Known(false)).then(|| self.builder.bit(self.faults));
        let apart = self.slots_apart(value, faults, valid);
        let mut results = vec![(form, value)];
        let validity = match (valid, apart) {
            (Bit::Known(true), _) => Validity::All,
            (_, Some(slots)) => Validity::Slots(slots),
            (valid, None) => {
                results.push((Form::Bits, self.builder.bit(valid)));
                Validity::Result
            }
        };
        let (shape, arguments, left) = self.builder.finish(results, faults);
        let reads = left.into_iter().map(|read| self.reads[usize::from(read)]).collect();
        Lowered { shape, arguments, reads, validity }
    }

    /// The slots whose validities together are that of the result, if nothing else looks at validity.
    fn slots_apart(&self, value: Id, faults: Option<Id>, valid: Bit) -> Option<Vec<usize>> {
        let Bit::Node(valid) = valid else { return None };
        let validity_of = |id: Id| match self.builder.node(id) {
            Node::Bits(read) => Some(self.reads[usize::from(read)]).filter(|read| read.part == Part::Validity),
            _ => None,
        };
        if self.builder.needed(std::iter::once(value).chain(faults)).into_iter().any(|id| validity_of(id).is_some()) {
            return None;
        }
        let parts = self.builder.needed([valid]);
        let is_part = |id: &Id| validity_of(*id).is_some() || matches!(self.builder.node(*id), Node::And(..));
        parts.iter().all(is_part).then(|| parts.iter().filter_map(|&id| validity_of(id)).map(|r| r.slot).collect())
    }
}
