//! [`Region`]: an expression that kernels compute, and its kernels as far as they are made.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use headwater_engine::Type;
use headwater_engine::formula::ir::{Expr, Node};
use headwater_engine::vector::{Bits, Values, Vector};

use super::{Slots, Stopped};
use crate::few::Few;
use crate::lower::{Lowered, Part, Read, Validity, Want, lower};
use crate::machine::{Column, Kernel};
use crate::shape::Shape;

/// An expression over slots, every node of which kernels compute. There is a kernel for each way in which it is asked
/// for, made when it first is.
pub(crate) struct Region {
    expr: Expr,
    /// The slots it reads.
    slots: Vec<usize>,
    variants: RwLock<Vec<(Variant, Arc<Made>)>>,
}

/// One of the ways in which a region is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Variant {
    pub(crate) want: Want,
    /// Which of the slots it reads hold nulls: a bit for each, the highest for all that are left.
    pub(crate) nulls: u64,
}

/// Above so many variants of a region there is one more, for nulls anywhere.
const MOST_VARIANTS: usize = 8;

/// A kernel, once it is made, or why it cannot be.
#[derive(Default)]
pub(crate) struct Made {
    kernel: OnceLock<Result<Ready, String>>,
    /// Whether somebody has been told to make it.
    asked: AtomicBool,
}

/// A kernel that is not there yet, and where it belongs.
#[derive(Clone)]
pub(crate) struct Missing {
    pub(crate) region: Arc<Region>,
    variant: Variant,
    made: Arc<Made>,
}

impl Missing {
    /// Whether this is the first time that it is asked for.
    pub(crate) fn ask(&self) -> bool {
        !self.made.asked.swap(true, Ordering::Relaxed)
    }

    /// Makes it, with what compiles shapes.
    pub(crate) fn make(&self, compile: impl FnOnce(&Shape) -> Result<Arc<Kernel>, String>) {
        self.made.kernel.get_or_init(|| {
            let Lowered { shape, arguments, reads, validity } = self.region.lowered(self.variant);
            Ok(Ready { kernel: compile(&shape)?, arguments, reads, validity })
        });
    }
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
        Arc::new(Region { expr, slots, variants: RwLock::default() })
    }

    pub(crate) fn expr(&self) -> &Expr {
        &self.expr
    }

    /// The variant that is used for vectors like these.
    fn variant(&self, want: Want, slots: &Slots<'_>) -> (Variant, Arc<Made>) {
        let is_null = |slot: usize| slots.get(slot).is_some_and(|vector| vector.valid().is_some());
        let places = self.slots.iter().enumerate().filter(|(_, slot)| is_null(**slot));
        let wanted = Variant { want, nulls: places.fold(0, |nulls, (place, _)| nulls | bit(place)) };
        let known = self.variants();
        if let Some(found) = known.iter().find(|(variant, _)| *variant == wanted) {
            return found.clone();
        }
        let full = known.len() >= MOST_VARIANTS;
        drop(known);
        let wanted = if full { Variant { want, nulls: u64::MAX } } else { wanted };
        let mut known = self.variants.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.iter().find(|(variant, _)| *variant == wanted) {
            return found.clone();
        }
        known.push((wanted, Arc::default()));
        known[known.len() - 1].clone()
    }

    fn variants(&self) -> std::sync::RwLockReadGuard<'_, Vec<(Variant, Arc<Made>)>> {
        self.variants.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is to be compiled for a variant.
    pub(crate) fn lowered(&self, variant: Variant) -> Lowered {
        let nulls = self.slots.iter().enumerate().filter(|(place, _)| variant.nulls & bit(*place) != 0);
        lower(&self.expr, variant.want, nulls.map(|(_, slot)| *slot).collect())
    }

    /// Bytes of machine code of the kernels that are made.
    pub(crate) fn bytes(&self) -> usize {
        let ready = |made: &Made| made.kernel.get().and_then(|made| Some(made.as_ref().ok()?.kernel.bytes()));
        self.variants().iter().filter_map(|(_, made)| ready(made)).sum()
    }

    /// Why a kernel could not be made, if one could not.
    pub(crate) fn refused(&self) -> Option<String> {
        self.variants().iter().find_map(|(_, made)| made.kernel.get()?.as_ref().err().cloned())
    }

    /// The value for each row, or for [`Want::Matches`] the rows where it is true.
    pub(super) fn run(
        self: &Arc<Self>,
        slots: &Slots<'_>,
        want: Want,
        rows: usize,
    ) -> Result<Vector<'static>, Stopped> {
        let (variant, made) = self.variant(want, slots);
        let ready = match made.kernel.get() {
            Some(Ok(ready)) => ready,
            Some(Err(_)) => return Err(Stopped::Fault),
            None => return Err(Stopped::Missing(Missing { region: self.clone(), variant, made })),
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
        // What is missing is left out, and then there are too few for the kernel.
        let columns = Few::new(Column::Bits(&[]), self.reads.iter().map_while(column));
        let [values, second] = self.kernel.run(columns.slice(), &self.arguments, rows)?;
        let values = values?;
        let valid = match &self.validity {
            Validity::All => None,
            Validity::Result => match second? {
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

/// The bit of a slot's place among those read.
fn bit(place: usize) -> u64 {
    1 << place.min(63)
}

fn slots_of(expr: &Expr, slots: &mut Vec<usize>) {
    if let Node::Input(slot) = expr.node
        && !slots.contains(&slot)
    {
        slots.push(slot);
    }
    expr.operands().into_iter().for_each(|operand| slots_of(operand, slots));
}

impl std::fmt::Debug for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Missing({:?}, {:?})", self.region, self.variant)
    }
}

impl std::fmt::Debug for Region {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Region({})", self.expr)
    }
}
