//! [`Decider`]: how the columns that decide which row comes first compare.

use std::fmt::Debug;
use std::marker::PhantomData;

use super::ranked::Ranked;
use crate::order::Cells;
use crate::vector::Vector;

/// What is kept of the cells of a row that decide.
pub(super) trait Decider: Send + Sync + 'static {
    type Key: Clone + Debug + Default + Ord + Send + Sync;

    /// The keys of rows, by their place among the cells.
    fn keys(cells: &[Vector<'_>]) -> impl Fn(usize) -> Self::Key;
}

/// One column, of type `T`.
pub(super) struct One<T>(PhantomData<T>);

/// Several columns, of which the first that differs decides.
pub(super) struct Several;

/// A cell as it compares: by class, then by value.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cell<K> {
    class: Class,
    key: K,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    #[default]
    Null,
    Value,
    Nan,
}

impl<T: Ranked> Decider for One<T> {
    type Key = Cell<T::Key>;

    fn keys(cells: &[Vector<'_>]) -> impl Fn(usize) -> Cell<T::Key> {
        let (values, valid) = (T::values(&cells[0]), cells[0].valid());
        move |at| {
            let cell = values.get(at).filter(|_| valid.is_none_or(|valid| valid.get(at)));
            match cell.map(|cell| cell.one_zero().key()) {
                None => Cell { class: Class::Null, key: T::Key::default() },
                Some(Some(key)) => Cell { class: Class::Value, key },
                Some(None) => Cell { class: Class::Nan, key: T::Key::default() },
            }
        }
    }
}

impl Decider for Several {
    type Key = Cells;

    fn keys(cells: &[Vector<'_>]) -> impl Fn(usize) -> Cells {
        move |at| Cells(cells.iter().map(|column| column.value(at)).collect())
    }
}
