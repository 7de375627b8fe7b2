//! Closures as functions of vectors.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::{Argument, Cell, Failure, Function, NullRule, Operand, Output, Parameter};
use crate::types::Value;
use crate::vector::{Bits, Vector};

/// A closure or `fn` that formulas can call: 0 to 6 [`Argument`]s, an [`Output`]. `Signature` is `fn(A, B) -> R`; it is
/// always inferred.
pub trait IntoUserFunction<Signature> {
    /// The function, under that name.
    #[doc(hidden)]
    #[allow(private_interfaces, reason = "the trait is implemented here only")]
    fn into_function(self, name: Arc<str>, user: bool) -> Function;
}

/// What a panic said, if it said anything.
pub(super) fn panic_message(payload: &(dyn Any + Send)) -> String {
    let said = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    format!("it panicked: {}", said.unwrap_or("without a message"))
}

/// The failure with the arguments of its row, long ones cut short.
fn with_arguments(failure: Failure, operands: &[Operand<'_>]) -> Failure {
    const SHOWN: usize = 40;
    if operands.is_empty() {
        return failure;
    }
    let shown = |operand: &Operand<'_>| {
        let value = operand.value(failure.row);
        let text = if let Value::String(text) = &value { format!("{:?}", &**text) } else { value.to_string() };
        match text.char_indices().nth(SHOWN) {
            Some((end, _)) => format!("{}..", &text[..end]),
            None => text,
        }
    };
    let arguments: Vec<String> = operands.iter().map(shown).collect();
    Failure { reason: format!("{} (called with {})", failure.reason, arguments.join(", ")), ..failure }
}

/// The rows on which every argument that must be valid is: `None` if all are.
pub(super) fn callable<const N: usize>(operands: &[Operand<'_>], nullable: [bool; N], rows: usize) -> Option<Bits> {
    let mut all: Option<Bits> = None;
    for (operand, nullable) in operands.iter().zip(nullable) {
        if let Some(valid) = operand.valid(rows).filter(|_| !nullable) {
            all = Some(match all {
                Some(all) => all.and(&valid),
                None => valid.into_owned(),
            });
        }
    }
    all
}

/// Calls `call` on every callable row and gathers what it gives.
#[inline(always)]
pub(super) fn gather<R: Output>(
    rows: usize,
    callable: Option<Bits>,
    mut call: impl FnMut(usize) -> Result<R, String>,
) -> Result<Vector<'static>, Failure> {
    let mut growing = R::Cell::growing(rows);
    let mut valid = callable;
    for row in 0..rows {
        if valid.as_ref().is_some_and(|valid| !valid.get(row)) {
            R::Cell::push(&mut growing, None);
            continue;
        }
        let cell = call(row).and_then(R::into_cell).map_err(|reason| Failure { row, reason })?;
        if R::NULLABLE && cell.is_none() {
            valid.get_or_insert_with(|| Bits::filled(true, rows)).set(row, false);
        }
        R::Cell::push(&mut growing, cell);
    }
    Ok(Vector::new(R::Cell::TYPE, R::Cell::finish(growing), valid))
}

macro_rules! closures {
    ($($argument:ident $column:ident $index:tt),*) => {
        impl<F, R, $($argument),*> IntoUserFunction<fn($($argument),*) -> R> for F
        where
            F: Fn($($argument),*) -> R + Send + Sync + 'static,
            R: Output,
            $($argument: Argument,)*
        {
            #[allow(private_interfaces, reason = "as in the trait")]
            #[allow(non_snake_case, unused_variables, reason = "one text for every number of arguments")]
            fn into_function(self, name: Arc<str>, user: bool) -> Function {
                let parameters = vec![$(Parameter { ty: <$argument::Cell as Cell>::TYPE, validate: <$argument::Cell as Cell>::validate },)*];
                let nulls = if false $(|| $argument::NULLABLE)* { NullRule::Handles } else { NullRule::Propagates };
                let body = move |operands: &[Operand<'_>], rows: usize, at: &mut usize| {
                    $(let $column = <$argument::Cell as Cell>::column(&operands[$index], rows);)*
                    $(let $argument = operands[$index].valid(rows).filter(|_| $argument::NULLABLE);)*
                    let callable = callable(operands, [$($argument::NULLABLE),*], rows);
                    gather::<R>(rows, callable, |row| {
                        *at = row;
                        $(
                            let cell = match &$argument {
                                Some(valid) if !valid.get(row) => None,
                                _ => Some(<$argument::Cell as Cell>::read(&$column, row)?),
                            };
                            // Null comes here only where the argument takes it.
                            let Some($column) = $argument::from_cell(cell) else { return Err("an unexpected null".to_owned()) };
                        )*
                        Ok(self($($column),*))
                    })
                };
                let kernel = move |operands: &[Operand<'_>], rows: usize| {
                    let mut row = 0;
                    let result = catch_unwind(AssertUnwindSafe(|| body(operands, rows, &mut row)));
                    let result = result.unwrap_or_else(|payload| Err(Failure { row, reason: panic_message(&*payload) }));
                    result.map_err(|failure| if user { with_arguments(failure, operands) } else { failure })
                };
                Function {
                    name,
                    parameters,
                    result: R::Cell::TYPE,
                    nulls,
                    pure: true,
                    fallible: user || R::FALLIBLE,
                    user,
                    kernel: Box::new(kernel),
                }
            }
        }
    };
}

closures!();
closures!(A a 0);
closures!(A a 0, B b 1);
closures!(A a 0, B b 1, C c 2);
closures!(A a 0, B b 1, C c 2, D d 3);
closures!(A a 0, B b 1, C c 2, D d 3, E e 4);
closures!(A a 0, B b 1, C c 2, D d 3, E e 4, G g 5);
