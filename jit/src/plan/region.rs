//! [`Region`]: an expression that kernels compute, and its kernels as far as they are made.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use headwater_engine::Type;
use headwater_engine::formula::ir::{Expr, Node};
use headwater_engine::vector::{Bits, Values, Vector};

use super::{Missing, Slots, Stopped};
use crate::lower::{Lowered, Part, Read, Validity, Want, lower};
use crate::machine::{Column, Kernel};

/// An expression over slots, every node of which kernels compute. There is a kernel for each way in which it is asked
/// for, made when it first is.
pub(crate) struct Region {
    expr: Expr,
    /// The slots it reads.
    slots: Vec<usize>,
    variants: [Made; 4],
}

/// One of the ways in which a region is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Variant {
    pub(crate) want: Want,
    /// Whether what it reads holds nulls.
    pub(crate) nulls: bool,
}

/// A kernel, once it is made, or why it cannot be.
#[derive(Default)]
struct Made {
    kernel: OnceLock<Result<Ready, String>>,
    /// Whether somebody has been told to make it.
    asked: AtomicBool,
}

/// A kernel with what it is run on.
struct Ready {
    kernel: Arc<Kernel>,
    arguments: Vec<u64>,
    reads: Vec<Read>,
    validity: Validity,
}

impl Region {
    pub(crate) fn new(expr: Expr) -> Arc<Region> {
        let mut slots = Vec::new();
        slots_of(&expr, &mut slots);
        Arc::new(Region { expr, slots, variants: Default::default() })
    }

    pub(crate) fn expr(&self) -> &Expr {
        &self.expr
    }

    fn made(&self, variant: Variant) -> &Made {
        &self.variants[usize::from(variant.want == Want::Matches) * 2 + usize::from(variant.nulls)]
    }

    /// What is to be compiled for a variant.
    pub(crate) fn lowered(&self, variant: Variant) -> Lowered {
        lower(&self.expr, variant.want, variant.nulls)
    }

    /// Makes the kernel of a variant with what compiles shapes, unless it is there.
    pub(crate) fn make(
        &self,
        variant: Variant,
        compile: impl FnOnce(&crate::shape::Shape) -> Result<Arc<Kernel>, String>,
    ) {
        self.made(variant).kernel.get_or_init(|| {
            let Lowered { shape, arguments, reads, validity } = self.lowered(variant);
            Ok(Ready { kernel: compile(&shape)?, arguments, reads, validity })
        });
    }

    /// Whether this is the first time that the variant is asked for.
    pub(crate) fn ask(&self, variant: Variant) -> bool {
        !self.made(variant).asked.swap(true, Ordering::Relaxed)
    }

    /// Bytes of machine code of the kernels that are made.
    pub(crate) fn bytes(&self) -> usize {
        let ready = self.variants.iter().filter_map(|made| made.kernel.get()?.as_ref().ok());
        ready.map(|ready| ready.kernel.bytes()).sum()
    }

    /// Why a kernel could not be made, if one could not.
    pub(crate) fn refused(&self) -> Option<&str> {
        self.variants.iter().find_map(|made| made.kernel.get()?.as_ref().err()).map(String::as_str)
    }

    /// The value for each row, or for [`Want::Matches`] the rows where it is true.
    pub(super) fn run(
        self: &Arc<Self>,
        slots: &Slots<'_>,
        want: Want,
        rows: usize,
    ) -> Result<Vector<'static>, Stopped> {
        let is_null = |slot: &usize| slots.get(*slot).is_some_and(|vector| vector.valid().is_some());
        let variant = Variant { want, nulls: self.slots.iter().any(is_null) };
        let ready = match self.made(variant).kernel.get() {
            Some(Ok(ready)) => ready,
            Some(Err(_)) => return Err(Stopped::Fault),
            None => return Err(Stopped::Missing(Missing { region: self.clone(), variant })),
        };
        let ty = if want == Want::Matches { Type::Bool } else { self.expr.ty };
        ready.run(ty, slots, rows).ok_or(Stopped::Fault)
    }
}

impl Ready {
    fn run(&self, ty: Type, slots: &Slots<'_>, rows: usize) -> Option<Vector<'static>> {
        // Validity that a vector does not have, because all of it is valid.
        let mut all_valid = Vec::new();
        if self.reads.iter().any(|read| read.part == Part::Validity) {
            all_valid = vec![u64::MAX; rows.div_ceil(64)];
        }
        let column = |read: &Read| {
            let vector = slots.get(read.slot)?;
            match read.part {
                Part::Values => Column::of(vector),
                Part::Validity => Some(Column::Bits(vector.valid().map_or(&*all_valid, Bits::words))),
            }
        };
        let columns: Option<Vec<Column<'_>>> = self.reads.iter().map(column).collect();
        let mut results = self.kernel.run(&columns?, &self.arguments, rows)?.into_iter();
        let values = results.next()?;
        let valid = match &self.validity {
            Validity::All => None,
            Validity::Result => match results.next()? {
                Values::Bool(valid) => Some(valid),
                _ => return None,
            },
            Validity::Slots(valid) => both(valid.iter().filter_map(|&slot| slots.get(slot)?.valid())),
        };
        Some(Vector::new(ty, values, valid))
    }
}

/// Valid where all are.
fn both<'a>(mut valid: impl Iterator<Item = &'a Bits>) -> Option<Bits> {
    let first = valid.next()?.clone();
    Some(valid.fold(first, |all, one| all.and(one)))
}

fn slots_of(expr: &Expr, slots: &mut Vec<usize>) {
    if let Node::Input(slot) = expr.node
        && !slots.contains(&slot)
    {
        slots.push(slot);
    }
    expr.operands().into_iter().for_each(|operand| slots_of(operand, slots));
}

impl std::fmt::Debug for Region {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Region({})", self.expr)
    }
}
