//! Steps that go by groups of rows and compute nothing of them.

use headwater_engine::plan::{Needs, Uneven, Window};
use headwater_engine::{Flavour, Type, agg};

use super::order;
use super::plan::{Planner, grouped_flavour};
use super::shape::{ColumnShape, Quality, Shape};
use super::step::Call;

pub(super) fn select_distinct(planner: &mut Planner<'_>, input: usize) {
    let shape = planner.shapes[input].clone();
    let is_clear = shape.columns.iter().all(|column| column.quality < Quality::Rounded);
    let (columns, formulas) = if is_clear && planner.random.one_in(5) {
        (shape.columns.clone(), Vec::new())
    } else {
        let columns = keys(planner, &shape);
        let names = columns.iter().map(|column| column.name.clone()).collect();
        (columns, names)
    };
    if columns.is_empty() {
        return;
    }
    let mut result = Shape { columns: Vec::new(), flavour: Flavour::Keyed, fragile: false };
    columns.into_iter().for_each(|column| result.define(column));
    result.flavour = match shape.flavour {
        Flavour::Static => Flavour::Static,
        Flavour::Append | Flavour::AddOnly | Flavour::Blink => Flavour::Append,
        _ => Flavour::Keyed,
    };
    planner.push(vec![input], Call::SelectDistinct(formulas), result);
}

/// One to three columns, mostly of few values.
fn keys(planner: &mut Planner<'_>, shape: &Shape) -> Vec<ColumnShape> {
    let (keys, definite) = (shape.keys(), shape.definite());
    let mut picked: Vec<ColumnShape> = Vec::new();
    for _ in 0..planner.random.below(1..4) {
        let from = if planner.random.one_in(3) { &definite } else { &keys };
        if let Some(&column) = planner.random.pick(from)
            && picked.iter().all(|other| other.name != column.name)
        {
            picked.push(column.clone());
        }
    }
    picked
}

pub(super) fn part_by(planner: &mut Planner<'_>, input: usize) {
    let shape = planner.shapes[input].clone();
    let by = keys(planner, &shape);
    if by.is_empty() || shape.flavour == Flavour::Blink {
        return;
    }
    let count = [1, 2, 3, 10, 1_000_000][planner.random.below(0..5)];
    let window = match planner.random.below(0..5) {
        0 | 1 => Window::First(count),
        2 | 3 => Window::Last(count),
        _ => part(planner),
    };
    let mut result = Shape { columns: by.clone(), ..shape.clone() };
    shape.columns.into_iter().for_each(|column| result.define(column));
    if !shape.flavour.is_static() {
        result.flavour = Flavour::Keyed;
    }
    let by = by.into_iter().map(|key| key.name).collect();
    planner.push(vec![input], Call::PartBy(window, by), result);
}

/// Of a table with lists, those that are short, as lists that many rows share would make rows without end; of another one
/// its groups, which are as many values as rows.
pub(super) fn ungroup(planner: &mut Planner<'_>, input: usize) {
    let shape = planner.shapes[input].clone();
    let lists: Vec<String> = lists_of(&shape);
    if lists.is_empty() || planner.random.one_in(2) {
        if shape.flavour != Flavour::Blink {
            ungroup_groups(planner, &shape, input);
        }
        return;
    }
    let picked: Vec<String> = lists.into_iter().filter(|_| !planner.random.one_in(3)).collect();
    let short = picked.iter().map(|list| format!("len({list}) < 9")).collect();
    if picked.is_empty() {
        return;
    }
    planner.push(vec![input], Call::Filter(short, Needs::All), shape.clone());
    let uneven = if planner.random.one_in(6) { Uneven::Refused } else { Uneven::Filled };
    push_ungrouped(planner, shape, picked, uneven);
}

/// Groups by a key, and the lists of some columns.
fn ungroup_groups(planner: &mut Planner<'_>, shape: &Shape, input: usize) {
    let by = keys(planner, shape);
    let (mut aggregates, mut grouped) = (Vec::new(), Shape { columns: by.clone(), ..shape.clone() });
    for column in shape.definite() {
        if column.ty.item().is_none() && by.iter().all(|key| key.name != column.name) && !planner.random.one_in(3) {
            aggregates.push(agg::group(&column.name));
            grouped.define(ColumnShape { ty: Type::list_of(column.ty), is_key: false, ..column.clone() });
        }
    }
    if aggregates.is_empty() {
        return;
    }
    grouped.flavour = grouped_flavour(shape.flavour);
    planner.push(
        vec![input],
        Call::Agg(aggregates, by.into_iter().map(|key| key.name).collect(), false),
        grouped.clone(),
    );
    let lists: Vec<String> =
        grouped.columns.iter().filter(|column| shape_item(column, shape)).map(|column| column.name.clone()).collect();
    push_ungrouped(planner, grouped, lists, Uneven::Refused);
}

/// Whether a column is a list of the values of one that is none.
fn shape_item(column: &ColumnShape, of: &Shape) -> bool {
    of.columns.iter().any(|other| other.name == column.name && column.ty == Type::list_of(other.ty))
}

fn lists_of(shape: &Shape) -> Vec<String> {
    shape.columns.iter().filter(|column| column.ty.item().is_some()).map(|column| column.name.clone()).collect()
}

/// Ungroups some columns of the newest table.
fn push_ungrouped(planner: &mut Planner<'_>, mut shape: Shape, lists: Vec<String>, uneven: Uneven) {
    for column in shape.columns.iter_mut().filter(|column| lists.contains(&column.name)) {
        column.ty = column.ty.item().unwrap_or(column.ty);
        column.is_key = false;
    }
    planner.push(vec![planner.shapes.len() - 1], Call::Ungroup(lists, uneven), shape);
}

/// A part of a group that is none of all groups.
fn part(planner: &mut Planner<'_>) -> Window {
    match order::window(planner.random, false) {
        Window::First(0) | Window::Last(0) => Window::Between(1, 3),
        window => window,
    }
}

pub(super) fn partition_by(planner: &mut Planner<'_>, input: usize) {
    let mut shape = planner.shapes[input].clone();
    let by = keys(planner, &shape);
    if by.is_empty() || shape.flavour == Flavour::Blink {
        return;
    }
    let part = (!planner.random.one_in(3)).then(|| part(planner));
    if !shape.flavour.is_static() {
        shape.flavour = Flavour::Keyed;
    }
    planner.push(vec![input], Call::Partitioned(by.into_iter().map(|key| key.name).collect(), part), shape);
}
