//! What functions of lists are run by: each gets the arguments of one row, and the results of all rows become a vector.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use super::element::Element;
use super::items::Items;
use crate::formula::function::{Failure, Kernel, Operand};
use crate::types::{List, Type};
use crate::vector::{Bits, Values, Vector, VectorBuilder, joined_once};

/// What a function makes of a row: a value or null, or why it fails.
pub(super) type Found<R> = Result<Option<R>, String>;

/// Stands for null among positions that were picked.
pub(super) const NOTHING: u32 = u32::MAX;

/// The arguments of a call, of which the values that are no lists are read as vectors.
struct Arguments<'a> {
    operands: &'a [Operand<'a>],
    cells: Vec<Cells<'a>>,
}

enum Cells<'a> {
    Lists,
    Each(&'a Vector<'a>),
    One(Vector<'static>),
}

/// The arguments of one row.
pub(super) struct Row<'a> {
    arguments: &'a Arguments<'a>,
    row: usize,
}

impl<'a> Arguments<'a> {
    fn of(operands: &'a [Operand<'a>]) -> Self {
        let cells = operands.iter().map(|operand| match operand {
            Operand::Vector(vector) if vector.lists().is_some() => Cells::Lists,
            Operand::Vector(vector) => Cells::Each(vector),
            Operand::Scalar(value) => match value.ty() {
                Some(ty) if ty.item().is_none() => {
                    Cells::One(Vector::constant(ty, value, 1).unwrap_or_else(|| Vector::nulls(ty, 1)))
                }
                _ => Cells::Lists,
            },
        });
        Arguments { operands, cells: cells.collect() }
    }
}

impl<'a> Row<'a> {
    /// How many arguments there are.
    pub(super) fn arguments(&self) -> usize {
        self.arguments.operands.len()
    }

    /// The list that is an argument; `None` for null.
    pub(super) fn list(&self, argument: usize) -> Option<&'a List> {
        self.arguments.operands.get(argument)?.list(self.row)
    }

    /// The items of the list that is an argument.
    pub(super) fn items<T: Element>(&self, argument: usize) -> Option<Items<'a, T>> {
        self.list(argument).map(Items::of)
    }

    /// The same of a list of numbers of any type.
    pub(super) fn doubles(&self, argument: usize) -> Option<Items<'a, f64>> {
        self.list(argument).map(Items::doubles)
    }

    /// The value that is an argument; `None` for null.
    pub(super) fn cell<T: Element>(&self, argument: usize) -> Option<T> {
        match self.arguments.cells.get(argument)? {
            Cells::Each(vector) => vector.is_valid(self.row).then(|| T::at(vector, self.row)),
            Cells::One(vector) => vector.is_valid(0).then(|| T::at(vector, 0)),
            Cells::Lists => None,
        }
    }
}

/// Values as they are made.
pub(super) struct Made<R> {
    values: Vec<R>,
    valid: Option<Bits>,
}

impl<R: Element> Made<R> {
    fn new(capacity: usize) -> Self {
        Made { values: Vec::with_capacity(capacity), valid: None }
    }

    pub(super) fn push(&mut self, value: Option<R>) {
        if value.is_none() && self.valid.is_none() {
            self.valid = Some(Bits::filled(true, self.values.len()));
        }
        if let Some(valid) = &mut self.valid {
            valid.push(value.is_some());
        }
        self.values.push(value.unwrap_or_default());
    }

    fn finish(self, ty: Type) -> Vector<'static> {
        Vector::new(ty, R::wrapped(self.values), self.valid)
    }
}

/// Calls `of` for each row, which says whether it made something or null.
fn each_row(
    operands: &[Operand<'_>],
    rows: usize,
    mut of: impl FnMut(&Row<'_>) -> Result<(), String>,
) -> Result<(), Failure> {
    let arguments = Arguments::of(operands);
    (0..rows).try_for_each(|row| of(&Row { arguments: &arguments, row }).map_err(|reason| Failure { row, reason }))
}

/// One value a row.
pub(super) fn value<R: Element>(result: Type, of: fn(&Row<'_>) -> Found<R>) -> Box<Kernel> {
    Box::new(move |operands, rows| {
        let mut made = Made::new(rows);
        each_row(operands, rows, |row| {
            made.push(of(row)?);
            Ok(())
        })?;
        Ok(made.finish(result))
    })
}

/// The lists of all rows: where each ends in one vector of items, and which are null.
#[derive(Default)]
struct Cuts {
    ends: Vec<Option<usize>>,
}

impl Cuts {
    fn push(&mut self, end: usize, there: bool) {
        self.ends.push(there.then_some(end));
    }

    fn lists(self, items: Vector<'static>, result: Type) -> Vector<'static> {
        let items = Arc::new(items);
        let mut start = 0;
        let cells = self.ends.iter().map(|end| match end {
            Some(end) => List::of(items.clone(), std::mem::replace(&mut start, *end)..*end),
            None => List::default(),
        });
        let cells = Values::List(Cow::Owned(cells.collect()));
        let nulls = self.ends.contains(&None);
        Vector::new(result, cells, nulls.then(|| self.ends.iter().map(Option::is_some).collect()))
    }
}

/// A list a row of values that are made; `None` for a null list, for which nothing may be made.
pub(super) fn list<R: Element>(result: Type, of: fn(&Row<'_>, &mut Made<R>) -> Found<()>) -> Box<Kernel> {
    Box::new(move |operands, rows| {
        let (mut made, mut cuts) = (Made::new(0), Cuts::default());
        each_row(operands, rows, |row| {
            let there = of(row, &mut made)?.is_some();
            cuts.push(made.values.len(), there);
            Ok(())
        })?;
        Ok(cuts.lists(made.finish(item_of(result)), result))
    })
}

/// A list a row of items of all its arguments, which are lists.
pub(super) fn concatenated(result: Type) -> Box<Kernel> {
    Box::new(move |operands, rows| {
        let (mut items, mut cuts) = (VectorBuilder::new(item_of(result)), Cuts::default());
        each_row(operands, rows, |row| {
            let lists: Option<Vec<&List>> = (0..row.arguments()).map(|argument| row.list(argument)).collect();
            lists.iter().flatten().for_each(|list| items.extend(&list.items()));
            cuts.push(items.len(), lists.is_some());
            Ok(())
        })?;
        Ok(cuts.lists(items.finish(), result))
    })
}

/// A list a row of items of its first argument: `of` adds their positions there.
pub(super) fn picked(result: Type, of: fn(&Row<'_>, &mut Vec<u32>) -> Found<()>) -> Box<Kernel> {
    Box::new(move |operands, rows| {
        let (items, starts) = all_items(&operands[0], rows, item_of(result))?;
        let (mut picks, mut cuts) = (Vec::new(), Cuts::default());
        each_row(operands, rows, |row| {
            let from = picks.len();
            let there = of(row, &mut picks)?.is_some();
            picks[from..].iter_mut().filter(|pick| **pick != NOTHING).for_each(|pick| *pick += starts[row.row]);
            cuts.push(picks.len(), there);
            Ok(())
        })?;
        Ok(cuts.lists(taken(&items, &picks), result))
    })
}

/// An item a row of the list that is argument `from`: `of` says its position there; null outside.
pub(super) fn picked_one(result: Type, from: usize, of: fn(&Row<'_>) -> Option<usize>) -> Box<Kernel> {
    Box::new(move |operands, rows| {
        let (items, starts) = all_items(&operands[from], rows, result)?;
        let mut picks = Vec::with_capacity(rows);
        each_row(operands, rows, |row| {
            let len = row.list(from).map_or(0, List::len);
            picks.push(of(row).filter(|&at| at < len).map_or(NOTHING, |at| starts[row.row] + at as u32));
            Ok(())
        })?;
        Ok(taken(&items, &picks))
    })
}

fn item_of(list: Type) -> Type {
    list.item().unwrap_or(list)
}

/// The items of the lists of all rows, and where those of each row start: without a copy if all are parts of one vector.
fn all_items<'a>(operand: &Operand<'a>, rows: usize, item: Type) -> Result<(Vector<'a>, Vec<u32>), Failure> {
    static EMPTY: LazyLock<List> = LazyLock::new(List::default);
    let lists = || (0..rows).map(|row| operand.list(row).unwrap_or(&EMPTY));
    let mut shared = lists().filter_map(List::shared).map(|(items, _)| items);
    let first = shared.next();
    let (items, starts) = match first {
        Some(first) if shared.all(|items| Arc::ptr_eq(items, first)) => {
            let starts = lists().map(|list| list.shared().map_or(0, |(_, range)| range.start));
            (first.slice(0..first.len()), starts.collect())
        }
        _ => joined_once(lists(), item),
    };
    // Positions have 32 bits.
    if items.len() >= NOTHING as usize {
        return Err(Failure { row: 0, reason: "lists of more than four billion values at a time".to_owned() });
    }
    Ok((items, starts.into_iter().map(|start| start as u32).collect()))
}

fn taken(items: &Vector<'_>, picks: &[u32]) -> Vector<'static> {
    if !picks.contains(&NOTHING) {
        return items.take(picks);
    }
    if items.is_empty() {
        return Vector::nulls(items.ty(), picks.len());
    }
    // Null reads any item, which is there to be read.
    let there: Vec<u32> = picks.iter().map(|&pick| if pick == NOTHING { 0 } else { pick }).collect();
    let (ty, values, valid) = items.take(&there).into_parts();
    let picked = Bits::from_fn(picks.len(), |at| picks[at] != NOTHING);
    Vector::new(ty, values, Some(valid.map_or(picked.clone(), |valid| valid.and(&picked))))
}
