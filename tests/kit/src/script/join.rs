//! Joins of random plans.

use headwater_engine::plan::{Bound, Contribution, Keep, Nearest, Pair, Window, Within};
use headwater_engine::{Flavour, Type};

use super::aggregates;
use super::order;
use super::plan::{Planner, pair};
use super::shape::{ColumnShape, Shape};
use super::step::{Call, ShortForm};

pub(super) fn natural(planner: &mut Planner<'_>, left: usize) {
    let Some((right, on)) = partner(planner, left) else { return };
    // Without keys the right table may have one row only: that mostly fails.
    if on.is_empty() && !planner.random.one_in(12) {
        return;
    }
    let (mut result, right_shape) = (planner.shapes[left].clone(), planner.shapes[right].clone());
    let add = added(planner, &right_shape, &mut result);
    if !right_shape.flavour.is_static() && result.flavour != Flavour::Blink {
        result.flavour = Flavour::Keyed;
    }
    let matching = aggregates::matching(planner.random);
    planner.push(vec![left, right], Call::NaturalJoin { on, add, matching }, result);
}

/// The sides are cut first, as a join multiplies; a blink table has the rows of one cycle only.
pub(super) fn pairs(planner: &mut Planner<'_>, left: usize) {
    let Some((right, on)) = partner(planner, left) else { return };
    let keep = *planner.random.pick(&[Keep::Matches, Keep::Matches, Keep::Left, Keep::All]).unwrap_or(&Keep::All);
    if on.is_empty() && !planner.random.one_in(8) {
        return;
    }
    let (left, right) = (cut(planner, left), cut(planner, right));
    let (mut result, right_shape) = (planner.shapes[left].clone(), planner.shapes[right].clone());
    if keep == Keep::All {
        for pair in on.iter().filter(|pair| pair.output == pair.input) {
            let theirs = right_shape.columns.iter().find(|column| column.name == *pair.input).map(|column| column.ty);
            if let (Some(own), Some(theirs)) = (result.columns.iter_mut().find(|c| c.name == *pair.output), theirs) {
                own.ty = wider(own.ty, theirs);
            }
        }
    }
    let add = added(planner, &right_shape, &mut result);
    result.flavour = match (result.flavour, right_shape.flavour) {
        (Flavour::Static, Flavour::Static) => Flavour::Static,
        (Flavour::Blink, _) if keep != Keep::All => Flavour::Blink,
        _ => Flavour::Keyed,
    };
    planner.push(vec![left, right], Call::Join { on, add, keep }, result);
}

pub(super) fn as_of(planner: &mut Planner<'_>, left: usize) {
    let Some((right, mut on)) = partner(planner, left) else { return };
    if planner.random.one_in(4) {
        on.clear();
    }
    let (mut result, right_shape) = (planner.shapes[left].clone(), planner.shapes[right].clone());
    let mut pairs = Vec::new();
    for own in result.definite().into_iter().filter(|column| !matches!(column.ty, Type::List(_))) {
        let fits = |their: &&&ColumnShape| aggregates::joinable(own.ty, their.ty);
        pairs.extend(right_shape.definite().iter().filter(fits).map(|their| pair(&own.name, &their.name)));
    }
    let Some(stamp) = planner.random.pick(&pairs).cloned() else { return };
    let every = [Nearest::AtOrBefore, Nearest::Before, Nearest::AtOrAfter, Nearest::After];
    let nearest = every[planner.random.below(0..every.len())];
    let width = result.columns.len();
    let mut add = added(planner, &right_shape, &mut result);
    // A stamp of another name is shown, if need be under a third one.
    let theirs = right_shape.columns.iter().find(|column| column.name == *stamp.input);
    if let Some(theirs) =
        theirs.filter(|_| stamp.output != stamp.input && !add.iter().any(|pair| pair.input == stamp.input))
    {
        let mut shown = theirs.clone();
        if result.columns.iter().any(|column| column.name == shown.name) {
            shown.name = format!("S{}_{}", planner.steps.len(), theirs.name);
            add.insert(0, pair(&shown.name, &theirs.name));
        }
        result.columns.insert(width, shown);
    }
    if !right_shape.flavour.is_static() && result.flavour != Flavour::Blink {
        result.flavour = Flavour::Keyed;
    }
    planner.push(vec![left, right], Call::AsOf { on, stamp, nearest, add }, result);
}

pub(super) fn range(planner: &mut Planner<'_>, left: usize) {
    let Some((right, mut on)) = partner(planner, left) else { return };
    if planner.random.one_in(4) {
        on.clear();
    }
    let (left, right) = (cut(planner, left), cut(planner, right));
    let (mut result, right_shape) = (planner.shapes[left].clone(), planner.shapes[right].clone());
    let ends: Vec<ColumnShape> =
        result.definite().into_iter().filter(|column| !matches!(column.ty, Type::List(_))).cloned().collect();
    let Some(low) = planner.random.pick(&ends).cloned() else { return };
    let highs: Vec<&ColumnShape> = ends.iter().filter(|high| aggregates::joinable(low.ty, high.ty)).collect();
    let Some(high) = planner.random.pick(&highs).map(|high| high.name.as_str().into()) else { return };
    let values: Vec<&ColumnShape> =
        right_shape.definite().into_iter().filter(|value| aggregates::joinable(low.ty, value.ty)).collect();
    let Some(value) = planner.random.pick(&values).map(|value| value.name.as_str().into()) else { return };
    let bounds = [Bound::Without, Bound::With, Bound::With, Bound::Reaching];
    let mut bound = || bounds[planner.random.below(0..bounds.len())];
    let within = Within { low: low.name.as_str().into(), low_end: bound(), value, high, high_end: bound() };
    let lists = added(planner, &right_shape, &mut result);
    for pair in &lists {
        if let Some(column) = result.columns.iter_mut().find(|column| column.name == *pair.output) {
            (column.ty, column.is_key) = (Type::list_of(column.ty), false);
        }
    }
    if !right_shape.flavour.is_static() && result.flavour != Flavour::Blink {
        result.flavour = Flavour::Keyed;
    }
    planner.push(vec![left, right], Call::RangeJoin { on, within, lists }, result);
}

/// A key comes once in a table: mostly each table is first reduced to the last row of each key.
pub(super) fn multi(planner: &mut Planner<'_>, left: usize) {
    let Some((right, on)) = partner(planner, left) else { return };
    let Some(pair_of_keys) = on.first().cloned() else { return };
    let key = format!("M{}", planner.steps.len());
    let mut tables = vec![(left, pair_of_keys.output.to_string()), (right, pair_of_keys.input.to_string())];
    if planner.random.one_in(3) {
        tables.push(tables[0].clone());
    }
    let (mut inputs, mut taken) = (Vec::new(), Vec::new());
    let mut result = Shape { columns: Vec::new(), flavour: Flavour::Static, fragile: false };
    for (at, (table, column)) in tables.into_iter().enumerate() {
        let table = if planner.random.one_in(12) { table } else { last_of_each(planner, table, &column) };
        let shape = planner.shapes[table].clone();
        let Some(own) = shape.columns.iter().find(|known| known.name == column) else { return };
        match result.columns.first_mut() {
            Some(known) => known.ty = wider(known.ty, own.ty),
            None => result.define(ColumnShape { name: key.clone(), ..own.clone() }),
        }
        if !shape.flavour.is_static() {
            result.flavour = Flavour::Keyed;
        }
        let mut add = added(planner, &shape, &mut result);
        // The same table may come twice.
        for pair in &mut add {
            let name = format!("{}_{at}", pair.output);
            if let Some(column) = result.columns.iter_mut().find(|column| column.name == *pair.output) {
                column.name = name.clone();
            }
            pair.output = name.into();
        }
        taken.push(Contribution { on: vec![pair(&key, &column)], add });
        inputs.push(table);
    }
    planner.push(inputs, Call::MultiJoin(taken), result);
}

fn last_of_each(planner: &mut Planner<'_>, input: usize, key: &str) -> usize {
    let mut shape = planner.shapes[input].clone();
    // The short form puts the key first.
    let at = shape.columns.iter().position(|column| column.name == key).unwrap_or_default();
    let column = shape.columns.remove(at);
    shape.columns.insert(0, column);
    shape.flavour = if shape.flavour.is_static() { Flavour::Static } else { Flavour::Keyed };
    let by = vec![key.to_owned()];
    // Without other columns there is nothing to take the last of.
    let call = if shape.columns.len() == 1 { Call::SelectDistinct(by) } else { Call::Short(ShortForm::LastBy, by) };
    planner.push(vec![input], call, shape);
    planner.shapes.len() - 1
}

fn cut(planner: &mut Planner<'_>, input: usize) -> usize {
    let mut shape = planner.shapes[input].clone();
    if shape.flavour == Flavour::Blink && planner.random.one_in(2) {
        return input;
    }
    let window = if planner.random.one_in(2) { Window::First(40) } else { Window::Last(40) };
    shape.flavour = match (shape.flavour, window) {
        (Flavour::Static, _) => Flavour::Static,
        (Flavour::Append | Flavour::Blink, Window::First(_)) => Flavour::Append,
        _ => Flavour::Keyed,
    };
    planner.push(vec![input], Call::Slice(window), shape);
    planner.shapes.len() - 1
}

/// The type two key columns meet in.
fn wider(left: Type, right: Type) -> Type {
    let place =
        |ty| [Type::I8, Type::I16, Type::I32, Type::I64, Type::F32, Type::F64].iter().position(|&one| one == ty);
    if place(right) > place(left) { right } else { left }
}

pub(super) fn filter_in(planner: &mut Planner<'_>, input: usize) {
    let Some((set, on)) = partner(planner, input) else { return };
    if on.is_empty() {
        return;
    }
    let mut result = planner.shapes[input].clone();
    if !planner.shapes[set].flavour.is_static() && result.flavour != Flavour::Blink {
        result.flavour = Flavour::Keyed;
    }
    let negated = planner.random.one_in(3);
    planner.push(vec![input, set], Call::FilterIn { on, negated }, result);
}

/// A table to join with, and up to two pairs of columns to join on.
fn partner(planner: &mut Planner<'_>, left: usize) -> Option<(usize, Vec<Pair>)> {
    let candidates: Vec<usize> = (0..planner.shapes.len()).filter(|&at| !planner.shapes[at].fragile).collect();
    let &right = planner.random.pick(&candidates)?;
    let right = order::perhaps_ordered(planner, right);
    let (left_shape, right_shape) = (&planner.shapes[left], &planner.shapes[right]);
    let pairs: Vec<(&ColumnShape, &ColumnShape)> = left_shape
        .keys()
        .into_iter()
        .flat_map(|left| right_shape.keys().into_iter().map(move |right| (left, right)))
        .filter(|(left, right)| aggregates::joinable(left.ty, right.ty))
        .collect();
    let mut on = Vec::new();
    for _ in 0..planner.random.below(1..3) {
        if let Some((left, right)) = planner.random.pick(&pairs) {
            on.push(pair(&left.name, &right.name));
        }
    }
    Some((right, on))
}

/// Some columns of the right table, under new names.
fn added(planner: &mut Planner<'_>, right: &Shape, result: &mut Shape) -> Vec<Pair> {
    let place = planner.steps.len();
    let mut chosen: Vec<&ColumnShape> = right.columns.iter().filter(|_| planner.random.one_in(2)).collect();
    if chosen.is_empty() {
        chosen.extend(right.columns.first());
    }
    let add = chosen.into_iter().map(|column| {
        let name = format!("J{place}_{}", column.name);
        let pair = pair(&name, &column.name);
        result.define(ColumnShape { name, ..column.clone() });
        pair
    });
    add.collect()
}
