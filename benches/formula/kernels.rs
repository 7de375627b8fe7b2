//! The same expressions as calls of Arrow's kernels, one for each operator.

use std::ops::Range;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Datum, Float64Array, Int32Array, Int64Array, PrimitiveArray, Scalar,
};
use arrow::compute::kernels::{boolean, cmp, numeric, zip};
use arrow::datatypes::{ArrowPrimitiveType, Float64Type, Int64Type};
use arrow::error::ArrowError;

use crate::data::Data;

/// An expression over some rows.
pub(crate) type Kernels = fn(&Data, &Range<usize>) -> ArrayRef;

type Numeric = fn(&dyn Datum, &dyn Datum) -> Result<ArrayRef, ArrowError>;
type Compare = fn(&dyn Datum, &dyn Datum) -> Result<BooleanArray, ArrowError>;

const ADD: Numeric = numeric::add_wrapping;
const SUB: Numeric = numeric::sub_wrapping;
const MUL: Numeric = numeric::mul_wrapping;
const DIV: Numeric = numeric::div;

fn of(op: Numeric, a: &dyn Datum, b: &dyn Datum) -> ArrayRef {
    op(a, b).expect("numbers of one type")
}

fn is(op: Compare, a: &dyn Datum, b: &dyn Datum) -> BooleanArray {
    op(a, b).expect("values of one type")
}

fn both(a: &BooleanArray, b: &BooleanArray) -> BooleanArray {
    boolean::and_kleene(a, b).expect("masks of one length")
}

fn choose(when: &BooleanArray, yes: &dyn Datum, no: &dyn Datum) -> ArrayRef {
    zip::zip(when, yes, no).expect("values of one type")
}

fn float(value: f64) -> Scalar<Float64Array> {
    Float64Array::new_scalar(value)
}

fn long(value: i64) -> Scalar<Int64Array> {
    Int64Array::new_scalar(value)
}

fn int(value: i32) -> Scalar<Int32Array> {
    Int32Array::new_scalar(value)
}

/// A column of integers as one of floats.
fn floats<T: ArrowPrimitiveType>(array: &ArrayRef, float: impl Fn(T::Native) -> f64) -> PrimitiveArray<Float64Type> {
    array.as_primitive::<T>().unary(float)
}

pub(crate) const E1: Kernels = |data, rows| {
    let [a, b] = ["A", "B"].map(|name| data.array(name, rows));
    of(ADD, &of(MUL, &a, &float(2.0)), &b)
};

pub(crate) const E1_INTEGERS: Kernels = |data, rows| {
    let [n, m] = ["N", "M"].map(|name| data.array(name, rows));
    of(ADD, &of(MUL, &n, &long(2)), &m)
};

pub(crate) const E2: Kernels = |data, rows| {
    let [a, b, c, d] = ["A", "B", "C", "D"].map(|name| data.array(name, rows));
    let difference = of(SUB, &of(MUL, &a, &b), &of(DIV, &c, &d));
    of(ADD, &difference, &choose(&is(cmp::gt, &a, &b), &c, &d))
};

pub(crate) const E3: Kernels = |data, rows| {
    let [a, n] = ["A", "N"].map(|name| data.array(name, rows));
    let even = is(cmp::eq, &of(numeric::rem, &n, &long(2)), &long(0));
    std::sync::Arc::new(both(&is(cmp::gt, &a, &float(500.0)), &even))
};

pub(crate) const E4: Kernels = |data, rows| {
    let a = data.array("A", rows);
    let first = of(ADD, &of(MUL, &a, &float(0.5)), &float(1.5));
    [2.5, 3.5, 4.5].into_iter().fold(first, |sum, term| of(ADD, &of(MUL, &sum, &a), &float(term)))
};

pub(crate) const RATIO: Kernels = |data, rows| {
    let [a, b] = ["A", "B"].map(|name| data.array(name, rows));
    of(DIV, &of(MUL, &float(100.0), &of(SUB, &a, &b)), &b)
};

pub(crate) const CLIP: Kernels = |data, rows| {
    let a = data.array("A", rows);
    let above = choose(&is(cmp::gt, &a, &float(900.0)), &float(900.0), &a);
    choose(&is(cmp::lt, &a, &float(100.0)), &float(100.0), &above)
};

pub(crate) const MIXED: Kernels = |data, rows| {
    let [a, i, n] = ["A", "I", "N"].map(|name| data.array(name, rows));
    let (i, n) = (floats::<arrow::datatypes::Int32Type>(&i, f64::from), floats::<Int64Type>(&n, |n| n as f64));
    of(ADD, &of(MUL, &a, &i), &n)
};

fn choice_with_nulls(data: &Data, rows: &Range<usize>, column: &str) -> ArrayRef {
    let [a, b, c, d] = [column, "B", "C", "D"].map(|name| data.array(name, rows));
    of(ADD, &of(MUL, &a, &b), &choose(&is(cmp::gt, &a, &b), &c, &d))
}

pub(crate) const NULLS_1: Kernels = |data, rows| choice_with_nulls(data, rows, "A1");
pub(crate) const NULLS_50: Kernels = |data, rows| choice_with_nulls(data, rows, "A50");

pub(crate) const REST: Kernels = |data, rows| {
    let [n, m] = ["N", "M"].map(|name| data.array(name, rows));
    of(numeric::rem, &of(ADD, &of(MUL, &n, &long(31)), &m), &long(86_400))
};

pub(crate) const NARROW: Kernels = |data, rows| {
    let i = data.array("I", rows);
    let cube = of(MUL, &of(ADD, &of(MUL, &i, &i), &int(3)), &i);
    of(SUB, &cube, &of(MUL, &int(7), &i))
};

pub(crate) const RANGE: Kernels = |data, rows| {
    let [a, i] = ["A", "I"].map(|name| data.array(name, rows));
    let within = both(&is(cmp::gt_eq, &a, &float(250.0)), &is(cmp::lt, &a, &float(750.0)));
    std::sync::Arc::new(both(&within, &is(cmp::neq, &i, &int(7))))
};

pub(crate) const WITH_NULLS: Kernels = |data, rows| {
    let [a, n] = ["A50", "N"].map(|name| data.array(name, rows));
    std::sync::Arc::new(both(&is(cmp::gt, &a, &float(500.0)), &is(cmp::lt, &n, &long(700))))
};

/// How many rows are true or valid: what is compared of Arrow's results, besides the values.
pub(crate) fn truths(array: &dyn Array) -> usize {
    array.as_boolean().true_count()
}
