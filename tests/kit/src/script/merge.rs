//! Random merges: a table with itself, with what a filter leaves of it, with another that is given its columns.

use headwater_engine::Flavour;

use super::plan::{Planner, at_best};
use super::shape::{ColumnShape, Shape};
use super::step::Call;

/// Adds a merge of two to four tables, and the steps that make them fit.
pub(super) fn add(planner: &mut Planner<'_>, input: usize) {
    let mut tables = vec![input];
    let mut shape = planner.shapes[input].clone();
    if planner.random.one_in(2)
        && let Some((views, common)) = aligned(planner, input)
    {
        tables = views;
        shape = common;
    }
    if planner.random.one_in(2) {
        planner.filter(tables[0]);
        tables.push(planner.shapes.len() - 1);
    }
    while tables.len() < 2 || tables.len() < 4 && planner.random.one_in(3) {
        tables.push(tables[0]);
    }
    for _ in 0..2 {
        let (one, other) = (planner.random.below(0..tables.len()), planner.random.below(0..tables.len()));
        tables.swap(one, other);
    }
    let flavours: Vec<Flavour> = tables.iter().map(|&table| planner.shapes[table].flavour).collect();
    shape.flavour = flavour(&flavours);
    planner.push(tables, Call::Merge, shape);
}

/// A view of the input and one of another table, with the columns whose types meet under the names of the first.
fn aligned(planner: &mut Planner<'_>, input: usize) -> Option<(Vec<usize>, Shape)> {
    let fitting: Vec<usize> = (0..planner.shapes.len()).filter(|&at| !planner.shapes[at].fragile).collect();
    let &other = planner.random.pick(&fitting)?;
    let (own, mut theirs) = (planner.shapes[input].clone(), planner.shapes[other].columns.clone());
    let (mut columns, mut here, mut there): (Vec<ColumnShape>, Vec<String>, Vec<String>) = Default::default();
    for column in &own.columns {
        // A formula of a view sees the columns made before it: a name of ours that is one of theirs too must be itself.
        let clear =
            |their: &ColumnShape| their.name == column.name || own.columns.iter().all(|own| own.name != their.name);
        let fits = |their: &ColumnShape| their.ty == column.ty && clear(their);
        let Some(at) = theirs.iter().position(fits) else { continue };
        let their = theirs.remove(at);
        here.push(column.name.clone());
        there.push(format!("{} = {}", column.name, their.name));
        let quality = at_best(column.quality, &their);
        columns.push(ColumnShape { quality, is_key: column.is_key && their.is_key, ..column.clone() });
    }
    if columns.is_empty() {
        return None;
    }
    // A view gives its columns as they are listed, wherever they stood.
    if planner.random.one_in(2) {
        there.reverse();
    }
    let flavour = planner.shapes[other].flavour;
    planner.push(vec![input], Call::View(here), Shape { columns: columns.clone(), ..own.clone() });
    planner.push(vec![other], Call::View(there), Shape { columns: columns.clone(), flavour, fragile: false });
    let last = planner.shapes.len() - 1;
    Some((vec![last - 1, last], Shape { columns, ..own }))
}

/// As far as the generator asks: whether it is static, and whether it is blink.
fn flavour(inputs: &[Flavour]) -> Flavour {
    match inputs {
        [first, rest @ ..] if matches!(first, Flavour::Static | Flavour::Blink) && rest.iter().all(|f| f == first) => {
            *first
        }
        _ => Flavour::Keyed,
    }
}
