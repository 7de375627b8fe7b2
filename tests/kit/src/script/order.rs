//! Steps on the order of rows, and by position.

use headwater_engine::plan::{SortBy, SortColumn, Window};
use headwater_engine::{Flavour, Type};

use super::formulas::Computed;
use super::plan::Planner;
use super::random::Random;
use super::shape::{Quality, Shape};
use super::step::Call;

pub(super) fn slice(planner: &mut Planner<'_>, input: usize) {
    let mut shape = planner.shapes[input].clone();
    let window = window(planner.random, shape.flavour == Flavour::Blink);
    shape.flavour = match (shape.flavour, window) {
        (Flavour::Static, _) => Flavour::Static,
        (Flavour::Append | Flavour::Blink, Window::First(_)) => Flavour::Append,
        _ => Flavour::Keyed,
    };
    planner.push(vec![input], Call::Slice(window), shape);
}

/// A part of a table by position; an end of one whose rows pass.
pub(super) fn window(random: &mut Random, passes: bool) -> Window {
    let count = [0, 1, 7, 7, 64, 300, 1_000_000][random.below(0..7)];
    let mut position = || [0, 1, 5, 20, 300][random.below(0..5)] * if random.one_in(2) { -1 } else { 1 };
    let (start, end) = (position(), position());
    let mut share = || [0.0, 0.1, 0.33, 0.5, 1.0][random.below(0..5)];
    let (low, high) = (share(), share());
    match random.below(0..8) {
        0 | 1 => Window::First(count),
        2 | 3 => Window::Last(count),
        _ if passes => Window::First(count),
        // Of the same sign, the first comes first.
        4 if (start < 0) == (end < 0) => Window::Between(start.min(end), start.max(end)),
        4 => Window::Between(start, end),
        5 => Window::FirstShare(low),
        6 => Window::LastShare(low),
        _ => Window::Shares(low, high),
    }
}

pub(super) fn sort(planner: &mut Planner<'_>, input: usize) {
    let mut shape = planner.shapes[input].clone();
    let mut by = Vec::new();
    for _ in 0..planner.random.below(1..4) {
        let mut columns = shape.definite();
        columns.retain(|column| !matches!(column.ty, Type::List(_)));
        if let Some(&column) = planner.random.pick(&columns) {
            let column = column.name.as_str();
            let descending = planner.random.one_in(3);
            by.push(if descending { SortColumn::descending(column) } else { SortColumn::ascending(column) });
        }
    }
    if by.is_empty() {
        return;
    }
    shape.flavour = in_another_order(shape.flavour);
    let all_descend = by.iter().all(|by| by.by == SortBy::Descending);
    planner.push(vec![input], if all_descend { Call::SortDescending(by) } else { Call::Sort(by) }, shape);
}

/// The table itself, or in another order.
pub(super) fn perhaps_ordered(planner: &mut Planner<'_>, input: usize) -> usize {
    let before = planner.shapes.len();
    match planner.random.below(0..12) {
        0..=2 => sort(planner, input),
        3 => reverse(planner, input),
        _ => {}
    }
    if planner.shapes.len() > before { before } else { input }
}

pub(super) fn reverse(planner: &mut Planner<'_>, input: usize) {
    let mut shape = planner.shapes[input].clone();
    shape.flavour = in_another_order(shape.flavour);
    planner.push(vec![input], Call::Reverse, shape);
}

fn in_another_order(flavour: Flavour) -> Flavour {
    match flavour {
        Flavour::Static | Flavour::Blink => flavour,
        _ => Flavour::Keyed,
    }
}

/// A formula of where rows stand, of a table of this shape.
pub(super) fn standing(random: &mut Random, shape: &Shape) -> Option<Computed> {
    let exact = |text: String, ty| Computed { text, ty, quality: Quality::Exact, fallible: false };
    let column = random.pick(&shape.columns)?.clone();
    let away = random.below(1..4);
    Some(match random.below(0..5) {
        0 => exact("i".to_owned(), Type::I32),
        1 => exact("ii * 2".to_owned(), Type::I64),
        2 => Computed { quality: column.quality, ..exact(format!("{}_[i+{away}]", column.name), column.ty) },
        _ => Computed { quality: column.quality, ..exact(format!("{}_[i-{away}]", column.name), column.ty) },
    })
}
