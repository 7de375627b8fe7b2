//! Closures over slices as functions of vectors: called once for up to 2048 rows, not once for each.

use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::closure::{callable, gather, panic_message};
use super::{Argument, Cell, Failure, Function, NullRule, Operand, Output, Parameter};
use crate::vector::Bits;

/// A closure or `fn` that takes slices and gives a vector of the same length: 1 to 6 slices of [`Argument`]s, a `Vec` of
/// [`Output`]s or a `Result` of one. `Signature` is always inferred.
pub trait IntoVectorFunction<Signature> {
    /// The function, under that name.
    #[doc(hidden)]
    #[allow(private_interfaces, reason = "the trait is implemented here only")]
    fn into_function(self, name: Arc<str>) -> Function;
}

/// What a function over slices may give: a `Vec`, or a `Result` of one, whose error fails all the rows.
pub trait VectorOutput {
    /// What is given for one row.
    type Item: Output;
    #[doc(hidden)]
    fn into_items(self) -> Result<Vec<Self::Item>, String>;
}

impl<R: Output> VectorOutput for Vec<R> {
    type Item = R;
    fn into_items(self) -> Result<Vec<R>, String> {
        Ok(self)
    }
}

impl<R: Output, E: Display> VectorOutput for Result<Vec<R>, E> {
    type Item = R;
    fn into_items(self) -> Result<Vec<R>, String> {
        self.map_err(|error| error.to_string())
    }
}

/// The arguments of the rows on which the function is called.
fn arguments<A: Argument>(operand: &Operand<'_>, callable: Option<&Bits>, rows: usize) -> Result<Vec<A>, Failure> {
    let column = A::Cell::column(operand, rows);
    let valid = operand.valid(rows).filter(|_| A::NULLABLE);
    let read = |row: usize| {
        let cell = match &valid {
            Some(valid) if !valid.get(row) => None,
            _ => Some(A::Cell::read(&column, row)?),
        };
        A::from_cell(cell).ok_or_else(|| "an unexpected null".to_owned())
    };
    (0..rows)
        .filter(|&row| callable.is_none_or(|callable| callable.get(row)))
        .map(|row| read(row).map_err(|reason| Failure { row, reason }))
        .collect()
}

macro_rules! vectorised {
    ($($argument:ident $column:ident $index:tt),+) => {
        impl<F, V, $($argument),+> IntoVectorFunction<fn($($argument),+) -> V> for F
        where
            F: Fn($(&[$argument]),+) -> V + Send + Sync + 'static,
            V: VectorOutput,
            $($argument: Argument,)+
        {
            #[allow(private_interfaces, reason = "as in the trait")]
            fn into_function(self, name: Arc<str>) -> Function {
                let body = move |operands: &[Operand<'_>], rows: usize| {
                    let callable = callable(operands, [$($argument::NULLABLE),+], rows);
                    let first = (0..rows).find(|&row| callable.as_ref().is_none_or(|callable| callable.get(row)));
                    let mut items = Vec::new();
                    if let Some(first) = first {
                        $(let $column = arguments::<$argument>(&operands[$index], callable.as_ref(), rows)?;)+
                        let given = [$($column.len()),+][0];
                        let of_all = |reason: String| {
                            Failure { row: first, reason: format!("{reason} (called for {given} rows, of which this is the first)") }
                        };
                        let result = catch_unwind(AssertUnwindSafe(|| self($(&$column),+).into_items()));
                        items = result.unwrap_or_else(|payload| Err(panic_message(&*payload))).map_err(of_all)?;
                        if items.len() != given {
                            return Err(of_all(format!("it gave {} values", items.len())));
                        }
                    }
                    let mut items = items.into_iter();
                    gather::<V::Item>(rows, callable, |_| items.next().ok_or_else(|| "a value is missing".to_owned()))
                };
                Function {
                    name,
                    parameters: vec![$(Parameter { ty: <$argument::Cell as Cell>::TYPE, validate: <$argument::Cell as Cell>::validate },)+],
                    result: <<V::Item as Output>::Cell as Cell>::TYPE,
                    nulls: if false $(|| $argument::NULLABLE)+ { NullRule::Handles } else { NullRule::Propagates },
                    pure: true,
                    fallible: true,
                    user: true,
                    kernel: Box::new(body),
                }
            }
        }
    };
}

vectorised!(A a 0);
vectorised!(A a 0, B b 1);
vectorised!(A a 0, B b 1, C c 2);
vectorised!(A a 0, B b 1, C c 2, D d 3);
vectorised!(A a 0, B b 1, C c 2, D d 3, E e 4);
vectorised!(A a 0, B b 1, C c 2, D d 3, E e 4, G g 5);
