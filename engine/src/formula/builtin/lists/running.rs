//! What the numbers of a list come to up to each of them, and from one to another.

use std::cmp::Ordering;

use super::element::Element;
use super::family::{Admits, Family, Gives, Takes};
use super::kernel::{Found, Made, Row, list};
use super::number::{Number, Wide};
use crate::formula::builtin::declare::Table;
use crate::types::Type;

pub(super) fn declare(table: &mut Table) {
    let numbers = Admits::Numbers;
    let one = &[Takes::List];
    table.lists("cumsum(list)", "the sum up to each value; null adds nothing", Family::new(numbers, one, Gives::WideList, |item, ty| {
        by_number!(item, T => list(ty, |row, made| running(row, made, |sum: <T as Number>::Wide, item: T| sum.plus(item.wide()), T::wide)))
    }));
    table.lists("cumprod(list)", "the product up to each value", Family::new(numbers, one, Gives::WideList, |item, ty| {
        by_number!(item, T => list(ty, |row, made| running(row, made, |product: <T as Number>::Wide, item: T| product.times(item.wide()), T::wide)))
    }));
    table.lists("cummin(list)", "the least up to each value; NaN stays", Family::new(numbers, one, Gives::ItemList, |item, ty| {
        by_number!(item, T => list(ty, |row, made| running(row, made, |so_far, item| better::<T>(so_far, item, Ordering::Less), |item| item)))
    }));
    table.lists("cummax(list)", "the greatest up to each value; NaN stays", Family::new(numbers, one, Gives::ItemList, |item, ty| {
        by_number!(item, T => list(ty, |row, made| running(row, made, |so_far, item| better::<T>(so_far, item, Ordering::Greater), |item| item)))
    }));
    table.lists(
        "diff(n, list)",
        "the value `n` places on minus each; null where there is none",
        Family::new(
            numbers,
            &[Takes::Of(Type::I64), Takes::List],
            Gives::ItemList,
            |item, ty| by_number!(item, T => list(ty, diff::<T>)),
        ),
    );
}

/// What `step` makes of what came before and each value; null until the first, and nothing new at a null.
fn running<T: Number, R: Element + Copy>(
    row: &Row<'_>,
    made: &mut Made<R>,
    step: impl Fn(R, T) -> R,
    first: impl Fn(T) -> R,
) -> Found<()> {
    let Some(items) = row.items::<T>(0) else { return Ok(None) };
    let mut so_far: Option<R> = None;
    for item in items.iter() {
        if let Some(&item) = item {
            so_far = Some(so_far.map_or_else(|| first(item), |so_far| step(so_far, item)));
        }
        made.push(so_far);
    }
    Ok(Some(()))
}

fn better<T: Number>(so_far: T, item: T, wanted: Ordering) -> T {
    if !so_far.is_nan() && (item.is_nan() || item.compare(&so_far) == wanted) { item } else { so_far }
}

fn diff<T: Number>(row: &Row<'_>, made: &mut Made<T>) -> Found<()> {
    let (Some(stride), Some(items)) = (row.cell::<i64>(0), row.items::<T>(1)) else { return Ok(None) };
    for (at, item) in items.iter().enumerate() {
        let other = (at as i64).checked_add(stride).and_then(|other| usize::try_from(other).ok());
        let other = other.and_then(|other| items.get(other));
        made.push(item.zip(other).map(|(item, other)| other.minus(*item)));
    }
    Ok(Some(()))
}
