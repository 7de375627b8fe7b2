//! [`Accumulator`]: the state of one aggregate, by slot of its groups.

use std::any::Any;

use super::History;
use super::approximate::Approximate;
use super::count::{Count, CountWhere};
use super::deciders::{One, Several};
use super::edge::{Edge, End};
use super::extreme::{Extreme, Side};
use super::float_sum::FloatSum;
use super::groups::Groups;
use super::int_sum::IntSum;
use super::members::Members;
use super::outermost::Outermost;
use super::peak::Peak;
use super::sorted::Sorted;
use super::spread::{Floats, Integers, Spread};
use super::sums::Asked;
use super::tally::Tally;
use super::weighted::{Weighted, WeightedInt};
use crate::column::{Column, Ids, View};
use crate::graph::Cx;
use crate::plan::{AggFunction, PreparedAggregate};
use crate::types::{Str, Type};
use crate::vector::{NativeKind, VECTOR_ROWS, Vector, VectorBuilder};
use crate::{Error, ErrorKind, Result};

/// What an aggregate is told of the rows that come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reads {
    /// The values of its columns.
    Values,
    /// Which rows come.
    Rows,
    /// Where rows stand in the order of the input.
    Places,
    /// Where rows stand, and the columns that decide.
    Standing,
}

/// Rows by where they stand, for [`Reads::Standing`].
pub(super) struct Standing<'r> {
    pub(super) ids: Ids<'r>,
    /// Places in the order of the input.
    pub(super) places: Vec<u64>,
    /// The columns that decide.
    pub(super) cells: &'r [Vector<'r>],
}

/// The state of one or more aggregates of the same columns for all groups, in one array by slot.
pub(super) trait Accumulator: Any + Send + Sync {
    /// Answers one more question, if it is about what is kept: questions are numbered as they come.
    fn also(&mut self, _aggregate: &PreparedAggregate) -> bool {
        false
    }

    /// An empty state of the same kind, for a lane of rows; `None` for a state that cannot be put together of several.
    fn another(&self) -> Option<Box<dyn Accumulator>> {
        None
    }

    /// Takes in what a lane has, made by [`Accumulator::another`]: of each of its slots into one of `slots`, for which there
    /// is room. Rows of the lane come behind all those that are in.
    fn absorb(&mut self, _lane: Box<dyn Accumulator>, _slots: &[u32]) {}

    /// Begins a cycle.
    fn start(&mut self) {}

    /// Makes room for this many slots.
    fn resize(&mut self, slots: usize);

    /// Puts a row into each of `slots`, by the values of its columns.
    fn insert(&mut self, _slots: &[u32], _values: &[Vector<'_>]) {}

    /// Takes a row out of each of `slots`, by the values of its columns.
    fn retract(&mut self, _slots: &[u32], _values: &[Vector<'_>]) {}

    /// Notes the row put into each of `slots`, where values are not asked for.
    fn insert_rows(&mut self, _slots: &[u32], _ids: Ids<'_>) {}

    /// Puts the row of a place in the order into each of `slots`.
    fn insert_places(&mut self, _slots: &[u32], _ids: Ids<'_>, _places: &[u64]) {}

    /// Takes the row of a place in the order out of each of `slots`.
    fn retract_places(&mut self, _slots: &[u32], _ids: Ids<'_>, _places: &[u64]) {}

    /// Puts a row into each of `slots`, by where it stands.
    fn insert_standing(&mut self, _slots: &[u32], _rows: &Standing<'_>) {}

    /// Takes a row out of each of `slots`, by where it stood.
    fn retract_standing(&mut self, _slots: &[u32], _rows: &Standing<'_>) {}

    /// The answers to a question for `slots`.
    fn finish(&mut self, question: usize, slots: &[u32], scope: &Scope<'_, '_>) -> Result<Vector<'static>>;

    /// Makes a slot as new, for another group.
    fn reset(&mut self, slot: u32);

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

    /// Checks what is kept, between cycles.
    fn validate(&self) -> Result<(), String> {
        Ok(())
    }
}

/// The state of a lane as what it is.
pub(super) fn of_lane<A: Accumulator>(lane: Box<dyn Accumulator>) -> Option<Box<A>> {
    (lane as Box<dyn Any>).downcast().ok()
}

/// Takes the states of the groups of a lane into those of `slots`.
pub(super) fn absorb<S>(states: &mut [S], lane: Vec<S>, slots: &[u32], absorb: impl Fn(&mut S, S)) {
    for (&slot, state) in slots.iter().zip(lane) {
        absorb(&mut states[slot as usize], state);
    }
}

/// What an aggregate may look at to give its results.
pub(super) struct Scope<'s, 'c> {
    pub(super) cx: &'s Cx<'c>,
    /// The column it is computed of.
    pub(super) column: Option<&'s Column>,
    /// The columns that decide.
    pub(super) beside: &'s [Column],
    pub(super) groups: &'s Groups,
    /// The rows of each group, where rows can be taken back and some aggregate needs them.
    pub(super) members: Option<&'s Members>,
    /// Where the answers are stored.
    pub(super) stored: usize,
}

impl Scope<'_, '_> {
    /// The cells of rows, null where there is no row.
    pub(super) fn cells(&self, ty: Type, rows: &[Option<u64>]) -> Result<Vector<'static>> {
        let Some(column) = self.column else { return Ok(Vector::nulls(ty, rows.len())) };
        let there: Vec<u64> = rows.iter().flatten().copied().collect();
        let mut cells = VectorBuilder::with_capacity(ty, rows.len());
        for ids in there.chunks(VECTOR_ROWS) {
            cells.extend(&self.cx.read(column, Ids::List(ids), View::New)?);
        }
        if there.len() == rows.len() {
            return Ok(cells.finish());
        }
        // The null behind all cells stands for rows that are not there.
        cells.push_null();
        let mut next = 0;
        let place = |row: &Option<u64>| match row {
            Some(_) => {
                next += 1;
                next - 1
            }
            None => there.len() as u32,
        };
        let places: Vec<u32> = rows.iter().map(place).collect();
        Ok(cells.finish().take(&places))
    }

    /// Reads the rows of some groups again, each with the slot of its group.
    pub(super) fn read_again(&self, slots: &[u32], each: impl FnMut(&[u32], Ids<'_>) -> Result<()>) -> Result<()> {
        if slots.is_empty() {
            return Ok(());
        }
        let Some(members) = self.members else {
            return Err(Error::new(ErrorKind::Internal, "a value was lost where rows are never taken back"));
        };
        members.batches(slots, each)
    }

    /// The answers that groups have in the result so far.
    pub(super) fn kept(&self, slots: &[u32]) -> Vector<'_> {
        // A batch of ids is a list here: those of groups in the order of their slots.
        self.cx.own(self.stored, Ids::List(&self.groups.ids(slots)), View::New)
    }
}

/// Runs `$body` for the Rust type behind a column type, as `$native`, which has an order.
macro_rules! by_native {
    ($ty:expr, $native:ident => $body:expr) => {
        match NativeKind::of($ty) {
            NativeKind::Bool => by_native!(one $native bool => $body),
            NativeKind::I8 => by_native!(one $native i8 => $body),
            NativeKind::I16 => by_native!(one $native i16 => $body),
            NativeKind::I32 => by_native!(one $native i32 => $body),
            NativeKind::I64 => by_native!(one $native i64 => $body),
            NativeKind::I128 => by_native!(one $native i128 => $body),
            NativeKind::F32 => by_native!(one $native f32 => $body),
            NativeKind::F64 => by_native!(one $native f64 => $body),
            NativeKind::U16 => by_native!(one $native u16 => $body),
            NativeKind::Str => by_native!(one $native Str => $body),
            NativeKind::List => unreachable!("the checker refuses lists where an order is needed"),
        }
    };
    (one $native:ident $ty:ty => $body:expr) => {{
        type $native = $ty;
        let state: Box<dyn Accumulator> = Box::new($body);
        state
    }};
}

/// How the rows of the input are told of.
#[derive(Clone, Copy)]
pub(super) struct Manner {
    pub(super) history: History,
    /// Whether the order of rows is not by id.
    pub(super) by_place: bool,
    /// Whether a group may be shown before it has a row.
    pub(super) shows_empty: bool,
}

/// An empty state that answers an aggregate; `input` and `beside` are the types of its columns.
pub(super) fn accumulator(
    aggregate: &PreparedAggregate,
    input: Option<Type>,
    beside: &[Type],
    manner: Manner,
) -> Box<dyn Accumulator> {
    let mut state = of_function(&aggregate.function, input, beside, aggregate.result, manner);
    state.also(aggregate);
    state
}

fn of_function(
    function: &AggFunction,
    input: Option<Type>,
    beside: &[Type],
    result: Type,
    manner: Manner,
) -> Box<dyn Accumulator> {
    let Manner { history, by_place, shows_empty } = manner;
    let Some(input) = input else {
        return match function {
            AggFunction::CountWhere { .. } => Box::<CountWhere>::default(),
            _ => Box::new(Count),
        };
    };
    let edge = |end| -> Box<dyn Accumulator> {
        if by_place {
            Box::new(Outermost::new(end, input))
        } else {
            Box::new(Edge::new(end, input, history, shows_empty))
        }
    };
    let sorted = |side| match beside {
        &[one] => by_native!(one, T => Sorted::<One<T>>::new(side, input, history)),
        _ => Box::new(Sorted::<Several>::new(side, input, history)),
    };
    match function {
        AggFunction::Count => Box::new(Count),
        AggFunction::CountWhere { .. } => Box::<CountWhere>::default(),
        AggFunction::Sum | AggFunction::AbsSum | AggFunction::Avg => {
            let absolute = Asked::of(function).is_some_and(|asked| asked.absolute);
            match input {
                Type::F32 | Type::F64 => Box::new(FloatSum::new(absolute)),
                Type::Decimal(_) => Box::new(IntSum::<i128>::new(absolute, input)),
                input => Box::new(IntSum::<i64>::new(absolute, input)),
            }
        }
        AggFunction::WeightedSum { .. } if result == Type::I64 => Box::<WeightedInt>::default(),
        AggFunction::WeightedSum { .. } | AggFunction::WeightedAvg { .. } => Box::<Weighted>::default(),
        AggFunction::Var | AggFunction::Std if input.is_integer() => Box::new(Spread::<Integers>::new()),
        AggFunction::Var | AggFunction::Std => Box::new(Spread::<Floats>::new()),
        AggFunction::Min => extreme(input, Side::Least, history),
        AggFunction::Max => extreme(input, Side::Greatest, history),
        AggFunction::Median
        | AggFunction::Percentile { .. }
        | AggFunction::CountDistinct
        | AggFunction::Distinct
        | AggFunction::Unique => by_native!(input, T => Tally::<T>::new(input)),
        AggFunction::ApproxPercentile { .. } => Box::<Approximate>::default(),
        AggFunction::First => edge(End::First),
        AggFunction::Last => edge(End::Last),
        AggFunction::SortedFirst { .. } => sorted(Side::Least),
        AggFunction::SortedLast { .. } => sorted(Side::Greatest),
        AggFunction::Group | AggFunction::Formula { .. } => {
            unreachable!("lists are no accumulator: the rows of a group are kept once for all columns")
        }
    }
}

fn extreme(input: Type, side: Side, history: History) -> Box<dyn Accumulator> {
    match history {
        History::Changes => by_native!(input, T => Extreme::<T>::new(input, side)),
        History::Adds | History::Passes => by_native!(input, T => Peak::<T>::new(input, side)),
    }
}
