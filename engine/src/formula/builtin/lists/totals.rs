//! What all numbers of a list come to: sums, means, products, counts.

use std::cmp::Ordering;

use super::element::Element;
use super::family::{Admits, Family, Gives, Takes};
use super::kernel::{Found, Row, value};
use super::number::{Number, Wide};
use crate::formula::builtin::declare::Table;
use crate::types::Type;

pub(super) fn declare(table: &mut Table) {
    use Gives::{One, Wide};
    let list = &[Takes::List];
    let numbers = Admits::Numbers;
    table.lists(
        "sum(list)",
        "the sum",
        Family::new(numbers, list, Wide, |item, ty| by_number!(item, T => value(ty, sum::<T>))),
    );
    table.lists(
        "absSum(list)",
        "the sum of the numbers without their signs",
        Family::new(numbers, list, Wide, |item, ty| by_number!(item, T => value(ty, abs_sum::<T>))),
    );
    table.lists(
        "product(list)",
        "the product",
        Family::new(numbers, list, Wide, |item, ty| by_number!(item, T => value(ty, product::<T>))),
    );
    table.lists(
        "avg(list)",
        "the mean",
        Family::new(numbers, list, One(Type::F64), |item, ty| by_number!(item, T => value(ty, avg::<T>))),
    );
    table.lists(
        "absAvg(list)",
        "the mean of the numbers without their signs",
        Family::new(numbers, list, One(Type::F64), |item, ty| by_number!(item, T => value(ty, abs_avg::<T>))),
    );
    table.lists(
        "count(list)",
        "how many values are not null",
        Family::new(Admits::All, list, One(Type::I64), |_, ty| value(ty, count)),
    );
    table.lists(
        "countDistinct(list)",
        "how many different values there are but for null; all NaN are one",
        Family::new(
            Admits::Ordered,
            list,
            One(Type::I64),
            |item, ty| by_element!(item, T => value(ty, super::order::count_distinct::<T>)),
        ),
    );
    table.lists(
        "countPos(list)",
        "how many numbers are above 0",
        Family::new(
            numbers,
            list,
            One(Type::I64),
            |item, ty| by_number!(item, T => value(ty, |row| count_signs::<T>(row, Ordering::Greater))),
        ),
    );
    table.lists(
        "countNeg(list)",
        "how many numbers are below 0",
        Family::new(
            numbers,
            list,
            One(Type::I64),
            |item, ty| by_number!(item, T => value(ty, |row| count_signs::<T>(row, Ordering::Less))),
        ),
    );
    table.lists(
        "countZero(list)",
        "how many numbers are 0",
        Family::new(
            numbers,
            list,
            One(Type::I64),
            |item, ty| by_number!(item, T => value(ty, |row| count_signs::<T>(row, Ordering::Equal))),
        ),
    );
    table.lists(
        "containsNonFinite(list)",
        "whether a value is null, NaN or infinite",
        Family::new(
            numbers,
            list,
            One(Type::Bool),
            |item, ty| by_number!(item, T => value(ty, contains_non_finite::<T>)),
        ),
    );
}

/// What `step` makes of all that is not null, one after the other; `None` if nothing is.
fn folded<T: Element, R>(row: &Row<'_>, start: R, mut step: impl FnMut(R, &T) -> R) -> Option<R>
where
    R: Copy,
{
    let (mut so_far, mut count) = (start, 0_usize);
    row.items::<T>(0)?.each(|item| {
        so_far = step(so_far, item);
        count += 1;
    });
    (count > 0).then_some(so_far)
}

fn sum<T: Number>(row: &Row<'_>) -> Found<T::Wide> {
    Ok(folded(row, T::Wide::ZERO, |sum, item: &T| sum.plus(item.wide())))
}

fn abs_sum<T: Number>(row: &Row<'_>) -> Found<T::Wide> {
    Ok(folded(row, T::Wide::ZERO, |sum, item: &T| sum.plus(item.wide().magnitude())))
}

fn product<T: Number>(row: &Row<'_>) -> Found<T::Wide> {
    Ok(folded(row, T::Wide::ONE, |product, item: &T| product.times(item.wide())))
}

fn avg<T: Number>(row: &Row<'_>) -> Found<f64> {
    Ok(mean(row, T::double))
}

fn abs_avg<T: Number>(row: &Row<'_>) -> Found<f64> {
    Ok(mean(row, |item: T| item.double().abs()))
}

fn mean<T: Number>(row: &Row<'_>, of: impl Fn(T) -> f64) -> Option<f64> {
    let (sum, count) = folded(row, (0.0, 0_u64), |(sum, count), &item: &T| (sum + of(item), count + 1))?;
    Some(sum / count as f64)
}

fn count(row: &Row<'_>) -> Found<i64> {
    Ok(row.list(0).map(|list| (list.len() - list.null_count()) as i64))
}

fn count_signs<T: Number>(row: &Row<'_>, sign: Ordering) -> Found<i64> {
    let Some(items) = row.items::<T>(0) else { return Ok(None) };
    let mut count = 0;
    items.each(|item| count += i64::from(item.double().partial_cmp(&0.0) == Some(sign)));
    Ok(Some(count))
}

fn contains_non_finite<T: Number>(row: &Row<'_>) -> Found<bool> {
    let Some(items) = row.items::<T>(0) else { return Ok(None) };
    let mut finite = 0;
    items.each(|item| finite += usize::from(item.is_finite()));
    Ok(Some(finite < items.len()))
}
