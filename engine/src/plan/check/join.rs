//! Joins: keys that can meet, names that do not clash.

use super::meet::common;
use super::{Prepared, Result};
use crate::plan::{ColumnDef, Definition, Flavour, Keep, Pair, Within};
use crate::types::Type;
use crate::{Error, ErrorKind};

/// The key columns of two tables by position.
#[derive(Clone, Debug)]
pub struct KeyColumns {
    /// Those of the left table.
    pub left: Vec<usize>,
    /// Those of the right table, in the same order.
    pub right: Vec<usize>,
    /// The type each pair of them is compared as.
    pub types: Vec<Type>,
}

pub(super) fn natural(
    on: &[Pair],
    add: &[Pair],
    left: &Definition,
    right: &Definition,
) -> Result<(Definition, Prepared)> {
    let on = keys(on, left, right)?;
    let mut defs = left.columns().to_vec();
    let added = added(add, right, &on.right, &mut defs)?;
    let definition = Definition::new(defs, flavour(left.flavour(), right.flavour()))?;
    Ok((definition, Prepared::NaturalJoin { on, added }))
}

pub(super) fn as_of(
    on: &[Pair],
    stamp: &Pair,
    add: &[Pair],
    left: &Definition,
    right: &Definition,
) -> Result<(Definition, Prepared)> {
    let on = keys(on, left, right)?;
    let stamps = keys(std::slice::from_ref(stamp), left, right)?;
    let (l, r, ty) = (stamps.left[0], stamps.right[0], stamps.types[0]);
    stamped(&stamp.output, ty)?;
    // A right stamp of the name of the left one is left out, unless it is asked for, as keys are; another is shown.
    let is_shown = stamp.output == stamp.input || add.is_empty() || add.iter().any(|pair| pair.input == stamp.input);
    let own = (!is_shown).then(|| Pair::same(stamp.input.clone()));
    let add: Vec<Pair> = own.into_iter().chain(add.iter().cloned()).collect();
    let mut known = on.right.clone();
    known.extend((stamp.output == stamp.input).then_some(r));
    let mut defs = left.columns().to_vec();
    let added = added(&add, right, &known, &mut defs)?;
    let definition = Definition::new(defs, flavour(left.flavour(), right.flavour()))?;
    Ok((definition, Prepared::AsOf { on, stamps: (l, r, ty), added }))
}

pub(super) fn range(
    on: &[Pair],
    within: &Within,
    lists: &[Pair],
    left: &Definition,
    right: &Definition,
) -> Result<(Definition, Prepared)> {
    if lists.is_empty() {
        return Err(Error::new(ErrorKind::Argument, "no column to list"));
    }
    let on = keys(on, left, right)?;
    let value = right.require(&within.value)?;
    let mut ty = right.columns()[value].ty;
    let mut ends = [0; 2];
    for (end, name) in ends.iter_mut().zip([&within.low, &within.high]) {
        *end = left.require(name)?;
        let pair = Pair { output: name.clone(), input: within.value.clone() };
        ty = common(&pair, left.columns()[*end].ty, ty)?;
    }
    stamped(&within.value, ty)?;
    let mut defs = left.columns().to_vec();
    let listed = added(lists, right, &[], &mut defs)?;
    defs[left.columns().len()..].iter_mut().for_each(|def| def.ty = Type::list_of(def.ty));
    let definition = Definition::new(defs, flavour(left.flavour(), right.flavour()))?;
    Ok((definition, Prepared::RangeJoin { on, within: (ends[0], ends[1], value, ty), listed }))
}

/// Rows stand in a line by this type.
fn stamped(name: &str, ty: Type) -> Result<()> {
    let Type::List(_) = ty else { return Ok(()) };
    let message = format!("{name} is a {ty}, and lists have no order by which rows are found");
    Err(Error::new(ErrorKind::Type, message)
        .with_column(name)
        .with_help("the last entry is the one compared so; those before it are keys, which may be of any type"))
}

pub(super) fn pairs(
    on: &[Pair],
    add: &[Pair],
    keep: Keep,
    left: &Definition,
    right: &Definition,
) -> Result<(Definition, Prepared)> {
    let shared: Vec<bool> = on.iter().map(|pair| keep != Keep::All || pair.output == pair.input).collect();
    let on = keys(on, left, right)?;
    let mut defs = left.columns().to_vec();
    // A right row without a partner shows its key where both sides have it under one name, or else in its own column.
    let shown = on.right.iter().zip(&shared).filter(|&(_, &shared)| shared).map(|(&column, _)| column);
    let added = added(add, right, &shown.collect::<Vec<_>>(), &mut defs)?;
    if keep == Keep::All {
        let shared = on.left.iter().zip(&on.types).zip(&shared).filter(|&(_, &shared)| shared);
        shared.for_each(|((&column, &ty), _)| defs[column].ty = ty);
    }
    let only_adds = left.flavour().only_adds() && right.flavour().only_adds();
    let flavour = match (keep, left.flavour(), right.flavour()) {
        (_, Flavour::Static, Flavour::Static) => Flavour::Static,
        (Keep::Matches | Keep::Left, Flavour::Blink, _) => Flavour::Blink,
        (Keep::Matches | Keep::Left, Flavour::Append, Flavour::Static) => Flavour::Append,
        // A left row that waits for a partner goes when that comes.
        (Keep::Matches, ..) if only_adds => Flavour::AddOnly,
        (Keep::Left, _, Flavour::Static) if only_adds => Flavour::AddOnly,
        _ => Flavour::Keyed,
    };
    Ok((Definition::new(defs, flavour)?, Prepared::Join { on, added }))
}

pub(super) fn filter_in(
    on: &[Pair],
    negated: bool,
    input: &Definition,
    set: &Definition,
) -> Result<(Definition, Prepared)> {
    if on.is_empty() {
        return Err(Error::new(ErrorKind::Argument, "no column to look for in the other table"));
    }
    let on = keys(on, input, set)?;
    let flavour = match (input.flavour(), set.flavour()) {
        (own, set) if set.is_static() => own,
        (Flavour::Blink, _) => Flavour::Blink,
        // A key that came stays, and so do the rows that it let in.
        (own, set) if own.only_adds() && set.only_adds() && !negated => Flavour::AddOnly,
        _ => Flavour::Keyed,
    };
    Ok((input.with_flavour(flavour), Prepared::FilterIn { on }))
}

fn keys(on: &[Pair], left: &Definition, right: &Definition) -> Result<KeyColumns> {
    let mut keys = KeyColumns { left: Vec::new(), right: Vec::new(), types: Vec::new() };
    for pair in on {
        let (l, r) = (left.require(&pair.output)?, right.require(&pair.input)?);
        keys.types.push(common(pair, left.columns()[l].ty, right.columns()[r].ty)?);
        keys.left.push(l);
        keys.right.push(r);
    }
    Ok(keys)
}

/// The right columns that are added, and their definitions after those of the left table: all but the keys, if none is
/// named.
pub(super) fn added(add: &[Pair], right: &Definition, keys: &[usize], defs: &mut Vec<ColumnDef>) -> Result<Vec<usize>> {
    let every_other: Vec<Pair>;
    let add = if add.is_empty() {
        let others = (0..right.columns().len()).filter(|column| !keys.contains(column));
        every_other = others.map(|column| Pair::same(right.columns()[column].name.clone())).collect();
        &every_other[..]
    } else {
        add
    };
    let mut added = Vec::with_capacity(add.len());
    for pair in add {
        let column = right.require(&pair.input)?;
        if defs.iter().any(|def| def.name == pair.output) {
            let message = format!("the result would have two columns named {}", pair.output);
            return Err(Error::new(ErrorKind::NameClash, message)
                .with_column(&*pair.output)
                .with_help(format!("add it under another name: \"Right{0} = {0}\"", pair.input)));
        }
        defs.push(ColumnDef::new(pair.output.clone(), right.columns()[column].ty));
        added.push(column);
    }
    Ok(added)
}

/// A live right table may change any row of the result, but those of a blink table, which are gone by then.
fn flavour(left: Flavour, right: Flavour) -> Flavour {
    if right.is_static() || left == Flavour::Blink { left } else { Flavour::Keyed }
}
