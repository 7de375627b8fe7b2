//! [`Items`]: one list as a slice.

use std::borrow::Cow;

use super::element::Element;
use super::number::Number;
use crate::types::{List, Type};
use crate::vector::Bits;

/// The items of one list as a slice, and which of them are null.
pub(super) struct Items<'l, T: Clone> {
    values: Cow<'l, [T]>,
    /// Validity of the vector the list is part of, and where it starts there; `None` without nulls.
    valid: Option<(&'l Bits, usize)>,
}

impl<'l, T: Element> Items<'l, T> {
    pub(super) fn of(list: &'l List) -> Self {
        Items { values: T::items(list), valid: validity(list) }
    }
}

impl<T: Clone> Items<'_, T> {
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// The item at a position; `None` for null, and where there is none.
    pub(super) fn get(&self, at: usize) -> Option<&T> {
        self.values.get(at).filter(|_| self.valid.is_none_or(|(valid, start)| valid.get(start + at)))
    }

    /// All items; `None` for null.
    pub(super) fn iter(&self) -> impl Iterator<Item = Option<&T>> {
        (0..self.len()).map(|at| self.get(at))
    }

    /// The items that are not null.
    pub(super) fn each(&self, mut of: impl FnMut(&T)) {
        match self.valid {
            None => self.values.iter().for_each(of),
            Some((valid, start)) => {
                let there = self.values.iter().enumerate().filter(|(at, _)| valid.get(start + at));
                there.for_each(|(_, value)| of(value));
            }
        }
    }
}

impl<'l> Items<'l, f64> {
    /// The numbers of a list of numbers of any type.
    pub(super) fn doubles(list: &'l List) -> Self {
        fn converted<T: Number>(list: &List) -> Cow<'_, [f64]> {
            Cow::Owned(T::items(list).iter().map(|value| value.double()).collect())
        }
        let values = match list.item_type() {
            Type::F64 => f64::items(list),
            other => by_number!(other, T => converted::<T>(list)),
        };
        Items { values, valid: validity(list) }
    }
}

fn validity(list: &List) -> Option<(&Bits, usize)> {
    let (items, range) = list.shared()?;
    Some((items.valid()?, range.start))
}
