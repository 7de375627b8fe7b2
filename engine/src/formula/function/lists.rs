//! Lists as what functions take and give: a `Vec` of the values, none of which is null.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Cell, Operand};
use crate::types::{List, Type, Value};
use crate::vector::{Values, Vector};

/// The list of each row, or one for all rows.
#[derive(Debug)]
pub enum Lists<'a> {
    #[doc(hidden)]
    Each(&'a [List]),
    #[doc(hidden)]
    One(List),
}

/// Growing lists, all in one vector.
#[derive(Debug)]
pub struct GrowingLists<T: Cell> {
    items: T::Growing,
    count: usize,
    ends: Vec<usize>,
}

impl<T: Cell> Cell for Vec<T> {
    const TYPE: Type = Type::List(&T::TYPE);
    type Column<'a> = Lists<'a>;
    type Growing = GrowingLists<T>;

    #[allow(private_interfaces, reason = "as in the trait")]
    fn column<'a>(operand: &Operand<'a>, _rows: usize) -> Lists<'a> {
        match operand {
            Operand::Vector(vector) => Lists::Each(vector.lists().unwrap_or(&[])),
            Operand::Scalar(Value::List(list)) => Lists::One(list.clone()),
            Operand::Scalar(_) => Lists::One(List::default()),
        }
    }

    fn read(column: &Lists<'_>, row: usize) -> Result<Self, String> {
        let list = match column {
            Lists::Each(lists) => lists.get(row),
            Lists::One(list) => Some(list),
        };
        let Some(list) = list.filter(|list| !list.is_empty()) else { return Ok(Vec::new()) };
        if list.null_count() > 0 {
            return Err(format!("a null in the list {list}, where values are wanted"));
        }
        let items = list.items();
        let items = T::column(&Operand::Vector(&items), list.len());
        (0..list.len()).map(|at| T::read(&items, at)).collect()
    }

    fn growing(rows: usize) -> GrowingLists<T> {
        GrowingLists { items: T::growing(rows), count: 0, ends: Vec::with_capacity(rows) }
    }

    fn push(growing: &mut GrowingLists<T>, cell: Option<Self>) {
        for item in cell.unwrap_or_default() {
            T::push(&mut growing.items, Some(item));
            growing.count += 1;
        }
        growing.ends.push(growing.count);
    }

    fn finish(growing: GrowingLists<T>) -> Values<'static> {
        let items = Arc::new(Vector::new(T::TYPE, T::finish(growing.items), None));
        let mut start = 0;
        let lists = growing.ends.iter().map(|&end| List::of(items.clone(), std::mem::replace(&mut start, end)..end));
        Values::List(Cow::Owned(lists.collect()))
    }
}
