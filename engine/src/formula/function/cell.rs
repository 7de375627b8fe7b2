//! [`Cell`]: the Rust types whose values functions take and give, and how they are read from vectors.

use std::borrow::Cow;

use crate::types::{Date, List, Str, Time, TimeDelta, Timestamp, Type, Value};
use crate::vector::{Bits, Native, Values, Vector};

/// An argument of a kernel: a vector, or one value for all rows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operand<'a> {
    Vector(&'a Vector<'a>),
    /// A value of the parameter's type, or null.
    Scalar(&'a Value),
}

impl<'a> Operand<'a> {
    /// The validity: `None` if all rows are valid.
    pub(crate) fn valid(&self, rows: usize) -> Option<Cow<'a, Bits>> {
        match self {
            Operand::Vector(vector) => vector.valid().map(Cow::Borrowed),
            Operand::Scalar(value) => value.is_null().then(|| Cow::Owned(Bits::filled(false, rows))),
        }
    }

    /// The value of a row.
    pub(crate) fn value(&self, row: usize) -> Value {
        match self {
            Operand::Vector(vector) => vector.value(row),
            Operand::Scalar(value) => (*value).clone(),
        }
    }

    /// The list of a row; `None` for null.
    pub(crate) fn list(&self, row: usize) -> Option<&'a List> {
        match self {
            Operand::Vector(vector) => vector.lists()?.get(row).filter(|_| vector.is_valid(row)),
            Operand::Scalar(Value::List(list)) => Some(list),
            Operand::Scalar(_) => None,
        }
    }
}

/// A Rust type that holds the cells of one column type: `bool`, the integers, `f32`, `f64`, `u16` (a UTF-16 unit of a
/// `Char` column), [`Str`], `String`, [`Timestamp`], [`Date`], [`Time`], [`TimeDelta`], [`Scaled`](crate::Scaled); and a
/// `Vec` of one of them for lists without nulls.
///
/// Implemented here only; functions are written in terms of [`Argument`](super::Argument) and
/// [`Output`](super::Output).
pub trait Cell: Sized + 'static {
    /// The column type.
    const TYPE: Type;
    /// A vector of such cells, ready to be read.
    #[doc(hidden)]
    type Column<'a>;
    /// A growing vector of such cells.
    #[doc(hidden)]
    type Growing;
    #[doc(hidden)]
    #[allow(private_interfaces, reason = "the trait is implemented here only")]
    fn column<'a>(operand: &Operand<'a>, rows: usize) -> Self::Column<'a>;
    /// The cell at a row; what stands under a null is any value, and never an error.
    #[doc(hidden)]
    fn read(column: &Self::Column<'_>, row: usize) -> Result<Self, String>;
    #[doc(hidden)]
    fn growing(rows: usize) -> Self::Growing;
    /// Appends a cell, or what stands under a null.
    #[doc(hidden)]
    fn push(growing: &mut Self::Growing, cell: Option<Self>);
    #[doc(hidden)]
    fn finish(growing: Self::Growing) -> Values<'static>;
    /// Whether a constant argument will do.
    #[doc(hidden)]
    fn validate(_value: &Value) -> Result<(), String> {
        Ok(())
    }
}

/// Cells of physical form `T`: a slice, or one value for all rows.
#[derive(Debug)]
pub enum Column<'a, T> {
    #[doc(hidden)]
    Slice(&'a [T]),
    #[doc(hidden)]
    Scalar(T),
}

impl<'a, T: Native> Column<'a, T> {
    pub(super) fn of(operand: &Operand<'a>, rows: usize, scalar: impl FnOnce(&Value) -> Option<T>) -> Self {
        match operand {
            // The slice is cut to the rows, so that reading needs no bounds checks. A vector of another form cannot
            // come here: the checker compared the types.
            Operand::Vector(vector) => {
                Column::Slice(vector.native::<T>().and_then(|all| all.get(..rows)).unwrap_or(&[]))
            }
            Operand::Scalar(value) => Column::Scalar(scalar(value).unwrap_or_default()),
        }
    }

    #[inline(always)]
    pub(super) fn get(&self, row: usize) -> &T {
        match self {
            Column::Slice(slice) => &slice[row],
            Column::Scalar(value) => value,
        }
    }
}

macro_rules! cell {
    ($($ty:ty: $kind:ident, $native:ty, $values:ident, $from:expr, $into:expr;)*) => {$(
        impl Cell for $ty {
            const TYPE: Type = Type::$kind;
            type Column<'a> = Column<'a, $native>;
            type Growing = Vec<$native>;
            #[allow(private_interfaces, reason = "as in the trait")]
            fn column<'a>(operand: &Operand<'a>, rows: usize) -> Column<'a, $native> {
                let into: fn($ty) -> $native = $into;
                Column::of(operand, rows, |value| match value {
                    Value::$kind(value) => Some(into(value.clone().into())),
                    _ => None,
                })
            }
            #[inline(always)]
            fn read(column: &Column<'_, $native>, row: usize) -> Result<Self, String> {
                let from: fn(&$native) -> $ty = $from;
                Ok(from(column.get(row)))
            }
            fn growing(rows: usize) -> Vec<$native> {
                Vec::with_capacity(rows)
            }
            #[inline(always)]
            fn push(growing: &mut Vec<$native>, cell: Option<Self>) {
                let into: fn($ty) -> $native = $into;
                growing.push(cell.map(into).unwrap_or_default());
            }
            fn finish(growing: Vec<$native>) -> Values<'static> {
                Values::$values(Cow::Owned(growing))
            }
        }
    )*};
}

cell! {
    i8: I8, i8, I8, |v| *v, |v| v;
    i16: I16, i16, I16, |v| *v, |v| v;
    i32: I32, i32, I32, |v| *v, |v| v;
    i64: I64, i64, I64, |v| *v, |v| v;
    f32: F32, f32, F32, |v| *v, |v| v;
    f64: F64, f64, F64, |v| *v, |v| v;
    u16: Char, u16, U16, |v| *v, |v| v;
    Timestamp: Timestamp, i64, I64, |v| Timestamp::from_nanos(*v), |v| v.nanos();
    Date: Date, i32, I32, |v| Date::from_days(*v), |v| v.days();
    Time: Time, i64, I64, |v| Time::of_column(*v), |v| v.nanos();
    TimeDelta: Duration, i64, I64, |v| TimeDelta::from_nanos(*v), |v| v.nanos();
    Str: String, Str, Str, |v| v.clone(), |v| v;
}

impl Cell for String {
    const TYPE: Type = Type::String;
    type Column<'a> = Column<'a, Str>;
    type Growing = Vec<Str>;
    #[allow(private_interfaces, reason = "as in the trait")]
    fn column<'a>(operand: &Operand<'a>, rows: usize) -> Column<'a, Str> {
        Str::column(operand, rows)
    }
    fn read(column: &Column<'_, Str>, row: usize) -> Result<Self, String> {
        Ok(column.get(row).as_str().to_owned())
    }
    fn growing(rows: usize) -> Vec<Str> {
        Vec::with_capacity(rows)
    }
    fn push(growing: &mut Vec<Str>, cell: Option<Self>) {
        growing.push(cell.map(Str::from).unwrap_or_default());
    }
    fn finish(growing: Vec<Str>) -> Values<'static> {
        Str::finish(growing)
    }
}

/// `Bool` cells: bits, or one value for all rows.
#[derive(Debug)]
pub enum BoolColumn<'a> {
    #[doc(hidden)]
    Bits(&'a Bits),
    #[doc(hidden)]
    Scalar(bool),
}

impl Cell for bool {
    const TYPE: Type = Type::Bool;
    type Column<'a> = BoolColumn<'a>;
    type Growing = Bits;
    #[allow(private_interfaces, reason = "as in the trait")]
    fn column<'a>(operand: &Operand<'a>, _rows: usize) -> BoolColumn<'a> {
        match operand {
            Operand::Vector(vector) => vector.bools().map_or(BoolColumn::Scalar(false), BoolColumn::Bits),
            Operand::Scalar(value) => BoolColumn::Scalar(matches!(value, Value::Bool(true))),
        }
    }
    fn read(column: &BoolColumn<'_>, row: usize) -> Result<Self, String> {
        Ok(match column {
            BoolColumn::Bits(bits) => bits.get(row),
            BoolColumn::Scalar(value) => *value,
        })
    }
    fn growing(_rows: usize) -> Bits {
        Bits::default()
    }
    fn push(growing: &mut Bits, cell: Option<Self>) {
        growing.push(cell.unwrap_or(false));
    }
    fn finish(growing: Bits) -> Values<'static> {
        Values::Bool(growing)
    }
}
