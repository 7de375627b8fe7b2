//! [`Accumulator`]: the state of one aggregate, by slot of its groups.

use super::History;
use super::count::Count;
use super::edge::{Edge, End};
use super::extreme::{Extreme, Side};
use super::float_sum::FloatSum;
use super::groups::Groups;
use super::int_sum::IntSum;
use super::members::Members;
use super::outermost::Outermost;
use crate::Result;
use crate::column::{Column, Ids};
use crate::graph::Cx;
use crate::plan::AggFunction;
use crate::types::{Str, Type};
use crate::vector::{NativeKind, Vector};

/// What an aggregate is told of the rows that come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reads {
    /// The values of its column.
    Values,
    /// Which rows come.
    Rows,
    /// Where rows stand in the order of the input.
    Places,
}

/// The state of one aggregate for all groups, in one array by slot.
pub(super) trait Accumulator: Send + Sync {
    /// Makes room for this many slots.
    fn resize(&mut self, slots: usize);

    /// Puts one value into each of `slots`.
    fn insert(&mut self, _slots: &[u32], _values: &Vector<'_>) {}

    /// Takes one value out of each of `slots`.
    fn retract(&mut self, _slots: &[u32], _values: &Vector<'_>) {}

    /// Notes the row put into each of `slots`, where values are not asked for.
    fn insert_rows(&mut self, _slots: &[u32], _ids: Ids<'_>) {}

    /// The results for `slots`.
    fn finish(&mut self, slots: &[u32], scope: &Scope<'_, '_>) -> Result<Vector<'static>>;

    /// Makes a slot as new, for another group.
    fn reset(&mut self, slot: u32);

    /// Puts the row of a place in the order into each of `slots`.
    fn insert_places(&mut self, _slots: &[u32], _ids: Ids<'_>, _places: &[u64]) {}

    /// Takes the row of a place in the order out of each of `slots`.
    fn retract_places(&mut self, _slots: &[u32], _ids: Ids<'_>, _places: &[u64]) {}

    /// What it is told of rows that come and go.
    fn reads(&self) -> Reads {
        Reads::Values
    }

    /// Whether the result of a group never changes while there is the group.
    fn is_settled(&self) -> bool {
        false
    }

    /// Whether results may need the rows of a group where rows can be taken back.
    fn needs_members(&self) -> bool {
        false
    }

    /// Bytes held.
    fn bytes(&self) -> usize;
}

/// What an aggregate may look at to give its results.
pub(super) struct Scope<'s, 'c> {
    pub(super) cx: &'s Cx<'c>,
    /// The column it is computed of.
    pub(super) column: Option<&'s Column>,
    pub(super) groups: &'s Groups,
    /// The rows of each group, where rows can be taken back and some aggregate needs them.
    pub(super) members: Option<&'s Members>,
}

/// An empty state for a function of a column of type `input`; `by_place` where the order of rows is not by id.
pub(super) fn accumulator(
    function: AggFunction,
    input: Option<Type>,
    result: Type,
    history: History,
    by_place: bool,
) -> Box<dyn Accumulator> {
    let Some(input) = input else { return Box::new(Count) };
    match function {
        AggFunction::Count => Box::new(Count),
        AggFunction::Sum | AggFunction::Avg if input.is_float() => Box::new(FloatSum::new(function, result)),
        AggFunction::Sum | AggFunction::Avg => match input {
            Type::Decimal(_) => Box::new(IntSum::<i128>::new(function, input)),
            input => Box::new(IntSum::<i64>::new(function, input)),
        },
        AggFunction::Min => extreme(input, Side::Least),
        AggFunction::Max => extreme(input, Side::Greatest),
        AggFunction::First if by_place => Box::new(Outermost::new(End::First, input)),
        AggFunction::Last if by_place => Box::new(Outermost::new(End::Last, input)),
        AggFunction::Group => {
            unreachable!("lists are no accumulator: the rows of a group are kept once for all columns")
        }
        AggFunction::First => Box::new(Edge::new(End::First, input, history)),
        AggFunction::Last => Box::new(Edge::new(End::Last, input, history)),
    }
}

fn extreme(ty: Type, side: Side) -> Box<dyn Accumulator> {
    match NativeKind::of(ty) {
        NativeKind::Bool => Box::new(Extreme::<bool>::new(ty, side)),
        NativeKind::I8 => Box::new(Extreme::<i8>::new(ty, side)),
        NativeKind::I16 => Box::new(Extreme::<i16>::new(ty, side)),
        NativeKind::I32 => Box::new(Extreme::<i32>::new(ty, side)),
        NativeKind::I64 => Box::new(Extreme::<i64>::new(ty, side)),
        NativeKind::I128 => Box::new(Extreme::<i128>::new(ty, side)),
        NativeKind::F32 => Box::new(Extreme::<f32>::new(ty, side)),
        NativeKind::F64 => Box::new(Extreme::<f64>::new(ty, side)),
        NativeKind::U16 => Box::new(Extreme::<u16>::new(ty, side)),
        NativeKind::Str => Box::new(Extreme::<Str>::new(ty, side)),
        NativeKind::List => unreachable!("the checker refuses the least of lists, which have no order"),
    }
}
