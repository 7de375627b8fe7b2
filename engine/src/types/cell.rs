//! [`FromCell`] and [`FromRow`]: cells and rows as Rust values.

use super::{Date, Decimal, List, Str, Time, TimeDelta, Timestamp, Type, Value};

/// A Rust type that cells of some column types can be read as. Null reads only as `Option`.
pub trait FromCell: Sized {
    /// Whether cells of the type can be read so (null apart).
    fn accepts(ty: Type) -> bool;
    /// The cell; `None` if it is null or of another type.
    fn from_cell(cell: Value) -> Option<Self>;
}

macro_rules! cell {
    ($($ty:ty: $($variant:ident($value:ident) => $expr:expr),+;)*) => {$(
        impl FromCell for $ty {
            fn accepts(ty: Type) -> bool {
                matches!(ty, $(Type::$variant { .. })|+)
            }
            fn from_cell(cell: Value) -> Option<Self> {
                match cell {
                    $(Value::$variant($value) => Some($expr),)+
                    _ => None,
                }
            }
        }
    )*};
}

cell! {
    bool: Bool(v) => v;
    i8: I8(v) => v;
    i16: I16(v) => v, I8(v) => v.into();
    i32: I32(v) => v, I16(v) => v.into(), I8(v) => v.into(), Char(v) => v.into();
    i64: I64(v) => v, I32(v) => v.into(), I16(v) => v.into(), I8(v) => v.into(), Char(v) => v.into();
    f32: F32(v) => v;
    f64: F64(v) => v, F32(v) => v.into();
    u16: Char(v) => v;
    Str: String(v) => v;
    String: String(v) => v.as_str().to_owned();
    Timestamp: Timestamp(v) => v;
    Date: Date(v) => v;
    Time: Time(v) => v;
    TimeDelta: Duration(v) => v;
    Decimal: Decimal(v) => v;
    List: List(v) => v;
}

impl<T: FromCell> FromCell for Option<T> {
    fn accepts(ty: Type) -> bool {
        T::accepts(ty)
    }
    fn from_cell(cell: Value) -> Option<Self> {
        if cell.is_null() { Some(None) } else { T::from_cell(cell).map(Some) }
    }
}

/// The values of a list, each as `T`.
impl<T: FromCell> FromCell for Vec<T> {
    fn accepts(ty: Type) -> bool {
        ty.item().is_some_and(T::accepts)
    }
    fn from_cell(cell: Value) -> Option<Self> {
        if let Value::List(list) = cell { list.iter().map(T::from_cell).collect() } else { None }
    }
}

/// A tuple of cells.
pub trait FromRow: Sized {
    /// How many cells make a row.
    const CELLS: usize;
    /// Whether cell `index` can be read from a column of the type.
    fn accepts(index: usize, ty: Type) -> bool;
    /// The row, given a way to each cell; the position of the first that does not read, otherwise.
    fn from_row(cell: impl FnMut(usize) -> Value) -> Result<Self, usize>;
}

macro_rules! row {
    ($count:literal: $($name:ident $index:tt),+) => {
        impl<$($name: FromCell),+> FromRow for ($($name,)+) {
            const CELLS: usize = $count;
            fn accepts(index: usize, ty: Type) -> bool {
                match index {
                    $($index => $name::accepts(ty),)+
                    _ => false,
                }
            }
            fn from_row(mut cell: impl FnMut(usize) -> Value) -> Result<Self, usize> {
                Ok(($($name::from_cell(cell($index)).ok_or($index as usize)?,)+))
            }
        }
    };
}

row!(1: A 0);
row!(2: A 0, B 1);
row!(3: A 0, B 1, C 2);
row!(4: A 0, B 1, C 2, D 3);
row!(5: A 0, B 1, C 2, D 3, E 4);
row!(6: A 0, B 1, C 2, D 3, E 4, F 5);
row!(7: A 0, B 1, C 2, D 3, E 4, F 5, G 6);
row!(8: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
