//! [`Argument`] and [`Output`]: how a function's signature says what it makes of null and failure.

use std::fmt::Display;

use super::Cell;
use crate::types::{Date, Str, Time, TimeDelta, Timestamp};

/// What a function may take: a [`Cell`] (the function is not called on null: null in, null out) or an `Option` of one.
pub trait Argument: Sized {
    /// The cell it is read from.
    type Cell: Cell;
    /// Whether the function is called on null.
    const NULLABLE: bool;
    /// The argument from a cell; `None` stands for null, which only a nullable argument meets.
    #[doc(hidden)]
    fn from_cell(cell: Option<Self::Cell>) -> Option<Self>;
}

/// What a function may give: a [`Cell`], an `Option` of one (`None` is null), or a `Result` of either, whose error
/// fails the formula at that row.
pub trait Output {
    /// The cell it is stored in.
    type Cell: Cell;
    /// Whether the function can fail.
    const FALLIBLE: bool;
    /// Whether the function can give null for arguments that are not.
    const NULLABLE: bool;
    /// The cell, null, or the reason of the failure.
    #[doc(hidden)]
    fn into_cell(self) -> Result<Option<Self::Cell>, String>;
}

/// An [`Output`] that is not a `Result`.
#[doc(hidden)]
pub trait PlainOutput: Output {}

impl<T: Cell> Argument for Option<T> {
    type Cell = T;
    const NULLABLE: bool = true;
    #[inline(always)]
    fn from_cell(cell: Option<T>) -> Option<Self> {
        Some(cell)
    }
}

impl<T: Cell> Output for Option<T> {
    type Cell = T;
    const FALLIBLE: bool = false;
    const NULLABLE: bool = true;
    #[inline(always)]
    fn into_cell(self) -> Result<Option<T>, String> {
        Ok(self)
    }
}

impl<T: Cell> PlainOutput for Option<T> {}

impl<O: PlainOutput, E: Display> Output for Result<O, E> {
    type Cell = O::Cell;
    const FALLIBLE: bool = true;
    const NULLABLE: bool = O::NULLABLE;
    fn into_cell(self) -> Result<Option<O::Cell>, String> {
        self.map_err(|error| error.to_string())?.into_cell()
    }
}

/// A cell as an argument and an output by itself. (Not for every `Cell` at once: that would overlap with `Option`.)
macro_rules! plain {
    ($($ty:ty),*) => {$(
        impl Argument for $ty {
            type Cell = $ty;
            const NULLABLE: bool = false;
            #[inline(always)]
            fn from_cell(cell: Option<$ty>) -> Option<Self> {
                cell
            }
        }

        impl Output for $ty {
            type Cell = $ty;
            const FALLIBLE: bool = false;
            const NULLABLE: bool = false;
            #[inline(always)]
            fn into_cell(self) -> Result<Option<$ty>, String> {
                Ok(Some(self))
            }
        }

        impl PlainOutput for $ty {}
    )*};
}

impl<T: Cell> Argument for Vec<T> {
    type Cell = Vec<T>;
    const NULLABLE: bool = false;
    fn from_cell(cell: Option<Vec<T>>) -> Option<Self> {
        cell
    }
}

impl<T: Cell> Output for Vec<T> {
    type Cell = Vec<T>;
    const FALLIBLE: bool = false;
    const NULLABLE: bool = false;
    fn into_cell(self) -> Result<Option<Vec<T>>, String> {
        Ok(Some(self))
    }
}

impl<T: Cell> PlainOutput for Vec<T> {}

plain!(bool, i8, i16, i32, i64, f32, f64, u16, Str, String, Timestamp, Date, Time, TimeDelta);
