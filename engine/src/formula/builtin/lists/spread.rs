//! How the numbers of a list are spread: variance and what follows from it, median and percentiles; the same by weight.

use super::family::{Admits, Family, Gives, Takes};
use super::items::Items;
use super::kernel::{Found, Row, value};
use super::number::Number;
use crate::formula::builtin::declare::Table;
use crate::types::Type;

pub(super) fn declare(table: &mut Table) {
    let one = Gives::One(Type::F64);
    let numbers = Admits::Numbers;
    let list = &[Takes::List];
    table.lists(
        "var(list)",
        "the variance of a sample; NaN of one number",
        Family::new(numbers, list, one, |_, ty| value(ty, |row| alone(row, var))),
    );
    table.lists(
        "std(list)",
        "the standard deviation, the root of `var`",
        Family::new(numbers, list, one, |_, ty| value(ty, |row| alone(row, std))),
    );
    table.lists(
        "ste(list)",
        "the standard error of the mean",
        Family::new(numbers, list, one, |_, ty| value(ty, |row| alone(row, ste))),
    );
    table.lists(
        "tstat(list)",
        "the mean over its standard error",
        Family::new(numbers, list, one, |_, ty| value(ty, |row| alone(row, |numbers| mean(numbers) / ste(numbers)))),
    );
    table.lists(
        "median(list)",
        "the value in the middle, the mean of the two of an even number; NaN if there is one",
        Family::new(numbers, list, one, |_, ty| value(ty, |row| alone(row, median))),
    );
    table.lists(
        "percentile(p, list)",
        "the value at `p` of the way, from 0 to 1, through the sorted list; NaN if there is one",
        Family::new(
            numbers,
            &[Takes::Of(Type::F64), Takes::List],
            Gives::Item,
            |item, ty| by_number!(item, T => value(ty, percentile::<T>)),
        )
        .fallible(),
    );
    let pair = &[Takes::List, Takes::Numbers];
    table.lists(
        "cov(list, list)",
        "the covariance of pairs",
        Family::new(numbers, pair, one, |_, ty| value(ty, |row| paired(row, cov))).fallible(),
    );
    table.lists(
        "cor(list, list)",
        "the correlation of pairs",
        Family::new(numbers, pair, one, |_, ty| value(ty, |row| paired(row, cor))).fallible(),
    );
    table.lists(
        "wsum(list, weights)",
        "the sum of numbers times weights",
        Family::new(numbers, pair, one, |_, ty| value(ty, |row| paired(row, |pairs| weighed(pairs).0))).fallible(),
    );
    table.lists(
        "wavg(list, weights)",
        "the mean by weight",
        Family::new(numbers, pair, one, |_, ty| value(ty, |row| paired(row, wavg))).fallible(),
    );
    table.lists(
        "wvar(list, weights)",
        "the variance by weight",
        Family::new(numbers, pair, one, |_, ty| value(ty, |row| paired(row, wvar))).fallible(),
    );
    table.lists(
        "wstd(list, weights)",
        "the standard deviation by weight",
        Family::new(numbers, pair, one, |_, ty| value(ty, |row| paired(row, |pairs| wvar(pairs).sqrt()))).fallible(),
    );
    table.lists(
        "wste(list, weights)",
        "the standard error of the mean by weight",
        Family::new(numbers, pair, one, |_, ty| value(ty, |row| paired(row, wste))).fallible(),
    );
    table.lists(
        "wtstat(list, weights)",
        "the mean by weight over its standard error",
        Family::new(numbers, pair, one, |_, ty| value(ty, |row| paired(row, |pairs| wavg(pairs) / wste(pairs))))
            .fallible(),
    );
}

/// What `of` makes of the numbers of a list; null if there are none.
fn alone(row: &Row<'_>, of: fn(&mut [f64]) -> f64) -> Found<f64> {
    let Some(items) = row.doubles(0) else { return Ok(None) };
    let mut numbers = Vec::with_capacity(items.len());
    items.each(|&number| numbers.push(number));
    Ok((!numbers.is_empty()).then(|| of(&mut numbers)))
}

/// What `of` makes of the pairs of two lists, those with a null left out; null if there are none.
fn paired(row: &Row<'_>, of: fn(&[(f64, f64)]) -> f64) -> Found<f64> {
    let (Some(left), Some(right)) = (row.doubles(0), row.doubles(1)) else { return Ok(None) };
    let pairs = pairs(&left, &right)?;
    Ok((!pairs.is_empty()).then(|| of(&pairs)))
}

fn pairs(left: &Items<'_, f64>, right: &Items<'_, f64>) -> Result<Vec<(f64, f64)>, String> {
    if left.len() != right.len() {
        return Err(format!(
            "a list of {} and one of {}: their values belong together in pairs",
            left.len(),
            right.len()
        ));
    }
    Ok(left.iter().zip(right.iter()).filter_map(|(left, right)| Some((*left?, *right?))).collect())
}

fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len() as f64
}

fn var(numbers: &mut [f64]) -> f64 {
    let mean = mean(numbers);
    numbers.iter().map(|number| (number - mean).powi(2)).sum::<f64>() / (numbers.len() as f64 - 1.0)
}

fn std(numbers: &mut [f64]) -> f64 {
    var(numbers).sqrt()
}

fn ste(numbers: &mut [f64]) -> f64 {
    (var(numbers) / numbers.len() as f64).sqrt()
}

fn median(numbers: &mut [f64]) -> f64 {
    if numbers.iter().any(|number| number.is_nan()) {
        return f64::NAN;
    }
    let middle = numbers.len() / 2;
    let (below, &mut upper, _) = numbers.select_nth_unstable_by(middle, f64::total_cmp);
    match below.iter().copied().max_by(f64::total_cmp) {
        Some(lower) if below.len() * 2 == numbers.len() => (lower + upper) / 2.0,
        _ => upper,
    }
}

fn percentile<T: Number>(row: &Row<'_>) -> Found<T> {
    let (Some(share), Some(items)) = (row.cell::<f64>(0), row.items::<T>(1)) else { return Ok(None) };
    if !(0.0..=1.0).contains(&share) {
        return Err(format!("a percentile is between 0 and 1, not {share}"));
    }
    let mut values = Vec::with_capacity(items.len());
    items.each(|&value| values.push(value));
    if let Some(nan) = values.iter().find(|value| value.is_nan()) {
        return Ok(Some(*nan));
    }
    // Halfway between two positions is the upper one.
    let at = (share * (values.len() as f64 - 1.0)).round() as usize;
    Ok((!values.is_empty()).then(|| *values.select_nth_unstable_by(at, T::compare).1))
}

fn cov(pairs: &[(f64, f64)]) -> f64 {
    let (left, right) = means(pairs);
    pairs.iter().map(|(x, y)| (x - left) * (y - right)).sum::<f64>() / pairs.len() as f64
}

fn cor(pairs: &[(f64, f64)]) -> f64 {
    let (left, right) = means(pairs);
    let (mut both, mut of_left, mut of_right) = (0.0, 0.0, 0.0);
    for (x, y) in pairs {
        both += (x - left) * (y - right);
        of_left += (x - left).powi(2);
        of_right += (y - right).powi(2);
    }
    both / (of_left * of_right).sqrt()
}

fn means(pairs: &[(f64, f64)]) -> (f64, f64) {
    let (left, right) = pairs.iter().fold((0.0, 0.0), |(left, right), (x, y)| (left + x, right + y));
    (left / pairs.len() as f64, right / pairs.len() as f64)
}

/// The sum of numbers times weights, the sum of weights, and that of their squares.
fn weighed(pairs: &[(f64, f64)]) -> (f64, f64, f64) {
    pairs.iter().fold((0.0, 0.0, 0.0), |(sum, weights, squares), (x, weight)| {
        (sum + x * weight, weights + weight, squares + weight * weight)
    })
}

fn wavg(pairs: &[(f64, f64)]) -> f64 {
    let (sum, weights, _) = weighed(pairs);
    sum / weights
}

fn wvar(pairs: &[(f64, f64)]) -> f64 {
    let (sum, weights, squares) = weighed(pairs);
    let mean = sum / weights;
    let spread: f64 = pairs.iter().map(|(x, weight)| weight * (x - mean).powi(2)).sum();
    spread / (weights - squares / weights)
}

fn wste(pairs: &[(f64, f64)]) -> f64 {
    let (_, weights, squares) = weighed(pairs);
    (wvar(pairs) * squares).sqrt() / weights
}
